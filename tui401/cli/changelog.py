"""The change log and a case: its latest lines become evidence, and what a recovery changes becomes a line."""

from __future__ import annotations

import contextlib
import time
from typing import Final

from tui401.journal import Journal, JournalError
from tui401.model.case import Case
from tui401.model.events import Changed, Event, Found
from tui401.model.shown import ChangesSeen, CredentialChange, GrantSeen
from tui401.recovery.apply import PASTED

MOST: Final = 5  # lines that stand in a case
WAYS: Final = {"refresh_token": "refresh", "authorization_code": "sign-in", "device_code": "device"}
"""What the log calls a grant; all others by their own name."""


def tell_changes(case: Case, journal: Journal | None) -> None:
    """Gives a case the latest lines of its profile, and those that belong to no profile."""
    if journal is None:
        return
    with contextlib.suppress(JournalError):
        found = {*journal.changes(MOST, case.known.profile), *journal.changes(MOST, "")}
        latest = sorted(found, key=lambda change: -change.at)[:MOST]
        case.changes = ChangesSeen(changes=tuple(latest))


def changed_by(event: Event, profile: str) -> tuple[CredentialChange, ...]:
    """The lines that an event of a recovery adds to the log; without a profile nothing at home has changed."""
    now = time.time()
    if not profile:
        return ()
    match event:
        case Found() if isinstance(event.evidence.content, GrantSeen) and event.evidence.content.ok:
            grant = event.evidence.content
            way = WAYS.get(grant.grant, grant.grant)
            lines = [CredentialChange(at=now, what="access-token", profile=profile, way=way)]
            if grant.rotated:
                lines.append(CredentialChange(at=now, what="refresh-token", profile=profile, way=way))
            return tuple(lines)
        case Changed(by=by) if by == PASTED:
            return (CredentialChange(at=now, what="other", profile=profile, way="pasted"),)
        case _:
            return ()
