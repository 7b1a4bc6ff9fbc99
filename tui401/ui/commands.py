"""The palette: every action that can be done now, by name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui401.ui.text import clean


class Actions(Provider):
    """Finds the bindings of the screen below, the shown and the hidden ones, with the key of each."""

    def _actions(self) -> Iterator[tuple[str, str, ActiveBinding]]:
        seen: set[str] = set()
        describe = getattr(self.screen, "describe", None)
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not active.enabled or not binding.description or binding.action in seen or binding.system:
                continue
            seen.add(binding.action)
            says = describe(binding.action, binding.description) if describe else binding.description
            yield says[:1].upper() + says[1:], binding.key_display or binding.key, active

    async def discover(self) -> Hits:
        """All of them."""
        for says, key, active in self._actions():
            yield DiscoveryHit(Content(clean(says)), self._run(active), text=says, help=f"key: {key}")

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for says, key, active in self._actions():
            score = matcher.match(says)
            if score > 0:
                yield Hit(score, matcher.highlight(says), self._run(active), text=says, help=f"key: {key}")

    def _run(self, active: ActiveBinding) -> partial[Any]:
        return partial(self.app.run_action, active.binding.action, active.node)
