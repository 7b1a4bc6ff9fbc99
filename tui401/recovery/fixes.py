"""From a diagnosis to fixes: what would change, who would receive what, shown before it is done. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tui401.model.case import Case, Known
from tui401.model.cause import Cause, Remedy
from tui401.model.facts import Aspect, Facts
from tui401.model.fix import Fix, FixKind
from tui401.model.secret import MASK
from tui401.model.shown import CredentialSeen, Place, Redacted
from tui401.model.verdict import Diagnosis, Strength, Verdict

_REWRITES: Final = (Remedy.SEND_ONCE, Remedy.CANONICAL, Remedy.ADD_SCHEME, Remedy.USE_SCHEME)
_RESERVED: Final = frozenset({"openid", "offline_access"})
_RUN: Final = re.compile("●{5,}")
_TOKEN_FAMILIES: Final = frozenset({"bearer", "dpop", "raw", "other"})
_PASSWORDS: Final = frozenset({"basic", "digest"})


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


def offers(case: Case, facts: Facts, diagnosis: Diagnosis, causes: Mapping[str, Cause]) -> tuple[Fix, ...]:
    """All fixes for what the diagnosis names, the one that mends every known fault first.

    An undetermined diagnosis has fixes too: another token of the same kind is what settles it most often.
    """
    wanted = [ranked.verdict for ranked in diagnosis.causes if _counts(ranked.verdict) and ranked.explained_by is None]
    if not wanted and diagnosis.root is not None:
        wanted = [diagnosis.root]
    known = [causes[verdict.cause] for verdict in wanted if verdict.cause in causes]
    slugs = tuple(cause.slug for cause in known)
    remedies = [remedy for cause in known for remedy in cause.remedies]
    ways = ways_to_a_token(case.known, facts)
    made: list[Fix] = []

    rewrite = _rewrite(facts, slugs, remedies)
    tokens = (
        _new_tokens(case, facts, wanted, slugs, ways)
        if _tokens_apply(facts, known) and not case.options.only_api
        else []
    )
    if rewrite is not None and known and all(_mended_by_writing(cause) for cause in known):
        made.append(rewrite)
    if not made or Remedy.NEW_TOKEN in remedies:
        made.extend(tokens)
    if facts.refused:
        made.append(_paste(slugs, facts))
    # Where writing the header anew mends it, the advice would only say so again.
    made.extend(_advice(cause, facts) for cause in known[:2] if not (made and _mended_by_writing(cause)))
    return tuple(_numbered(made))


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


def _counts(verdict: Verdict) -> bool:
    return verdict.strength >= Strength.LIKELY


def _mended_by_writing(cause: Cause) -> bool:
    return bool(cause.remedies) and cause.remedies[0] in _REWRITES


def _tokens_apply(facts: Facts, known: list[Cause]) -> bool:
    """Whether another OAuth token could help: not where the API wants a key, a password or a certificate."""
    if any(Remedy.NEW_TOKEN in cause.remedies for cause in known):
        return True
    schemes = {c.scheme.lower() for c in facts.challenges}
    family = facts.credential.family if facts.credential else "bearer"
    if [cause.slug for cause in known] == ["scheme-wrong"] and family in _PASSWORDS:
        return not schemes or bool(schemes & {"bearer", "dpop"})  # a password in a token's place
    if known and not all(cause.slug in ("header-missing", "credential-placeholder") for cause in known):
        return False
    return family in _TOKEN_FAMILIES and (not schemes or bool(schemes & {"bearer", "dpop"}))


def _rewrite(facts: Facts, slugs: tuple[str, ...], remedies: list[Remedy]) -> Fix | None:
    steps = [remedy for remedy in _REWRITES if remedy in remedies]
    credential = _kept(facts) if Remedy.SEND_ONCE in steps else facts.credential
    if credential is None or not steps or credential.place is not Place.AUTHORIZATION:
        return None
    if steps == [Remedy.CANONICAL] and not credential.canonical_differs:
        return None  # the damage is inside the credential, and writing it again would change nothing
    scheme = _scheme(facts, credential) if {Remedy.ADD_SCHEME, Remedy.USE_SCHEME} & set(steps) else ""
    after_scheme = scheme or _usual(credential.scheme)
    if credential.family in _PASSWORDS and after_scheme.lower() in _TOKEN_FAMILIES:
        return None  # a password is no token, whatever word stands before it
    mark = f"‹{credential.name}›" if credential.name else "‹the credential›"
    return Fix(
        id="rewrite",
        kind=FixKind.REWRITE,
        causes=slugs,
        title=f"Write the header as the server reads it: {after_scheme}, one space, the credential",
        before=(Redacted(f"{credential.place_name}: {short_mask(credential.masked)}"),),
        after=(Redacted(f"{credential.place_name}: {after_scheme} {mark}"),),
        sends=(_again(facts),),
        remedies=tuple(step.value for step in steps),
        scheme=after_scheme,
    )


def _kept(facts: Facts) -> CredentialSeen | None:
    """Of several credentials in the Authorization header the one to keep.

    It is of the scheme that the API names; where none is, and the person knows an issuer, a token; else the first.
    """
    sent = [c for c in facts.credentials if c.place is Place.AUTHORIZATION]
    named = {value.lower() for e in facts.expects(Aspect.SCHEME) for value in e.values}
    fitting = [c for c in sent if c.scheme.lower() in named]
    if not fitting and facts.known is not None and facts.known.issuer:
        fitting = [c for c in sent if c.family not in _PASSWORDS]
    return next(iter(fitting or sent), facts.credential)


def short_mask(masked: str) -> str:
    """A masked value with its long runs of masks cut, so that what stands between them is seen."""
    return _RUN.sub(MASK, masked)


def _scheme(facts: Facts, credential: CredentialSeen) -> str:
    """The scheme that the API names, in its own spelling; Bearer where it names none."""
    expected = [value for e in facts.expects(Aspect.SCHEME) for value in e.values]
    named = expected or [c.scheme for c in facts.challenges]
    is_token = credential.token is not None and credential.token.shape.value in ("jwt", "jwe")
    if is_token:
        named = [scheme for scheme in named if scheme.lower() not in ("basic", "digest")] or ["Bearer"]
    return named[0] if named else "Bearer"


def _usual(scheme: str) -> str:
    return {"bearer": "Bearer", "basic": "Basic", "dpop": "DPoP", "": "Bearer"}.get(scheme.lower(), scheme)


def _new_tokens(case: Case, facts: Facts, wanted: list[Verdict], slugs: tuple[str, ...], ways: Ways) -> list[Fix]:
    """A fix for each grant that can be made, the better one first."""
    changes = {verdict.cause for verdict in wanted} & {"audience-mismatch", "scope-insufficient"}
    grants = list(ways.grants)
    if changes:
        # A refresh cannot reach beyond what was granted first (RFC 6749, section 6), so it comes last.
        grants.sort(key=lambda grant: grant == "refresh_token")
    return [_new_token(case, facts, changes, slugs, ways=ways, grant=grant) for grant in grants]


def _new_token(case: Case, facts: Facts, changes: set[str], slugs: tuple[str, ...], *, ways: Ways, grant: str) -> Fix:
    audience = wanted_audience(case, facts)
    scopes = wanted_scopes(case, facts)
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
        sends=(f"client id {case.known.client_id} and {secret}, to {to} only{outside(ways)}", _again(facts)),
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


def _again(facts: Facts) -> str:
    return f"{facts.request.method} {facts.request.url} once more"


def _paste(slugs: tuple[str, ...], facts: Facts) -> Fix:
    kind = "key" if facts.credential is not None and facts.credential.family == "api-key" else "credential"
    return Fix(
        id="paste",
        kind=FixKind.PASTE,
        causes=slugs,
        title=f"Paste another {kind}; it is masked",
        effort="easy",
        sends=(_again(facts),),
    )


def _advice(cause: Cause, facts: Facts) -> Fix:
    commands = [facts.machine.command] if Remedy.MEND_CLOCK in cause.remedies and facts.machine is not None else []
    return Fix(
        id=f"advice:{cause.slug}",
        kind=FixKind.ADVICE,
        causes=(cause.slug,),
        title=cause.fix,
        effort=cause.effort.value,
        commands=tuple(command for command in commands if command),
    )


def _numbered(fixes: list[Fix]) -> list[Fix]:
    """At most one fix of each id, in order."""
    return list({fix.id: fix for fix in fixes}.values())
