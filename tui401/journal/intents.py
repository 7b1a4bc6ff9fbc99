"""Refreshes that were begun: noted before they are sent, struck off when what came is stored (safety.md)."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

from tui401.journal.opening import DamagedError, NewerError, opened
from tui401.journal.store import Journal


class Intents:
    """The refreshes of all sessions, in the journal's file. A token stands under a keyed name, never as it is.

    Args:
        path: The journal's file.

    Raises:
        JournalError: when the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        Journal(path).close()  # makes the file, with the rights that it is to have
        self._path = path

    def begin(self, session: str, token: str) -> bool:
        """Notes that a token is about to be used; on disk when this returns. False when it could not be noted."""
        return self._write(session, token, token, "begun")

    def came(self, session: str, token: str, successor: str) -> None:
        """The issuer replaced the token by this one, which is about to be stored."""
        self._write(session, successor, self.family(session, token), "")

    def end(self, session: str, token: str, *, used_up: bool) -> None:
        """The answer came, and what it brought is stored. ``used_up``: the issuer replaced the token."""
        # Where this fails the intent stays, and the next refresh says more than it needs to.
        self._write(session, token, token, "used-up" if used_up else "")

    def state(self, session: str, token: str) -> str:
        """``begun`` while no answer came, ``used-up`` when it was replaced, "" for a token that counts as it is."""
        return self._read("state", session, token)

    def family(self, session: str, token: str) -> str:
        """The token with which the line of successors began in which this one stands; itself where it is new."""
        return self._read("family", session, token) or token

    def _read(self, column: str, session: str, token: str) -> str:
        query = f"SELECT {column} FROM refreshes WHERE session = ? AND token = ?"  # noqa: S608 - a name of ours
        with contextlib.suppress(sqlite3.Error), contextlib.closing(self._open()) as db:
            row = db.execute(query, (session, token)).fetchone()
            return str(row[0]) if row is not None else ""
        return ""

    def _write(self, session: str, token: str, family: str, state: str) -> bool:
        """Notes a token's state; its family stays what it was."""
        row = (session, token, family, state, time.time())
        try:
            with contextlib.closing(self._open()) as db:
                db.execute(
                    "INSERT INTO refreshes (session, token, family, state, at) VALUES (?, ?, ?, ?, ?) "
                    "ON CONFLICT (session, token) DO UPDATE SET state = excluded.state, at = excluded.at",
                    row,
                )
        except sqlite3.Error:
            return False
        return True

    def _open(self) -> sqlite3.Connection:
        # Unlike an event, an intent that a power cut takes with it is a session lost.
        try:
            return opened(self._path, durable=True, looked=True)
        except (DamagedError, NewerError) as error:
            raise sqlite3.DatabaseError(str(error)) from error
