"""How often an unchanged request was refused. Pure."""

from __future__ import annotations

from typing import Final

from tui401.model.view import CaseView

_ERRORS: Final = 400


def how_often(view: CaseView) -> str:
    """How many of the sends of the unchanged request were refused, as the end of a sentence; empty for one alone."""
    same = [s.status for s in view.sends if s.label.startswith(("original", "again-")) and s.status is not None]
    refused = sum(1 for status in same if status >= _ERRORS)
    return f": {refused} of {len(same)} times it was refused" if len(same) > 1 else ""
