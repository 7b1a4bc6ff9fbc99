"""What all requests to a token endpoint share: who is asked, how the client proves itself, how a refusal is met."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from tui401.dpop import Prover, nonce_of
from tui401.model.case import Known
from tui401.model.http import Exchange, From, Header, Provenance
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import GrantSeen, IssuerMetadataSeen
from tui401.oauth.answers import Granted, read, with_problem
from tui401.oauth.client_auth import Form, NoProofError, Way, methods, proof
from tui401.probes.send import Client

LIMIT: Final = 15.0  # seconds for one answer
TRIES: Final = 2  # a refused secret is sent twice at most
_BY_US: Final = Provenance(From.DEFAULT, "tui401")


def refusal(metadata: IssuerMetadataSeen, known: Known, endpoint: str, what: str) -> str:
    """Why no secret may go to an endpoint, as a sentence; "" when it may (safety.md, "Who may receive what")."""
    if not metadata.confirmed or metadata.asked.rstrip("/") != known.issuer.rstrip("/"):
        return f"Nothing was sent: nobody has confirmed the issuer {metadata.asked}. Name it with --issuer."
    if metadata.problem:
        return f"Nothing was sent: {metadata.problem}"
    if not endpoint:
        return f"The metadata of {metadata.asked} names no {what}."
    if not is_address(endpoint):
        return f"The {what} of {metadata.asked} is no address that can be asked."
    if not is_private(endpoint) or (_is_plain(endpoint) and not _is_plain(metadata.asked)):
        return f"Nothing was sent: the {what} of {metadata.asked} is not https, so a secret would go in the clear."
    return ""


def is_address(url: str) -> bool:
    """Whether a text is a whole http or https address without a user in it."""
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


def is_private(url: str) -> bool:
    """Whether nobody can listen in on the way to an address: https, or this very machine by its name alone."""
    return is_address(url) and (not _is_plain(url) or is_here(urlsplit(url).hostname or ""))


def _is_plain(url: str) -> bool:
    return urlsplit(url).scheme.lower() == "http"


def is_here(host: str) -> bool:
    """Whether a host is this very machine by its name alone (RFC 6761, section 6.3): nobody can listen in."""
    if host.lower() == "localhost" or host.lower().endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def targets(audience: str) -> tuple[tuple[str, ...], ...]:
    """The parameters to ask for an audience by, in the order to try them.

    Servers are to ignore what they do not know (RFC 6749, section 3.2), so both go first; ``resource`` only where it
    is an absolute URI (RFC 8707, section 2).
    """
    if not audience:
        return ((),)
    try:
        parts = urlsplit(audience)
    except ValueError:
        return (("audience",),)
    if parts.scheme and (parts.netloc or parts.path) and not parts.fragment:
        return (("audience", "resource"), ("audience",))
    return (("audience",),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One request for something at an endpoint of a confirmed issuer.

    Attributes:
        client: Who sends.
        metadata: Of the issuer.
        known: The client and what it proves itself with.
        names: Gives new secrets their names.
        tries: How often the client's secret may be refused.
        prover: The key that the token is to be bound to, None for none.
    """

    client: Client
    metadata: IssuerMetadataSeen
    known: Known
    names: Names
    tries: int = TRIES
    prover: Prover | None = None

    async def token(
        self,
        empty: GrantSeen,
        fields: Form,
        *,
        audience: str = "",
        scopes: Sequence[str] = (),
        endpoint: str | None = None,
        what: str = "token endpoint",
    ) -> tuple[Granted, Exchange | None]:
        """Asks; a refusal is a value, nothing is raised but cancellation.

        Args:
            empty: What is known beforehand of the request.
            fields: The grant's own form fields.
            audience: What the token is to be for, "" for the issuer's default.
            scopes: What it is to be good for, () for the issuer's default.
            endpoint: Where; the token endpoint when None, and nowhere for "".
            what: The endpoint's name, for sentences.

        Returns:
            What it gave, and the answer that counts, None where nothing was sent.
        """
        endpoint = self.metadata.token_endpoint if endpoint is None else endpoint
        ways = methods(self.metadata, self.known)
        wrong = refusal(self.metadata, self.known, endpoint, what) or self._unable(ways)
        if wrong:
            return Granted(with_problem(empty, wrong, self.names)), None
        # Whatever an issuer echoes of them is covered from now on.
        for secret in (self.known.client_secret, *(value for name, value in fields if name in _NAMED)):
            if secret:
                self.names.name(secret)
        form = [*fields, *([("scope", Secret(" ".join(scopes)))] if scopes else [])]
        try:
            return await self._until_settled(empty, form, endpoint, ways, audience)
        except NoProofError as error:
            return Granted(with_problem(empty, f"Nothing was sent: {error}", self.names)), None

    def _unable(self, ways: tuple[Way, ...]) -> str:
        if not self.known.client_id:
            return "No client is known to ask as. Name it with --client-id."
        if ways:
            return ""
        taken = ", ".join(self.metadata.auth_methods)
        what = "a client secret" if self.known.client_secret is not None else "a private key"
        return f"{self.metadata.asked} takes clients by {taken} only, and there is {what}."

    async def _until_settled(
        self, empty: GrantSeen, form: Form, endpoint: str, ways: tuple[Way, ...], audience: str
    ) -> tuple[Granted, Exchange | None]:
        earlier: list[GrantSeen] = []
        plans = [(ways[0], by) for by in targets(audience)]
        nonce, nonces = "", 0
        while True:
            way, by = plans[0]
            exchange = await self._once(endpoint, form, way, [(name, Secret(audience)) for name in by], nonce)
            granted = read(exchange, empty, self.names, self.known.refresh_token)
            seen, plans = granted.seen, plans[1:]
            given = nonce_of(exchange.response) if exchange.response is not None else ""
            if seen.error == "use_dpop_nonce" and given and given != nonce and nonces < TRIES:
                nonce, nonces = given, nonces + 1
                plans = [(way, by), *plans]
            elif seen.error == "invalid_client" and way == ways[0] and len(ways) > 1 and self.tries >= TRIES:
                plans = [(ways[1], by)]  # where its place is not announced, the form is the other one
            elif not _about_the_form(seen):
                plans = []
            if not plans:
                self._bind(granted)
                return replace(granted, earlier=tuple(earlier)), exchange
            earlier.append(seen)

    async def _once(self, endpoint: str, form: Form, way: Way, target: Form, nonce: str) -> Exchange:
        headers, own = await proof(way, self.metadata, self.known)
        if self.prover is not None:
            headers = (*headers, Header("DPoP", self.prover.proof("POST", endpoint, nonce=nonce), _BY_US))
        return await self.client.fetch(endpoint, headers=headers, form=[*form, *target, *own], limit=LIMIT)

    def _bind(self, granted: Granted) -> None:
        if self.prover is not None and granted.access_token and granted.seen.token_type.lower() == "dpop":
            self.client.proofs.bind(granted.access_token, self.prover)


_NAMED: Final = frozenset({"refresh_token", "code", "code_verifier", "device_code", "token"})


def _about_the_form(seen: GrantSeen) -> bool:
    """Whether an issuer refused the parameter ``resource`` as such. ``invalid_target`` is its word on the audience."""
    if seen.ok or seen.status is None or not 400 <= seen.status < 500:
        return False
    return seen.error in {"invalid_request", "invalid_resource"}


def prover_for(metadata: IssuerMetadataSeen, *, bound: bool) -> Prover | None:
    """A new key where a token is to be bound to one and the issuer binds any; None else."""
    return Prover.make(metadata.dpop_algorithms) if bound and metadata.dpop_algorithms else None
