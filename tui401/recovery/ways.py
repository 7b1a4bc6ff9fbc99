"""Which grants can bring another token, and what to ask them for. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tui401.model.case import Case, Known
from tui401.model.demands import Demands
from tui401.model.facts import Aspect, Facts
from tui401.model.fix import Fix, FixKind, TokenWish
from tui401.model.secret import MASK
from tui401.model.shown import IssuerMetadataSeen, Redacted
from tui401.model.verdict import Strength, Verdict
from tui401.recovery import at_hand
from tui401.recovery.at_hand import VAULT

_RESERVED: Final = frozenset({"openid", "offline_access"})
NO_WAY: Final = (
    "No token can be asked for like that: it takes an issuer, a client and its secret or a refresh token. Name them "
    "with --issuer and --client-id, or in a profile."
)
STEP_UP: Final = "insufficient_user_authentication"  # RFC 9470, section 3
PREFERENCES: Final = {
    "client-credentials": "client_credentials",
    "browser": "authorization_code",
    "device": "device_code",
    "command": "command",
}
"""The grant of each way to sign in that a profile may prefer."""
_MAX_DIGITS: Final = 10
_RUN: Final = re.compile("●{5,}")


@dataclass(frozen=True, slots=True)
class Ways:
    """Which grants can be made, given what is known and what the issuer announces.

    Attributes:
        grants: ``client_credentials`` and ``refresh_token``, the better one for this case first: no person is needed.
        issuer: The issuer; a person, a profile or an option confirmed it unless ``unconfirmed``.
        endpoint: Its token endpoint, "" while its metadata was not read.
        signing_in: ``authorization_code`` and ``device_code``, the better one first: a person signs in.
        command: A token command is known.
        unconfirmed: The issuer was merely named by a token or by metadata, so it is shown and asked for first.
        page: Where a browser is sent to sign in, "" for nowhere.
    """

    grants: tuple[str, ...]
    issuer: str
    endpoint: str
    signing_in: tuple[str, ...] = ()
    command: bool = False
    unconfirmed: bool = False
    page: str = ""


def issuer_of(known: Known, facts: Facts) -> IssuerMetadataSeen | None:
    """The metadata of the issuer that tokens come from: the confirmed one's, else that of one which was merely named.

    What the API names counts before what a token says of itself.
    """
    usable = [m for m in facts.issuers if m.token_endpoint and not m.problem]
    if known.issuer:
        return next((m for m in usable if m.asked == known.issuer), None)
    named = facts.resource.authorization_servers if facts.resource is not None else ()
    return min(usable, key=lambda m: m.asked not in named, default=None)


def ways_to_a_token(known: Known, facts: Facts) -> Ways:
    """The grants that could be made for this case, and where."""
    metadata = issuer_of(known, facts)
    issuer = known.issuer or (metadata.asked if metadata is not None else "")
    command = bool(known.token_command)
    if not issuer or not known.client_id:
        return Ways((), issuer, metadata.token_endpoint if metadata else "", command=command)
    announced = metadata.grants if metadata is not None else ()
    grants: list[str] = []
    if (known.client_secret is not None or known.private_key) and _takes(announced, "client_credentials"):
        grants.append("client_credentials")
    if known.refresh_token is not None and _takes(announced, "refresh_token"):
        # A person's token is renewed by the person's own grant; a refresh token from the environment may be
        # an application's, and renewing it signs that application out, so it comes last (safety.md).
        grants.insert(len(grants) if known.token_from_environment else 0, "refresh_token")
    signing_in: list[str] = []
    if metadata is not None and metadata.authorization_endpoint and _takes(announced, "authorization_code"):
        signing_in.append("authorization_code")
    if metadata is not None and metadata.device_authorization_endpoint:
        signing_in.insert(0 if known.sign_in == "device" else len(signing_in), "device_code")
    return Ways(
        tuple(grants),
        issuer,
        metadata.token_endpoint if metadata else "",
        tuple(signing_in),
        command,
        unconfirmed=not known.issuer,
        page=metadata.authorization_endpoint if metadata else "",
    )


def _takes(announced: tuple[str, ...], grant: str) -> bool:
    """Whether an issuer takes a grant; one that announces none may take any."""
    return not announced or grant in announced


def demands(facts: Facts) -> Demands:
    """What the API demands of a token beyond audience and scopes, by its challenges (RFC 9449, 7.1; RFC 9470, 3)."""
    schemes = {challenge.scheme.lower() for challenge in facts.challenges}
    bound = "dpop" in schemes and "bearer" not in schemes
    bound = bound or (facts.credential is not None and facts.credential.family == "dpop")
    stepped = next((c for c in facts.challenges if c.param("error") == STEP_UP), None)
    if stepped is None:
        return Demands(bound=bound)
    age = stepped.param("max_age") or ""
    return Demands(
        bound=bound,
        acr_values=tuple((stepped.param("acr_values") or "").split()),
        max_age=int(age) if age.isascii() and age.isdigit() and len(age) < _MAX_DIGITS else None,
    )


def wanted_audience(case: Case, facts: Facts) -> str:
    """The audience to ask for: the API's own word, else what the person knows, else the API's metadata."""
    expected = facts.expects(Aspect.AUDIENCE)
    said = next((e.values[0] for e in expected if e.values and e.strength is Strength.CONFIRMED), "")
    if case.known.audience or said:
        return said or case.known.audience
    return next((e.values[0] for e in expected if e.values), "")


def wanted_scopes(case: Case, facts: Facts, *, signed_in: bool = False) -> tuple[str, ...]:
    """The scopes to ask for; ``openid`` is for a person who signs in only.

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
    kept = _RESERVED - {"openid"} if signed_in else _RESERVED
    return tuple(dict.fromkeys(s for s in scopes if s not in kept))


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
    others = [*(["command"] if ways.command else []), *ways.signing_in]
    # Nobody but a person who signs in can satisfy what is demanded of a person.
    grants = list(ways.signing_in) if demands(facts).of_a_person else [*grants, *others]
    preferred = PREFERENCES.get(case.known.sign_in, "")
    grants.sort(key=lambda grant: grant != preferred)
    if at_hand.is_kept(case, facts) and not demands(facts).bound and not demands(facts).of_a_person:
        grants.insert(0, VAULT)  # nobody is asked for what is at hand
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
    command = ["command"] if ways.command else []
    # A command gives what it gives, so where something is wished for, whoever can be told of it comes first.
    others = [*ways.signing_in, *command] if wish.audience or wish.scopes else [*command, *ways.signing_in]
    preferred = PREFERENCES.get(case.known.sign_in, "")
    known = (*grants, *sorted(others, key=lambda grant: grant != preferred))
    grant = wish.grant or next(iter(known), "")
    return _new_token(case, facts, {"asked"}, (), ways=ways, grant=grant, wish=wish) if grant in known else None


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
    signed_in = grant in ways.signing_in
    scopes = wanted_scopes(case, facts, signed_in=signed_in) if wish is None else wish.scopes
    wants = demands(facts)
    if signed_in and wants.of_a_person and "openid" not in scopes:
        scopes = ("openid", *scopes)  # how somebody signed in is OpenID Connect's to ask for
    old = facts.credential
    held = facts.token.claims.get("aud") if facts.token else None
    before = Redacted("(no credential)")
    if old is not None:
        told = f"    aud {held}" if held else ""
        value = f"{old.scheme} ‹{old.name}›".strip() if old.name else short_mask(old.masked) or "(no value)"
        before = Redacted(f"{old.place_name or 'Authorization'}: {value}{told}")
    kind = "DPoP ●●●● (new, bound to a key)" if wants.bound else "Bearer ●●●● (new)"
    after = f"Authorization: {kind}" + (f"    aud {audience}" if audience else "")
    if scopes:
        after += f"    scope {' '.join(scopes)}"
    consent = ""
    if grant == "refresh_token" and case.known.token_from_environment:
        consent = (
            "The refresh token comes from the environment: an application that also holds it is signed out when the "
            "issuer replaces it. Its successor is stored in the keyring."
        )
    if grant == VAULT:
        audience, scopes = "", ()
    as_it_is = grant in ("command", VAULT)  # nobody is asked for an audience or scopes
    what = f"{_TITLES[grant]}{f' for {audience}' if audience and not as_it_is else ''}"
    if signed_in and wants.of_a_person:
        what += _as_demanded(wants)
    return Fix(
        id=f"new-token:{grant}:{audience}:{' '.join(scopes)}",
        kind=FixKind.NEW_TOKEN,
        causes=slugs,
        title=what + (f" with {' '.join(scopes)}" if changes and scopes and not as_it_is else ""),
        effort="easy",
        before=(before,),
        after=(Redacted(after),),
        sends=(_sent_to(case.known, ways, grant), again(facts)),
        grant=grant,
        audience=audience,
        scopes=scopes,
        consent=consent,
    )


_TITLES: Final = {
    "client_credentials": "Request another token",
    "refresh_token": "Request another token",
    "authorization_code": "Sign in by browser for another token",
    "device_code": "Sign in with a code for another token",
    "command": "Run your token command for another token",
    VAULT: "Use the credential that you keep for this API",
}


def _as_demanded(wants: Demands) -> str:
    """How the sign-in has to be, for a title."""
    strong = f" as {' or '.join(wants.acr_values)}" if wants.acr_values else ""
    if wants.max_age is None:
        return strong
    return f"{strong}, signed in at most {wants.max_age} s ago"


def _sent_to(known: Known, ways: Ways, grant: str) -> str:
    """Who receives what when a grant is made, as a sentence."""
    to = f"{ways.endpoint or ways.issuer} only{outside(ways)}"
    if ways.unconfirmed:
        to += "; you are asked first whether that is your issuer"
    match grant:
        case "vault":
            return f"the credential kept as {known.kept_as}, to the API only"
        case "command":
            return f"whatever {known.token_command[0]} itself sends; the token that it prints goes to the API only"
        case "authorization_code":
            return f"client id {known.client_id}, by your browser to {ways.page}; the code that comes back, to {to}"
        case "device_code":
            return f"client id {known.client_id}, to {to}; you open its address and type a code there"
        case "refresh_token":
            secret = "the refresh token"
        case _ if known.private_key and known.client_auth in {"", "private_key_jwt"}:
            secret = "an assertion signed with its key"
        case _:
            secret = "its secret"
    return f"client id {known.client_id} and {secret}, to {to}"


def outside(ways: Ways) -> str:
    """What to say of a token endpoint that is not on the issuer's own origin, as the end of a sentence; else ""."""
    if not ways.endpoint or origin_of(ways.endpoint) == origin_of(ways.issuer):
        return ""
    return f", which is outside {ways.issuer} and named by its metadata"


def origin_of(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of an address; empty where it is none."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", "", None


def again(facts: Facts) -> str:
    """The send that follows a fix, for a person."""
    return f"{facts.request.method} {facts.request.url} once more"
