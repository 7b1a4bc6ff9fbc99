"""The issuer's own word on the request's token (RFC 7662), asked for while the API is asked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.model.probe import ProbeSpec, Touches
from tui401.model.secret import Secret
from tui401.model.shown import Evidence, IssuerMetadataSeen, TokenShown, kind_of
from tui401.model.verdict import Strength
from tui401.oauth import client_credentials, introspect, revoke
from tui401.probes.send import Client

_VARYING: Final = frozenset({"scope", "scp", "aud", "nbf"})  # claims that one access token may have and another not
_FAMILIES: Final = frozenset({"bearer", "dpop", "raw"})


def confirmed_of(facts: Facts) -> IssuerMetadataSeen | None:
    """The metadata of the issuer that somebody vouches for, where it takes introspections."""
    known = facts.known.issuer if facts.known is not None else ""
    usable = (m for m in facts.issuers if m.confirmed and not m.problem and m.introspection_endpoint)
    return next((m for m in usable if m.asked == known), None) if known else None


def can_help(facts: Facts) -> bool:
    """Whether the issuer's word would tell more: not where the API's is plain, or the token ended by itself."""
    known, credential = facts.known, facts.credential
    if known is None or not known.client_id or not (known.has_client_secret or known.has_client_key):
        return False
    if not facts.refused or credential is None or not credential.name or credential.family not in _FAMILIES:
        return False
    if any(said.strength is Strength.CONFIRMED for said in facts.said) or confirmed_of(facts) is None:
        return False
    ends = facts.token.claims.get("exp") if facts.token is not None else None
    return not isinstance(ends, int | float) or ends > facts.now.at - facts.now.uncertainty


def are_alike(token: TokenShown, sibling: TokenShown) -> bool:
    """Whether a token is of the kind of one that was just given: an ID token, say, is no issuer's to introspect."""
    kinds = {(one.shape, str(one.header.get("typ", "")).lower(), one.claims.get("iss")) for one in (token, sibling)}
    return len(kinds) == 1 and set(sibling.claims) - _VARYING <= set(token.claims)


INTROSPECTION: Final = ProbeSpec(
    name="introspection",
    title="the issuer's own word on the token",
    why="tells whether its issuer still honours it",
    touches=Touches.ISSUER,
    separates=frozenset({"token-revoked", "token-unrecognised"}),
    limit=20.0,
    applies=can_help,
)


@dataclass(slots=True)
class IntrospectionGatherer:
    """Asks the confirmed issuer whether the token is active; if not, whether one that it gives now would be.

    Attributes:
        client: Who sends.
        spec: Its declaration.
    """

    client: Client
    spec: ProbeSpec = INTROSPECTION
    _refused: set[Secret[str]] = field(default_factory=set)  # client secrets that the issuer refused

    async def run(self, case: Case, facts: Facts) -> Sequence[Evidence]:
        """What the issuer says; nothing where the client may not be proved once more."""
        metadata, credential, known = confirmed_of(facts), facts.credential, case.known
        token = _live(case, credential.name) if credential is not None else None
        secret = known.client_secret
        # A refused secret counts, and the last try is kept for a token.
        spent = secret in self._refused or case.options.refused_lately.get((known.issuer, known.client_id), 0) > 0
        if metadata is None or token is None or (secret is not None and spent):
            return ()
        seen = await introspect.request(self.client, metadata, known, token, names=case.names)
        if seen.client_refused and secret is not None:
            self._refused.add(secret)
        if seen.active is False and facts.token is not None and "exp" in facts.token.claims:
            # Of an opaque token nobody but the issuer knows that it has not expired, so a sibling would tell nothing.
            seen = msgspec.structs.replace(seen, sibling=await self._sibling(case, metadata, facts.token))
        subject = f"credential:{seen.credential}"
        return (Evidence(kind=kind_of(seen), subject=subject, content=seen, at=time.time(), by="introspection"),)

    async def _sibling(self, case: Case, metadata: IssuerMetadataSeen, token: TokenShown) -> bool | None:
        """Whether the issuer calls a token of the same kind active that it has just given; None where it gives none.

        Nobody needs that token, so it is revoked where the issuer revokes any.
        """
        known, names = case.known, case.names
        if metadata.grants and client_credentials.GRANT not in metadata.grants:
            return None
        granted = await client_credentials.request(
            self.client, metadata, known, audience="", scopes=(), names=names, tries=1
        )
        if granted.access_token is None:
            return None
        seen = await introspect.request(self.client, metadata, known, granted.access_token, names=names)
        alike = granted.seen.token is not None and are_alike(token, granted.seen.token)
        if metadata.revocation_endpoint:
            await revoke.request(self.client, metadata, known, granted.access_token, names=names)
        return seen.active if alike else None


def _live(case: Case, name: str) -> Secret[str] | None:
    return next((secret for secret in case.names.known() if case.names.name(secret) == name), None)
