"""What can be done on a screen now: our own bindings, without those that every Textual screen brings along."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textual.app import App
from textual.binding import ActiveBinding

if TYPE_CHECKING:
    from textual.screen import Screen

_FOREIGN: Final = ("app.focus", "screen.", "copy_text", "focus_", "scroll", "page_", "minimize", "maximize")


_NAMES: Final = {"question_mark": "?", "colon": ":", "escape": "esc"}


def key_of(active: ActiveBinding) -> str:
    """The key as it stands on the screen."""
    key = active.binding.key
    return active.binding.key_display or _NAMES.get(key, key)


def nearest(bindings: Iterable[ActiveBinding]) -> tuple[ActiveBinding, ...]:
    """Each action once, in order; by a plain key where one works, else by one with ctrl."""
    made: dict[str, ActiveBinding] = {}
    for active in bindings:
        held = made.get(active.binding.action)
        if held is None or (held.binding.key.startswith("ctrl+") and not active.binding.key.startswith("ctrl+")):
            made[active.binding.action] = active
    return tuple(made.values())


class Doing(NamedTuple):
    """One thing that can be done: its words, its key, and the binding itself."""

    says: str
    key: str
    active: ActiveBinding


def doings(screen: Screen[Any]) -> tuple[Doing, ...]:
    """All of them, the nearest first, each action once."""
    made: list[Doing] = []
    describe = getattr(screen, "describe", None)
    for active in nearest(a for a in screen.active_bindings.values() if a.enabled and a.binding.description):
        binding = active.binding
        if binding.action.startswith(_FOREIGN) or not isinstance(active.node, type(screen) | App):
            continue
        says = describe(binding.action, binding.description) if describe else binding.description
        made.append(Doing(says, key_of(active), active))
    return tuple(made)
