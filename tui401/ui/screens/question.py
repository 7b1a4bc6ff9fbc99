"""A question of consent: exactly what would be sent to whom, and the ways to answer."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui401.model.fix import Asks, Choice, Question
from tui401.model.shown import Redacted
from tui401.ui.asking_page import question_blocks, refusal_of
from tui401.ui.blocks import Gap, Para
from tui401.ui.screens.base import WizardScreen
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine
from tui401.ui.widgets.page import Page


class QuestionScreen(WizardScreen[str | None]):
    """Returns the key of the chosen way; None when the question went away by itself."""

    CSS_PATH = "question.tcss"
    NAME = "A question"
    ABOUT = (
        Para(
            "Something would be sent that your command alone does not allow. What, and to whom, stands on the screen."
        ),
        Para("Escape answers no. Nothing is sent until you choose."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "app.focus_next", "next", show=False),
        Binding("up,k", "app.focus_previous", "previous", show=False),
    ]

    _ASIDES: ClassVar = {
        Asks.COMMAND: "nothing is run until you choose",
        Asks.SCOPES: "nothing is asked for until you choose",
    }

    def __init__(self, question: Question, hints: dict[str, str]) -> None:
        super().__init__()
        self.question, self._hints = question, hints

    def compose(self) -> ComposeResult:
        """What it says, and the ways to answer."""
        aside = self._ASIDES.get(self.question.asks, "nothing is sent until you choose")
        yield TopLine("tui401 asks", aside)
        yield Line()
        with Page(id="page"):
            yield Blocks()
            with Vertical(id="ways"):
                for choice in self.question.choices:
                    label = f"{choice.label}: {choice.detail}" if choice.detail else choice.label
                    yield Action(label, choice.key, classes="-wide")
        yield KeyBar()

    def on_mount(self) -> None:
        """Fills it."""
        self.query_one(Blocks).show((*question_blocks(self.question), Gap()), self._hints)
        self.query(Action).first().focus()

    @on(Action.Pressed)
    def _chosen(self, event: Action.Pressed) -> None:
        if self.armed:
            self.dismiss(event.key)

    def action_back(self) -> None:
        """Answers no, or else with the last way."""
        self.dismiss(refusal_of(self.question))


def to_copy() -> Question:
    """May a credential go to the clipboard?"""
    return Question(
        asks=Asks.SEND,
        title="Copy the command with its real values?",
        lines=(
            Redacted("The clipboard would hold the credential itself; every program of this session can read it."),
            Redacted("Without: c copies the command with variables in the place of its secrets."),
        ),
        choices=(Choice(key="no", label="Leave it"), Choice(key="yes", label="Copy the real values")),
        firm=True,
    )
