"""What changed lately? Asked once; the person's words are kept in the case, without secrets, and sent nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from tui401.model.secret import Secret
from tui401.ui.blocks import Block, Gap, Para, Tone
from tui401.ui.screens.base import WizardScreen
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine
from tui401.ui.widgets.page import Page
from tui401.ui.widgets.words import WordsField

_SAYS: tuple[Block, ...] = (
    Para("What was changed before the first refusal?", Tone.STRONG, indent=1),
    Gap(),
    Para(
        "For example: a secret or key was rotated; a deploy; a new gateway, proxy or firewall rule; a certificate; a "
        "role, group or plan; a host that moved; another network."
    ),
    Gap(),
    Para("Your words stand in this case and in its report, without secrets. Nothing is sent.", Tone.QUIET),
    Gap(),
)


class LatelyScreen(WizardScreen[Secret[str] | None]):
    """Returns the words, empty where the person knows of nothing; None when they went back.

    Args:
        redact: Gives a text without the case's secrets and without what looks like one.
    """

    CSS_PATH = "lately.tcss"
    NAME = "What changed lately"
    ABOUT = (
        Para("What fails since a change often hangs on it, and no probe sees changes: you do."),
        Para("It is asked once for a case. What you say is kept in the journal and in the report, and sent nowhere."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", "next", show=False),
        Binding("up", "app.focus_previous", "previous", show=False),
    ]

    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__()
        self._redact = redact

    def compose(self) -> ComposeResult:
        """The field and its buttons."""
        yield TopLine("What changed lately?", "kept in the case")
        yield Line()
        with Page(id="page"):
            yield Blocks(blocks=_SAYS)
            yield WordsField(self._redact, placeholder="ops rotated the client secret on Monday")
            with Horizontal(id="ways"):
                yield Action("Keep it", "keep")
                yield Action("Nothing that I know of", "nothing")
                yield Action("Back", "back")
        yield KeyBar()

    def on_mount(self) -> None:
        """Begins in the field."""
        self.query_one(WordsField).focus()

    @on(WordsField.Submitted)
    def _submitted(self, event: WordsField.Submitted) -> None:
        event.stop()
        self._keep()

    @on(Action.Pressed)
    def _pressed(self, event: Action.Pressed) -> None:
        match event.key:
            case "keep":
                self._keep()
            case "nothing":
                self.dismiss(Secret(""))
            case _:
                self.dismiss(None)

    def _keep(self) -> None:
        words = self.query_one(WordsField).words
        if words:
            self.dismiss(Secret(words))
        else:
            self.say("Nothing is written yet: say it in a few words, or choose “Nothing that I know of”.")
