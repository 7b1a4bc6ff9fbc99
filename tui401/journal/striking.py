"""Striking out of a kept case: its events are written anew, and no trace of the old ones is left (safety.md)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from tui401.journal.store import Journal, JournalError
from tui401.model.events import CaseOpened, Event, Found
from tui401.model.saved import encode
from tui401.model.shown import Evidence, LeastScopesSeen


def rewrite(journal: Journal, case: str, events: Sequence[Event]) -> None:
    """Puts other events in the place of those of a case, also in the write-ahead log.

    Events that a newer version wrote, and this one cannot read, go too: nobody knows what they hold.

    Args:
        journal: Where the case is kept.
        case: Its id.
        events: All of its events as they are to be kept.

    Raises:
        TypeError: for an event that holds something that may not be seen.
        JournalError: when the file cannot be written, or only the log, since another instance reads it.
    """
    data = [(case, encode(event)) for event in events]
    address = next((event.request.url for event in events if isinstance(event, CaseOpened)), "")
    database = journal.database
    try:
        database.execute("BEGIN IMMEDIATE")
        try:
            database.execute("DELETE FROM events WHERE case_id = ?", (case,))
            database.executemany("INSERT INTO events (case_id, event) VALUES (?, ?)", data)
            database.execute("UPDATE cases SET url = ? WHERE id = ?", (address, case))
            database.execute("DELETE FROM least_scopes WHERE case_id = ?", (case,))
            for event in events:
                if isinstance(event, Found):
                    _least(database, case, event.evidence)
        except BaseException:
            database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")
        busy, _, _ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise JournalError(f"Nothing could be struck out of case {case} in {journal.path}: {error}.") from error
    if busy:
        raise JournalError(
            f"It is struck out of case {case}, but traces of it are still in {journal.path}-wal, which another tui401 "
            "is reading. They go when the last one is closed."
        )


def _least(database: sqlite3.Connection, case: str, piece: Evidence) -> None:
    found = piece.content
    if isinstance(found, LeastScopesSeen) and found.settled:
        row = (found.endpoint, found.profile, encode(found), case)
        database.execute("INSERT OR REPLACE INTO least_scopes VALUES (?, ?, ?, ?)", row)
