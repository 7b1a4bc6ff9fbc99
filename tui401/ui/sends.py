"""What was special about a send, in words. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tui401.model.events import Sent

_NAMES: Final = {
    "original-again": "as sent, again",
    "anonymous": "no credential",
    "garbage": "worthless credential",
    "canonical": "written right",
    "bare": "bare",
}


def name_of(sent: Sent) -> str:
    """What was special about a send, in a few words."""
    if sent.label == "original":
        return "as sent" if sent.attempt == 1 else f"attempt {sent.attempt}"
    return _NAMES.get(sent.label) or sent.varied or sent.label
