"""Help: what this screen is about, what its signs mean, which keys do what."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from tui401.model.verdict import Status
from tui401.ui.blocks import GLYPHS, WORDS, Block, Gap, Head, Para, Row
from tui401.ui.screens.base import WizardScreen
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.blocks import Blocks
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine


class HelpScreen(WizardScreen[None]):
    """Shows the help of the screen that it was opened from."""

    CSS_PATH = "help.tcss"
    NAME = "Help"
    AUTO_FOCUS: ClassVar[str | None] = "#page"

    def __init__(self, name: str, blocks: tuple[Block, ...], keys: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self._name, self._blocks, self._keys = name, blocks, keys

    def compose(self) -> ComposeResult:
        """The page."""
        yield TopLine(f"Help · {self._name}" if self._name else "Help", "esc back")
        yield Line()
        with VerticalScroll(id="page"):
            yield Blocks()
            yield Action("Back", "back")
        yield KeyBar()

    def on_mount(self) -> None:
        """Fills it."""
        signs = "   ".join(f"{GLYPHS[status]} {WORDS[status]}" for status in Status)
        keys = tuple(Row(key, what) for key, what in self._keys)
        self.query_one(Blocks).show(
            (
                *self._blocks,
                Gap(),
                Head("Signs"),
                Para(signs),
                Gap(),
                Head("Keys"),
                *keys,
                Gap(),
                Para("Every action also stands in the palette, under : or ctrl+p."),
            )
        )

    @on(Action.Pressed)
    def _back(self, _event: Action.Pressed) -> None:
        self.dismiss(None)

    def action_help(self) -> None:
        """Closes it: the key that opened it."""
        self.dismiss(None)
