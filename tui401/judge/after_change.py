"""A refusal that begins right after a credential changed. Pure; it says when, and blames nothing by that alone."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import spoken
from tui401.model.facts import Facts
from tui401.model.shown import CredentialChange

LATELY: Final = 86_400.0  # seconds; what was changed yesterday is what people remember last
_ROUTINE: Final = frozenset({"refresh", "client_credentials", "command"})


def after_change(facts: Facts) -> str:
    """A sentence on the change that this refusal follows, "" where none is near enough to tell.

    A token that renews itself changes all day, so its renewals are not told.
    """
    if not facts.refused:
        return ""
    near = [change for change in facts.changes if 0 <= facts.now.at - change.at <= LATELY and not _routine(change)]
    if not near:
        return ""
    latest = max(near, key=lambda change: change.at)
    whose = f" of your profile {latest.profile}" if latest.profile else ""
    note = f", noted “{latest.note}”" if latest.note else ""
    what = "credential" if latest.what == "other" else latest.what.replace("-", " ")
    apart = spoken(facts.now.at - latest.at)
    return f"This refusal comes {apart} after the {what}{whose} changed ({latest.way}{note})."


def _routine(change: CredentialChange) -> bool:
    return change.way in _ROUTINE and change.what in ("access-token", "refresh-token")
