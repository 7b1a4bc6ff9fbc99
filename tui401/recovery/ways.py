"""Which grants can bring another token, and what to ask them for. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tui401.model.case import Case, Known
from tui401.model.facts import Aspect, Facts
from tui401.model.fix import Fix, FixKind, TokenWish
from tui401.model.secret import MASK
from tui401.model.shown import Redacted
from tui401.model.verdict import Strength, Verdict

_RESERVED: Final = frozenset({"openid", "offline_access"})
NO_WAY: Final = (
    "No token can be asked for like that: it takes an issuer, a client and its secret or a refresh token. Name them "
    "with --issuer and --client-id, or in a profile."
)
_RUN: Final = re.compile("●{5,}")


@dataclass(frozen=True, slots=True)
class Ways:
    """Which grants can be made without a person, given what is known.

    Attributes:
        grants: ``client_credentials`` and ``refresh_token``, the better one for this case first.
        issuer: The confirmed issuer.
        endpoint: Its token endpoint, "" while its metadata was not read.
    """

    grants: tuple[str, ...]
    issuer: str
    endpoint: str


def ways_to_a_token(known: Known, facts: Facts) -> Ways:
    """The grants that could be made for this case, and where."""
    metadata = next((m for m in facts.issuers if m.asked == known.issuer and m.token_endpoint and not m.problem), None)
    grants: list[str] = []
    if known.issuer and known.client_id:
        if known.client_secret is not None:
            grants.append("client_credentials")
        if known.refresh_token is not None:
            # A person's token is renewed by the person's own grant; a refresh token from the environment may be
            # an application's, and renewing it signs that application out, so it comes last (safety.md).
            grants.insert(len(grants) if known.token_from_environment else 0, "refresh_token")
    return Ways(tuple(grants), known.issuer, metadata.token_endpoint if metadata else "")


def wanted_audience(case: Case, facts: Facts) -> str:
    """The audience to ask for: the API's own word, else what the person knows, else the API's metadata."""
    expected = facts.expects(Aspect.AUDIENCE)
    said = next((e.values[0] for e in expected if e.values and e.strength is Strength.CONFIRMED), "")
    if case.known.audience or said:
        return said or case.known.audience
    return next((e.values[0] for e in expected if e.values), "")


def wanted_scopes(case: Case, facts: Facts) -> tuple[str, ...]:
    """The scopes to ask for.

    As near to the refused token's as can be, so that an acceptance tells what made the difference; and what the API
    or the person says that it needs, so that one request mends every known fault.
    """
    expected = facts.expects(Aspect.SCOPE)
    needed = [scope for e in expected for scope in e.values if e.strength is Strength.CONFIRMED]
    held: tuple[str, ...] = _held_scopes(facts)
    if any(grant.error == "invalid_scope" and not grant.ok for grant in facts.grants):
        held = ()  # the issuer does not give this client what the refused token had
    scopes = [*held, *case.known.scopes, *needed]
    if not scopes:
        scopes = [scope for e in expected[:1] for scope in e.values]
    return tuple(dict.fromkeys(s for s in scopes if s not in _RESERVED))


def _held_scopes(facts: Facts) -> tuple[str, ...]:
    claims = facts.token.claims if facts.token else {}
    value = claims.get("scope", claims.get("scp", ""))
    if isinstance(value, str):
        return tuple(value.split())
    if isinstance(value, list):
        return tuple(item for item in value if isinstance(item, str))
    return ()


def short_mask(masked: str) -> str:
    """A masked value with its long runs of masks cut, so that what stands between them is seen."""
    return _RUN.sub(MASK, masked)


def new_tokens(case: Case, facts: Facts, wanted: list[Verdict], slugs: tuple[str, ...], ways: Ways) -> list[Fix]:
    """A fix for each grant that can be made, the better one first."""
    changes = {verdict.cause for verdict in wanted} & {"audience-mismatch", "scope-insufficient"}
    grants = list(ways.grants)
    if changes:
        # A refresh cannot reach beyond what was granted first (RFC 6749, section 6), so it comes last.
        grants.sort(key=lambda grant: grant == "refresh_token")
    return [_new_token(case, facts, changes, slugs, ways=ways, grant=grant) for grant in grants]


def wished(case: Case, facts: Facts, wish: TokenWish) -> Fix | None:
    """The token that a person asks for by hand, as a fix; None where no grant is known that could bring it.

    Args:
        case: The case.
        facts: How things stand.
        wish: What they want; by the best grant that is known where they name none.
    """
    ways = ways_to_a_token(case.known, facts)
    grants = list(ways.grants)
    if wish.audience or wish.scopes:
        grants.sort(key=lambda grant: grant == "refresh_token")
    grant = wish.grant or next(iter(grants), "")
    return _new_token(case, facts, {"asked"}, (), ways=ways, grant=grant, wish=wish) if grant in grants else None


def _new_token(
    case: Case,
    facts: Facts,
    changes: set[str],
    slugs: tuple[str, ...],
    *,
    ways: Ways,
    grant: str,
    wish: TokenWish | None = None,
) -> Fix:
    audience = wanted_audience(case, facts) if wish is None else wish.audience
    scopes = wanted_scopes(case, facts) if wish is None else wish.scopes
    to = ways.endpoint or ways.issuer
    secret = "its secret" if grant == "client_credentials" else "the refresh token"
    old = facts.credential
    held = facts.token.claims.get("aud") if facts.token else None
    before = Redacted("(no credential)")
    if old is not None:
        told = f"    aud {held}" if held else ""
        value = f"{old.scheme} ‹{old.name}›".strip() if old.name else short_mask(old.masked) or "(no value)"
        before = Redacted(f"{old.place_name or 'Authorization'}: {value}{told}")
    after = "Authorization: Bearer ●●●● (new)" + (f"    aud {audience}" if audience else "")
    if scopes:
        after += f"    scope {' '.join(scopes)}"
    consent = ""
    if grant == "refresh_token" and case.known.token_from_environment:
        consent = (
            "The refresh token comes from the environment: an application that also holds it is signed out when the "
            "issuer replaces it. Its successor is stored in the keyring."
        )
    target = f" for {audience}" if audience else ""
    return Fix(
        id=f"new-token:{grant}:{audience}:{' '.join(scopes)}",
        kind=FixKind.NEW_TOKEN,
        causes=slugs,
        title=f"Request another token{target}" + (f" with {' '.join(scopes)}" if changes and scopes else ""),
        effort="easy",
        before=(before,),
        after=(Redacted(after),),
        sends=(f"client id {case.known.client_id} and {secret}, to {to} only{outside(ways)}", again(facts)),
        grant=grant,
        audience=audience,
        scopes=scopes,
        consent=consent,
    )


def outside(ways: Ways) -> str:
    """What to say of a token endpoint that is not on the issuer's own origin, as the end of a sentence; else ""."""
    if not ways.endpoint or _origin(ways.endpoint) == _origin(ways.issuer):
        return ""
    return f", which is outside {ways.issuer} and named by its metadata"


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", "", None


def again(facts: Facts) -> str:
    """The send that follows a fix, for a person."""
    return f"{facts.request.method} {facts.request.url} once more"
