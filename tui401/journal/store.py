"""The journal: one SQLite file in the state folder, written event by event (design.md, "What rests on disk")."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tui401.model.events import CaseOpened, Changed, Ended, Event, Found, Judged, Refused, Sent
from tui401.model.saved import SavedCase, decode_change, decode_event, decode_least, encode
from tui401.model.shown import CredentialChange, Evidence, LeastScopesSeen, Shown
from tui401.model.view import CaseView, apply

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS cases (
    id TEXT PRIMARY KEY, opened REAL NOT NULL, changed REAL NOT NULL, method TEXT NOT NULL, url TEXT NOT NULL,
    status INTEGER, outcome TEXT NOT NULL DEFAULT 'open', cause TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    event BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS refused_passwords (origin TEXT NOT NULL, user TEXT NOT NULL, at REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS least_scopes (
    endpoint TEXT NOT NULL, profile TEXT NOT NULL, found BLOB NOT NULL,
    case_id TEXT NOT NULL REFERENCES cases (id) ON DELETE CASCADE, PRIMARY KEY (endpoint, profile)
) STRICT;
CREATE INDEX IF NOT EXISTS events_of_case ON events (case_id);
CREATE TABLE IF NOT EXISTS credential_changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, profile TEXT NOT NULL, change BLOB NOT NULL
) STRICT;
CREATE TRIGGER IF NOT EXISTS credential_changes_are_kept BEFORE DELETE ON credential_changes
BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS credential_changes_stay BEFORE UPDATE ON credential_changes
BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END;
"""
LOCKOUT_SECONDS: Final = 900.0  # a quarter of an hour, in which refused passwords are counted
_BUSY: Final = 2.0  # seconds to wait for another instance's write


class JournalError(Exception):
    """The journal cannot be used; its text is a sentence for a person."""


class CaseLine(Shown, frozen=True, kw_only=True):
    """One case in a list. ``outcome`` is ``open`` while its recovery has not ended."""

    id: str
    opened: float
    changed: float
    method: str
    url: str
    status: int | None
    outcome: str
    cause: str


class Journal:
    """Keeps the events of cases. Takes redacted types only; anything else raises TypeError before it is written.

    Args:
        path: The file; its folder is made with mode 0700, the file has 0600.

    Raises:
        JournalError: when the folder or file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # The file is made before SQLite opens it, so that it never exists with wider rights.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            if os.name == "posix":
                path.chmod(0o600)
            self._db = sqlite3.connect(path, timeout=_BUSY, isolation_level=None)
            try:
                self._prepare()
            except sqlite3.Error:
                self._db.close()
                raise
        except (OSError, sqlite3.Error) as error:
            raise JournalError(
                f"Cases cannot be kept in {path}: {error}. This recovery goes on; it cannot be opened again later."
            ) from error

    def _prepare(self) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON", "temp_store=MEMORY"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute("PRAGMA foreign_keys=ON")
        self._db.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the use of the file."""
        with contextlib.suppress(sqlite3.Error):
            self._db.close()

    def record(self, case: str, event: Event) -> None:
        """Writes one event; it is on disk when this returns.

        Raises:
            TypeError: for an event that holds something that may not be seen.
            JournalError: when the file cannot be written.
        """
        data = encode(event)
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._summarise(case, event)
                self._db.execute("INSERT INTO events (case_id, event) VALUES (?, ?)", (case, data))
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise JournalError(
                f"This case can no longer be kept in {self.path}: {error}. The recovery goes on."
            ) from error

    def _summarise(self, case: str, event: Event) -> None:
        now = time.time()
        match event:
            case CaseOpened():
                self._db.execute(
                    "INSERT INTO cases (id, opened, changed, method, url) VALUES (?, ?, ?, ?, ?) "
                    "ON CONFLICT (id) DO UPDATE SET changed = excluded.changed, outcome = 'open'",
                    (case, event.at, now, event.request.method, event.request.url),
                )
            case Sent():
                self._db.execute("UPDATE cases SET status = ?, changed = ? WHERE id = ?", (event.status, now, case))
            case Changed():  # a case that had ended goes on
                self._db.execute("UPDATE cases SET outcome = 'open', changed = ? WHERE id = ?", (now, case))
            case Refused():
                self._refused(event.where, event.user, now)
            case Found(evidence=Evidence(content=LeastScopesSeen() as found)) if found.settled:
                kept = (found.endpoint, found.profile, encode(found), case)
                self._db.execute("INSERT OR REPLACE INTO least_scopes VALUES (?, ?, ?, ?)", kept)
            case Judged():
                cause = event.diagnosis.root.cause if event.diagnosis.root is not None else ""
                self._db.execute("UPDATE cases SET cause = ?, changed = ? WHERE id = ?", (cause, now, case))
            case Ended():
                self._db.execute(
                    "UPDATE cases SET outcome = ?, changed = ? WHERE id = ?", (event.outcome.value, now, case)
                )
            case _:
                pass

    def _refused(self, where: str, user: str, now: float) -> None:
        self._db.execute("DELETE FROM refused_passwords WHERE at < ?", (now - LOCKOUT_SECONDS,))
        self._db.execute("INSERT INTO refused_passwords (origin, user, at) VALUES (?, ?, ?)", (where, user, now))

    def count_refusal(self, where: str, user: str) -> None:
        """Counts a password that was refused outside any case."""
        try:
            self._refused(where, user, time.time())
        except sqlite3.Error as error:
            raise JournalError(f"A refused password could not be counted in {self.path}: {error}.") from error

    def refused_passwords(self, where: str, user: str) -> int:
        """How often a password of this user was refused there in the last quarter of an hour, in any run."""
        since = time.time() - LOCKOUT_SECONDS
        query = "SELECT count(*) FROM refused_passwords WHERE origin = ? AND user = ? AND at >= ?"
        try:
            return int(self._db.execute(query, (where, user, since)).fetchone()[0])
        except sqlite3.Error as error:
            raise JournalError(f"The cases in {self.path} cannot be read: {error}.") from error

    def least_scopes(self, endpoint: str, profile: str) -> LeastScopesSeen | None:
        """What the latest search for the least scopes of this endpoint found, None where none came to its end."""
        query = "SELECT found FROM least_scopes WHERE endpoint = ? AND profile = ?"
        try:
            row = self._db.execute(query, (endpoint, profile)).fetchone()
        except sqlite3.Error as error:
            raise JournalError(f"The cases in {self.path} cannot be read: {error}.") from error
        with contextlib.suppress(ValueError):  # one of a newer version
            return decode_least(bytes(row[0])) if row is not None else None
        return None

    def note(self, change: CredentialChange) -> None:
        """Adds a line to the change log of credentials; none is ever changed or taken out.

        Raises:
            TypeError: for anything but a redacted line.
            JournalError: when the file cannot be written.
        """
        row = (change.at, change.profile, encode(change))
        try:
            self._db.execute("INSERT INTO credential_changes (at, profile, change) VALUES (?, ?, ?)", row)
        except sqlite3.Error as error:
            raise JournalError(f"The change log in {self.path} cannot be written: {error}.") from error

    def changes(self, most: int = 20, profile: str | None = None) -> tuple[CredentialChange, ...]:
        """The latest lines of the change log, newest first: of one profile, or of all."""
        where, values = ("WHERE profile = ?", (profile,)) if profile is not None else ("", ())
        query = f"SELECT change FROM credential_changes {where} ORDER BY at DESC, number DESC LIMIT ?"  # noqa: S608
        try:
            rows = self._db.execute(query, (*values, most)).fetchall()
        except sqlite3.Error as error:
            raise JournalError(f"The change log in {self.path} cannot be read: {error}.") from error
        read: list[CredentialChange] = []
        for (data,) in rows:
            with contextlib.suppress(ValueError):  # a line of a newer version
                read.append(decode_change(bytes(data)))
        return tuple(read)

    def cases(self, most: int = 20) -> tuple[CaseLine, ...]:
        """The cases that were touched last, newest first."""
        try:
            rows = self._db.execute(
                "SELECT id, opened, changed, method, url, status, outcome, cause FROM cases "
                "ORDER BY changed DESC, opened DESC LIMIT ?",
                (most,),
            ).fetchall()
        except sqlite3.Error as error:
            raise JournalError(f"The cases in {self.path} cannot be read: {error}.") from error
        names = ("id", "opened", "changed", "method", "url", "status", "outcome", "cause")
        return tuple(CaseLine(**dict(zip(names, row, strict=True))) for row in rows)

    def events(self, case: str) -> tuple[Event, ...]:
        """All events of a case, oldest first, without those of a newer version that this one cannot read."""
        try:
            rows = self._db.execute("SELECT event FROM events WHERE case_id = ? ORDER BY number", (case,)).fetchall()
        except sqlite3.Error as error:
            raise JournalError(f"Case {case} cannot be read from {self.path}: {error}.") from error
        read: list[Event] = []
        for (data,) in rows:
            with contextlib.suppress(ValueError):
                read.append(decode_event(bytes(data)))
        return tuple(read)

    def load(self, prefix: str) -> SavedCase:
        """The case whose id begins so.

        Raises:
            JournalError: when there is none, or more than one.
        """
        escaped = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        try:
            rows = self._db.execute(
                "SELECT id FROM cases WHERE id LIKE ? ESCAPE '\\' LIMIT 2", (f"{escaped}%",)
            ).fetchall()
        except sqlite3.Error as error:
            raise JournalError(f"The cases in {self.path} cannot be read: {error}.") from error
        if not prefix or not rows:
            raise JournalError(f"There is no case {prefix!r}. `tui401 cases` lists those that are kept.")
        if len(rows) > 1:
            raise JournalError(f"More than one case begins with {prefix!r}; give more of its name.")
        (case,) = rows[0]
        read = self.events(case)
        evidence = tuple(event.evidence for event in read if isinstance(event, Found))
        view = CaseView()
        for event in read:
            view = apply(view, event)
        attempt = view.diagnosis.attempt if view.diagnosis is not None else max(1, view.attempt)
        return SavedCase(case=case, attempt=attempt, evidence=view.evidence or evidence, events=read)

    def delete(self, case: str) -> bool:
        """Removes a case from the file and from its write-ahead log; False when there was none.

        Raises:
            JournalError: when it could not be removed, or only from the file, since another instance reads the log.
        """
        try:
            gone = self._db.execute("DELETE FROM cases WHERE id = ?", (case,)).rowcount > 0
            self._db.execute("DELETE FROM refused_passwords WHERE at < ?", (time.time() - LOCKOUT_SECONDS,))
            busy, _, _ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise JournalError(f"Case {case} cannot be deleted from {self.path}: {error}.") from error
        if busy:
            raise JournalError(
                f"Case {case} is deleted, but traces of it are still in {self.path}-wal, which another tui401 is "
                "reading. They go when the last one is closed."
            )
        return gone
