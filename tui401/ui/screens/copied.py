"""What was copied, for terminals that refuse: plain text to select, or a file that only its owner can read."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from tui401.ui.blocks import Para
from tui401.ui.saving import save
from tui401.ui.screens.base import WizardScreen
from tui401.ui.text import clean, clean_lines
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine


class CopiedScreen(WizardScreen[None]):
    """Shows the text from edge to edge, without anything beside it.

    Args:
        text: What was copied, redacted.
    """

    CSS_PATH = "copied.tcss"
    NAME = "What was copied"
    ABOUT = (
        Para("The text stands from the left edge on, with nothing beside it: most terminals select with shift held."),
        Para("The file is written beside your work and readable by you alone. It holds no secret."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [Binding("w", "write", "write it to a file")]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        """The text, and the way to a file."""
        yield TopLine("What was copied", "shift and the mouse select")
        yield Line()
        with VerticalScroll(id="page"):
            yield Static(clean_lines(self._text), id="text", markup=False)
        yield Line()
        yield Static(id="where", markup=False)
        with Horizontal(id="ways"):
            yield Action("Write it to a file", "write")
            yield Action("Back", "back")
        yield KeyBar()

    def on_mount(self) -> None:
        """The obvious way has the focus."""
        self.query(Action).first().focus()

    @on(Action.Pressed)
    def _pressed(self, event: Action.Pressed) -> None:
        if event.key == "write":
            self.action_write()
        else:
            self.dismiss(None)

    def action_write(self) -> None:
        """Writes the text beside the person's work; never over a file that is there."""
        folder = Path(self.wizard.save_folder)
        try:
            says = f"✓ saved {save(self._text.encode('utf-8', 'replace'), folder, 'tui401-copied', 'txt')}"
        except OSError as error:
            says = f"Not saved: {folder} cannot be written to ({error.strerror or 'unknown'})."
        self.query_one("#where", Static).update(f" {clean(says)}")
