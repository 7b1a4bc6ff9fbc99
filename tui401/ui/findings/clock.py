"""Step 4: four clocks in seconds, how this machine keeps its time, and the command that mends it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from tui401.model.facts import Facts
from tui401.model.shown import ClockSeen, MachineSeen
from tui401.model.view import CaseView
from tui401.ui.blocks import Block, Command, Para, Row, Tone
from tui401.ui.findings.common import CLOCKS, contents
from tui401.ui.text import span

_NAMES: Final = {"ntp": "time server", "api": "the API", "issuer": "the issuer"}
_LEAST: Final = 1.0  # seconds; a Date is cut to whole seconds
_NEVER: Final = {
    "ntp": "not asked",
    "api": "its answers bear no Date that can be used",
    "issuer": "not asked: no issuer is known",
}


def found(view: CaseView, facts: Facts | None, now: float) -> Iterator[Block]:
    """The blocks."""
    machine = next(contents(view, MachineSeen), None)
    off = _off(facts)
    yield Row("this machine", datetime.fromtimestamp(now, UTC).strftime("%H:%M:%S UTC"), "the others beside it")
    clocks = facts.clocks if facts is not None and facts.clocks else tuple(contents(view, ClockSeen))
    for clock in clocks:
        yield _clock(clock, now)
    for who in _NEVER if not view.running else ():
        if all(clock.who != who for clock in clocks):
            yield Row(_NAMES[who], _NEVER[who], tone=Tone.QUIET)
    if facts is not None:
        unsure = span(max(facts.now.uncertainty, 0.1))
        yield Row("trusted", f"{CLOCKS.get(facts.now.source, facts.now.source)}, ± {unsure}")
    if machine is not None:
        yield from _machine(machine, off)


def _clock(clock: ClockSeen, now: float) -> Row:
    name = _NAMES.get(clock.who, clock.who)
    if clock.offset is None:
        return Row(name, clock.problem or f"{clock.source} did not answer", tone=Tone.WARN)
    at = datetime.fromtimestamp(now + clock.offset, UTC).strftime("%H:%M:%S")
    wrong = abs(clock.offset) > max(clock.uncertainty, _LEAST)
    way = "ahead" if clock.offset > 0 else "behind"
    by = f"{round(clock.offset, 1) + 0.0:+.1f} s"  # + 0.0: a rounded -0.0 is no lead
    says = f"{by}, {span(clock.offset)} {way}" if wrong else f"{by}, agrees"
    source = f" ({clock.source})" if clock.source not in ("", "Date", clock.who) else ""
    cached = ", from a cache: it may be old" if clock.cached else ""
    tone = Tone.BAD if wrong and not clock.cached else Tone.PLAIN
    return Row(name, f"{at}  {says}{cached}{source}", f"± {span(max(clock.uncertainty, 0.1))}", tone)


def _off(facts: Facts | None) -> bool:
    """Whether this machine's own clock is wrong by the trusted one."""
    if facts is None or facts.now.source in ("local", "recording"):
        return False
    return abs(facts.now.at - facts.local_now) > facts.now.uncertainty + _LEAST


def _machine(seen: MachineSeen, off: bool) -> Iterator[Block]:  # noqa: FBT001 - a private switch
    kept = {True: "in step", False: "not in step", None: "cannot be told"}[seen.synchronised]
    service = f": {seen.service}" if seen.service else ""
    yield Row(
        "time service",
        f"{kept}{service}",
        seen.system,
        Tone.BAD if seen.synchronised is False and off else Tone.WARN if seen.synchronised is False else Tone.PLAIN,
    )
    if seen.timezone:
        yield Row("time zone", seen.timezone)
    if seen.hardware_clock_local is not None:
        local = "local time, which shifts twice a year and misleads a machine that starts"
        yield Row(
            "hardware clock",
            local if seen.hardware_clock_local else "UTC",
            tone=Tone.WARN if seen.hardware_clock_local and seen.system == "Linux" else Tone.PLAIN,
        )
    if not (off or seen.synchronised is False):
        return
    if seen.command:
        yield Para(f"What mends it on this {seen.system or 'system'}:")
        yield Command(seen.command)
    else:
        yield Para("It is mended on the host: this system has no clock of its own.")
    if seen.hardware_clock_local and seen.system == "Linux":
        yield Para("And so that the hardware clock keeps UTC:")
        yield Command("sudo timedatectl set-local-rtc 0")
