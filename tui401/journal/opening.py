"""Opens the journal's file: makes its tables, and tells a damaged file and one of a newer version from a good one."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Final

VERSION: Final = 1
"""Of the tables; it stands in the file as SQLite's ``user_version``. Files from before it was noted have 0."""

TABLES: Final = {
    "cases": ("id", "opened", "changed", "method", "url", "status", "outcome", "cause"),
    "events": ("number", "case_id", "event"),
    "refused_passwords": ("origin", "user", "at"),
    "least_scopes": ("endpoint", "profile", "found", "case_id"),
    "credential_changes": ("number", "at", "profile", "change"),
    "refreshes": ("session", "token", "family", "state", "at"),
}
"""Each table with its columns."""

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
CREATE TABLE IF NOT EXISTS refreshes (
    session TEXT NOT NULL, token TEXT NOT NULL, family TEXT NOT NULL, state TEXT NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (session, token)
) STRICT;
"""
_BUSY: Final = 2.0  # seconds to wait for another instance's write
_CHECKED: Final = 64 * 1024 * 1024  # bytes of a file that is looked through when it is opened; 33 MB take 24 ms
_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class DamagedError(Exception):
    """The file is no journal, or no longer a whole one; its text says why."""


class NewerError(Exception):
    """A newer version wrote the file. Attributes: version: its tables'."""

    def __init__(self, version: int) -> None:
        super().__init__(f"version {version}")
        self.version = version


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite speaks of the file's content, and not of its place, its rights or another who holds it."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE


def opened(path: Path, *, durable: bool = False, looked: bool = False) -> sqlite3.Connection:
    """The file, its tables made where they are missing.

    Args:
        path: The file.
        looked: It was looked through for damage just before.
        durable: Each write is on the disk itself when its call returns; else a power cut may take the latest.

    Raises:
        DamagedError: when its content cannot be used.
        NewerError: when a newer version wrote it; it is as it was.
        sqlite3.Error: when it cannot be opened or written.
    """
    db = connected(path)
    try:
        if not looked:
            _look_through(db, path)
        _prepare(db, "FULL" if durable else "NORMAL")
    except sqlite3.Error as error:
        db.close()
        if is_damage(error):
            raise DamagedError(str(error)) from error
        raise
    except (DamagedError, NewerError):
        db.close()
        raise
    return db


def for_reading(path: Path) -> sqlite3.Connection | None:
    """The file as it lies there, in a folder that cannot be written; None where its log holds more than it does.

    Raises:
        sqlite3.Error: when it cannot be read.
        NewerError: when a newer version wrote it.
        DamagedError: when its content cannot be used.
    """
    with contextlib.suppress(OSError):
        if Path(f"{path}-wal").stat().st_size:
            return None
    if not path.is_file():
        return None
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    db.text_factory = _as_text
    try:
        _look_through(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _as_text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def connected(path: Path) -> sqlite3.Connection:
    """A connection that gives a text with a damaged character all the same."""
    db = sqlite3.connect(path, timeout=_BUSY, isolation_level=None)
    db.text_factory = _as_text
    return db


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _look_through(db: sqlite3.Connection, path: Path) -> None:
    """Raises for what cannot be used, before anything is written."""
    if (version := _version(db)) > VERSION:
        raise NewerError(version)
    size = 0
    with contextlib.suppress(OSError):
        size = path.stat().st_size
    if 0 < size <= _CHECKED:
        (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise DamagedError(" ".join(str(found).split()))
    for table, columns in TABLES.items():
        held = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
        if held and not held.issuperset(columns):
            raise DamagedError(f"its table {table} is another")


def _prepare(db: sqlite3.Connection, synchronous: str) -> None:
    for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "secure_delete=ON", "temp_store=MEMORY"):
        db.execute(f"PRAGMA {pragma}")
    db.execute("PRAGMA foreign_keys=ON")
    db.executescript(_SCHEMA)
    if _version(db) != VERSION:
        db.execute(f"PRAGMA user_version={VERSION}")
