"""Draws blocks at whatever width there is."""

from __future__ import annotations

from collections.abc import Mapping

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tui401.ui.blocks import Block, same
from tui401.ui.draw import draw


class Blocks(Widget):
    """A page of blocks. Long values are folded until ``whole`` is set."""

    # What stands in the margin belongs to its line: on a wide terminal it would be out of the eye's reach.
    DEFAULT_CSS = "Blocks { width: 1fr; max-width: 120; height: auto; }"

    def __init__(
        self,
        *,
        blocks: tuple[Block, ...] = (),
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._blocks = blocks
        self._hints: Mapping[str, str] = {}
        self._whole = False
        self._drawn: tuple[int, Content, bool] | None = None

    def show(self, blocks: tuple[Block, ...], hints: Mapping[str, str] | None = None, *, whole: bool = False) -> None:
        """Shows these blocks; does nothing when they are what is shown."""
        hints = hints or {}
        if (hints, whole) == (self._hints, self._whole) and same(blocks, self._blocks):
            return
        old_height = self._draw(self._drawn[0])[0].plain.count("\n") if self._drawn is not None else -1
        width = self._drawn[0] if self._drawn is not None else 0
        self._blocks, self._hints, self._whole, self._drawn = blocks, hints, whole, None
        as_high = bool(width) and self._draw(width)[0].plain.count("\n") == old_height
        self.refresh(layout=not as_high)

    @property
    def folded(self) -> bool:
        """Something is folded at this width."""
        return self._drawn is not None and self._drawn[2]

    def _draw(self, width: int) -> tuple[Content, bool]:
        if self._drawn is None or self._drawn[0] != width:
            content, folded = draw(self._blocks, width, hints=self._hints, whole=self._whole)
            self._drawn = (width, content, folded)
        return self._drawn[1], self._drawn[2]

    def render(self) -> Content:
        """The page."""
        return self._draw(self.size.width)[0]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """As many lines as it takes."""
        if not self._blocks:
            return 0
        return self._draw(width)[0].plain.count("\n") + 1
