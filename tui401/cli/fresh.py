"""A token of a profile that lasts: the kept one where it does, else another by the profile's own way, kept again."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from tui401.causes.reading import spoken
from tui401.cli import build, journals
from tui401.cli.kept_secrets import with_kept
from tui401.cli.places import state_folder
from tui401.cli.successor import rotation_for
from tui401.cli.vaults import log
from tui401.journal import JournalError
from tui401.locking import LockError, held_async
from tui401.model.case import Case, Known, Options
from tui401.model.demands import Demands
from tui401.model.names import chips
from tui401.model.secret import Secret
from tui401.model.shown import CredentialChange, IssuerMetadataSeen
from tui401.recovery.passwords import MOST_REFUSALS, is_refused, of_client
from tui401.vault import Vault, VaultError
from tui401.wire import redact
from tui401.wire.claims import numeric_date
from tui401.wire.jwt import take_apart

if TYPE_CHECKING:
    from tui401.model.demands import Elsewhere
    from tui401.probes.send import Client
    from tui401.recovery.tools import Granted
    from tui401.vault.profiles import Profile

LIMIT: Final = 120.0  # seconds to wait for another tui401 that gets the same token; a person may be signing in there
_METADATA: Final = 10.0  # seconds
_BY_A_PERSON: Final = ("authorization_code", "device_code")

Tell = Callable[[str], None]
"""Takes a sentence for the person."""


class NoTokenError(Exception):
    """There is no token to give; its text is a sentence: why not, and what can be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A token that can be used now.

    Attributes:
        token: It.
        expires: When it ends, seconds since the epoch by this machine's clock; None where it does not say.
        way: By which way it came: ``kept``, ``refresh``, ``client_credentials``, ``sign-in``, ``device``, ``command``.
    """

    token: Secret[str]
    expires: float | None
    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Getting:
    """How a profile's token is got.

    Attributes:
        profile: Whose.
        known: What it says, with the environment's secrets.
        vault: Where tokens rest.
        min_lifetime: Seconds that it has to last.
        tell: Takes what the person should know meanwhile.
        show: Shows a person where to sign in; None where there is nobody to do so.
    """

    profile: Profile
    known: Known
    vault: Vault
    min_lifetime: float
    tell: Tell
    show: Callable[[Elsewhere], Awaitable[None]] | None = None

    async def fresh(self) -> Fresh:
        """The token.

        Raises:
            NoTokenError: when there is none that lasts, and none can be got.
        """
        kept = await self._kept()
        if kept is not None:
            return kept
        try:
            # Whoever comes second finds what the first one brought, so that one refresh token is used once.
            async with held_async(state_folder() / f"token-{self.profile.name}.lock", LIMIT):
                return await self._kept() or await self._another()
        except LockError as error:
            raise NoTokenError(str(error)) from error

    async def _kept(self) -> Fresh | None:
        name = self.profile.kept_as
        try:
            token = await self.vault.take(name)
            entry = next((one for one in await self.vault.entries() if one.name == name), None)
        except VaultError as error:
            self.tell(str(error))
            return None
        if token is None:
            return None
        expires = _end_of(token)
        expires = entry.expires if expires is None and entry is not None else expires
        if expires is None or expires - time.time() >= max(self.min_lifetime, 1.0):
            return Fresh(token=token, expires=expires, way="kept")
        return None

    async def _another(self) -> Fresh:
        known = await with_kept(self.known, self.vault)
        # Nothing is sent to the API: the grants want to know whose names and which way to the issuer count.
        there = next(map(str, self.profile.origins), "") or known.issuer or "https://localhost"
        case = build.case_from(build.read_argv(["-q", there]), known, Options())
        if known.sign_in == "command" or (known.token_command and not known.sign_in):
            return await self._by_command(case)
        if not known.issuer or not known.client_id:
            raise NoTokenError(
                f"The profile {self.profile.name} names no way to a token: it takes an issuer and a client_id, or a "
                "token_command. `tui401 profile set` enters them."
            )
        from tui401.probes.send import Client  # noqa: PLC0415 - only where somebody is asked

        async with Client(case.way_to) as client:
            return await self._by_issuer(client, case)

    async def _by_issuer(self, client: Client, case: Case) -> Fresh:
        from tui401.probes.discovery import Issuers  # noqa: PLC0415 - only where an issuer is asked

        known = case.known
        metadata, _ = await Issuers(client).metadata(
            known.issuer, named_by=known.source, confirmed=True, case=case, limit=_METADATA
        )
        if metadata.problem:
            raise NoTokenError(metadata.problem)
        told = ""
        for grant in self._grants(known, metadata):
            granted = await self._granted(client, case, metadata, grant)
            if granted is None:
                continue
            if granted.access_token is not None:
                return await self._keep(granted, grant)
            told = _refused(granted, grant)
            self.tell(told)
        raise NoTokenError(told or self._no_way())

    def _grants(self, known: Known, metadata: IssuerMetadataSeen) -> list[str]:
        """The grants to try, in order: what needs nobody first, unless the profile prefers a way."""
        grants = ["refresh_token"] if known.refresh_token is not None else []
        if known.client_secret is not None or known.private_key or known.client_auth.endswith("tls_client_auth"):
            grants.append("client_credentials")
        if self.show is not None and metadata.authorization_endpoint and known.sign_in in ("", "browser"):
            grants.append("authorization_code")
        if self.show is not None and metadata.device_authorization_endpoint and known.sign_in in ("", "device"):
            grants.append("device_code")
        if known.sign_in in ("browser", "device"):
            return [grant for grant in grants if grant != "client_credentials"]
        return [grant for grant in grants if known.sign_in != "client-credentials" or grant not in _BY_A_PERSON]

    def _no_way(self) -> str:
        name = self.profile.name
        if self.known.sign_in in ("browser", "device") and self.show is None:
            return f"The profile {name} wants a person to sign in, and there is no terminal here to say where."
        return (
            f"There is no client secret, key or refresh token of {self.known.client_id} to get a token with. "
            f"`tui401 vault store {name} --kind client-secret` keeps one."
        )

    async def _granted(self, client: Client, case: Case, metadata: IssuerMetadataSeen, grant: str) -> Granted | None:
        from tui401.recovery.tools import grants  # noqa: PLC0415 - only where an issuer is asked

        tries = _tries_left(case)
        if not tries and grant in ("client_credentials", "refresh_token"):
            self.tell("The client's secret was refused twice lately, and once more could lock it. Wait, or correct it.")
            return None

        async def send(known: Known) -> Granted:
            more: dict[str, Any] = {"show": self.show} if grant in _BY_A_PERSON else {}
            made = await grants()[grant](
                client,
                metadata,
                known,
                audience=known.audience,
                scopes=known.scopes,
                names=case.names,
                tries=tries,
                demands=Demands(),
                **more,
            )
            _count(case, made)
            return made

        rotation = await rotation_for(lambda: self.vault, case, state_folder())
        token = case.known.refresh_token
        if grant == "refresh_token" and token is not None and rotation is not None:
            session = f"{case.known.client_id} at {case.known.issuer}"
            refreshed = await rotation.refresh(
                token, session, lambda newer: send(replace(case.known, refresh_token=newer)), self.tell
            )
            return refreshed.granted if refreshed is not None else None
        granted = await send(case.known)
        if granted.refresh_token is not None and rotation is not None:
            problem = await rotation.kept(granted.refresh_token)
            if problem:
                self.tell(problem)
        return granted

    async def _by_command(self, case: Case) -> Fresh:
        from tui401.oauth import token_command  # noqa: PLC0415 - only where a program is started

        command = case.known.token_command
        if not command:
            raise NoTokenError(f"The profile {self.profile.name} signs in by command, and names no token_command.")
        shown = chips(redact.text(token_command.shown(command), case.names), {})
        self.tell(f"Running the token command of your profile {self.profile.name}: {shown}")
        granted = await token_command.request(command, names=case.names)
        if granted.access_token is None:
            raise NoTokenError(granted.seen.problem or "The token command printed no token.")
        return await self._keep(granted, "command")

    async def _keep(self, granted: Granted, grant: str) -> Fresh:
        """Keeps what came; where that cannot be, the person has it all the same and is told."""
        token, seen = granted.access_token, granted.seen
        assert token is not None  # noqa: S101 - for the type checker: both callers have looked
        expires = _end_of(token)
        if expires is None and seen.expires_in is not None:
            expires = time.time() + seen.expires_in
        way = {"refresh_token": "refresh", "authorization_code": "sign-in", "device_code": "device"}.get(grant, grant)
        try:
            await self.vault.store(
                self.profile.kept_as, token, kind="access-token", expires=expires, profile=self.profile.name
            )
        except VaultError as error:
            self.tell(str(error))
        changed = CredentialChange(at=time.time(), what="access-token", profile=self.profile.name, way=way)
        problem = log(changed)
        if problem:
            self.tell(problem)
        if expires is not None and expires - time.time() < self.min_lifetime:
            raise NoTokenError(
                f"The new token lasts {spoken(expires - time.time())}, and {spoken(self.min_lifetime)} are wanted."
            )
        return Fresh(token=token, expires=expires, way=way)


def _end_of(token: Secret[str]) -> float | None:
    return numeric_date(take_apart(token.reveal()).claims.get("exp"))


def _refused(granted: Granted, grant: str) -> str:
    seen = granted.seen
    if seen.problem:
        return seen.problem
    said = f"{seen.error or seen.status}" + (f": {seen.description}" if seen.description else "")
    return f"{seen.endpoint} gave no token for {grant.replace('_', ' ')} ({said})."


def _tries_left(case: Case) -> int:
    """How often the client's secret may still be refused, with what other runs counted (judging.md: twice)."""
    client = of_client(case)
    if client is None:
        return MOST_REFUSALS
    with contextlib.suppress(JournalError), journals.opened() as journal:
        return max(0, MOST_REFUSALS - journal.refused_passwords(*client.account))
    return MOST_REFUSALS


def _count(case: Case, granted: Granted) -> None:
    """Counts a refusal of the client's secret, so that no run after this one locks the account."""
    client = of_client(case)
    if client is None:
        return
    with contextlib.suppress(JournalError), journals.opened() as journal:
        for seen in (*granted.earlier, granted.seen):
            if is_refused(seen):
                journal.count_refusal(*client.account)
