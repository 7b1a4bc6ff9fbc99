"""Report: what would be handed over, line by line, before it is saved; whatever should not be can be struck out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import OptionList, Static

from tui401.model.strikes import Strikes, next_mark, unmarked
from tui401.ui.blocks import Para
from tui401.ui.ports import PortError
from tui401.ui.saving import save
from tui401.ui.screens.base import WizardScreen
from tui401.ui.session import Session
from tui401.ui.strokes import Stroke
from tui401.ui.text import clean, fold
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.lines import Line, TopLine
from tui401.ui.widgets.reportlines import ReportLines

if TYPE_CHECKING:
    from tui401.model.view import CaseView
    from tui401.report import Report

_MOST_VALUES: Final = 9
_SHOWN_VALUES: Final = 3
_WIDEST: Final = 40
_AROUND: Final = 4  # cells beside a line: padding and scroll bar


class ReportScreen(WizardScreen[None]):
    """Shows, strikes out of and saves the report of a case.

    Args:
        session: The case; its strokes outlive this screen.
    """

    CSS_PATH = "report.tcss"
    NAME = "Report"
    ABOUT = (
        Para("This is the whole report, as it is saved. Credentials stand in it as secret-1, secret-2."),
        Para("Host names and claims stay: support asks for them. Read it before you hand it over."),
        Para(
            "What should not be handed over can be struck out: a line with all that it names, or one value, which then "
            "is gone wherever it stands, in every form. A mark stands for it, the same for the same value."
        ),
        Para(
            "With the first save or copy it is struck out of the kept case as well, which cannot be undone. Times, "
            "numbers and statuses stay in .json and .har: without them nothing could be judged."
        ),
        Para(".json can be opened and judged again with “tui401 open”; .har is for browsers and “tui401 explain”."),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,m,s", "save('md')", "save .md", key_display="enter"),
        Binding("x,space", "strike", "strike out", key_display="x"),
        Binding("1", "value(1)", "a value", key_display="1-9"),
        *(Binding(str(number), f"value({number})", "strike that value", show=False) for number in range(2, 10)),
        Binding("u", "undo", "undo"),
        Binding("h", "save('html')", "save .html"),
        Binding("j", "save('json')", "save .json"),
        Binding("a", "save('har')", "save .har"),
        Binding("c", "copy", "copy"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._view = session.view
        self._gone: dict[str, str] = {}  # lines that are struck out: their keys now, and when they were

    def compose(self) -> ComposeResult:
        """The lines, what can be struck out of the one under the cursor, and the ways to keep it."""
        yield TopLine(f"Report · case {self._view.case}", "preview")
        yield Line()
        yield ReportLines(id="lines")
        yield Line()
        with Horizontal(id="strike"):
            yield Action("Strike out", "strike", id="whole")
            for number in range(1, _SHOWN_VALUES + 1):
                yield Action("", f"value {number}", id=f"value-{number}")
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
        """Builds the lines."""
        self._draw()
        self._say_where(f"saves to {clean(str(self.wizard.save_folder))}, as {self._stem()}")
        lines = self.query_one(ReportLines)
        lines.focus()
        lines.action_first()

    # -- what is shown -------------------------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:  # noqa: ARG002 - the base, which is called too, reads it
        """Breaks the lines anew."""
        if self.is_mounted:
            self._draw()

    def _struck(self, *, lines: bool = True) -> CaseView:
        """The case as far as it is not struck out; with ``lines`` left as they are the values alone are gone."""
        strokes = self._session.strokes
        return self.wizard.ports.reporter.struck(self._view, strokes.values, strokes.lines if lines else ())

    def _report(self) -> Report:
        return self.wizard.ports.reporter.build(self._struck())

    def _draw(self) -> None:
        from tui401.report.lines import items  # noqa: PLC0415 - when a report is wanted
        from tui401.report.struck import TITLE as STRUCK_OUT  # noqa: PLC0415 - the same

        strokes = self._session.strokes
        strikes = Strikes(strokes.values, first=next_mark(self._view))
        # What was struck out since may have stood in the key of a line as well.
        self._gone = {unmarked(strikes.text(line)): line for line in strokes.lines}
        whole = self.wizard.ports.reporter.build(self._struck(lines=False))
        told = [item for item in items(whole) if item.section != STRUCK_OUT]
        told += [item for item in items(self._report()) if item.section == STRUCK_OUT]
        self.query_one(ReportLines).show(told, self._gone, self._view.hints, self.app.size.width - _AROUND)
        count = len(strokes.made)
        self.query_one(TopLine).show(
            f"Report · case {self._view.case}", f"preview · {count} struck out" if count else "preview"
        )
        self._offer()

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self._offer()

    def _offer(self) -> None:
        """What can be struck out of the line under the cursor."""
        item = self.query_one(ReportLines).item
        gone = item is not None and item.key in self._gone
        values = item.values[:_MOST_VALUES] if item is not None and not gone else ()
        self._label("whole", "Take the line back" if gone else "Strike out the line", shown=item is not None)
        room = max(10, min(_WIDEST, (self.app.size.width - 30) // max(1, min(len(values), _SHOWN_VALUES)) - 5))
        for number in range(1, _SHOWN_VALUES + 1):
            there = number <= len(values)
            label = f"{number} {fold(clean(values[number - 1], self._view.hints), room)}" if there else ""
            self._label(f"value-{number}", label, shown=there)

    def _label(self, name: str, label: str, *, shown: bool) -> None:
        action = self.query_one(f"#{name}", Action)
        action.display = shown
        if action.label != label:
            action.label = label
            action.refresh(layout=True)

    # -- striking out --------------------------------------------------------------------------------------------------

    @on(ReportLines.Again)
    def action_strike(self) -> None:
        """Strikes the line under the cursor out with all that it names, or takes that back."""
        item = self.query_one(ReportLines).item
        if item is not None:
            self._turn(Stroke(self._gone.get(item.key, item.key), item.values))

    def action_value(self, number: int) -> None:
        """Strikes one value of the line under the cursor out, wherever it stands."""
        item = self.query_one(ReportLines).item
        if item is not None and number <= len(item.values):
            self._turn(Stroke(values=(item.values[number - 1],)))

    def _turn(self, stroke: Stroke) -> None:
        if not self._session.strokes.turn(stroke):
            self._say_where("It is struck out of the kept case as well, and cannot be taken back.")
            return
        self._draw()

    def action_undo(self) -> None:
        """Takes the last stroke back."""
        if self._session.strokes.undo():
            self._draw()
            return
        self._say_where(
            "What was saved is struck out of the kept case as well, and cannot be taken back."
            if self._session.strokes.kept
            else "Nothing is struck out."
        )

    def _keep(self) -> str:
        """Strikes the same out of the journal's copy, since it was handed over so; a sentence on it, or ""."""
        strokes = self._session.strokes
        if not strokes.open:
            return ""
        try:
            self.wizard.ports.reporter.keep(self._view, strokes.values, strokes.lines)
        except PortError as error:
            return f" {error}"
        strokes.keep()
        return ", struck out of the kept case, too"

    # -- keeping it ----------------------------------------------------------------------------------------------------

    def _stem(self) -> str:
        return f"tui401-{self._view.case or 'case'}"

    def _say_where(self, text: str) -> None:
        self.query_one("#where", Static).update(f" {text}")

    @on(Action.Pressed)
    def _pressed(self, event: Action.Pressed) -> None:
        match event.key.split(" "):
            case ["copy"]:
                self.action_copy()
            case ["back"]:
                self.dismiss(None)
            case ["strike"]:
                self.action_strike()
            case ["value", number]:
                self.action_value(int(number))
            case _:
                self.action_save(event.key)

    def action_save(self, kind: str) -> None:
        """Writes the report beside the person's work; never over a file that is there."""
        data = self.wizard.ports.reporter.render(self._report(), f".{kind}")
        try:
            path = save(data, Path(self.wizard.save_folder), self._stem(), kind)
        except OSError as error:
            folder = clean(str(self.wizard.save_folder))
            why = clean(error.strerror or "unknown")
            self._say_where(
                f"Not saved: {folder} cannot be written to ({why}). Start tui401 in another folder, or copy."
            )
            return
        self._say_where(f"✓ saved {clean(str(path))}{clean(self._keep())}")

    def action_copy(self) -> None:
        """Copies the Markdown, not the box around it."""
        self.wizard.copy(self.wizard.ports.reporter.render(self._report(), ".md").decode())
        kept = self._keep()
        if kept:
            self._say_where(f"copied{clean(kept)}")
