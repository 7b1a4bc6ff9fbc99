"""One line or text of a request, edited in place: it holds a ``Secret``, and no undo keeps what it held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from tui401.model.secret import MASK, Secret
from tui401.ui.blocks import Tone
from tui401.ui.draw import STYLES
from tui401.ui.text import chop
from tui401.ui.written import Place, Rows, Unit, rows, step, units

Spans = Callable[[str, int | None], list[tuple[int, int, str]]]
"""Where secrets stand in a text, given where the hand writes."""

_RESTING_ROWS = 6  # of a value that is not being edited
_EDITED_ROWS = 10
_MARGIN = 3  # cells before each row


class ValueField(Widget, can_focus=True):
    """Shows a value with chips in place of secrets; Enter edits it where it stands.

    Args:
        text: What it holds.
        key: What it is, for whoever listens.
        spans: Where secrets stand in a text.
        hints: Last characters of named secrets.
        lines: It is a text of several lines, so Enter ends a line.
        hint: What stands there while it is empty.
        quiet_to: A sign up to which the text is drawn quietly: a header's name.
    """

    DEFAULT_CSS = """
    ValueField { width: 1fr; height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "edit"),
        Binding("escape", "done", "done"),
        Binding("ctrl+u", "clear", "empty it", show=False),
        Binding("ctrl+v", "take_clipboard", "paste", show=False),
    ]

    @dataclass
    class Changed(Message):
        """Its text changed under the hand."""

        field: ValueField
        text: Secret[str]

    @dataclass
    class Done(Message):
        """The hand left it; ``asked`` by Enter, so that what cannot stand there may be mended at once."""

        field: ValueField
        text: Secret[str]
        asked: bool

    def __init__(
        self,
        text: Secret[str],
        key: str,
        spans: Spans,
        hints: Mapping[str, str],
        *,
        lines: bool = False,
        hint: str = "",
        quiet_to: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self.key = key
        self._held, self._before = text, text
        self._spans, self._hints = spans, hints
        self._lines, self._hint, self._quiet_to = lines, hint, quiet_to
        self._at = len(text)
        self._goal: int | None = None  # the cell that up and down keep to
        self.editing = False
        self.revealed = False

    # -- what it holds -------------------------------------------------------------------------------------------

    @property
    def text(self) -> Secret[str]:
        """What it holds now."""
        return self._held

    def set(self, text: Secret[str]) -> None:
        """Takes another text from outside."""
        if text != self._held:
            self._held = self._before = text
            self._at = len(text)
            self.refresh(layout=True)

    def reset(self) -> None:
        """Back to what it held before it was edited."""
        self._held = self._before
        self._at = len(self._held)
        self.refresh(layout=True)

    def begin(self) -> None:
        """Lets the hand write in it."""
        if not self.editing:
            self.editing = True
            self._before, self._at = self._held, len(self._held)
            self.refresh(layout=True)
            self.screen.refresh_bindings()

    def go_on(self) -> None:
        """Lets the hand write on where it stopped: what it wrote cannot stand there."""
        self.editing = True
        self.refresh(layout=True)
        self.screen.refresh_bindings()

    def reveal(self, *, shown: bool) -> None:
        """Shows the secrets in it, or hides them again."""
        if self.revealed != shown:
            self.revealed = shown
            self.refresh(layout=True)

    def _finish(self, *, asked: bool) -> None:
        if self.editing:
            self.editing = False
            self.refresh(layout=True)
            self.screen.refresh_bindings()
            self.post_message(self.Done(self, self._held, asked))

    # -- drawing -------------------------------------------------------------------------------------------------

    def _units(self) -> tuple[Unit, ...]:
        text = self._held.reveal()
        spans = self._spans(text, self._at if self.editing else None)
        return units(text, spans, self._hints, revealed=self.revealed)

    def covered(self, text: Secret[str]) -> str:
        """A text as it may be seen while it is written here, known secrets as their marks."""
        raw, made, at = text.reveal(), "", 0
        for start, end, mark in self._spans(raw, self._at):
            made += raw[at:start] + (mark if mark.removeprefix("‹").startswith("secret-") else f"‹{MASK}›")
            at = end
        return made + raw[at:]

    def _rows(self, width: int) -> Rows:
        return rows(self._units(), width - _MARGIN - 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """As many rows as it takes, within bounds."""
        return min(len(self._rows(width).rows), _EDITED_ROWS if self.editing else _RESTING_ROWS)

    def render(self) -> Content:
        """The rows that fit, those around the hand while it writes."""
        made = self._rows(self.size.width)
        most = max(1, self.size.height)
        first = 0
        if self.editing:
            first = max(0, min(made.place(self._at).row - most // 2, len(made.rows) - most))
        shown = made.rows[first : first + most]
        lead = "▸" if self.has_focus else " "
        if not self._held and not self.editing:
            return Content.assemble((f" {lead} ", STYLES[Tone.ACCENT]), (self._hint, STYLES[Tone.QUIET]))
        lines: list[Content] = []
        quiet = self._quiet()
        for number, row in enumerate(shown, first):
            mark = f" {lead if number == first else ' '} "
            parts: list[tuple[str, str]] = [(mark, STYLES[Tone.ACCENT])]
            parts += [(self._fit(unit), self._style(unit, quiet)) for unit in row]
            if self.editing and self._ends_at(row, made.starts[number], last=number == len(made.rows) - 1):
                parts.append((" ", "reverse"))
            lines.append(Content.assemble(*parts))
        left = len(made.rows) - first - len(shown)
        if left > 0 and not self.editing:
            lines[-1] = Content.styled(f"     … {left + 1} more lines; Enter shows them", STYLES[Tone.QUIET])
        return Content("\n").join(lines)

    def _quiet(self) -> int:
        text = self._held.reveal()
        return text.find(self._quiet_to) + 1 if self._quiet_to and not self.editing else 0

    def _fit(self, unit: Unit) -> str:
        return chop(unit.shown, max(4, self.size.width - _MARGIN - 1))[0]

    def _style(self, unit: Unit, quiet: int) -> str:
        style = STYLES[Tone.ACCENT] if unit.secret else STYLES[Tone.QUIET] if unit.end <= quiet else ""
        return f"{style} reverse".strip() if self.editing and unit.start <= self._at < unit.end else style

    def _ends_at(self, row: tuple[Unit, ...], start: int, *, last: bool) -> bool:
        """Whether the hand stands behind the last unit of this row, where no unit is drawn."""
        end = row[-1].end if row else start
        return self._at == end and (last or self._held.reveal()[end : end + 1] == "\n")

    # -- keys ----------------------------------------------------------------------------------------------------

    def check_consume_key(self, key: str, character: str | None = None) -> bool:  # noqa: ARG002 - Textual's signature
        """While the hand writes, printable keys are its own."""
        return self.editing and character is not None and character.isprintable()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """Enter edits, and ends a line in a text of several; Escape is its own only while the hand writes."""
        if action in ("done", "clear", "take_clipboard"):
            return self.editing
        return True

    def on_key(self, event: events.Key) -> None:
        """Writes, and moves."""
        if not self.editing:
            return
        moves = {
            "left": self._left,
            "right": self._right,
            "home": self._home,
            "end": self._end,
            "backspace": self._rub,
            "delete": self._delete,
            "up": self._up,
            "down": self._down,
        }
        if event.key in moves:
            event.stop()
            event.prevent_default()
            if event.key not in ("up", "down"):
                self._goal = None
            moves[event.key]()
            self.refresh(layout=True)
        elif event.is_printable and event.character:
            event.stop()
            event.prevent_default()
            self._insert(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Takes a paste where the hand writes; a terminal ends a copied line with a line break that nobody meant."""
        event.stop()
        event.prevent_default()
        self.take(event.text)

    def take(self, pasted: str) -> None:
        """Writes a pasted text."""
        if not self.editing:
            self.begin()
        text = pasted.replace("\r\n", "\n").replace("\r", "\n")
        self._insert(text if self._lines else text.strip("\n").replace("\n", ""))

    def action_take_clipboard(self) -> None:
        """Takes what was copied inside the app."""
        self.take(self.app.clipboard)

    def action_enter(self) -> None:
        """Begins to edit; then ends a line, or the edit."""
        if not self.editing:
            self.begin()
        elif self._lines:
            self._insert("\n")
        else:
            self._finish(asked=True)

    def action_done(self) -> None:
        """Leaves it as it is written."""
        self._finish(asked=False)

    def action_clear(self) -> None:
        """Empties it."""
        self._write("", 0)

    def on_focus(self, _event: events.Focus) -> None:
        """Draws the arrow."""
        self.refresh()

    def on_blur(self, _event: events.Blur) -> None:
        """Hides what was revealed, and ends the edit."""
        self.reveal(shown=False)
        self._finish(asked=False)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """A click puts the hand there; the first one on a line that rests lets it write."""
        event.stop()
        if not self.editing:
            self.begin()
        made = self._rows(self.size.width)
        self._at = made.offset(Place(event.y, max(0, event.x - _MARGIN)))
        self.refresh()

    # -- writing -------------------------------------------------------------------------------------------------

    def _insert(self, text: str) -> None:
        held = self._held.reveal()
        self._write(held[: self._at] + text + held[self._at :], self._at + len(text))

    def _write(self, text: str, at: int) -> None:
        self._goal = None
        self._held, self._at = Secret(text), at
        self.refresh(layout=True)
        self.post_message(self.Changed(self, self._held))

    def _cut(self, start: int, end: int) -> None:
        held = self._held.reveal()
        if start != end:
            self._write(held[:start] + held[end:], start)

    def _rub(self) -> None:
        self._cut(step(self._units(), self._at, -1), self._at)

    def _delete(self) -> None:
        self._cut(self._at, step(self._units(), self._at, 1))

    def _left(self) -> None:
        self._at = step(self._units(), self._at, -1)

    def _right(self) -> None:
        self._at = step(self._units(), self._at, 1)

    def _home(self) -> None:
        made = self._rows(self.size.width)
        self._at = made.starts[made.place(self._at).row]

    def _end(self) -> None:
        made = self._rows(self.size.width)
        row = made.place(self._at).row
        self._at = made.rows[row][-1].end if made.rows[row] else made.starts[row]

    def _up(self) -> None:
        self._leap(-1)

    def _down(self) -> None:
        self._leap(1)

    def _leap(self, by: int) -> None:
        made = self._rows(self.size.width)
        here = made.place(self._at)
        if self._goal is None:
            self._goal = here.cell
        if 0 <= here.row + by < len(made.rows):
            self._at = made.offset(Place(here.row + by, self._goal))
