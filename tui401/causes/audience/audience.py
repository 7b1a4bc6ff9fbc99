"""audience-mismatch: the token is for another API."""

from __future__ import annotations

from typing import Final

from tui401.causes.compare import closest
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
    weigh,
)
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Aspect, Expected, Facts, Flip
from tui401.model.verdict import Step, Strength, Verdict
from tui401.wire.claims import audiences

SLUG: Final = "audience-mismatch"
_ALLIED: Final = ("environment-mismatch", "token-type-wrong")


def judge(facts: Facts) -> Verdict:
    """Compares ``aud`` with the audiences that the server's words, its metadata or the person name."""
    told = facts.says(SLUG)
    if told is None:
        missing = no_token(facts, SLUG)
        if missing is not None:
            return missing
    fact = (told.fact,) if told is not None else ()
    cites = ("token.aud", "credential", *fact)
    if not readable(facts) and not any(i.active and "aud" in i.claims for i in facts.introspections):
        return unknown(SLUG, "introspection", "the token does not show for whom it is meant")
    provided = _provided(facts)
    expected = wanted(facts, Aspect.AUDIENCE)
    shown = ", ".join(provided) or "not named"
    named = told is not None and told.strength >= Strength.LIKELY
    if not named and proved(facts, "fresh", "other-scopes", "other-issuer") is not None:
        return ruled_out(SLUG, f"another token for {shown} is accepted", cites=cites)
    flip = proved(facts, "other-audience")
    if not expected:
        if flip is not None and otherwise_sound(facts):
            return verdict(SLUG, Strength.LIKELY, _proof(flip), quoted(told), cites=(*cites, "flip:other-audience"))
        return unknown(SLUG, "resource-metadata", "nobody has said which audience the API expects")
    first = expected[0]
    met = [e for e in expected if set(provided) & set(e.values)]
    if met and (met[0].strength >= first.strength or met[0].source == "metadata"):
        why = f"its audience is {shown}, as expected by {met[0].by}"
        if told is not None and told.strength >= Strength.LIKELY:
            if met[0].source == "metadata":
                return ruled_out(SLUG, why, "what the API refuses is what it advertises itself", cites=cites)
            return verdict(SLUG, Strength.LIKELY, quoted(told), f"yet {why}", cites=cites)
        return ruled_out(SLUG, why, cites=cites)
    value, miss = _closest(provided, first)
    if flip is not None and otherwise_sound(facts):
        return verdict(
            SLUG,
            Strength.CONFIRMED,
            f"the token's audience is {shown}; expected, by {first.by}, is {value}",
            _proof(flip),
            quoted(told),
            cites=(*cites, "flip:other-audience"),
            near_miss=miss,
            expected=value,
            provided=shown if provided else "",
            expected_by=first.by,
        )
    agrees = agreement(facts, SLUG, _ALLIED)
    # An API may take other audiences than the one it advertises, so only its words about this refusal are enough.
    strength = weigh(agrees, decisive=first.strength is Strength.CONFIRMED)
    if agrees is Agreement.AGAINST and facts.refused:
        strength = Strength.LIKELY if first.source == "metadata" else Strength.POSSIBLE
    return verdict(
        SLUG,
        strength,
        f"the token's audience is {shown}; expected, by {first.by}, is {value}",
        quoted(told),
        cites=cites,
        near_miss=miss,
        expected=value,
        provided=shown if provided else "",
        expected_by=first.by,
        needs="" if strength is Strength.CONFIRMED else "fresh",
    )


def _provided(facts: Facts) -> tuple[str, ...]:
    if readable(facts) and facts.token is not None:
        return audiences(facts.token.claims)
    return next((audiences(i.claims) for i in facts.introspections if i.active and "aud" in i.claims), ())


def _closest(provided: tuple[str, ...], expected: Expected) -> tuple[str, str]:
    pairs = [closest(one, expected.values) for one in provided]
    return next((pair for pair in pairs if pair[1]), pairs[0] if pairs else (expected.values[0], ""))


def _proof(flip: Flip) -> str:
    """A token that differs in its audience alone was accepted, and this one refused again."""
    return f"{flip.varied or 'with another audience'}: accepted, and as sent refused again"


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.AUDIENCE,
    likelihood=Level.MEDIUM,
    effort=Level.MEDIUM,
    title="The token is meant for another API",
    fix="Request a token for this audience",
    explains=frozenset({"token-unrecognised", "permission-denied"}),
    remedies=(Remedy.NEW_TOKEN, Remedy.SIGN_IN, Remedy.PASTE),
    judge=judge,
    manual=Manual(
        what="The token says for which API it was made, and this is not that API.",
        why=(
            "A token for one API must not open another, so each API refuses tokens with a foreign audience. Issuers "
            "put a default there when the client asks for none. Servers compare character by character: a slash, a "
            "port or http in place of https is another audience."
        ),
        settle="The claim aud lacks the audience that the server's words, its metadata or your profile name.",
        mend=(
            "Ask the issuer for a token with this API's audience: by the parameter audience or resource, as the issuer"
            " takes it."
        ),
        example='HTTP/1.1 401\nWWW-Authenticate: Bearer error="invalid_token", error_description="Invalid audience"',
        references=("RFC 7519, section 4.1.3", "RFC 8707, section 2", "RFC 9728, section 2"),
    ),
)
