"""Every fault of the practice world by name; nothing heavy is loaded here."""

from __future__ import annotations

from difflib import get_close_matches

from tui401.practice.faults import audience, clock, header, server, token
from tui401.practice.faults.words import Behaviour, Fault, Knows, Staged

__all__ = ["Behaviour", "Fault", "Knows", "Staged", "catalogue", "named", "names"]

_ALL: tuple[Fault, ...] = (*token.FAULTS, *header.FAULTS, *audience.FAULTS, *clock.FAULTS, *server.FAULTS)


def catalogue() -> tuple[Fault, ...]:
    """All faults in the order of the six steps."""
    return _ALL


def names() -> tuple[str, ...]:
    """The slugs of all faults, in the same order."""
    return tuple(fault.slug for fault in _ALL)


def named(slug: str) -> Fault:
    """The fault of that name.

    Raises:
        ValueError: A sentence with the nearest names when there is none.
    """
    for fault in _ALL:
        if fault.slug == slug:
            return fault
    near = get_close_matches(slug[:80], names(), n=3, cutoff=0.4)
    hint = f"the nearest are {', '.join(near)}" if near else f"there are {', '.join(names())}"
    raise ValueError(f"The practice world has no fault named {slug[:80]!r}; {hint}.")
