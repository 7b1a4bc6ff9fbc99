"""What an event changes about its case's line in the list, and about what is remembered beside it."""

from __future__ import annotations

import sqlite3
import time
from typing import Final

from tui401.model.events import CaseOpened, Changed, Ended, Event, Found, Judged, Refused, Sent
from tui401.model.saved import encode
from tui401.model.shown import Evidence, LeastScopesSeen

LOCKOUT_SECONDS: Final = 900.0  # a quarter of an hour, in which refused passwords are counted


def summarise(db: sqlite3.Connection, case: str, event: Event) -> None:
    """Brings a case's line up to date with one of its events.

    Raises:
        sqlite3.Error: when it cannot be written.
    """
    now = time.time()
    match event:
        case CaseOpened():
            db.execute(
                "INSERT INTO cases (id, opened, changed, method, url) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET changed = excluded.changed, outcome = 'open'",
                (case, event.at, now, event.request.method, event.request.url),
            )
        case Sent():
            db.execute("UPDATE cases SET status = ?, changed = ? WHERE id = ?", (event.status, now, case))
        case Changed():  # a case that had ended goes on
            db.execute("UPDATE cases SET outcome = 'open', changed = ? WHERE id = ?", (now, case))
        case Refused():
            count_refused(db, event.where, event.user)
        case Found(evidence=Evidence(content=LeastScopesSeen() as found)) if found.settled:
            kept = (found.endpoint, found.profile, encode(found), case)
            db.execute("INSERT OR REPLACE INTO least_scopes VALUES (?, ?, ?, ?)", kept)
        case Judged():
            cause = event.diagnosis.root.cause if event.diagnosis.root is not None else ""
            db.execute("UPDATE cases SET cause = ?, changed = ? WHERE id = ?", (cause, now, case))
        case Ended():
            db.execute("UPDATE cases SET outcome = ?, changed = ? WHERE id = ?", (event.outcome.value, now, case))
        case _:
            pass


def count_refused(db: sqlite3.Connection, where: str, user: str) -> None:
    """Counts one refused password, and forgets those that are no longer counted."""
    now = time.time()
    db.execute("DELETE FROM refused_passwords WHERE at < ?", (now - LOCKOUT_SECONDS,))
    db.execute("INSERT INTO refused_passwords (origin, user, at) VALUES (?, ?, ?)", (where, user, now))
