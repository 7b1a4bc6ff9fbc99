"""A damaged journal: moved aside whole, and what can still be read of it saved into a new one."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tui401.journal.line import summarise
from tui401.journal.opening import TABLES, DamagedError, connected, opened
from tui401.locking import held
from tui401.model.events import CaseOpened, Refused
from tui401.model.saved import decode_event

_WAIT: Final = 5.0  # seconds for another instance that does the same
_BESIDE: Final = ("", "-wal", "-shm")
_HEADER: Final = 100  # bytes that SQLite's file format begins with
_PAGES_AT: Final = slice(28, 32)  # the number of pages in it
_FREE_AT: Final = slice(32, 40)  # the list of free pages, and their number
_MOST_LOST: Final = 500  # rows after one another that cannot be read; then none is tried any more
_STRANGE: Final = "\ufffd"

Row = tuple[Any, ...]
"""SQLite's own number of the row, then its columns."""


def replaced(path: Path, why: str, *, sure: bool = False) -> tuple[sqlite3.Connection, str]:
    """Moves a damaged journal aside and begins a new one with what can be read of it.

    Args:
        path: The journal's file.
        why: What SQLite says of it.
        sure: It is damaged although it can be opened.

    Returns:
        The new journal, and a sentence for the person; "" where another instance has done it meanwhile.

    Raises:
        LockError, OSError, sqlite3.Error: when nothing can be moved or written.
        DamagedError: when the new file is damaged as well.
    """
    with held(path.with_name(f"{path.stem}.lock"), _WAIT):
        if not sure:
            with contextlib.suppress(DamagedError):
                return opened(path), ""
        aside = _moved(path)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        db = opened(path)
        try:
            cases = _salvage(aside, db, path.parent)
        except (OSError, sqlite3.Error):
            cases = 0
    saved = {0: "No case could be read from it", 1: "One case was saved from it"}
    told = saved.get(cases, f"{cases} cases were saved from it")
    return db, f"The file of your cases was damaged ({why}). It is kept as {aside}. {told}; new ones are kept again."


def _moved(path: Path) -> Path:
    """Gives the file and what SQLite keeps beside it another name."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    names = (
        path.with_name(f"{path.stem}-damaged-{stamp}{n}{path.suffix}") for n in ("", *(f"-{i}" for i in range(99)))
    )
    aside = next(name for name in names if not name.exists())
    for ending in _BESIDE:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{ending}").rename(f"{aside}{ending}")
    return aside


def _salvage(aside: Path, db: sqlite3.Connection, folder: Path) -> int:
    """Copies every row that can be read into the new journal; the number of cases."""
    found: dict[str, list[Row]] = {}
    with tempfile.TemporaryDirectory(prefix=".damaged-", dir=folder) as made:
        for copy in _readings(aside, Path(made)):
            with contextlib.closing(connected(copy)) as old:
                rows = {table: list(_rows(old, table, columns)) for table, columns in TABLES.items()}
            if sum(map(len, rows.values())) > sum(map(len, found.values())):
                found = rows
    db.execute("PRAGMA foreign_keys=OFF")
    try:
        db.execute("BEGIN IMMEDIATE")
        for table, columns in TABLES.items():
            marks = ", ".join("?" * len(columns))
            insert = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of ours
            for row in found.get(table, ()):
                with contextlib.suppress(sqlite3.IntegrityError):  # a value that its column cannot hold
                    db.execute(insert, row[1:])
        _belong(db)
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
        db.execute("PRAGMA foreign_keys=ON")
    return int(db.execute("SELECT count(*) FROM cases").fetchone()[0])


def _belong(db: sqlite3.Connection) -> None:
    """Writes lost lines of cases anew from their events; a case without its beginning goes."""
    held = {case for (case,) in db.execute("SELECT id FROM cases")}
    begun: set[str] = set()
    for case, data in db.execute("SELECT case_id, event FROM events ORDER BY number").fetchall():
        with contextlib.suppress(ValueError):
            event = decode_event(bytes(data))
            if isinstance(event, CaseOpened):
                begun.add(case)
            if case in begun and case not in held and not isinstance(event, Refused):  # counted in its own table
                summarise(db, case, event)
    for case in held - begun:
        db.execute("DELETE FROM cases WHERE id = ?", (case,))
    for table in ("events", "least_scopes"):
        db.execute(f"DELETE FROM {table} WHERE case_id NOT IN (SELECT id FROM cases)")  # noqa: S608 - a name of ours


def _readings(aside: Path, folder: Path) -> Iterator[Path]:
    """Copies of the file as they can be read: as it is, with a header made anew, with a first page made anew."""
    plain = folder / "plain.sqlite3"
    for ending in _BESIDE[:2]:
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(f"{aside}{ending}", f"{plain}{ending}")
    yield plain
    model = folder / "model.sqlite3"
    opened(model).close()
    data, pattern = aside.read_bytes(), model.read_bytes()
    size = int.from_bytes(pattern[16:18], "big")
    if len(data) <= size:
        return
    for name, upto in (("header", _HEADER), ("page", size)):
        mended = bytearray(pattern[:upto] + data[upto:])
        mended[_PAGES_AT] = (len(data) // size).to_bytes(4, "big")
        mended[_FREE_AT] = bytes(8)
        path = folder / f"{name}.sqlite3"
        path.write_bytes(mended)
        yield path


def _rows(db: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> Iterator[Row]:
    """Every row that can be read: from the first on, from the last back, and one by one between the two."""
    select = f"SELECT rowid, {', '.join(columns)} FROM {table}"  # noqa: S608 - names of ours
    first, upwards = _until_damaged(db, f"{select} ORDER BY rowid")
    yield from first
    if upwards:
        return
    begin = first[-1][0] if first else 0
    last, _ = _until_damaged(db, f"{select} WHERE rowid > ? ORDER BY rowid DESC", begin)
    yield from last
    number, lost, end = begin + 1, 0, last[-1][0] if last else sys.maxsize
    while number < end and lost < _MOST_LOST:
        one, _ = _until_damaged(db, f"{select} WHERE rowid = ?", number)
        yield from one
        number, lost = number + 1, 0 if one else lost + 1


def _until_damaged(db: sqlite3.Connection, query: str, *values: int) -> tuple[list[Row], bool]:
    """The rows of a query up to what cannot be read, and whether that was all of them."""
    read: list[Row] = []
    try:
        for row in db.execute(query, values):
            if not any(isinstance(value, str) and _STRANGE in value for value in row):
                read.append(row)
    except (sqlite3.Error, OverflowError):
        return read, False
    return read, True
