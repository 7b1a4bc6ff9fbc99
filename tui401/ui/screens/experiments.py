"""Experiments: what else can be tried, what each sends, and what it would tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui401.model.events import Spent
from tui401.model.fix import Choice
from tui401.ui.blocks import Block, Gap, Para, Tone
from tui401.ui.screens.base import WizardScreen
from tui401.ui.text import sentence
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine
from tui401.ui.widgets.page import Page

_WITH_A_TOKEN: Final = frozenset({"probe:fresh", "probe:narrow", "probe:widen"})


class ExperimentsScreen(WizardScreen[str | None]):
    """Returns the key of the chosen experiment, None when the person went back."""

    CSS_PATH = "experiments.tcss"
    NAME = "Experiments"
    ABOUT = (
        Para("An experiment sends your request with one thing changed. Only a different answer informs."),
        Para("They go one after another and count against the budget of requests to the API."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "app.focus_next", "next", show=False),
        Binding("up,k", "app.focus_previous", "previous", show=False),
    ]

    def __init__(self, choices: Sequence[Choice], spent: Spent) -> None:
        super().__init__()
        self._choices = tuple(c for c in choices if c.key.startswith("probe:"))
        self._spent = spent

    def compose(self) -> ComposeResult:
        """One line to choose and one that explains, for each."""
        yield TopLine("Experiments", f"{self._spent.api} of {self._spent.budget} requests sent")
        yield Line()
        with Page(id="page"):
            yield Blocks(id="says")
            with Vertical(id="ways"):
                for choice in self._choices:
                    yield Action(sentence(choice.label), choice.key, classes="-wide")
                    yield Blocks(classes="why")
                yield Action("Back", "back")
        yield KeyBar()

    def on_mount(self) -> None:
        """Fills it."""
        says = "Each goes to the API of your request and nowhere else, with one thing changed."
        if any(choice.key in _WITH_A_TOKEN for choice in self._choices):
            says = "Each goes to the API of your request; one with another token asks your issuer for it first."
        if not self._choices:
            says = "No experiment is left that could tell more, or the budget is used up."
        intro: tuple[Block, ...] = (Para(says, indent=1), Gap())
        self.query_one("#says", Blocks).show(intro)
        for why, choice in zip(self.query(".why").results(Blocks), self._choices, strict=True):
            why.show((Para(choice.detail, Tone.QUIET, indent=4),) if choice.detail else ())
        self.query(Action).first().focus()

    @on(Action.Pressed)
    def _pressed(self, event: Action.Pressed) -> None:
        if event.key == "back":
            self.dismiss(None)
        elif self.armed:
            self.dismiss(event.key)
