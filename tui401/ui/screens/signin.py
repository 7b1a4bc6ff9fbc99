"""Sign-in: where to go and what to type there, while the recovery waits beside it."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from tui401.model.fix import Question
from tui401.ui.blocks import Block, Gap, Para, Tone
from tui401.ui.draw import STYLES
from tui401.ui.screens.base import WizardScreen
from tui401.ui.text import chop, clean, countdown
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine
from tui401.ui.widgets.page import Page


class BigCode(Widget):
    """A code to type by hand: spaced, in a frame, read across a desk."""

    DEFAULT_CSS = "BigCode { height: 3; width: 1fr; padding: 0 3; }"

    def __init__(self, code: str) -> None:
        super().__init__()
        self._code = clean(code)

    def render(self) -> Content:
        """The frame."""
        spaced = " ".join(chop(self._code, 1))
        room = max(1, self.size.width - 6)
        inner = f"  {spaced}  " if len(spaced) + 4 <= room else f" {self._code} "
        edge = "─" * Content(inner).cell_length
        return Content.assemble(
            (f"╭{edge}╮\n│", STYLES[Tone.QUIET]), (inner, "bold"), (f"│\n╰{edge}╯", STYLES[Tone.QUIET])
        )


class SignInScreen(WizardScreen[str | None]):
    """Returns the key of the chosen way; None when the question went away, because the sign-in is done or over."""

    CSS_PATH = "signin.tcss"
    NAME = "Sign in"
    ABOUT = (
        Para("The recovery waits for you to sign in, here in a browser or on any other device."),
        Para("Your password goes to the issuer's own page and never through this program."),
        Para("When you have signed in, this screen closes by itself. Escape gives up."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "open", "open the browser"),
        Binding("c", "copy_address", "copy the address"),
        Binding("k", "copy_code", "copy the code"),
        Binding("down,j", "app.focus_next", "next", show=False),
        Binding("up", "app.focus_previous", "previous", show=False),
    ]

    def __init__(self, question: Question, hints: dict[str, str]) -> None:
        super().__init__()
        self.question, self._hints = question, hints

    def compose(self) -> ComposeResult:
        """The address, the code, the time, and the ways on."""
        question = self.question
        yield TopLine(question.title, "waiting for you")
        yield Line()
        with Page(id="page"):
            yield Blocks(id="says")
            if question.code:
                yield BigCode(question.code)
            yield Blocks(id="left")
            with Vertical(id="ways"):
                for choice in question.choices:
                    label = f"{choice.label}: {choice.detail}" if choice.detail else choice.label
                    yield Action(label, choice.key, classes="-wide")
                    if choice is question.choices[0]:
                        yield Action("Copy the address", "copy:address", classes="-wide")
                        if question.code:
                            yield Action("Copy the code", "copy:code", classes="-wide")
        yield KeyBar()

    def on_mount(self) -> None:
        """Fills it, and counts down."""
        blocks: list[Block] = [Para(line, indent=1) for line in self.question.lines]
        if self.question.address:
            blocks += [Gap(), Para(self.question.address, Tone.STRONG, indent=3)]
        self.query_one("#says", Blocks).show((*blocks, Gap()), self._hints)
        self._count()
        self.set_interval(self.wizard.tick_seconds, self._count, name="the time left")
        self.query(Action).first().focus()

    def _count(self) -> None:
        until = self.question.until
        blocks: tuple[Block, ...] = ()
        if until is not None:
            left = until - self.wizard.clock()
            says = f"{countdown(left)} left" if left > 0 else "the time is over; it ends by itself in a moment"
            blocks = (Para(says, Tone.QUIET if left > 60 else Tone.WARN, indent=3), Gap())
        self.query_one("#left", Blocks).show(blocks)

    @on(Action.Pressed)
    def _chosen(self, event: Action.Pressed) -> None:
        if event.key == "copy:address":
            self.action_copy_address()
        elif event.key == "copy:code":
            self.action_copy_code()
        elif self.armed:
            self.dismiss(event.key)

    def action_open(self) -> None:
        """Opens the browser, once more where it is open."""
        if self.armed and self.check_action("open", ()):
            self.dismiss("open")

    def action_copy_address(self) -> None:
        """Copies the address alone."""
        self.wizard.copy(self.question.address)

    def action_copy_code(self) -> None:
        """Copies the code as it is typed, without the spaces that it is drawn with."""
        self.wizard.copy(self.question.code)

    def action_back(self) -> None:
        """Gives up."""
        self.dismiss("no")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Leaves out what there is not."""
        match action:
            case "open":
                return any(choice.key == "open" for choice in self.question.choices)
            case "copy_address":
                return bool(self.question.address)
            case "copy_code":
                return bool(self.question.code)
            case _:
                return True

    def describe(self, action: str, description: str) -> str:
        """What Escape does."""
        return "give up" if action == "back" else description
