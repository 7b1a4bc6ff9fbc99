"""The lines of a report, one of them under the cursor; those that are struck out are marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui401.ui.blocks import Tone
from tui401.ui.draw import STYLES
from tui401.ui.text import clean, wrap

if TYPE_CHECKING:
    from tui401.report.lines import Item


class ReportLines(OptionList, inherit_bindings=False):
    """A list with a cursor. Enter and the space bar are left to the screen; a second click on a line strikes it."""

    DEFAULT_CSS = """
    ReportLines {
        height: 1fr; border: none; padding: 0 1; background: transparent; scrollbar-gutter: stable;
        &:focus { border: none; background: transparent; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "cursor_down", "next line", show=False),
        Binding("up", "cursor_up", "previous line", show=False),
        Binding("pagedown", "page_down", "page down", show=False),
        Binding("pageup", "page_up", "page up", show=False),
        Binding("home", "first", "first line", show=False),
        Binding("end", "last", "last line", show=False),
    ]

    class Again(Message):
        """The line under the cursor was clicked once more."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, markup=False)
        self._items: list[Item | None] = []
        self._drawn: list[tuple[str, str]] = []
        self._marked: int | None = None

    @property
    def item(self) -> Item | None:
        """The line under the cursor."""
        at = self.highlighted
        return self._items[at] if at is not None and at < len(self._items) else None

    def show(self, items: Iterable[Item], struck: Iterable[str], hints: Mapping[str, str], width: int) -> None:
        """Shows these lines in so many cells; the cursor stays where it was."""
        gone, at, top = frozenset(struck), self.highlighted, self.scroll_offset.y
        options: list[Option] = []
        self._items, self._drawn = [], []
        part = ""
        for item in items:
            if item.section != part:
                part = item.section
                options.append(Option(Content.styled(clean(part), STYLES[Tone.STRONG]), disabled=True))
                self._items.append(None)
                self._drawn.append(("", ""))
            indent = "  " * (2 + min(item.level, 1))
            text = f"\n{indent}".join(wrap(clean(item.text, hints), max(20, width - len(indent))))
            self._items.append(item)
            self._drawn.append(("✗" if item.key in gone else " ", f"{indent[4:]}{text}"))
            options.append(Option(self._line(len(options), cursor=False)))
        self._marked = None
        self.clear_options()
        self.add_options(options)
        if at is not None:
            self.highlighted = min(at, len(options) - 1)
            self.scroll_to(y=top, animate=False, force=True)

    def _line(self, at: int, *, cursor: bool) -> Content:
        """A line: the cursor, the mark of what is struck out, and the words."""
        mark, text = self._drawn[at]
        return Content.assemble(f"{'▸' if cursor else ' '} {mark} ", (text, "strike dim" if mark == "✗" else ""))

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Moves the cursor's sign, which shows without colour."""
        for at in {self._marked, highlighted}:
            if at is not None and at < len(self._items) and self._items[at] is not None:
                self.replace_option_prompt_at_index(at, self._line(at, cursor=at == highlighted))
        self._marked = highlighted
        super().watch_highlighted(highlighted)

    async def _on_click(self, event: events.Click) -> None:
        event.prevent_default()  # a click chooses, it does not strike yet
        clicked = event.style.meta.get("option")
        if clicked is None or self._items[clicked] is None:
            return
        if clicked == self.highlighted and self.has_focus:
            self.post_message(self.Again())
        self.highlighted = clicked
