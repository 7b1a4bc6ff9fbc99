"""scope-insufficient: the token lacks a scope that the endpoint needs."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import (
    Agreement,
    agreement,
    no_token,
    otherwise_sound,
    proved,
    quoted,
    readable,
    ruled_out,
    unknown,
    verdict,
    wanted,
)
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Aspect, Facts
from tui401.model.verdict import Step, Strength, Verdict
from tui401.wire.claims import roles, scopes

SLUG: Final = "scope-insufficient"


def judge(facts: Facts) -> Verdict:
    """Compares the scopes that are needed with those that were granted, and weighs what the server says."""
    told = facts.says(SLUG)
    if told is None:
        missing = no_token(facts, SLUG)
        if missing is not None:
            return missing
    fact = (told.fact,) if told is not None else ()
    cites = ("token.scope", "credential", *fact)
    flip = facts.flip("widen")
    if flip is not None and flip.proved:
        return verdict(
            SLUG,
            Strength.CONFIRMED,
            f"{flip.varied or 'with more scopes'}: accepted, and as sent refused again",
            cites=(*cites, "flip:widen"),
        )
    granted = _granted(facts)
    needed = wanted(facts, Aspect.SCOPE)
    spoken = told is not None and told.strength >= Strength.LIKELY
    if not spoken and proved(facts, "fresh", "other-audience", "other-issuer") is not None:
        return ruled_out(SLUG, "another token with the same scopes is accepted", cites=cites)
    if not needed:
        if spoken:
            return verdict(
                SLUG, told.strength if told is not None else Strength.LIKELY, quoted(told), _has(granted), cites=cites
            )
        return unknown(SLUG, "resource-metadata", "nobody has said which scopes the endpoint needs")
    first = needed[0]
    if granted is None:
        strength = told.strength if told is not None and spoken else Strength.UNKNOWN
        return verdict(
            SLUG,
            strength,
            quoted(told),
            "the token does not show its scopes",
            cites=cites,
            needs="introspection",
            expected=" ".join(first.values),
            expected_by=first.by,
        )
    lacking = [scope for scope in first.values if scope not in granted]
    values = {"expected": " ".join(first.values), "provided": " ".join(granted), "expected_by": first.by}
    if not lacking:
        why = f"it has {' '.join(first.values)}, as expected by {first.by}"
        if spoken:
            return verdict(
                SLUG,
                told.strength if told is not None else Strength.LIKELY,
                quoted(told),
                f"yet {why}",
                cites=cites,
                **values,
            )
        return ruled_out(SLUG, why, cites=cites)
    why = f"it lacks {' '.join(lacking)}; expected, by {first.by}, is {' '.join(first.values)}"
    denied = facts.says("permission-denied")
    if (
        not spoken
        and denied is not None
        and denied.strength >= Strength.LIKELY
        and first.source in ("challenge", "body")
    ):
        # With a 403 the scope may be listed as it always is, and what is denied be a role of the caller's.
        strength = Strength.LIKELY if facts.meant == 403 else Strength.CONFIRMED
        return verdict(SLUG, strength, why, quoted(denied), cites=(*cites, denied.fact, "credential"), **values)
    if spoken:
        return verdict(SLUG, Strength.CONFIRMED, why, quoted(told), cites=cites, **values)
    other = proved(facts, "other-scopes")
    if other is not None and otherwise_sound(facts):
        proof = f"{other.varied or 'with more scopes'}: accepted, and as sent refused again"
        return verdict(SLUG, Strength.CONFIRMED, why, proof, cites=(*cites, "flip:other-scopes"), **values)
    agrees = agreement(facts, SLUG, allied=("permission-denied",))
    # A scope in a plain challenge says what may be asked for (RFC 6750, section 3), not that it was missing.
    strength = Strength.LIKELY if facts.meant == 403 and agrees is not Agreement.AGAINST else Strength.POSSIBLE
    return verdict(SLUG, strength, why, cites=cites, needs="widen", **values)


def _granted(facts: Facts) -> tuple[str, ...] | None:
    """What the token may do, as far as it shows: scopes and roles; None where nothing shows it."""
    header = facts.response.values("x-oauth-scopes") if facts.response is not None else ()
    if header:
        return tuple(s.strip() for value in header for s in value.split(",") if s.strip())
    for answer in facts.introspections:
        if answer.active and "scope" in answer.claims:
            return scopes(answer.claims)
    if readable(facts) and facts.token is not None:
        return (*scopes(facts.token.claims), *roles(facts.token.claims))
    return None


def _has(granted: tuple[str, ...] | None) -> str:
    return f"it has {' '.join(granted[:12])}" if granted else ""


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.AUDIENCE,
    likelihood=Level.MEDIUM,
    effort=Level.MEDIUM,
    title="The token lacks a scope that the endpoint needs",
    fix="Request a token with the missing scope",
    explains=frozenset({"permission-denied", "token-unrecognised"}),
    remedies=(Remedy.NEW_TOKEN, Remedy.SIGN_IN, Remedy.PASTE),
    judge=judge,
    manual=Manual(
        what="The token is good, but it was not granted the scope that this endpoint asks for.",
        why=(
            "Scopes are asked for when the token is requested, and an issuer may grant fewer without saying so. "
            "Refreshing keeps the old scopes: a new consent is needed for more."
        ),
        settle=(
            "The error insufficient_scope, the server naming the scope, or a token that differs by that scope alone "
            "being accepted."
        ),
        mend=(
            "Request a token with the missing scope added, sign in again where a person must agree, and compare what "
            "was granted with what was asked."
        ),
        example='HTTP/1.1 403\nWWW-Authenticate: Bearer error="insufficient_scope", scope="orders:read"',
        references=("RFC 6750, section 3.1", "RFC 6749, section 3.3"),
    ),
)
