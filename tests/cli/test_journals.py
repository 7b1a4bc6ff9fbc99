from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui401.cli.adapters import Cases, Shelf
from tui401.journal import Journal
from tui401.model.case import Case
from tui401.model.events import CaseOpened, Event, Told
from tui401.model.http import Origin, Request
from tui401.model.secret import Secret
from tui401.model.shown import KnownSeen, Redacted, RequestShown
from tui401.ui.ports import PortError

Cli = Callable[..., Any]
OPENED = CaseOpened(
    case="7f3a0001",
    request=RequestShown(method="GET", url=Redacted("https://api.example.com/v1/orders")),
    known=KnownSeen(),
    at=1.0,
)
CASE = Case(id="7f3a0001", request=Request("GET", Origin("https", "api.example.com", 443), Secret("/v1/orders")))


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A journal with one case, its header overwritten."""
    path = tmp_path / "state" / "journal.sqlite3"
    with Journal(path) as journal:
        journal.record("7f3a0001", OPENED)
    path.write_bytes(b"\xa5" * 100 + path.read_bytes()[100:])
    return path


@pytest.mark.parametrize(
    ("argv", "code"),
    [(["cases"], 0), (["report", "7f3a"], 0), (["vault", "log"], 0), (["compare", "--offline", "7f3a", "7f3a"], 0)],
)
def test_every_command_that_reads_it_says_that_it_was_damaged(
    tui401: Cli, damaged: Path, argv: list[str], code: int
) -> None:
    ran = tui401(*argv)
    assert ran.code == code, ran.err
    assert "The file of your cases was damaged" in ran.err
    assert "One case was saved from it" in ran.err
    assert "damaged" not in tui401(*argv).err
    assert "7f3a0001" in tui401("cases").out
    assert len(list(damaged.parent.glob("journal-damaged-*.sqlite3"))) == 1


def test_the_doctor_says_it_too(tui401: Cli, damaged: Path) -> None:
    ran = tui401("doctor", "--offline")
    assert "One case was saved from it" in " ".join(ran.out.split())
    assert damaged.exists()


def test_the_wizard_is_told_what_was_damaged(damaged: Path) -> None:
    shelf = Shelf(lambda: damaged.parent)
    cases = Cases(shelf)
    assert [one.case for one in asyncio.run(cases.recent(5))] == ["7f3a0001"]
    assert "One case was saved from it" in cases.damaged()
    assert shelf.keeps
    shelf.close()


def test_the_wizard_is_told_that_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    shelf = Shelf(lambda: tmp_path / "file")
    with pytest.raises(PortError, match="cannot be kept"):
        asyncio.run(Cases(shelf).recent(5))
    assert not shelf.keeps


def test_a_journal_that_fails_while_it_is_written_is_told_as_an_event_and_once(tmp_path: Path) -> None:
    shelf = Shelf(lambda: tmp_path)
    emitted: list[Event] = []
    listener = shelf.listener(CASE, emitted.append)
    listener(OPENED)
    assert emitted == []
    assert shelf.journal is not None
    shelf.journal._db.execute("PRAGMA query_only=ON")
    for _ in range(2):
        listener(OPENED)
    (told,) = emitted
    assert isinstance(told, Told)
    assert "can no longer be kept" in told.text
    assert not shelf.keeps
    assert not listener.keeps
    with sqlite3.connect(tmp_path / "journal.sqlite3") as db:
        assert db.execute("SELECT count(*) FROM events").fetchone() == (1,)
    shelf.close()
