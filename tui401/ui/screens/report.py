"""Report: what would be handed over, word for word, before it is saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

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
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine

if TYPE_CHECKING:
    from tui401.report import Report


class ReportScreen(WizardScreen[None]):
    """Shows and saves the report of a case."""

    CSS_PATH = "report.tcss"
    NAME = "Report"
    ABOUT = (
        Para("This is the whole report, as it is saved. Credentials stand in it as secret-1, secret-2."),
        Para("Host names and claims stay: support asks for them. Read it before you hand it over."),
        Para(".json holds the same and can be opened and judged again with “tui401 open”."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m,s", "save('md')", "save .md", key_display="m"),
        Binding("h", "save('html')", "save .html"),
        Binding("j", "save('json')", "save .json"),
        Binding("a", "save('har')", "save .har"),
        Binding("c", "copy", "copy"),
    ]

    def __init__(self, view: CaseView) -> None:
        super().__init__()
        self._view = view
        self._text = ""
        self._report: Report | None = None

    def compose(self) -> ComposeResult:
        """The text, and the ways to keep it."""
        yield TopLine(f"Report · case {self._view.case}", "preview")
        yield Line()
        with VerticalScroll(id="page"):
            yield Static(id="text", markup=False)
        yield Line()
        yield Static(id="where", markup=False)
        with Horizontal(id="ways"):
            yield Action("Save .md", "md", id="md")
            yield Action(".html", "html")
            yield Action(".json", "json")
            yield Action(".har", "har")
            yield Action("Copy", "copy")
            yield Action("Back", "back")
        yield KeyBar()

    def on_mount(self) -> None:
        """Builds the text."""
        reporter = self.wizard.ports.reporter
        self._report = reporter.build(self._view)
        self._text = reporter.render(self._report, ".md").decode()
        self.query_one("#text", Static).update(clean_lines(self._text, self._view.hints))
        self._say_where(f"saves to {clean(str(self.wizard.save_folder))}, as {self._stem()}")
        self.query_one("#md", Action).focus()

    def _stem(self) -> str:
        return f"tui401-{self._view.case or 'case'}"

    def _say_where(self, text: str) -> None:
        self.query_one("#where", Static).update(f" {text}")

    @on(Action.Pressed)
    def _pressed(self, event: Action.Pressed) -> None:
        match event.key:
            case "copy":
                self.action_copy()
            case "back":
                self.dismiss(None)
            case kind:
                self.action_save(kind)

    def action_save(self, kind: str) -> None:
        """Writes the report beside the person's work; never over a file that is there."""
        if self._report is None:
            return
        data = self.wizard.ports.reporter.render(self._report, f".{kind}")
        try:
            path = save(data, Path(self.wizard.save_folder), self._stem(), kind)
        except OSError as error:
            folder = clean(str(self.wizard.save_folder))
            why = clean(error.strerror or "unknown")
            self._say_where(
                f"Not saved: {folder} cannot be written to ({why}). Start tui401 in another folder, or copy."
            )
            return
        self._say_where(f"✓ saved {clean(str(path))}")

    def action_copy(self) -> None:
        """Copies the Markdown, not the box around it."""
        self.wizard.copy(self._text)
