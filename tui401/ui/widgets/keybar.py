"""The keys that do something now, in one line that fits; each can be clicked."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len
from textual import events
from textual.binding import ActiveBinding
from textual.content import Content
from textual.widget import Widget

from tui401.ui.actions import key_of, nearest
from tui401.ui.blocks import Tone
from tui401.ui.draw import STYLES
from tui401.ui.text import clean

_ALWAYS: Final = ("help", "command_palette")  # where everything else can be found


class KeyBar(Widget):
    """Shows the bindings of the screen that are on and have a description, the nearest first."""

    DEFAULT_CSS = "KeyBar { height: 1; width: 1fr; dock: bottom; }"

    def __init__(self) -> None:
        super().__init__()
        self._places: list[tuple[int, int, ActiveBinding]] = []

    def on_mount(self) -> None:
        """Follows the bindings as they change."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _screen: self.refresh())

    def items(self) -> list[tuple[str, str, ActiveBinding]]:
        """Key, description and binding, in order of weight, one for each action."""
        made: list[tuple[str, str, ActiveBinding]] = []
        describe = getattr(self.screen, "describe", None)
        on = (a for a in self.screen.active_bindings.values() if a.binding.show and a.enabled and a.binding.description)
        for active in nearest(on):
            says = active.binding.description
            says = clean(describe(active.binding.action, says) if describe else says)
            made.append((key_of(active), says, active))
        return made

    def render(self) -> Content:
        """The line; what does not fit gives way, last first, but never the way to help and to the palette."""
        items = self.items()
        room = self.size.width - 2
        kept = [item for item in items if item[2].binding.action in _ALWAYS]
        used = sum(_width(item) for item in kept)
        shown: list[tuple[str, str, ActiveBinding]] = []
        for item in items:
            if item in kept:
                continue
            if used + _width(item) > room:
                break
            shown.append(item)
            used += _width(item)
        parts: list[tuple[str, str]] = [(" ", "")]
        self._places = []
        at = 1
        for item in (*shown, *kept):
            key, description, active = item
            parts += [(key, STYLES[Tone.ACCENT]), (f" {description}  ", STYLES[Tone.QUIET])]
            self._places.append((at, at + _width(item) - 2, active))
            at += _width(item)
        return Content.assemble(*parts)

    async def on_click(self, event: events.Click) -> None:
        """Does what the key under the pointer does."""
        for start, end, active in self._places:
            if start <= event.x < end:
                await self.app.run_action(active.binding.action, active.node)
                return


def _width(item: tuple[str, str, ActiveBinding]) -> int:
    return cell_len(item[0]) + cell_len(item[1]) + 3
