"""What can be done on a screen now: our own bindings, without those that every Textual screen brings along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from textual.app import App
from textual.binding import ActiveBinding

if TYPE_CHECKING:
    from textual.screen import Screen

_FOREIGN: Final = ("app.focus", "screen.", "copy_text", "focus_", "scroll", "page_", "minimize", "maximize")


@dataclass(frozen=True, slots=True)
class Doing:
    """One thing that can be done: its words, its key, and the binding itself."""

    says: str
    key: str
    active: ActiveBinding


def doings(screen: Screen[Any]) -> tuple[Doing, ...]:
    """All of them, the nearest first, each action once."""
    made: dict[str, Doing] = {}
    describe = getattr(screen, "describe", None)
    for active in screen.active_bindings.values():
        binding = active.binding
        foreign = binding.action.startswith(_FOREIGN) or not isinstance(active.node, type(screen) | App)
        if foreign or not active.enabled or not binding.description or binding.action in made:
            continue
        says = describe(binding.action, binding.description) if describe else binding.description
        made[binding.action] = Doing(says, binding.key_display or binding.key, active)
    return tuple(made.values())
