"""A journal that a disk, a crash or another program damaged: moved aside, told, and the rest saved."""

from __future__ import annotations

import contextlib
import random
import re
import sqlite3
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui401.journal import Journal, JournalError
from tui401.journal.intents import Intents
from tui401.model.events import CaseOpened, Ended, Found, Refused, Sent
from tui401.model.shown import CredentialChange, Evidence, KnownSeen, PersonSaid, Redacted, RequestShown
from tui401.model.verdict import Outcome

CASES = 12
SAID = "what was said, long enough to fill pages of the file " * 100


def opened(case: str) -> CaseOpened:
    request = RequestShown(method="GET", url=Redacted(f"https://api.example.com/{case}"))
    return CaseOpened(case=case, request=request, known=KnownSeen(), at=1.0)


def said(text: str) -> Found:
    content = PersonSaid(question="changed", answer=Redacted(text))
    return Found(evidence=Evidence(kind="person/changed", subject="case", content=content, at=1.0, by="you"))


def sent() -> Sent:
    return Sent(number=1, attempt=1, label="original", varied="as sent", method="GET", status=401, at=1.0, elapsed=0.1)


_FILLED: list[bytes] = []


def filled(path: Path) -> Path:
    """A journal with cases of several pages each, its log folded in; written once and copied."""
    if _FILLED:
        path.write_bytes(_FILLED[0])
        return path
    with Journal(path) as journal:
        for number in range(CASES):
            case = f"c{number:02}"
            for event in (opened(case), sent(), said(SAID), said(f"the end of {case}")):
                journal.record(case, event)
            journal.record(case, Ended(outcome=Outcome.DIAGNOSED, at=2.0))
            journal.note(CredentialChange(at=float(number), what="other", profile="prod"))
        journal.record("c00", Refused(where="https://login.example.com", user="svc"))
    Intents(path).begin("session", "token-of-a-refresh")
    _FILLED.append(path.read_bytes())
    return path


def garbage(count: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(count)


def overwrite(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def size(path: Path) -> int:
    return path.stat().st_size


def with_other_tables(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE cases (name TEXT)")
        db.execute("INSERT INTO cases VALUES ('of another program')")


DAMAGE: dict[str, tuple[Callable[[Path], object], int]] = {
    "a header of garbage": (lambda path: overwrite(path, 0, garbage(100)), CASES),
    "a first page of garbage": (lambda path: overwrite(path, 0, garbage(4096)), CASES),
    "cut to two thirds": (lambda path: path.write_bytes(path.read_bytes()[: size(path) * 2 // 3]), CASES // 3),
    "cut inside a page": (lambda path: path.write_bytes(path.read_bytes()[: size(path) - 4096 * 3 - 7]), CASES // 3),
    "a page of garbage in its midst": (lambda path: overwrite(path, 4096 * (size(path) // 8192), garbage(4096)), 9),
    "three pages of zeros": (lambda path: overwrite(path, 4096 * (size(path) // 8192), bytes(3 * 4096)), 9),
    "the table of cases lost": (lambda path: overwrite(path, 4096, garbage(4096)), CASES),
    "cut to a few bytes": (lambda path: path.write_bytes(path.read_bytes()[:300]), 0),
    "no database at all": (lambda path: path.write_bytes(b"something of the person's\n" * 400), 0),
    "other tables": (with_other_tables, 0),
}
"""What is done to the file, and how many cases have to be there afterwards."""


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_kept_aside_and_what_can_be_read_is_saved(tmp_path: Path, kind: str) -> None:
    path = filled(tmp_path / "journal.sqlite3")
    harm, least = DAMAGE[kind]
    harm(path)
    held = path.read_bytes()
    with Journal(path) as journal:
        (aside,) = tmp_path.glob("journal-damaged-*.sqlite3")
        assert aside.read_bytes() == held
        assert f"kept as {aside}" in journal.told
        kept = journal.cases(50)
        assert len(kept) >= least
        count = {0: "No case could be read", 1: "One case was saved"}.get(len(kept), f"{len(kept)} cases were saved")
        assert count in journal.told
        for line in kept:
            assert line.url == f"https://api.example.com/{line.id}"
            assert journal.load(line.id).events[0] == opened(line.id)
        journal.record("new", opened("new"))
    with Journal(path) as journal:
        assert journal.told == ""
        assert journal.load("new").events == (opened("new"),)
        journal.note(CredentialChange(at=1.0, what="other", profile="x"))
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            journal._db.execute("DELETE FROM credential_changes")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_what_is_remembered_beside_cases_is_saved_too(tmp_path: Path) -> None:
    path = filled(tmp_path / "journal.sqlite3")
    overwrite(path, 0, garbage(100))
    with Journal(path) as journal:
        assert journal.told
        assert [change.at for change in journal.changes()] == [float(n) for n in reversed(range(CASES))]
        assert journal.refused_passwords("https://login.example.com", "svc") == 1
        first = next(line for line in journal.cases(50) if line.id == "c03")
        assert (first.status, first.outcome) == (401, "diagnosed")
    assert Intents(path).state("session", "token-of-a-refresh") == "begun"


@pytest.mark.parametrize("seed", range(24))
def test_whatever_bits_flip_nothing_but_a_sentence_is_raised(tmp_path: Path, seed: int) -> None:
    path, chance = filled(tmp_path / "journal.sqlite3"), random.Random(seed)
    data = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 3, 30])):
        # A third of them where SQLite keeps what the rest hangs on.
        data[chance.randrange(len(data) if chance.random() < 0.7 else 200)] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    try:
        journal = Journal(path)
    except JournalError as error:
        says = str(error)
        assert "newer tui401" in says, says  # the flip was in the version
        return
    with journal:
        for line in journal.cases(50):
            with contextlib.suppress(JournalError):
                journal.load(line.id)
        journal.changes()
        journal.record("new", opened("new"))
        assert journal.events("new") == (opened("new"),)


def _told_of(journal: Journal, case: str) -> str:
    try:
        journal.events(case)
    except JournalError as error:
        return str(error)
    return ""


def test_damage_that_shows_only_while_it_is_read_is_dealt_with_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = filled(tmp_path / "journal.sqlite3")
    overwrite(path, 4096 * (size(path) // 8192), garbage(5 * 4096))
    monkeypatch.setattr("tui401.journal.opening._CHECKED", 0)
    with Journal(path) as journal:
        assert journal.told == ""
        told = [_told_of(journal, f"c{number:02}") for number in range(CASES)]
        assert re.search(r"damaged .*kept as .*saved from it", next(filter(None, told)))
        assert len(journal.cases(50)) >= CASES // 2
        journal.record("new", opened("new"))
    assert list(tmp_path.glob("journal-damaged-*"))


def test_a_journal_of_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    path = filled(tmp_path / "journal.sqlite3")
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version=2")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    held = path.read_bytes()
    with pytest.raises(JournalError, match=r"newer tui401 \(form 2; this one knows 1\)"):
        Journal(path)
    assert path.read_bytes() == held
    assert not list(tmp_path.glob("*damaged*"))


def test_a_journal_from_before_versions_were_noted_is_taken_over(tmp_path: Path) -> None:
    path = filled(tmp_path / "journal.sqlite3")
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE refreshes")
        db.execute("PRAGMA user_version=0")
    with Journal(path) as journal:
        assert journal.told == ""
        assert len(journal.cases(50)) == CASES
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)


def test_a_log_that_is_damaged_costs_what_stood_in_it_and_no_more(tmp_path: Path) -> None:
    path = filled(tmp_path / "journal.sqlite3")
    with Journal(path) as journal:
        journal.record("late", opened("late"))
        log = tmp_path / "journal.sqlite3-wal"
        held, whole = path.read_bytes(), log.read_bytes()
    path.write_bytes(held)
    log.write_bytes(whole[:40] + garbage(len(whole) - 40))
    with Journal(path) as journal:
        assert len(journal.cases(50)) == CASES
        journal.record("new", opened("new"))
        assert journal.load("new")


def test_one_of_two_instances_moves_it_aside(tmp_path: Path) -> None:
    path = filled(tmp_path / "journal.sqlite3")
    overwrite(path, 0, garbage(100))
    with Journal(path) as first, Journal(path) as second:
        assert first.told
        assert second.told == ""
        first.record("a", opened("a"))
        second.record("b", opened("b"))
        assert len(first.cases(50)) == CASES + 2
    assert len(list(tmp_path.glob("journal-damaged-*.sqlite3"))) == 1


def test_times_that_no_calendar_has_hide_no_case(tmp_path: Path) -> None:
    path = filled(tmp_path / "journal.sqlite3")
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        for case, at in (("c05", 1e300), ("c06", -1e18), ("c07", float("inf"))):
            db.execute("UPDATE cases SET changed = ?, opened = ? WHERE id = ?", (at, at, case))
    with Journal(path) as journal:
        found = journal.cases(50)
        assert len(found) == CASES
        for line in found:
            for at in (line.changed, line.opened):
                assert 1970 <= datetime.fromtimestamp(at, UTC).astimezone().year <= 9999


def test_a_case_whose_beginning_cannot_be_read_is_told_and_can_be_deleted(tmp_path: Path) -> None:
    path = filled(tmp_path / "journal.sqlite3")
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        first = "SELECT min(number) FROM events WHERE case_id = 'c03'"
        db.execute(f"UPDATE events SET event = ? WHERE number = ({first})", (b'{"type": "CaseOpened", "later": 1}',))
    with Journal(path) as journal:
        with pytest.raises(JournalError, match=r"beginning of case c03 cannot be read.*cases --delete c03"):
            journal.load("c03")
        assert journal.delete(journal.named("c03"))
        assert len(journal.cases(50)) == CASES - 1
