"""Practice: choose a way for a request to be refused, on a server that runs inside this program."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from itertools import groupby
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui401.ui.blocks import Block, Head, Para, Tone
from tui401.ui.knowledge import cause_of
from tui401.ui.ports import Exercise, Lesson, PortError
from tui401.ui.screens.base import WizardScreen
from tui401.ui.text import sentence
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine
from tui401.ui.widgets.page import Page

_ANY = "any"
_ANY_SAYS = "One of them at random, and you are not told which: the six steps find it."


class PracticeScreen(WizardScreen[Lesson | None]):
    """Returns the lesson that was begun, None when the person went back.

    Args:
        learnt: The exercises that are done.
        begin: The exercise to begin at once, "" to let the person choose.
    """

    CSS_PATH = "practice.tcss"
    NAME = "Practice"
    AUTO_FOCUS: ClassVar[str | None] = ""  # the first that is not done, which a selector cannot tell
    ABOUT = (
        Para("A small authorization server and an API run inside this program, on this machine only."),
        Para("One thing is wrong. The wizard finds it as it would on a real server, and you mend it."),
        Para("Nothing that you do here reaches the network or your keyring unasked."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "app.focus_next", "next", show=False),
        Binding("up,k", "app.focus_previous", "previous", show=False),
    ]

    def __init__(self, learnt: Collection[str], begin: str = "") -> None:
        super().__init__()
        self._learnt = frozenset(learnt)
        self._begin = begin
        self._at = ""
        self._exercises: Sequence[Exercise] = ()

    def compose(self) -> ComposeResult:
        """All exercises under the step that they belong to, and what the one in focus is about."""
        school = self.wizard.ports.practise
        self._exercises = school.exercises() if school is not None else ()
        done = sum(1 for exercise in self._exercises if exercise.slug in self._learnt)
        yield TopLine("Practice", f"{done} of {len(self._exercises)} done" if done else "nothing leaves this machine")
        yield Line()
        yield Blocks(id="says")
        with Page(id="page"):
            yield Action("Surprise me", _ANY, classes="-wide")
            for step, exercises in groupby(self._exercises, _step_of):
                yield Blocks(classes="step", blocks=(Head(step),))
                for exercise in exercises:
                    mark = "✓" if exercise.slug in self._learnt else " "
                    yield Action(f"{mark} {exercise.title}", exercise.slug, classes="-wide")
        yield Line()
        yield Blocks(id="about")
        yield KeyBar()

    def on_mount(self) -> None:
        """Fills it; the first exercise that is not done yet has the focus."""
        says = "A server in this program refuses a request in one of these ways. Find out why, and mend it."
        self.query_one("#says", Blocks).show((Para(says, indent=1),))
        open_still = [a for a in self.query(Action).results(Action) if a.key not in (_ANY, *self._learnt)]
        first = (open_still or list(self.query(Action).results(Action)))[0]
        first.focus()
        self._look_at(first.key)
        if self._begin:
            self._start(self._begin)

    @on(events.DescendantFocus)
    def _looked_at(self, event: events.DescendantFocus) -> None:
        if isinstance(event.widget, Action):
            self._look_at(event.widget.key)

    def _look_at(self, key: str) -> None:
        if key != self._at:  # news of the focus may come late, after something else was told
            self._at = key
            how = next((e.how for e in self._exercises if e.slug == key), _ANY_SAYS)
            self._tell(Para(how, Tone.QUIET, indent=1))

    def _tell(self, block: Block) -> None:
        self.query_one("#about", Blocks).show((block,))

    @on(Action.Pressed)
    def _pressed(self, event: Action.Pressed) -> None:
        open_still = [e.slug for e in self._exercises if e.slug not in self._learnt]
        every = [e.slug for e in self._exercises]
        slug = random.choice(open_still or every) if event.key == _ANY else event.key  # noqa: S311 - a game, no secret
        self._start(slug)

    @work(exclusive=True, group="start", exit_on_error=False)
    async def _start(self, slug: str) -> None:
        school = self.wizard.ports.practise
        if school is None:
            return
        self._tell(Para("starting the practice server …", Tone.ACCENT, indent=1))
        try:
            lesson = await school.begin(slug)
        except PortError as error:
            self._tell(Para(str(error), Tone.WARN, indent=3, mark="!"))
            return
        self.dismiss(lesson)


def _step_of(exercise: Exercise) -> str:
    cause = cause_of(exercise.slug)
    return sentence(cause.step.value) if cause is not None else "Others"


def following(exercises: Sequence[Exercise], slug: str, learnt: Collection[str]) -> Exercise | None:
    """The next exercise that is not done, from the one of that name on and round again; None when all are."""
    at = next((place for place, exercise in enumerate(exercises) if exercise.slug == slug), -1)
    ahead = (*exercises[at + 1 :], *exercises[: at + 1])
    return next((e for e in ahead if e.slug != slug and e.slug not in learnt), None)
