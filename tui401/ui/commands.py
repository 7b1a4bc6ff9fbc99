"""The palette: every action that can be done now, by name; those of keys first, then the buttons in sight or not."""

from __future__ import annotations

from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from tui401.ui.actions import Doing, doings
from tui401.ui.blocks import Tone
from tui401.ui.draw import STYLES
from tui401.ui.text import clean
from tui401.ui.widgets.action import Action


class Actions(Provider):
    """Finds the actions of the screen below, the shown and the hidden ones, with the key of each."""

    async def discover(self) -> Hits:
        """All of them."""
        for doing in doings(self.screen):
            says = _words(doing)
            yield DiscoveryHit(_with_key(Content(says), doing), self._run(doing), text=says)
        for button in buttons(self.screen):
            says = button.label.strip()
            yield DiscoveryHit(Content(says), button.action_press, text=says)

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for doing in doings(self.screen):
            says = _words(doing)
            score = matcher.match(says)
            if score > 0:
                yield Hit(score, _with_key(matcher.highlight(says), doing), self._run(doing), text=says)
        for button in buttons(self.screen):
            says = button.label.strip()
            score = matcher.match(says)
            if score > 0:
                yield Hit(score, Content(says), button.action_press, text=says)  # ``highlight`` would read markup

    def _run(self, doing: Doing) -> partial[Any]:
        return partial(self.app.run_action, doing.active.binding.action, doing.active.node)


def buttons(screen: Screen[Any]) -> list[Action]:
    """The buttons that are there now, without those that a key stands for in the same words."""
    known = {doing.says.casefold() for doing in doings(screen)}
    made: dict[str, Action] = {}
    for button in screen.query(Action).results(Action):
        hidden = any(isinstance(node, Widget) and not node.display for node in button.ancestors_with_self)
        if not hidden and not button.disabled and button.label.strip().casefold() not in known:
            made.setdefault(button.label.strip(), button)
    return list(made.values())


def _words(doing: Doing) -> str:
    says = clean(doing.says)
    return says[:1].upper() + says[1:]


def _with_key(words: Any, doing: Doing) -> Content:
    shown = words if isinstance(words, Content) else Content(str(words))
    return shown + Content.styled(f"   {doing.key}", STYLES[Tone.QUIET])
