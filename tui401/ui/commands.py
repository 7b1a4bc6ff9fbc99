"""The palette: every action that can be done now, by name."""

from __future__ import annotations

from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui401.ui.actions import Doing, doings
from tui401.ui.blocks import Tone
from tui401.ui.draw import STYLES
from tui401.ui.text import clean


class Actions(Provider):
    """Finds the actions of the screen below, the shown and the hidden ones, with the key of each."""

    async def discover(self) -> Hits:
        """All of them."""
        for doing in doings(self.screen):
            says = _words(doing)
            yield DiscoveryHit(_with_key(Content(says), doing), self._run(doing), text=says)

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for doing in doings(self.screen):
            says = _words(doing)
            score = matcher.match(says)
            if score > 0:
                yield Hit(score, _with_key(matcher.highlight(says), doing), self._run(doing), text=says)

    def _run(self, doing: Doing) -> partial[Any]:
        return partial(self.app.run_action, doing.active.binding.action, doing.active.node)


def _words(doing: Doing) -> str:
    says = clean(doing.says)
    return says[:1].upper() + says[1:]


def _with_key(words: Any, doing: Doing) -> Content:
    shown = words if isinstance(words, Content) else Content(str(words))
    return shown + Content.styled(f"   {doing.key}", STYLES[Tone.QUIET])
