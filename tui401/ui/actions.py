"""What can be done on a screen now: our own bindings, without those that every Textual screen brings along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from textual.actions import parse
from textual.app import App
from textual.binding import ActiveBinding, Binding

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
    """All of them, the nearest first, each action once; those too whose key is a letter of the box that is typed in."""
    made: dict[str, Doing] = {}
    describe = getattr(screen, "describe", None)
    active = (a for a in screen.active_bindings.values() if isinstance(a.node, type(screen) | App))
    for found in nearest((*active, *_declared(screen), *_declared(screen.app))):
        binding = found.binding
        if not found.enabled or not binding.description or binding.action.startswith(_FOREIGN):
            continue
        says = describe(binding.action, binding.description) if describe else binding.description
        made.setdefault(binding.action, Doing(says, key_of(found), found))
    return tuple(made.values())


def _declared(node: Screen[Any] | App[Any]) -> Iterator[ActiveBinding]:
    """The bindings that our own classes give a node, whatever has the focus."""
    for kind in type(node).__mro__:
        if not kind.__module__.startswith("tui401."):
            continue
        for binding in kind.__dict__.get("BINDINGS", ()):
            # A test's app may have bindings in Textual's short form, which nobody here writes.
            if isinstance(binding, Binding):
                first = replace(binding, key=binding.key.split(",")[0])
                yield ActiveBinding(node, first, _can(node, binding.action), "")


def _can(node: Screen[Any] | App[Any], action: str) -> bool:
    _, name, given = parse(action)
    return bool(node.check_action(name, given))
