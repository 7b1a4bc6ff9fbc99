"""Small widgets one behind the other, in as many rows as they take."""

from __future__ import annotations

from textual.containers import Container
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget


class FlowLayout(Layout):
    """Lines widgets up like words."""

    name = "flow"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:  # noqa: ARG002, FBT001, FBT002 - Textual's
        """Where each goes."""
        made: list[WidgetPlacement] = []
        x = y = 0
        for child in children:
            width = min(child.get_content_width(size, size), size.width)
            if x and x + width > size.width:
                x, y = 0, y + 1
            made.append(WidgetPlacement(Region(x, y, width, 1), NULL_OFFSET, NULL_SPACING, child))
            x += width + 1
        return made


class Flow(Container):
    """Holds them."""

    DEFAULT_CSS = "Flow { height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._flow = FlowLayout()

    @property
    def layout(self) -> Layout:
        """Like words."""
        return self._flow
