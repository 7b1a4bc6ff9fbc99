"""The six steps of a case as a list to print: what was ticked, what is open, what settles it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from tui401.model.view import CaseView
from tui401.ui.blocks import Para
from tui401.ui.saving import save
from tui401.ui.screens.base import WizardScreen
from tui401.ui.text import clean, clean_lines
from tui401.ui.ticked import checklist_of
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine


class ChecklistScreen(WizardScreen[None]):
    """Shows, copies and saves the list.

    Args:
        view: The case.
    """

    CSS_PATH = "checklist.tcss"
    NAME = "Checklist"
    ABOUT = (
        Para("The six steps as plain text, for a wiki, a ticket or paper; what was found is ticked off."),
        Para("“tui401 why --checklist” prints the same without a case."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "save", "save it"),
        Binding("c", "copy", "copy"),
    ]

    def __init__(self, view: CaseView) -> None:
        super().__init__()
        self._view = view
        self._text = checklist_of(view)

    def compose(self) -> ComposeResult:
        """The list, and the ways to keep it."""
        yield TopLine("Checklist", "of this case")
        yield Line()
        with VerticalScroll(id="page"):
            yield Static(clean_lines(self._text, self._view.hints), id="text", markup=False)
        yield Line()
        yield Static(id="where", markup=False)
        with Horizontal(id="ways"):
            yield Action("Save it", "save")
            yield Action("Copy", "copy")
            yield Action("Back", "back")
        yield KeyBar()

    def on_mount(self) -> None:
        """The obvious way has the focus."""
        self.query(Action).first().focus()

    @on(Action.Pressed)
    def _pressed(self, event: Action.Pressed) -> None:
        match event.key:
            case "save":
                self.action_save()
            case "copy":
                self.action_copy()
            case _:
                self.dismiss(None)

    def action_save(self) -> None:
        """Writes it beside the person's work; never over a file that is there."""
        folder = Path(self.wizard.save_folder)
        stem = f"tui401-{self._view.case or 'case'}-checklist"
        try:
            says = f"✓ saved {save(clean_lines(self._text, self._view.hints).encode(), folder, stem, 'txt')}"
        except OSError as error:
            says = f"Not saved: {folder} cannot be written to ({error.strerror or 'unknown'}). Copy it instead."
        self.query_one("#where", Static).update(f" {clean(says)}")

    def action_copy(self) -> None:
        """Copies the text, not the box around it."""
        self.wizard.copy(clean_lines(self._text, self._view.hints))
