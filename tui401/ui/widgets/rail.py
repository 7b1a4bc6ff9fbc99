"""The rail: the six steps with their state, the token's remaining life, and what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tui401.causes.steps import STEP_PAGES
from tui401.model.events import Spent
from tui401.model.verdict import STEPS, Status, Step
from tui401.ui.blocks import GLYPHS, TONES, Tone
from tui401.ui.draw import STYLES
from tui401.ui.standing import Standing
from tui401.ui.text import countdown

_ASIDES = {
    Status.PASSED: "passed",
    Status.FAILED: "failed",
    Status.UNKNOWN: "unknown",
    Status.SKIPPED: "n/a",
    Status.RUNNING: "running",
}


class Rail(Widget):
    """Six steps, one a line; a click chooses one."""

    DEFAULT_CSS = "Rail { width: 24; height: 1fr; }"

    @dataclass
    class Chosen(Message):
        """A step was clicked."""

        step: Step

    def __init__(self) -> None:
        super().__init__()
        self._standings: tuple[Standing, ...] = ()
        self._step = Step.TOKEN
        self._left: float | None = None
        self._spent = Spent(api=0, issuer=0, budget=8)

    def show(self, standings: Sequence[Standing], step: Step, left: float | None, spent: Spent) -> None:
        """Shows this state.

        Args:
            standings: The six steps.
            step: The one whose page is open.
            left: Seconds that the token has left; negative when it is past, None when that is not known.
            spent: What was sent.
        """
        new = (tuple(standings), step, None if left is None else int(left), spent)
        old = (self._standings, self._step, None if self._left is None else int(self._left), self._spent)
        self._standings, self._step, self._left, self._spent = tuple(standings), step, left, spent
        if new != old:
            self.refresh()

    def render(self) -> Content:
        """The rail."""
        lines = [self._line(number, standing) for number, standing in enumerate(self._standings, 1)]
        if self.size.height >= len(STEPS) + 4:
            lines.append(Content(""))
        if self._left is not None:
            alive = self._left > 0
            left = f"{countdown(self._left)} left" if alive else f"{countdown(-self._left)} ago"
            tone = Tone.PLAIN if self._left > 60 else Tone.BAD
            lines.append(
                Content.assemble(("   token   " if alive else "   ended   ", STYLES[Tone.QUIET]), (left, STYLES[tone]))
            )
        spent = self._spent
        lines.append(Content.assemble(("   API     ", STYLES[Tone.QUIET]), f"{spent.api} of {spent.budget} sent"))
        lines.append(Content.assemble(("   issuer  ", STYLES[Tone.QUIET]), f"{spent.issuer} sent"))
        return Content("\n").join(lines)

    def _line(self, number: int, standing: Standing) -> Content:
        here = standing.step is self._step
        tone = STYLES[TONES[standing.status]]
        name = STEP_PAGES[standing.step].name
        aside = standing.aside or _ASIDES[standing.status]
        room = self.size.width - 1
        lead = f"{'▸' if here else ' '}{number} "
        gap = " " * max(1, room - len(lead) - 2 - len(name) - len(aside))
        return Content.assemble(
            (lead, STYLES[Tone.ACCENT] if here else STYLES[Tone.QUIET]),
            (f"{GLYPHS[standing.status]} ", tone),
            (name, "bold" if here else ""),
            gap,
            (aside, STYLES[Tone.QUIET] if standing.status in (Status.PASSED, Status.SKIPPED) else tone),
        )

    def on_click(self, event: events.Click) -> None:
        """Chooses the step under the pointer."""
        if 0 <= event.y < len(STEPS):
            self.post_message(self.Chosen(STEPS[event.y]))
