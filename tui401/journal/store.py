"""The journal: one SQLite file in the state folder, written event by event (design.md, "What rests on disk")."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tui401.journal.damage import replaced
from tui401.journal.line import LOCKOUT_SECONDS, count_refused, summarise
from tui401.journal.opening import VERSION, DamagedError, NewerError, for_reading, is_damage, opened
from tui401.locking import LockError
from tui401.model.events import CaseOpened, Event, Found
from tui401.model.saved import SavedCase, decode_change, decode_event, decode_least, encode
from tui401.model.shown import CredentialChange, LeastScopesSeen, Shown
from tui401.model.view import CaseView, apply

_LAST: Final = 253_370_764_800.0  # the year 9999, in seconds since the epoch


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

    A file whose content is damaged is moved aside, and what can be read of it is saved into a new one.

    Args:
        path: The file; its folder is made with mode 0700, the file has 0600.
        reading: Nothing is to be written, so that a file in a place without rights or room will do.

    Attributes:
        told: A sentence for the person on what was damaged and saved, "" where nothing was.

    Raises:
        JournalError: when the folder or file cannot be used.
    """

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        self.path = path
        self.told = ""
        self.changing: dict[str, Callable[[Event], Event]] = {}  # what was struck out of cases that go on
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # The file is made before SQLite opens it, so that it never exists with wider rights.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            if os.name == "posix":
                path.chmod(0o600)
            try:
                self._db = opened(path)
            except DamagedError as damage:
                self._db, self.told = replaced(path, str(damage))
        except NewerError as newer:
            raise JournalError(
                f"The cases in {path} are of a newer tui401 (form {newer.version}; this one knows {VERSION}). They are "
                "left as they are. This recovery goes on; it cannot be opened again later."
            ) from newer
        except (OSError, sqlite3.Error, DamagedError, LockError) as error:
            with contextlib.suppress(OSError, sqlite3.Error, DamagedError, NewerError):
                held = for_reading(path) if reading else None
                if held is not None:
                    self._db = held
                    return
            raise JournalError(
                f"Cases cannot be kept in {path}: {error}. This recovery goes on; it cannot be opened again later."
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def database(self) -> sqlite3.Connection:
        """The open file, for modules of this package."""
        return self._db

    def close(self) -> None:
        """Ends the use of the file."""
        with contextlib.suppress(sqlite3.Error):
            self._db.close()

    def _failed(self, error: sqlite3.Error, says: str) -> JournalError:
        """What to raise for a call that failed; a damage that shows only now is dealt with as one on opening."""
        if is_damage(error):
            with contextlib.suppress(OSError, sqlite3.Error, DamagedError, LockError):
                self._db.close()
                self._db, self.told = replaced(self.path, str(error), sure=True)
                return JournalError(self.told)
        return JournalError(says)

    def record(self, case: str, event: Event) -> None:
        """Writes one event; it is on disk when this returns.

        Raises:
            TypeError: for an event that holds something that may not be seen.
            JournalError: when the file cannot be written.
        """
        event = self.changing[case](event) if case in self.changing else event
        data = encode(event)
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                summarise(self._db, case, event)
                self._db.execute("INSERT INTO events (case_id, event) VALUES (?, ?)", (case, data))
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._failed(
                error, f"This case can no longer be kept in {self.path}: {error}. The recovery goes on."
            ) from error

    def count_refusal(self, where: str, user: str) -> None:
        """Counts a password that was refused outside any case."""
        try:
            count_refused(self._db, where, user)
        except sqlite3.Error as error:
            raise self._failed(error, f"A refused password could not be counted in {self.path}: {error}.") from error

    def refused_passwords(self, where: str, user: str) -> int:
        """How often a password of this user was refused there in the last quarter of an hour, in any run."""
        since = time.time() - LOCKOUT_SECONDS
        query = "SELECT count(*) FROM refused_passwords WHERE origin = ? AND user = ? AND at >= ?"
        try:
            return int(self._db.execute(query, (where, user, since)).fetchone()[0])
        except sqlite3.Error as error:
            raise self._failed(error, f"The cases in {self.path} cannot be read: {error}.") from error

    def least_scopes(self, endpoint: str, profile: str) -> LeastScopesSeen | None:
        """What the latest search for the least scopes of this endpoint found, None where none came to its end."""
        query = "SELECT found FROM least_scopes WHERE endpoint = ? AND profile = ?"
        try:
            row = self._db.execute(query, (endpoint, profile)).fetchone()
        except sqlite3.Error as error:
            raise self._failed(error, f"The cases in {self.path} cannot be read: {error}.") from error
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
            raise self._failed(error, f"The change log in {self.path} cannot be written: {error}.") from error

    def changes(self, most: int = 20, profile: str | None = None) -> tuple[CredentialChange, ...]:
        """The latest lines of the change log, newest first: of one profile, or of all."""
        where, values = ("WHERE profile = ?", (profile,)) if profile is not None else ("", ())
        query = f"SELECT change FROM credential_changes {where} ORDER BY at DESC, number DESC LIMIT ?"  # noqa: S608
        try:
            rows = self._db.execute(query, (*values, most)).fetchall()
        except sqlite3.Error as error:
            raise self._failed(error, f"The change log in {self.path} cannot be read: {error}.") from error
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
            raise self._failed(error, f"The cases in {self.path} cannot be read: {error}.") from error
        return tuple(
            CaseLine(
                id=case,
                opened=_time(opened),
                changed=_time(changed),
                method=method,
                url=url,
                status=status,
                outcome=outcome,
                cause=cause,
            )
            for case, opened, changed, method, url, status, outcome, cause in rows
        )

    def events(self, case: str) -> tuple[Event, ...]:
        """All events of a case, oldest first, without those of a newer version that this one cannot read."""
        try:
            rows = self._db.execute("SELECT event FROM events WHERE case_id = ? ORDER BY number", (case,)).fetchall()
        except sqlite3.Error as error:
            raise self._failed(error, f"Case {case} cannot be read from {self.path}: {error}.") from error
        read: list[Event] = []
        for (data,) in rows:
            with contextlib.suppress(ValueError):
                read.append(decode_event(bytes(data)))
        return tuple(read)

    def named(self, prefix: str) -> str:
        """The whole id of the case whose id begins so.

        Raises:
            JournalError: when there is none, or more than one.
        """
        escaped = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        try:
            rows = self._db.execute(
                "SELECT id FROM cases WHERE id LIKE ? ESCAPE '\\' LIMIT 2", (f"{escaped}%",)
            ).fetchall()
        except sqlite3.Error as error:
            raise self._failed(error, f"The cases in {self.path} cannot be read: {error}.") from error
        if not prefix or not rows:
            raise JournalError(f"There is no case {prefix!r}. `tui401 cases` lists those that are kept.")
        if len(rows) > 1:
            raise JournalError(f"More than one case begins with {prefix!r}; give more of its name.")
        return str(rows[0][0])

    def load(self, prefix: str) -> SavedCase:
        """The case whose id begins so.

        Raises:
            JournalError: when there is none, more than one, or none whose beginning can be read.
        """
        case = self.named(prefix)
        read = self.events(case)
        if not any(isinstance(event, CaseOpened) for event in read):
            raise JournalError(
                f"The beginning of case {case} cannot be read: a newer tui401 wrote it, or it is damaged. "
                f"`tui401 cases --delete {case}` takes it away."
            )
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
            raise self._failed(error, f"Case {case} cannot be deleted from {self.path}: {error}.") from error
        if busy:
            raise JournalError(
                f"Case {case} is deleted, but traces of it are still in {self.path}-wal, which another tui401 is "
                "reading. They go when the last one is closed."
            )
        return gone


def _time(seconds: float) -> float:
    """A time of the file, or the nearest that a calendar has: a bit that flipped in it hides no case."""
    return min(max(seconds, 0.0), _LAST)
