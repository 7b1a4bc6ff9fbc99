"""Experiments with another token: a new one of the same kind, one with fewer scopes, one with more. Pure.

They say which token they want; whoever drives them asks for it, and names the answer by what that token differs in,
for issuers give less than was asked for without a word (judging.md, "Experiments"). Only a new token of the same kind
may take a person, who is asked first; the others are tried by grants that need nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tui401.model.case import Case
from tui401.model.facts import Aspect, Facts
from tui401.model.fix import TokenWish
from tui401.model.probe import Experiment, Flow, ProbeSpec, Touches, Variant
from tui401.model.shown import IssuerMetadataSeen
from tui401.model.verdict import Strength
from tui401.probes.applies import is_one_time
from tui401.probes.conversing import proved, stand_in
from tui401.wire.claims import scopes as scopes_of

_FAMILIES: Final = frozenset({"bearer", "raw"})
_RESERVED: Final = frozenset({"openid", "offline_access"})
_OF_TOKENS: Final = frozenset(
    {
        *("token-unrecognised", "token-revoked", "token-malformed", "token-expired", "token-signature-invalid"),
        *("signing-key-unknown", "keys-stale-at-server", "audience-mismatch", "token-type-wrong"),
    }
)


def held(facts: Facts) -> tuple[str, ...]:
    """The scopes that the token shows, or that its issuer said of it; () where nobody says."""
    if facts.token is not None and facts.token.claims:
        return tuple(s for s in scopes_of(facts.token.claims) if s not in _RESERVED)
    name = facts.credential.name if facts.credential is not None else ""
    of_it = (g.granted_scopes for g in reversed(facts.grants) if g.ok and name and g.credential == name)
    return tuple(s for s in next(of_it, ()) if s not in _RESERVED)


def fewer(facts: Facts) -> tuple[str, ...]:
    """Of the token's scopes those that the API names; the first where it names none. () where there are no fewer."""
    mine = held(facts)
    named = _named(facts)
    kept = tuple(s for s in mine if s in named) or mine[:1]
    return kept if len(kept) < len(mine) else ()


def more(facts: Facts) -> tuple[str, ...]:
    """The token's scopes and those that somebody says the API wants; () where that is no more."""
    mine = held(facts)
    found = tuple(dict.fromkeys((*mine, *(s for s in _named(facts) if s not in _RESERVED))))
    return found if len(found) > len(mine) else ()


def _named(facts: Facts) -> tuple[str, ...]:
    known = facts.known.scopes if facts.known is not None else ()
    return (*(value for expected in facts.expects(Aspect.SCOPE) for value in expected.values), *known)


def _is_of_tokens(facts: Facts) -> bool:
    """Whether the refused credential is one that a token could stand in for."""
    sent = facts.credential
    if not facts.refused or sent is None or is_one_time(facts):
        return False
    return sent.family in _FAMILIES and bool(sent.name)


def _issuer(facts: Facts) -> IssuerMetadataSeen | None:
    """The metadata of the confirmed issuer, where there is a client of it to ask as."""
    known = facts.known
    if known is None or not known.issuer or not known.client_id:
        return None
    return next((m for m in facts.issuers if m.asked == known.issuer and m.token_endpoint and not m.problem), None)


def _token_can_be_had(facts: Facts) -> bool:
    """Whether a grant that needs no person could bring a token."""
    known = facts.known
    if known is None or not _is_of_tokens(facts) or _issuer(facts) is None:
        return False
    return known.has_client_secret or known.has_client_key or known.has_refresh_token


def by_a_person(facts: Facts) -> bool:
    """Whether a new token of the same kind takes a person: to sign in, or to let their token command run."""
    known = facts.known
    if known is None or not _is_of_tokens(facts) or _token_can_be_had(facts):
        return False
    issuer = _issuer(facts)
    signs_in = issuer is not None and (
        (bool(issuer.authorization_endpoint) and (not issuer.grants or "authorization_code" in issuer.grants))
        or bool(issuer.device_authorization_endpoint)
    )
    return known.has_token_command or signs_in


FRESH: Final = ProbeSpec(
    name="fresh",
    title="the same request with a new token of the same grant, subject, audience and scopes",
    why="tells whether this token is at fault, though not which of its faults",
    touches=Touches.API,
    sends=3,
    consent=True,
    separates=_OF_TOKENS,
    limit=30.0,
    applies=lambda facts: _token_can_be_had(facts) or by_a_person(facts),
)
NARROW: Final = ProbeSpec(
    name="narrow",
    title="the same request with a token of fewer scopes",
    why="tells whether one of its scopes is in the way",
    touches=Touches.API,
    sends=3,
    consent=True,
    separates=frozenset({"gateway-rejected", "permission-denied"}),
    limit=30.0,
    applies=lambda facts: _token_can_be_had(facts) and bool(fewer(facts)),
)
WIDEN: Final = ProbeSpec(
    name="widen",
    title="the same request with a token of more scopes",
    why="tells whether a scope is missing",
    touches=Touches.API,
    sends=3,
    consent=True,
    separates=frozenset({"scope-insufficient", "permission-denied"}),
    limit=30.0,
    applies=lambda facts: _token_can_be_had(facts) and bool(more(facts)),
)
WANTED: Final = ProbeSpec(
    name="wanted",
    title="the same request with a new token of the client's own, as the API is said to want it",
    why="tells whether what the token says of itself is at fault",
    touches=Touches.API,
    sends=3,
    consent=True,
    separates=frozenset(
        {
            *("audience-mismatch", "issuer-mismatch", "keys-stale-at-server", "scope-insufficient"),
            *("server-misconfigured", "token-type-wrong"),
        }
    ),
    limit=30.0,
    applies=lambda facts: _token_can_be_had(facts) and _by_the_client(facts),
)


def _by_the_client(facts: Facts) -> bool:
    """Whether the client can have a token by its own credential, which uses nothing up and signs nobody out."""
    known, issuer = facts.known, _issuer(facts)
    if known is None or issuer is None or not (known.has_client_secret or known.has_client_key):
        return False
    return not issuer.grants or "client_credentials" in issuer.grants


def _of_the_client(_case: Case, _facts: Facts) -> str:
    return "client_credentials"


def _as_wanted(facts: Facts) -> tuple[str, ...]:
    """The token's own scopes and those that are said to be needed, so that nothing else differs."""
    return more(facts) or held(facts)


def _wanted_audience(case: Case, facts: Facts) -> str:
    expected = facts.expects(Aspect.AUDIENCE)
    said = (e.values[0] for e in expected if e.values and e.strength is Strength.CONFIRMED)
    return next(said, case.known.audience) or _audience(case, facts)


def grant_of(case: Case, facts: Facts) -> str:
    """By which grant the same subject has another token: a person's by the person's session, a client's by its own.

    "" for the best of those that take a person, where no other is known.
    """
    known = case.known
    if by_a_person(facts):
        return "command" if known.token_command and known.sign_in in ("", "command") else ""
    own = known.client_secret is not None or bool(known.private_key)
    claims = facts.token.claims if facts.token is not None else {}
    clients = {known.client_id, claims.get("client_id"), claims.get("azp"), claims.get("cid")}
    of_a_person = "sub" in claims and claims["sub"] not in clients
    if known.refresh_token is not None and (of_a_person or not own):
        return "refresh_token"
    return "client_credentials"


def _audience(case: Case, facts: Facts) -> str:
    value = facts.token.claims.get("aud") if facts.token is not None else None
    first = value[0] if isinstance(value, list) and value else value
    return first if isinstance(first, str) else case.known.audience


@dataclass(frozen=True, slots=True)
class OtherToken:
    """Sends the request with another token, and the original again when that is accepted.

    Attributes:
        spec: Its declaration.
        varied: What differs, for a person.
        scopes: Which ones to ask for.
        audience: Which one to ask for.
        grant: By which grant.
    """

    spec: ProbeSpec
    varied: str
    scopes: Callable[[Facts], tuple[str, ...]]
    audience: Callable[[Case, Facts], str] = _audience
    grant: Callable[[Case, Facts], str] = grant_of

    def flow(self, case: Case, facts: Facts) -> Flow:
        """The conversation."""
        stands_in = yield from stand_in(case.request, facts)
        base = stands_in or case.request
        wish = TokenWish(grant=self.grant(case, facts), audience=self.audience(case, facts), scopes=self._scopes(facts))
        varied = f"{self.varied}, by {stands_in.method}" if stands_in is not None else self.varied
        yield from proved(base, Variant(self.spec.name, varied, base, stands_in is not None, wish))

    def _scopes(self, facts: Facts) -> tuple[str, ...]:
        scopes = self.scopes(facts)
        claims = facts.token.claims if facts.token is not None else {}
        # A client has no use for it; a person's token that had it would differ without.
        return ("openid", *scopes) if by_a_person(facts) and "openid" in scopes_of(claims) else scopes


TOKEN_EXPERIMENTS: Final[tuple[Experiment, ...]] = (
    OtherToken(FRESH, "with a new token of the same kind", held),
    OtherToken(NARROW, "with a token of fewer scopes", fewer),
    OtherToken(WIDEN, "with a token of more scopes", more),
    OtherToken(WANTED, "with a token as the API is said to want it", _as_wanted, _wanted_audience, _of_the_client),
)
"""In the order in which they are offered."""
