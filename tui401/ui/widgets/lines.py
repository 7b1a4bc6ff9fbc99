"""One-line widgets: the line on top of a screen, a rule, and the strip of sends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from tui401.ui.blocks import Tone
from tui401.ui.draw import STYLES
from tui401.ui.sends import name_of
from tui401.ui.text import clean, fold

if TYPE_CHECKING:
    from tui401.model.events import Sent


class TopLine(Widget):
    """What the screen is about on the left, how it stands on the right. The left is folded when room is short."""

    DEFAULT_CSS = "TopLine { height: 1; width: 1fr; }"

    def __init__(self, left: str = "", right: str = "") -> None:
        super().__init__()
        self._left, self._right = clean(left), clean(right)

    def show(self, left: str, right: str, hints: dict[str, str] | None = None) -> None:
        """Shows these."""
        new = (clean(left, hints), clean(right, hints))
        if new != (self._left, self._right):
            self._left, self._right = new
            self.refresh()

    def render(self) -> Content:
        """The line."""
        width = self.size.width - 2
        right = fold(self._right, width // 2)
        left = fold(self._left, width - cell_len(right) - 2)
        gap = " " * max(1, width - cell_len(left) - cell_len(right))
        return Content.assemble((f" {left}", STYLES[Tone.STRONG]), gap, (right, STYLES[Tone.QUIET]))


class Line(Widget):
    """A rule across."""

    DEFAULT_CSS = "Line { height: 1; width: 1fr; color: $border-blurred; }"

    def render(self) -> Content:
        """The rule."""
        return Content("─" * self.size.width)


class Strip(Widget):
    """The requests that went to the API, newest to the right; the oldest give way."""

    DEFAULT_CSS = "Strip { height: 1; width: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._sends: tuple[Sent, ...] = ()

    def show(self, sends: Sequence[Sent]) -> None:
        """Shows these."""
        if tuple(sends) != self._sends:
            self._sends = tuple(sends)
            self.refresh()

    def render(self) -> Content:
        """The strip."""
        if not self._sends:
            return Content.styled(" nothing was sent yet", STYLES[Tone.QUIET])
        room = self.size.width - 2
        items: list[Content] = []
        for sent in reversed(self._sends):
            item = _item(sent)
            if items and sum(i.cell_length + 3 for i in items) + item.cell_length > room - 2:
                items.append(Content.styled("…", STYLES[Tone.QUIET]))
                break
            items.append(item)
        return Content(" ") + Content("   ").join(reversed(items))


def _item(sent: Sent) -> Content:
    status = str(sent.status) if sent.status is not None else "no answer"
    tone = Tone.WARN
    if sent.status is not None and sent.status < 400:
        tone = Tone.GOOD
    elif sent.status in (401, 403, 407):
        tone = Tone.BAD
    what = clean(name_of(sent))
    return Content.assemble(
        (f"{sent.number} ", STYLES[Tone.QUIET]),
        ("● ", STYLES[tone]),
        f"{status} ",
        (fold(what, 28), STYLES[Tone.QUIET]),
    )
