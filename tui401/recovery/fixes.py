"""From a diagnosis to fixes: what would change, who would receive what, shown before it is done. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui401.judge.vendors import status_page
from tui401.model.case import Case
from tui401.model.cause import Cause, Remedy
from tui401.model.facts import Aspect, Facts
from tui401.model.fix import Fix, FixKind
from tui401.model.shown import CredentialSeen, Place, Redacted
from tui401.model.verdict import Diagnosis, Strength, Verdict
from tui401.recovery import rewrites, ways

_REWRITES: Final = (Remedy.SEND_ONCE, Remedy.CANONICAL, Remedy.ADD_SCHEME, Remedy.USE_SCHEME)
_TOKEN_FAMILIES: Final = frozenset({"bearer", "dpop", "raw", "other"})
_WRITTEN: Final = frozenset({"bearer", "basic", "token", "apikey"})  # before a credential that is pasted as it is
_PASSWORDS: Final = frozenset({"basic", "digest"})


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
    # What is only possible rules no remedy out: another token is what settles it most often.
    sure = [causes[verdict.cause] for verdict in wanted if verdict.cause in causes and _counts(verdict)]
    made = rewrites.offers(case, facts, known)

    rewrite = _rewrite(facts, slugs, remedies)
    tokens = (
        ways.new_tokens(case, facts, wanted, slugs, ways.ways_to_a_token(case.known, facts))
        if _tokens_apply(facts, sure, slugs) and not case.options.only_api
        else []
    )
    if rewrite is not None and not made and known and all(_mended_by_writing(cause) for cause in known):
        made.append(rewrite)
    if not made or Remedy.NEW_TOKEN in remedies:
        made.extend(tokens)
    # A fault beside it that nobody can mend here leaves the writing worth a try; a new token would be written right.
    if rewrite is not None and not made and _mended_by_writing(known[0]):
        made.append(rewrite)
    # What mends a fault beside the root leaves the refusal standing, so it comes after what mends the root.
    made.sort(key=lambda fix: bool(slugs) and slugs[0] not in fix.causes)
    if facts.refused:
        made.append(_paste(slugs, facts))
    # Where writing the header anew mends it, the advice would only say so again.
    made.extend(_advice(cause, facts) for cause in known[:2] if not (made and _mended_by_writing(cause)))
    return tuple(_numbered(made))


def _counts(verdict: Verdict) -> bool:
    return verdict.strength >= Strength.LIKELY


def _mended_by_writing(cause: Cause) -> bool:
    return bool(cause.remedies) and cause.remedies[0] in _REWRITES


def _tokens_apply(facts: Facts, known: list[Cause], slugs: tuple[str, ...]) -> bool:
    """Whether another OAuth token could help: not where the API wants a key, a password or a certificate.

    Args:
        facts: Of the attempt.
        known: What is at least likely.
        slugs: What the fixes are for, which may be no more than possible.
    """
    if any(Remedy.NEW_TOKEN in cause.remedies for cause in known):
        return True
    if any(Remedy.SIGN_IN in cause.remedies for cause in known):
        return facts.credential is None or facts.credential.family in _TOKEN_FAMILIES
    schemes = {c.scheme.lower() for c in facts.challenges}
    family = facts.credential.family if facts.credential else "bearer"
    if slugs == ("scheme-wrong",) and family in _PASSWORDS:
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
    if credential.family in _PASSWORDS and after_scheme.lower() != credential.scheme.lower():
        return None  # a password is neither a token nor a proof of itself, whatever word stands before it
    mark = f"‹{credential.name}›" if credential.name else "‹the credential›"
    return Fix(
        id="rewrite",
        kind=FixKind.REWRITE,
        causes=slugs,
        title=f"Write the header as the server reads it: {after_scheme}, one space, the credential",
        before=(Redacted(f"{credential.place_name}: {ways.short_mask(credential.masked)}"),),
        after=(Redacted(f"{credential.place_name}: {after_scheme} {mark}"),),
        sends=(ways.again(facts),),
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
    typed = [c for c in fitting or sent if c.origin not in ("curlrc", "netrc")]
    return next(iter(typed or fitting or sent), facts.credential)


def _scheme(facts: Facts, credential: CredentialSeen) -> str:
    """The scheme that the API names, in its own spelling; Bearer where it names none."""
    expected = [value for e in facts.expects(Aspect.SCHEME) for value in e.values]
    named = expected or [c.scheme for c in facts.challenges]
    is_token = credential.token is not None and credential.token.shape.value in ("jwt", "jwe")
    if is_token:
        named = [scheme for scheme in named if scheme.lower() not in ("basic", "digest")] or ["Bearer"]
    return named[0] if named else "Bearer"


def scheme_to_write(facts: Facts) -> str:
    """The scheme that stands before a credential: the one that was sent, else the one that the API asks for."""
    sent = facts.credential
    if sent is not None and sent.place is Place.AUTHORIZATION and sent.scheme:
        return sent.scheme
    named = [value for e in facts.expects(Aspect.SCHEME) for value in e.values] or [c.scheme for c in facts.challenges]
    return named[0] if named and named[0].lower() in _WRITTEN else "Bearer"


def _usual(scheme: str) -> str:
    return {"bearer": "Bearer", "basic": "Basic", "dpop": "DPoP", "": "Bearer"}.get(scheme.lower(), scheme)


def _paste(slugs: tuple[str, ...], facts: Facts) -> Fix:
    kind = "key" if facts.credential is not None and facts.credential.family == "api-key" else "credential"
    return Fix(
        id="paste",
        kind=FixKind.PASTE,
        causes=slugs,
        title=f"Paste another {kind}; it is masked",
        effort="easy",
        sends=(ways.again(facts),),
    )


def _advice(cause: Cause, facts: Facts) -> Fix:
    commands = [facts.machine.command] if Remedy.MEND_CLOCK in cause.remedies and facts.machine is not None else []
    return Fix(
        id=f"advice:{cause.slug}",
        kind=FixKind.ADVICE,
        causes=(cause.slug,),
        title=f"{cause.fix}: {page}" if (page := _told_at(cause, facts)) else cause.fix,
        effort=cause.effort.value,
        commands=tuple(command for command in commands if command),
    )


def _told_at(cause: Cause, facts: Facts) -> str:
    """Where the outage is told that a cause waits for; "" where that is not known."""
    if Remedy.WAIT not in cause.remedies:
        return ""
    if cause.slug != "issuer-unavailable":
        return status_page(facts.request.url)
    return next((page for issuer in facts.issuers if (page := status_page(issuer.asked))), "")


def _numbered(fixes: list[Fix]) -> list[Fix]:
    """At most one fix of each id, in order."""
    return list({fix.id: fix for fix in fixes}.values())
