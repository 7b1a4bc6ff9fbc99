"""Another access token: by a fix or as the person wishes, from the confirmed issuer, its answer kept as evidence."""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from tui401.model.case import Case, Known
from tui401.model.facts import Facts
from tui401.model.fix import Fix
from tui401.model.secret import Secret
from tui401.model.shown import Evidence, GrantSeen, IntrospectionSeen, IssuerMetadataSeen
from tui401.recovery import asking, asking_issuer, ways
from tui401.recovery.at_hand import VAULT
from tui401.recovery.ledger import Ledger
from tui401.recovery.passwords import is_refused, of_client
from tui401.recovery.rotation import GRANT as REFRESH
from tui401.recovery.sending import Sending
from tui401.recovery.sign_in import SignIn
from tui401.recovery.tools import Ask, Granted, Tools
from tui401.wire import redact

COMMAND: Final = "command"
BY_A_PERSON: Final = frozenset({"authorization_code", "device_code"})
NO_PLACE: Final = "No keyring is there to hold the refresh token's successor, so it is not used up."


def is_bound(seen: GrantSeen) -> bool:
    """Whether a token is bound to a key (RFC 9449, section 5)."""
    return seen.token_type.lower() == "dpop"


def _kind_of(fix: Fix) -> tuple[str, str, frozenset[str]]:
    return fix.grant, fix.audience, frozenset(fix.scopes)


@dataclass(slots=True, kw_only=True)
class Granting:
    """Asks the confirmed issuer for tokens.

    Attributes:
        case: The case; its refresh token is replaced when the issuer replaces it.
        tools: The client and the grants.
        ledger: Where the issuer's answers go.
        sending: Who counts how often the client's secret was refused, and what was sent.
        ask: Puts a question to the person.
    """

    case: Case
    tools: Tools
    ledger: Ledger
    sending: Sending
    ask: Ask
    _held: dict[tuple[str, str, frozenset[str]], Granted] = field(default_factory=dict)

    def hold(self, fix: Fix, granted: Granted) -> None:
        """Holds what somebody signed in for until a fix wants the same, so that nobody signs in twice."""
        if fix.grant in BY_A_PERSON:
            self._held[_kind_of(fix)] = granted

    def brought(self, piece: Evidence) -> None:
        """Counts a refusal of the client's secret by the introspection endpoint too (judging.md: twice at most)."""
        seen, client = piece.content, of_client(self.case)
        if isinstance(seen, IntrospectionSeen) and client is not None and seen.client_refused:
            self.sending.refused((client,))

    async def token(self, fix: Fix, facts: Facts) -> Secret[str] | None:
        """The access token that a fix stands for; None where the person did not want it or the issuer gave none."""
        granted = await self.granted(fix, facts)
        return granted.access_token if granted is not None else None

    async def granted(self, fix: Fix, facts: Facts) -> Granted | None:
        """What the issuer answers to what a fix stands for.

        Args:
            fix: Of the kind ``new-token``: its grant, audience and scopes.
            facts: How things stand; the issuer's metadata is among them.

        Returns:
            None where the person did not want it, or it could not be asked for, which is told. The issuer's answer is
            evidence, whatever it says.
        """
        held = self._held.pop(_kind_of(fix), None)
        if held is not None:
            return held
        if fix.consent:
            if (await self.ask(asking.to_refresh(fix))).key != "yes":
                return None
            if self.tools.rotation.keep is None:
                self.ledger.tell(NO_PLACE)
                return None
        return await self.once(fix.grant, facts, audience=fix.audience, scopes=fix.scopes)

    async def once(
        self, grant: str, facts: Facts, *, audience: str, scopes: tuple[str, ...], kept: bool = True
    ) -> Granted | None:
        """Asks the token endpoint by one grant; None when nothing was sent, which is then told.

        Args:
            grant: A name of ``Tools.grants``.
            facts: The issuer's metadata is among them.
            audience: "" for the issuer's default.
            scopes: () for the issuer's default.
            kept: The answer is evidence of this attempt; else it is the caller's alone.
        """
        if grant == COMMAND:
            return await self._by_command(kept=kept)
        if grant == VAULT:
            return self._kept()
        metadata = await self._issuer(facts)
        known = self.case.known
        if metadata is None:
            return None
        there = ways.outside(ways.ways_to_a_token(known, facts)) if kept else ""
        if there:
            self.ledger.tell(f"The token is asked for at {metadata.token_endpoint}{there}.")
        left = self.sending.permits.client_secret_left()
        if not left:
            return None
        waits = SignIn(self.ask, self.ledger.tell, self.tools.open_browser).show

        async def send(known: Known) -> Granted:
            return await self.tools.grants[grant](
                self.tools.client,
                metadata,
                known,
                audience=audience,
                scopes=scopes,
                names=self.case.names,
                tries=left,
                demands=ways.demands(facts),
                **({"show": waits} if grant in BY_A_PERSON else {}),
            )

        granted = await (self._refreshed(send) if grant == REFRESH else self._granted(send))
        if granted is None:
            return None
        client = of_client(self.case)
        if client is not None:
            self.sending.refused(client for seen in (*granted.earlier, granted.seen) if is_refused(seen))
        if kept:
            for number, refused in enumerate(granted.earlier, 1):
                self.ledger.found(refused, f"issuer:{known.issuer} try {number}", grant)
            self.ledger.found(granted.seen, f"issuer:{known.issuer}", grant)
        self.sending.spent()
        return granted

    async def _refreshed(self, send: Callable[[Known], Awaitable[Granted]]) -> Granted | None:
        """What a refresh brings, done so that no successor is lost; None when nothing was sent, which is told."""
        case = self.case
        if case.known.refresh_token is None:
            return await send(case.known)  # which says that there is none

        def hold(token: Secret[str]) -> None:
            case.known = replace(case.known, refresh_token=token)

        refreshed = await self.tools.rotation.refresh(
            case.known.refresh_token,
            f"{case.known.client_id} at {case.known.issuer}",
            lambda token: send(replace(case.known, refresh_token=token)),
            self.ledger.tell,
            hold,
        )
        if refreshed is None:
            return None
        hold(refreshed.token)
        return refreshed.granted

    async def _granted(self, send: Callable[[Known], Awaitable[Granted]]) -> Granted:
        """What another grant brings; a refresh token that came along is kept, for it is worth as much."""
        granted = await send(self.case.known)
        if granted.refresh_token is not None:
            problem = await self.tools.rotation.kept(granted.refresh_token)
            if problem:
                self.ledger.tell(problem)
            self.case.known = replace(self.case.known, refresh_token=granted.refresh_token)
        return granted

    async def _issuer(self, facts: Facts) -> IssuerMetadataSeen | None:
        """The metadata of the confirmed issuer; one that was merely named is confirmed by a yes first (safety.md)."""
        known = self.case.known
        metadata = ways.issuer_of(known, facts)
        if metadata is None:
            who = known.issuer or "No issuer that was named"
            self.ledger.tell(f"{who} did not say where its token endpoint is, so no token can be asked for.")
            return None
        if known.issuer:
            return metadata
        if (await self.ask(asking_issuer.to_trust_issuer(metadata))).key != "yes":
            return None
        confirmed = msgspec.structs.replace(metadata, confirmed=True, named_by="you")
        self.case.known = replace(known, issuer=metadata.asked)
        self.ledger.found(self.case.known.shown(), "case", "you")
        self.ledger.found(confirmed, f"issuer:{metadata.asked}", "you")
        return confirmed

    def _kept(self) -> Granted | None:
        """The credential that the vault holds for the profile; no issuer has a part in it."""
        from tui401.oauth.answers import Granted as Given  # noqa: PLC0415 - loaded when a token is wanted

        secret = self.case.known.kept
        if secret is None:
            return None
        seen = GrantSeen(
            grant=VAULT,
            endpoint="",
            ok=True,
            credential=self.case.names.name(secret),
            token=redact.token(secret.reveal(), self.case.names),
        )
        return Given(seen, access_token=secret)

    async def _by_command(self, *, kept: bool) -> Granted | None:
        """What the person's token command prints, run after it was shown."""
        command = self.case.known.token_command
        shown = redact.text(shlex.join(command), self.case.names)
        if not command or self.tools.run_command is None or (await self.ask(asking_issuer.to_run(shown))).key != "yes":
            return None
        granted = await self.tools.run_command(command, names=self.case.names)
        if kept:
            self.ledger.found(granted.seen, "token command", COMMAND)
            if granted.seen.problem:
                self.ledger.tell(granted.seen.problem)
        return granted
