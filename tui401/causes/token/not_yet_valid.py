"""token-not-yet-valid: the token's time has not begun."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import (
    Agreement,
    agreement,
    clock_name,
    date_claim,
    no_token,
    quoted,
    readable,
    ruled_out,
    spoken,
    unknown,
    verdict,
    weigh,
)
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.verdict import Step, Strength, Verdict

SLUG: Final = "token-not-yet-valid"


def judge(facts: Facts) -> Verdict:
    """Compares ``nbf`` and ``iat`` with the trusted time; ``iat`` alone is refused by some servers only."""
    told = facts.says(SLUG)
    if told is None:
        missing = no_token(facts, SLUG)
        if missing is not None:
            return missing
    begins = [(name, at) for name in ("nbf", "iat") if (at := date_claim(facts, name)) is not None]
    if not begins:
        if readable(facts) and told is None:
            return ruled_out(SLUG, "the token names no time at which it begins")
        return unknown(SLUG, "introspection", "the token does not show when it begins")
    name, at = max(begins, key=lambda pair: pair[1])
    ahead = at - facts.now.at
    margin = facts.now.uncertainty
    cites = (f"token.{name}", "token.begin", "credential")
    if ahead <= margin:
        why = f"its {name} passed {spoken(ahead)} ago {clock_name(facts)}" if ahead < -margin else f"its {name} is now"
        if told is None or told.strength < Strength.LIKELY:
            return ruled_out(SLUG, why, cites=cites)
        doubtful = facts.now.source in ("local", "recording") or facts.clock("api") is not None
        strength = Strength.LIKELY if doubtful or ahead > -margin else Strength.POSSIBLE
        return verdict(SLUG, strength, quoted(told), f"yet {why}", cites=(*cites, told.fact), needs="clock")
    agrees = agreement(facts, SLUG, allied=("token-expired", "clock-skew-client"))
    why = f"its {name} lies {spoken(ahead)} ahead {clock_name(facts)}"
    doubt = _valid_here(facts, at)
    if agrees is Agreement.WORDS:
        strength = Strength.LIKELY if doubt else Strength.CONFIRMED
        return verdict(SLUG, strength, why, quoted(told), doubt, cites=cites, needs="clock" if doubt else "")
    if ahead <= margin + facts.leeway:
        return verdict(
            SLUG, min(weigh(agrees), Strength.POSSIBLE), why, "within the leeway of most servers", cites=cites
        )
    return verdict(SLUG, weigh(agrees, decisive=name == "nbf"), why, cites=cites)


def _valid_here(facts: Facts, at: float) -> str:
    """A sentence where the token has begun by this machine's clock and no time server says which clock is wrong."""
    asked = facts.clock("ntp") is not None or facts.now.source in ("local", "recording")
    if asked or facts.local_now < at - facts.leeway:
        return ""
    return "yet by this machine's clock it has begun, and no time server has said which of the two clocks is wrong"


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.TOKEN,
    likelihood=Level.LOW,
    effort=Level.EASY,
    title="The token is not valid yet",
    fix="Wait, or correct the clock of whoever issued it",
    explains=frozenset({"token-unrecognised"}),
    remedies=(Remedy.WAIT, Remedy.NEW_TOKEN, Remedy.TELL_OWNER),
    judge=judge,
    manual=Manual(
        what="The token says when it begins to count, and by the server's clock that moment is still to come.",
        why=(
            "It comes of an issuer whose clock runs ahead, of a server whose clock runs behind, or of a program that "
            "signs its own tokens on a machine with a wrong clock."
        ),
        settle=(
            "The claim nbf or iat lies ahead of a trusted clock by more than its uncertainty, and the answer agrees."
        ),
        mend="Wait as long as it lies ahead, then send again. Have the clock of whoever stamped the token corrected.",
        example='HTTP/1.1 401\nContent-Type: application/json\n\n{"message": "jwt not active"}',
        references=("RFC 7519, sections 4.1.5 and 4.1.6",),
    ),
)
