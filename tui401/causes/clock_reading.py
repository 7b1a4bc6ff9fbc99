"""What the two causes of the clock step read in common: how far clocks are apart, and what flips between them."""

from __future__ import annotations

from dataclasses import dataclass

from tui401.causes.reading import date_claim, spoken
from tui401.model.facts import Facts


@dataclass(frozen=True, slots=True)
class Gap:
    """How far a clock is ahead of this machine's, in seconds, either way by ``uncertainty``."""

    seconds: float
    uncertainty: float

    @property
    def wrong(self) -> bool:
        """Whether the two clocks truly differ; a second is left for Dates that are cut to whole seconds."""
        return abs(self.seconds) > self.uncertainty + 1


def gap(facts: Facts, who: str) -> Gap | None:
    """The best reading of that clock that no cache may have aged, or None."""
    read = [c for c in facts.clocks if c.who == who and c.offset is not None and not c.cached]
    best = min(read, key=lambda c: c.uncertainty, default=None)
    return None if best is None or best.offset is None else Gap(best.offset, best.uncertainty)


def flips_between(facts: Facts, good: float, bad: float, leeway: float = 0.0) -> str:
    """A phrase when the token is valid at the one moment and not at the other: "expired for 7 min"; else "".

    Args:
        facts: The facts.
        good: The moment at which it must be valid, seconds since the epoch.
        bad: The moment at which it must not be.
        leeway: Seconds by which it must be invalid.
    """
    exp = date_claim(facts, "exp")
    begin = max((at for name in ("nbf", "iat") if (at := date_claim(facts, name)) is not None), default=None)
    # A token is stamped in whole seconds, so one of this very second may begin a second late.
    valid = (exp is None or good < exp) and (begin is None or good >= begin - 2)
    if not valid:
        return ""
    if exp is not None and bad >= exp + leeway:
        return f"the token is expired for {spoken(bad - exp)}"
    if begin is not None and bad < begin - 2 - leeway:
        return f"the token begins in {spoken(begin - bad)}"
    return ""


def stamped_here(facts: Facts) -> bool:
    """Whether the request holds a time that this machine wrote: a signature's, or that of a token it signed itself."""
    sent = facts.credential
    if sent is not None and sent.family in ("signature", "dpop"):
        return True
    begin = date_claim(facts, "iat")
    return begin is not None and abs(begin - facts.local_now) < 5 and abs(begin - facts.now.at) > 30
