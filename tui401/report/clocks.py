"""The clocks beside each other, in seconds with their uncertainty. Pure."""

from __future__ import annotations

from typing import Final

from tui401.model.facts import Facts
from tui401.model.shown import ClockSeen
from tui401.report.parts import Line, Section
from tui401.report.texts import CLOCK_OF, listed, spoken

_AGREE: Final = 2.0  # seconds; a Date header is cut to whole ones
_NAMES: Final = {"api": "the API's clock", "issuer": "the issuer's clock", "ntp": "network time"}


def clocks(facts: Facts) -> Section:
    """Every clock that was read, against this machine's, and how this machine keeps its time."""
    trusted = CLOCK_OF.get(facts.now.source, "by this machine's clock")
    lines = [
        Line(text=in_one_line(facts, begin=True)),
        Line(text=f"Times are judged {trusted}, ± {spoken(facts.now.uncertainty)}"),
    ]
    machine = facts.machine
    if machine is not None:
        kept = {True: "is", False: "is not", None: "may or may not be"}[machine.synchronised]
        by = f" by {machine.service}" if machine.service else ""
        zone = f"; time zone {machine.timezone}" if machine.timezone else ""
        lines.append(Line(text=f"This machine's clock {kept} kept in step{by}{zone}"))
        if machine.hardware_clock_local:
            lines.append(
                Line(text="Its hardware clock runs in local time, which shifts when summer time begins or ends")
            )
    rows = tuple(_row(clock) for clock in facts.clocks)
    head = ("clock", "read from", "beside this machine's", "uncertainty", "remark")
    return Section(title="Clocks", lines=tuple(lines), head=head if rows else (), rows=rows)


def in_one_line(facts: Facts, *, begin: bool = False) -> str:
    """How far the clocks are apart, in one line; ``begin`` with a capital."""
    read = [(clock, clock.offset) for clock in facts.clocks if clock.offset is not None]
    off = [(clock, offset) for clock, offset in read if abs(offset) > max(_AGREE, clock.uncertainty)]
    if not read:
        said = "only this machine's clock is known"
    elif off:
        said = "; ".join(_difference(clock, offset) for clock, offset in off)
    else:
        widest = max(abs(offset) + clock.uncertainty for clock, offset in read)
        said = f"{listed(dict.fromkeys(map(_name, (c for c, _ in read))))} and this machine's agree "
        said += f"within {spoken(max(1.0, widest))}"
    return said[:1].upper() + said[1:] if begin else said


def _difference(clock: ClockSeen, offset: float) -> str:
    way = "ahead of" if offset > 0 else "behind"
    old = ", perhaps old since it came from a cache" if clock.cached else ""
    return f"{_name(clock)} is {spoken(offset)} {way} this machine's (± {spoken(clock.uncertainty)}{old})"


def _name(clock: ClockSeen) -> str:
    return _NAMES.get(clock.who, clock.who)


def _row(clock: ClockSeen) -> tuple[str, ...]:
    if clock.offset is None:
        return (_name(clock), clock.source, "no answer", "", clock.problem)
    remark = clock.problem or ("from a cache, perhaps old" if clock.cached else "")
    return (_name(clock), clock.source, f"{clock.offset:+.1f} s", f"± {clock.uncertainty:.1f} s", remark)
