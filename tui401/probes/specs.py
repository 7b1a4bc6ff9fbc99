"""What each probe declares: its cost, the consent it takes, what it separates. Imports nothing heavy."""

from __future__ import annotations

from typing import Final

from tui401.model.facts import Aspect, Facts
from tui401.model.probe import ProbeSpec, Touches
from tui401.model.shown import Place, Redacted
from tui401.model.words import Defect, Shape

ONE_TIME: Final = frozenset({"dpop", "digest", "signature", "negotiate"})
"""Families whose credential holds for one request only: sent again it is a replay (judging.md, "Consent")."""

_USUAL: Final = frozenset({"accept", "accept-encoding", "content-length", "content-type", "host", "user-agent"})
_TOKEN_SHAPES: Final = frozenset({Shape.JWT})
_SCHEMES_OF_TOKENS: Final = frozenset({"bearer", "token", "jwt", "apikey", "api-key"})
_SECRET_MARK: Final = "‹"


def is_one_time(facts: Facts) -> bool:
    """Whether the request carries a credential that a second send cannot use."""
    return any(credential.family in ONE_TIME for credential in facts.credentials)


def _has_credential(facts: Facts) -> bool:
    return facts.refused and facts.credential is not None and facts.credential.place is not Place.CERTIFICATE


def _garbage_can_help(facts: Facts) -> bool:
    return _has_credential(facts) and not is_one_time(facts) and not _is_basic(facts) and _is_filled(facts)


def _garbage_user_can_help(facts: Facts) -> bool:
    return _has_credential(facts) and _is_basic(facts) and _is_filled(facts)


def _is_basic(facts: Facts) -> bool:
    return facts.credential is not None and facts.credential.family == "basic"


def _is_filled(facts: Facts) -> bool:
    """A placeholder stands for garbage itself."""
    return facts.credential is not None and bool(facts.credential.name)


def _in_header(facts: Facts) -> bool:
    return (
        _has_credential(facts)
        and facts.credential is not None
        and facts.credential.place in {Place.AUTHORIZATION, Place.HEADER}
        and not is_one_time(facts)
        and _is_filled(facts)
    )


def _canonical_can_help(facts: Facts) -> bool:
    credential = facts.credential
    if not _in_header(facts) or credential is None or not credential.canonical_differs:
        return False
    # Without a scheme the canonical form adds one: that is an experiment of its own, which differs in that alone.
    return credential.place is not Place.AUTHORIZATION or bool(credential.scheme)


def _repaired_can_help(facts: Facts) -> bool:
    def damaged(defect: Defect) -> bool:
        return defect.cause in {"token-malformed", "basic-malformed"}

    credential = facts.credential
    if not _in_header(facts) or credential is None:
        return False
    return any(damaged(defect) for defect in credential.defects)


def _add_scheme_can_help(facts: Facts) -> bool:
    credential = facts.credential
    if not _in_header(facts) or credential is None:
        return False
    return credential.place is Place.AUTHORIZATION and not credential.scheme


def other_schemes(facts: Facts) -> tuple[str, ...]:
    """The schemes that the API names and the request does not use, in the API's own spelling and order.

    Where it names none, a JWT under another word is tried as Bearer, which is what most APIs read (RFC 6750).
    """
    used = facts.credential.scheme.lower() if facts.credential is not None else ""
    said = [value for wanted in facts.expects(Aspect.SCHEME) for value in wanted.values]
    named = {scheme.lower(): scheme for scheme in (*(c.scheme for c in facts.challenges), *said) if scheme}
    if not named and used not in {"", "bearer", "dpop"} and _is_token(facts):
        named = {"bearer": "Bearer"}
    return tuple(spelled for name, spelled in named.items() if name != used)


def _use_scheme_can_help(facts: Facts) -> bool:
    credential = facts.credential
    if not _in_header(facts) or credential is None or not credential.scheme:
        return False
    used = credential.scheme.lower()
    if any(c.scheme.lower() == used for c in facts.challenges) or credential.place is not Place.AUTHORIZATION:
        return False
    return any(fits(scheme, facts) for scheme in other_schemes(facts))


def fits(scheme: str, facts: Facts) -> bool:
    """Whether the credential can be written under that scheme: a token not as Basic, a password not as Bearer."""
    if facts.credential is None:
        return False
    if scheme.lower() == "basic":
        return facts.credential.family in {"basic", "raw"} and not _is_token(facts)
    if facts.credential.family == "basic":
        return _is_token(facts)
    return scheme.lower() in _SCHEMES_OF_TOKENS or scheme.lower() not in {"digest", "negotiate", "ntlm", "dpop"}


def _is_token(facts: Facts) -> bool:
    return facts.token is not None and facts.token.shape in {Shape.JWT, Shape.JWE}


def _bare_can_help(facts: Facts) -> bool:
    if not _has_credential(facts) or facts.credential is None or is_one_time(facts):
        return False
    own = facts.credential.place_name.lower()
    return any(h.name.lower() not in _USUAL | {"authorization", own} for h in facts.request.headers)


def _again_can_help(facts: Facts) -> bool:
    return facts.refused and not is_one_time(facts)


def _final_address_can_help(facts: Facts) -> bool:
    if facts.answer is None or not facts.refused or len(facts.answer.hops) < 2 or is_one_time(facts):
        return False
    first, last = facts.answer.hops[0], facts.answer.hops[-1]
    downgraded = first.request.url.startswith("https:") and last.request.url.startswith("http:")
    return first.credential_sent and not last.credential_sent and not downgraded


def scheme_in_authorization(facts: Facts) -> str:
    """The scheme under which the API asks for a token in Authorization, as it spells it; "" where it names none."""
    wanted = {"bearer", "token", "apikey", "api-key"}
    return next((c.scheme for c in facts.challenges if c.scheme.lower() in wanted), "")


def _placement_can_help(facts: Facts) -> bool:
    if not _has_credential(facts) or facts.credential is None or is_one_time(facts) or not _is_filled(facts):
        return False
    # Beside another credential more than the place would differ.
    elsewhere = facts.credential.place in {Place.HEADER, Place.QUERY} and len(facts.credentials) == 1
    return elsewhere and bool(scheme_in_authorization(facts))


def is_whole(url: Redacted) -> bool:
    """Whether a redacted address is the true one: nothing in it was masked."""
    return _SECRET_MARK not in url and "…" not in url


_REFUSED_TOKENS: Final = frozenset(
    {
        *("token-unrecognised", "token-revoked", "api-key-invalid", "basic-credentials-invalid"),
        *("audience-mismatch", "scope-insufficient", "permission-denied", "header-dropped"),
    }
)

ANONYMOUS: Final = ProbeSpec(
    name="anonymous",
    title="the same request without any credential",
    why="tells whether the API reads the credential at all",
    touches=Touches.API,
    sends=1,
    separates=_REFUSED_TOKENS | {"header-missing", "gateway-rejected", "server-misconfigured", "endpoint-wrong"},
    applies=_has_credential,
)
GARBAGE: Final = ProbeSpec(
    name="garbage",
    title="the same request with a well-formed, worthless credential",
    why="tells whether the API knows this credential better than an invented one",
    touches=Touches.API,
    sends=1,
    separates=_REFUSED_TOKENS
    | {"token-expired", "token-signature-invalid", "signing-key-unknown", "issuer-mismatch", "token-type-wrong"},
    applies=_garbage_can_help,
)
GARBAGE_USER: Final = ProbeSpec(
    name="garbage-user",
    title="the same request with an invented user and password",
    why="tells whether the API knows this user better than an invented one",
    touches=Touches.API,
    sends=1,
    consent=True,
    separates=frozenset({"basic-credentials-invalid", "permission-denied", "account-disabled"}),
    applies=_garbage_user_can_help,
)
CANONICAL: Final = ProbeSpec(
    name="canonical",
    title="the same credential, written exactly right",
    why="tells whether the way it is written is at fault",
    touches=Touches.API,
    sends=2,
    separates=frozenset({"header-malformed", "scheme-wrong", "api-key-invalid", "token-unrecognised"}),
    applies=_canonical_can_help,
)
REPAIRED: Final = ProbeSpec(
    name="repaired",
    title="the same credential with the damage inside it undone",
    why="tells whether only that damage is at fault",
    touches=Touches.API,
    sends=2,
    separates=frozenset({"token-malformed", "basic-malformed"}),
    applies=_repaired_can_help,
)
ADD_SCHEME: Final = ProbeSpec(
    name="add-scheme",
    title="the same credential with a scheme before it",
    why="tells whether only the scheme is missing",
    touches=Touches.API,
    sends=2,
    separates=frozenset({"scheme-missing", "header-malformed", "token-unrecognised", "header-missing"}),
    applies=_add_scheme_can_help,
)
USE_SCHEME: Final = ProbeSpec(
    name="use-scheme",
    title="the same credential under the scheme that the API names",
    why="tells whether only the scheme is wrong",
    touches=Touches.API,
    sends=2,
    separates=frozenset({"scheme-wrong", "header-malformed", "token-unrecognised", "header-missing"}),
    applies=_use_scheme_can_help,
)
PLACEMENT: Final = ProbeSpec(
    name="placement",
    title="the same credential in the header that the API names",
    why="tells whether only the place is wrong",
    touches=Touches.API,
    sends=2,
    separates=frozenset({"credential-misplaced", "api-key-invalid", "api-key-missing", "token-unrecognised"}),
    applies=_placement_can_help,
)
BARE: Final = ProbeSpec(
    name="bare",
    title="the barest request: method, address and this credential alone",
    why="tells whether another header or a cookie is at fault",
    touches=Touches.API,
    sends=2,
    separates=frozenset(
        {"header-duplicated", "session-expired", "csrf-token-missing", "gateway-rejected", "permission-denied"}
    ),
    applies=_bare_can_help,
)
AGAIN: Final = ProbeSpec(
    name="original-again",
    title="the same request once more",
    why="tells whether the API refuses it every time",
    touches=Touches.API,
    sends=1,
    applies=_again_can_help,
)
FINAL_ADDRESS: Final = ProbeSpec(
    name="final-address",
    title="the request straight to where the redirect led, with its credential",
    why="tells whether only the redirect dropped the credential",
    touches=Touches.API,
    sends=2,
    consent=True,
    separates=frozenset({"header-stripped-on-redirect", "header-missing"}),
    applies=_final_address_can_help,
)


def _token_can_be_verified(facts: Facts) -> bool:
    return facts.token is not None and facts.token.shape in _TOKEN_SHAPES


def _issuer_is_named(facts: Facts) -> bool:
    known = facts.known is not None and bool(facts.known.issuer)
    named = facts.token is not None and bool(facts.token.claims.get("iss"))
    listed = facts.resource is not None and bool(facts.resource.authorization_servers)
    return known or named or listed


def _speaks_oauth(facts: Facts) -> bool:
    """Whether metadata of the API can concern this request: not one by API key, Basic or signature."""
    schemes = {challenge.scheme.lower() for challenge in facts.challenges}
    if schemes & {"bearer", "dpop"}:
        return True
    family = facts.credential.family if facts.credential is not None else ""
    return facts.refused and family in {"bearer", "dpop", "raw"}


CLOCK: Final = ProbeSpec(
    name="clock",
    title="this machine's clock against time servers",
    why="tells whose clock is wrong, and by how much",
    touches=Touches.CLOCK,
    separates=frozenset({"clock-skew-client", "clock-skew-server", "token-expired", "token-not-yet-valid"}),
    limit=3.0,
)
MACHINE: Final = ProbeSpec(
    name="machine",
    title="how this machine keeps its time",
    why="tells what mends the clock here",
    touches=Touches.MACHINE,
    limit=5.0,
)
DISCOVERY: Final = ProbeSpec(
    name="discovery",
    title="the authorization server's metadata",
    why="tells whether the issuer is up, and what it calls itself",
    touches=Touches.ISSUER,
    separates=frozenset({"issuer-unavailable", "issuer-mismatch"}),
    limit=10.0,
    applies=_issuer_is_named,
)
RESOURCE: Final = ProbeSpec(
    name="resource-metadata",
    title="the API's own metadata",
    why="tells which issuer, audience and scopes the API expects",
    touches=Touches.API,
    separates=frozenset({"audience-mismatch", "issuer-mismatch"}),
    limit=8.0,
    applies=_speaks_oauth,
)
KEYS: Final = ProbeSpec(
    name="keys",
    title="the issuer's keys, and the token's signature against them",
    why="tells whether the token was signed by this issuer and not changed since",
    touches=Touches.ISSUER,
    separates=frozenset({"token-signature-invalid", "signing-key-unknown", "keys-stale-at-server"}),
    limit=10.0,
    applies=_token_can_be_verified,
)
