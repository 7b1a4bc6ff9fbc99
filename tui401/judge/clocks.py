"""The trusted time of an attempt: which clock to believe, and by how much it may be off (judging.md, precedence)."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Final

from tui401.model.facts import Now
from tui401.model.shown import AnswerSeen, ClockSeen, MachineSeen

LOCAL_UNCERTAINTY: Final = 5.0  # seconds; a machine that synchronises is far better, and nothing tells whether it does
SYNCHRONISED: Final = 1.0
RECORDED: Final = 2.0  # seconds; recordings stamp the start of an exchange


def trusted(local: float, clocks: Sequence[ClockSeen], machine: MachineSeen | None, *, recorded: bool) -> Now:
    """Which time to trust.

    NTP first; then the Dates of API and issuer where the two agree; then this machine's own. One Date alone outvotes
    nobody: where it contradicts this machine, the uncertainty covers both.

    Args:
        local: The moment by this machine's clock, seconds since the epoch.
        clocks: All readings.
        machine: This machine's time keeping.
        recorded: The exchange was recorded: its own moment counts, and nothing was asked when it happened.
    """
    if recorded:
        return Now(at=local, uncertainty=RECORDED, source="recording")
    ntp = _reading(clocks, "ntp")
    if ntp is not None:
        return Now(at=local + ntp[0], uncertainty=ntp[1], source="ntp")
    api, issuer = _reading(clocks, "api"), _reading(clocks, "issuer")
    if api is not None and issuer is not None and abs(api[0] - issuer[0]) <= api[1] + issuer[1]:
        nearer, source = (api, "api") if api[1] <= issuer[1] else (issuer, "issuer")
        return Now(at=local + nearer[0], uncertainty=max(api[1], issuer[1]), source=source)
    own = SYNCHRONISED if machine is not None and machine.synchronised else LOCAL_UNCERTAINTY
    others = [offset for offset, _ in (r for r in (api, issuer) if r is not None)]
    widest = max((abs(offset) for offset in others), default=0.0)
    return Now(
        at=local, uncertainty=own if machine is not None and machine.synchronised else max(own, widest), source="local"
    )


def from_date(answer: AnswerSeen) -> ClockSeen | None:
    """The API's clock as the Date of its own answer shows it (RFC 9110, section 6.6.1); None where it shows none."""
    response = answer.response
    if response is None or not answer.hops:
        return None
    value = next(iter(response.values("date")), "")
    hop = answer.hops[-1]
    try:
        said = parsedate_to_datetime(value).timestamp() if value else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if said is None or hop.started_at <= 0:
        return None
    half = max(hop.elapsed, 0.0) / 2
    # A Date is cut to whole seconds, so on average the server was half a second later when it wrote it.
    offset = said + 0.5 - (hop.started_at + half)
    cached = any(v.strip() not in ("", "0") for v in response.values("age"))
    return ClockSeen(who="api", source="Date", offset=offset, uncertainty=1.0 + half, at=hop.started_at, cached=cached)


def moment(answer: AnswerSeen | None, fallback: float) -> float:
    """When the answer came, by this machine's clock; a recording without times is dated by the answer itself."""
    if answer is None or not answer.hops:
        return fallback
    hop = answer.hops[-1]
    if hop.started_at > 0:
        return hop.started_at + max(hop.elapsed, 0.0)
    value = next(iter(hop.response.values("date")), "") if hop.response else ""
    try:
        return parsedate_to_datetime(value).timestamp() if value else fallback
    except (ValueError, TypeError, IndexError, OverflowError):
        return fallback


def _reading(clocks: Sequence[ClockSeen], who: str) -> tuple[float, float] | None:
    """Offset and uncertainty of that clock's best reading that no cache may have aged."""
    usable = [c for c in clocks if c.who == who and c.offset is not None and not c.cached]
    best = min(usable, key=lambda c: c.uncertainty, default=None)
    return None if best is None or best.offset is None else (best.offset, best.uncertainty)
