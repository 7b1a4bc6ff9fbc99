"""clock-skew-client: this machine's clock is wrong."""

from __future__ import annotations

from typing import Final

from tui401.causes.clock_reading import flips_between, gap, stamped_here
from tui401.causes.reading import Agreement, agreement, quoted, ruled_out, spoken, unknown, verdict
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.verdict import Step, Strength, Verdict

SLUG: Final = "clock-skew-client"


def judge(facts: Facts) -> Verdict:
    """NTP and the API's Date agree against this clock, and what it stamped or judged flips between the two."""
    told = facts.says(SLUG)
    fact = (told.fact,) if told is not None else ()
    if facts.recorded:
        return unknown(SLUG, "", "a recording cannot tell whose clock was wrong")
    ntp, api = gap(facts, "ntp"), gap(facts, "api")
    if ntp is None and api is None:
        return unknown(SLUG, "clock", "no other clock has been asked")
    off = ntp or api
    if off is None or not off.wrong:
        return ruled_out(
            SLUG,
            f"this clock is right within {spoken(max(off.uncertainty, 1.0)) if off else '1 s'}",
            cites=("clock.local",),
        )
    if ntp is None:
        return unknown(
            SLUG, "clock", f"this clock and the API's differ by {spoken(off.seconds)}; whose is wrong is not known yet"
        )
    ahead = "behind" if off.seconds > 0 else "ahead"
    why = f"this machine's clock is {spoken(off.seconds)} {ahead} by network time"
    cites = ("clock.local", "token.exp", "token.begin", *fact)
    both = api is not None and api.wrong and abs(api.seconds - ntp.seconds) <= api.uncertainty + ntp.uncertainty + 2
    flipped = flips_between(facts, facts.local_now, facts.now.at)
    agrees = agreement(facts, SLUG, allied=("token-expired", "token-not-yet-valid", "request-signature-invalid"))
    if told is not None and told.strength >= Strength.LIKELY and both:
        return verdict(SLUG, Strength.CONFIRMED, why, quoted(told), cites=cites)
    if flipped and facts.refused and agrees is not Agreement.AGAINST:
        sure = both and agrees >= Agreement.BARE
        seen = f"{flipped}, though not by this machine's clock"
        return verdict(SLUG, Strength.CONFIRMED if sure else Strength.LIKELY, why, seen, quoted(told), cites=cites)
    if stamped_here(facts) and facts.refused and agrees is not Agreement.AGAINST:
        return verdict(SLUG, Strength.LIKELY, why, "and it stamped what was sent", cites=cites)
    return ruled_out(SLUG, f"{why}, but that touched nothing in this request", cites=("clock.local",))


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.CLOCK,
    likelihood=Level.LOW,
    effort=Level.EASY,
    title="This machine's clock is wrong",
    fix="Synchronise this clock; check its time zone",
    explains=frozenset(
        {
            "token-expired",
            "token-not-yet-valid",
            "request-signature-invalid",
            "dpop-proof-invalid",
            "token-unrecognised",
        }
    ),
    remedies=(Remedy.MEND_CLOCK,),
    judge=judge,
    manual=Manual(
        what=(
            "This machine's clock disagrees with network time and with the server, and something in the request hangs "
            "on it."
        ),
        why=(
            "A clock that is behind takes an expired token for a living one and stamps signatures with a time long "
            "past. Virtual machines that slept, a hardware clock in local time and blocked NTP are the usual reasons."
        ),
        settle=(
            "Network time and the API's Date agree against this clock, and a token or stamp is valid by one and not by"
            " the other."
        ),
        mend="Switch time synchronisation on and check time zone and hardware clock. Then request a new token.",
        example="this machine 14:07:31 · network time 14:00:33 · the API's Date 14:00:33",
        references=("RFC 5905", "RFC 9110, section 6.6.1"),
    ),
)
