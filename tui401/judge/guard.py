"""What a request shows before it is sent: judged as a refusal is, with nothing but the request. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from msgspec.structs import replace

from tui401.causes import all_causes
from tui401.causes.reading import clock_name, date_claim, spoken
from tui401.judge.facts import derive
from tui401.judge.rank import diagnose
from tui401.model.facts import Aspect, Facts
from tui401.model.shown import Evidence, RequestShown, RequirementsSeen
from tui401.model.verdict import Ranked, Strength
from tui401.wire.claims import audiences, scopes


class Check(StrEnum):
    """What a guard looks at, in the order in which it tells."""

    PRESENT = "present"
    WELL_FORMED = "well-formed"
    KIND = "kind"
    ENVIRONMENT = "environment"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    SCOPES = "scopes"
    LIFETIME = "lifetime"
    CERTIFICATE = "certificate"
    OTHER = "other"


class State(StrEnum):
    """How a check stands."""

    PASSED = "passed"
    FAILED = "failed"
    UNCHECKED = "unchecked"  # it does not apply, or nobody said what is wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check.

    Attributes:
        check: Which.
        state: How it stands.
        says: A sentence: what is wrong and what is wanted, or why it was not checked.
        cause: The slug of the cause that a server would refuse it for; "" where it passed.
    """

    check: Check
    state: State
    says: str
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A client certificate's own dates, seconds since the epoch; ``problem``: why it cannot be used, as a sentence."""

    name: str
    begins: float = 0.0
    ends: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is wanted beyond what profile and description require.

    Attributes:
        min_lifetime: Seconds that the credential is to be valid for at least.
        expires: When a credential that does not say so itself ends; None where nobody knows.
        certificate: The client certificate that goes along; None for none.
        any_place: The credential is judged by itself: where it is to stand is not known.
    """

    min_lifetime: float = 0.0
    expires: float | None = None
    certificate: Certificate | None = None
    any_place: bool = False


CHECKED_BY: Final = {
    Check.PRESENT: ("header-missing", "api-key-missing", "credential-placeholder"),
    Check.WELL_FORMED: (
        *("header-malformed", "token-malformed", "basic-malformed", "scheme-missing", "scheme-wrong"),
        *("header-duplicated", "credential-misplaced", "credential-overridden", "algorithm-rejected"),
    ),
    Check.KIND: ("token-type-wrong",),
    Check.ENVIRONMENT: ("environment-mismatch",),
    Check.ISSUER: ("issuer-mismatch",),
    Check.AUDIENCE: ("audience-mismatch",),
    Check.SCOPES: ("scope-insufficient",),
    Check.LIFETIME: ("token-expired", "token-not-yet-valid", "clock-skew-client"),
    Check.CERTIFICATE: ("client-certificate-required",),
}
"""The causes that each check stands for."""
_OF_PLACES: Final = frozenset({"scheme-missing", "scheme-wrong", "credential-misplaced"})
_NEEDS: Final = {
    Check.ISSUER: (Aspect.ISSUER, "the issuer"),
    Check.AUDIENCE: (Aspect.AUDIENCE, "the audience"),
    Check.SCOPES: (Aspect.SCOPE, "the scopes"),
}


def guard(evidence: Sequence[Evidence], request: RequestShown, wish: Wish) -> tuple[Finding, ...]:
    """All checks of a request that nobody has sent.

    Args:
        evidence: What the request carries (``CredentialsSeen``), what is known (``KnownSeen``), what was noticed, what
            the description requires, and the clocks that were asked.
        request: Where it would go.
        wish: What is wanted beyond.

    Returns:
        One finding a check, and one for each other cause that the request shows. Nothing failed: it can be sent.
    """
    facts = replace(derive(evidence, 1), request=request)
    required = next((e.content for e in evidence if isinstance(e.content, RequirementsSeen)), None)
    shown = {ranked.verdict.cause: ranked for ranked in diagnose(facts).causes if _shows(ranked)}
    if wish.any_place:
        shown = {slug: ranked for slug, ranked in shown.items() if slug not in _OF_PLACES}
    if required is not None and required.anonymous and facts.credential is None:
        shown.pop("header-missing", None)
    found = [_finding(check, facts, wish, shown) for check in CHECKED_BY]
    told = {slug for slugs in CHECKED_BY.values() for slug in slugs}
    found += [_failed(Check.OTHER, ranked) for slug, ranked in shown.items() if slug not in told]
    return tuple(found)


def faults(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Those that failed."""
    return tuple(finding for finding in findings if finding.state is State.FAILED)


def _shows(ranked: Ranked) -> bool:
    """Whether the request by itself shows it; a symptom of something else is told by that."""
    return ranked.verdict.strength >= Strength.POSSIBLE and not ranked.explained_by


def _failed(check: Check, ranked: Ranked) -> Finding:
    verdict = ranked.verdict
    because = verdict.because[0] if verdict.because else all_causes()[verdict.cause].title
    says = because[:1].upper() + because[1:].rstrip(".") + "."
    return Finding(check=check, state=State.FAILED, says=says, cause=verdict.cause)


def _finding(check: Check, facts: Facts, wish: Wish, shown: dict[str, Ranked]) -> Finding:
    wrong = next((shown[slug] for slug in CHECKED_BY[check] if slug in shown), None)
    if wrong is not None:
        return _failed(check, wrong)
    match check:
        case Check.PRESENT:
            return _passed(check, "A credential is there." if facts.credential is not None else "None is needed here.")
        case Check.LIFETIME:
            return _lifetime(facts, wish)
        case Check.CERTIFICATE:
            return _certificate(facts, wish.certificate)
        case Check.ISSUER | Check.AUDIENCE | Check.SCOPES:
            return _as_expected(check, facts)
        case _ if facts.credential is None:
            return _unchecked(check, "There is no credential to look at.")
        case Check.ENVIRONMENT:
            return _passed(check, "Nothing about it names another environment.")
        case Check.KIND if not _claims(facts):
            return _unchecked(check, "The credential says nothing of its kind.")
        case Check.KIND:
            return _passed(check, "Nothing about it says that it is no access token.")
        case _:
            return _passed(check, "It is written as it should be.")


def _as_expected(check: Check, facts: Facts) -> Finding:
    aspect, what = _NEEDS[check]
    claims = _claims(facts)
    held = {Check.ISSUER: _text(claims.get("iss")), Check.AUDIENCE: audiences(claims), Check.SCOPES: scopes(claims)}[
        check
    ]
    if not facts.expects(aspect):
        return _unchecked(check, f"Nobody said what {what} should be: a profile, an option or --openapi can.")
    if not claims:
        return _unchecked(check, f"The credential does not say {what} itself.")
    if not held:
        return _unchecked(check, f"The token does not name {what}.")
    return _passed(check, f"{what[:1].upper()}{what[1:]}: {' '.join(held)}, as wanted.")


def _lifetime(facts: Facts, wish: Wish) -> Finding:
    ends = date_claim(facts, "exp")
    ends = wish.expires if ends is None else ends
    clock = clock_name(facts)
    if facts.credential is None:
        return _unchecked(Check.LIFETIME, "There is no credential to look at.")
    if ends is None:
        wanted = f" so that nobody can say whether it lasts {spoken(wish.min_lifetime)}" if wish.min_lifetime else ""
        return _unchecked(Check.LIFETIME, f"The credential does not say when it ends{wanted}.")
    # The clock may be wrong by its uncertainty, and a promise has to hold on its worse side.
    left = ends - facts.now.at - facts.now.uncertainty
    if left < wish.min_lifetime or left <= 0:
        says = f"It is valid for {spoken(max(0.0, left))} only {clock}"
        wanted = f", and {spoken(wish.min_lifetime)} are wanted" if wish.min_lifetime else ""
        return Finding(check=Check.LIFETIME, state=State.FAILED, says=f"{says}{wanted}.", cause="token-expired")
    return _passed(Check.LIFETIME, f"It is valid for {spoken(left)} more {clock}.")


def _certificate(facts: Facts, certificate: Certificate | None) -> Finding:
    if certificate is None:
        return _unchecked(Check.CERTIFICATE, "No client certificate goes along.")
    says = certificate.problem
    now, off = facts.now.at, facts.now.uncertainty
    if not says and certificate.ends <= now + off:
        says = f"The client certificate {certificate.name} ended {spoken(now - certificate.ends)} ago."
    elif not says and certificate.begins > now - off:
        says = f"The client certificate {certificate.name} is valid only in {spoken(certificate.begins - now)}."
    if says:
        cause = "client-certificate-required"
        return Finding(check=Check.CERTIFICATE, state=State.FAILED, says=says, cause=cause)
    left = spoken(certificate.ends - now)
    return _passed(Check.CERTIFICATE, f"The client certificate {certificate.name} is valid for {left} more.")


def _claims(facts: Facts) -> dict[str, object]:
    return facts.token.claims if facts.token is not None else {}


def _text(value: object) -> Collection[str]:
    return (value,) if isinstance(value, str) else ()


def _passed(check: Check, says: str) -> Finding:
    return Finding(check=check, state=State.PASSED, says=says)


def _unchecked(check: Check, says: str) -> Finding:
    return Finding(check=check, state=State.UNCHECKED, says=says)
