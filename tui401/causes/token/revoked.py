"""token-revoked: somebody took the token back."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import (
    date_claim,
    no_token,
    otherwise_sound,
    proved,
    quoted,
    readable,
    ruled_out,
    unknown,
    verdict,
)
from tui401.causes.token.kind import marks_of_kind
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.shown import Verified
from tui401.model.verdict import Step, Strength, Verdict

SLUG: Final = "token-revoked"


def judge(facts: Facts) -> Verdict:
    """Introspection calls a token inactive that verifies and has not expired; an opaque one proves nothing so."""
    told = facts.says(SLUG)
    if told is None:
        missing = no_token(facts, SLUG)
        if missing is not None:
            return missing
    fresh = proved(facts, "fresh")
    if fresh is not None and otherwise_sound(facts):
        # It is alive and signed by the issuer that is trusted, so what a new one differs in is that nobody revoked it.
        proof = f"{fresh.varied or 'a new token of the same kind'}: accepted, and as sent refused again"
        cites = ("token.active", "credential", "flip:fresh", *((told.fact,) if told is not None else ()))
        named = told is not None and told.strength >= Strength.LIKELY
        return verdict(SLUG, Strength.CONFIRMED if named else Strength.LIKELY, quoted(told), proof, cites=cites)
    cites = ("token.active", "credential", *((told.fact,) if told is not None else ()))
    answers = [i for i in facts.introspections if i.active is not None]
    if not answers:
        return unknown(SLUG, "introspection", "the issuer has not been asked whether it is still active")
    if any(i.active for i in answers):
        return ruled_out(SLUG, "its issuer calls it active", cites=cites)
    exp = date_claim(facts, "exp")
    alive = readable(facts) and exp is not None and exp > facts.now.at + facts.now.uncertainty
    good = any(k.signature is Verified.GOOD for k in facts.keys)
    if marks_of_kind(facts):
        return verdict(SLUG, Strength.POSSIBLE, "its issuer calls it inactive", quoted(told), cites=cites)
    siblings = {i.sibling for i in answers}
    if siblings == {False}:
        # Many issuers call every token inactive to a caller who may not ask.
        why = "its issuer calls it inactive, but one that it has just given as well, so that tells nothing"
        strength = min(told.strength, Strength.LIKELY) if told is not None else Strength.UNKNOWN
        return verdict(SLUG, strength, why, quoted(told), cites=cites)
    beside = ", and one that it has just given active" if True in siblings else ""
    if alive and good:
        why = f"its issuer calls it inactive{beside}, though it verifies and has not expired"
        strength = Strength.CONFIRMED if beside else Strength.LIKELY
        return verdict(SLUG, strength, why, quoted(told), cites=cites)
    return verdict(SLUG, Strength.POSSIBLE, f"its issuer calls it inactive{beside}", quoted(told), cites=cites)


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.TOKEN,
    likelihood=Level.LOW,
    effort=Level.MEDIUM,
    title="The token was revoked",
    fix="Request a new token; find out who revoked the old one",
    explains=frozenset({"token-unrecognised"}),
    remedies=(Remedy.NEW_TOKEN, Remedy.SIGN_IN, Remedy.PASTE),
    judge=judge,
    manual=Manual(
        what="The token was good once, and its issuer no longer honours it.",
        why=(
            "Signing out, a changed password, an administrator, a leak found by a scanner or a rotated refresh token "
            "take tokens back before they expire."
        ),
        settle=(
            "The server says revoked, or introspection calls a token inactive that verifies, has not expired, and "
            "whose sibling is active."
        ),
        mend="Request a new token, and ask who revoked the old one: where it leaked, the new one leaks too.",
        example=(
            'HTTP/1.1 401\nWWW-Authenticate: Bearer error="invalid_token", error_description="The access token was '
            'revoked"'
        ),
        references=("RFC 7009", "RFC 7662, section 2.2"),
    ),
)
