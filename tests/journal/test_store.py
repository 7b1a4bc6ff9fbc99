from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tui401.journal import Journal, JournalError
from tui401.model.events import CaseOpened, Ended, Found, Judged, Refused, Sent
from tui401.model.secret import Secret
from tui401.model.shown import Evidence, KnownSeen, PersonSaid, Redacted, RequestShown
from tui401.model.verdict import Diagnosis, Outcome, Strength, Verdict

REQUEST = RequestShown(method="GET", url=Redacted("https://api.example.com/v1/orders"))


def opened(case: str = "7f3a0001", at: float = 1.0) -> CaseOpened:
    return CaseOpened(case=case, request=REQUEST, known=KnownSeen(), at=at)


def said(text: str) -> Found:
    content = PersonSaid(question="changed", answer=Redacted(text))
    return Found(evidence=Evidence(kind="person/changed", subject="case", content=content, at=1.0, by="you"))


def test_a_recorded_case_loads_with_its_events_in_order(tmp_path: Path) -> None:
    events = [opened(), said("first"), said("second")]
    with Journal(tmp_path / "j.sqlite3") as journal:
        for event in events:
            journal.record("7f3a0001", event)
    with Journal(tmp_path / "j.sqlite3") as journal:
        saved = journal.load("7f3a")
    assert saved.events == tuple(events)
    assert [piece.content for piece in saved.evidence] == [PersonSaid(question="changed", answer=Redacted("second"))]


def test_the_list_says_how_each_case_stands(tmp_path: Path) -> None:
    verdict = Verdict(cause="token-expired", strength=Strength.CONFIRMED)
    sent = Sent(number=1, attempt=1, label="original", varied="as sent", method="GET", status=401, at=1.0, elapsed=0.1)
    with Journal(tmp_path / "j.sqlite3") as journal:
        journal.record("a", opened("a"))
        journal.record("b", opened("b"))
        journal.record("b", sent)
        journal.record("b", Judged(diagnosis=Diagnosis(attempt=1, outcome=Outcome.DIAGNOSED, root=verdict)))
        journal.record("b", Ended(outcome=Outcome.RECOVERED, at=3.0))
        newest, oldest = journal.cases()
    assert (newest.id, newest.status, newest.outcome, newest.cause) == ("b", 401, "recovered", "token-expired")
    assert (oldest.id, oldest.status, oldest.outcome, oldest.cause) == ("a", None, "open", "")


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_the_file_and_its_folder_are_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "j.sqlite3"
    with Journal(path) as journal:
        journal.record("a", opened("a"))
        for file in (path, *path.parent.glob("*-wal"), *path.parent.glob("*-shm")):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_secret_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    smuggled = said(Secret("canary-4f9d2a7c81be5f3a"))  # type: ignore[arg-type]
    with Journal(tmp_path / "j.sqlite3") as journal:
        journal.record("a", opened("a"))
        with pytest.raises(TypeError):
            journal.record("a", smuggled)
        assert journal.events("a") == (opened("a"),)


def test_a_deleted_case_is_gone_from_the_file_and_its_log(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with Journal(path) as journal:
        journal.record("a", opened("a"))
        journal.record("a", said("a sentence that must not stay behind"))
        assert journal.delete("a")
        assert not journal.delete("a")
        held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"must not stay behind" not in held


def test_an_unknown_or_ambiguous_name_is_told(tmp_path: Path) -> None:
    with Journal(tmp_path / "j.sqlite3") as journal:
        journal.record("ab1", opened("ab1"))
        journal.record("ab2", opened("ab2"))
        with pytest.raises(JournalError, match="More than one"):
            journal.load("ab")
        with pytest.raises(JournalError, match="no case"):
            journal.load("%")
        with pytest.raises(JournalError, match="no case"):
            journal.load("")


def test_a_folder_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="cannot be kept"):
        Journal(tmp_path / "file" / "j.sqlite3")


def test_an_event_of_a_newer_version_does_not_hide_the_others(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with Journal(path) as journal:
        journal.record("a", opened("a"))
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO events (case_id, event) VALUES ('a', ?)", (b'{"type": "Dreamt"}',))

    with Journal(path) as journal:
        assert journal.events("a") == (opened("a"),)


KILLED = """
import os, sys
sys.path.insert(0, {root!r})
from pathlib import Path
from tests_journal_events import opened, said
from tui401.journal import Journal
journal = Journal(Path({path!r}))
journal.record("a", opened("a"))
for number in range(100000):
    journal.record("a", said(f"number {{number}}"))
    print(number, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
def test_a_killed_process_leaves_every_recorded_event(tmp_path: Path) -> None:
    (tmp_path / "tests_journal_events.py").write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
    path = tmp_path / "j.sqlite3"
    script = KILLED.format(root=str(tmp_path), path=str(path))
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    last = -1
    for line in process.stdout:
        last = int(line)
        if last >= 25:
            process.send_signal(signal.SIGKILL)
            break
    process.wait(10)
    process.stdout.close()
    with Journal(path) as journal:
        assert len(journal.events("a")) >= last + 2


def test_two_processes_may_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with Journal(path) as first, Journal(path) as second:
        for number in range(20):
            (first if number % 2 else second).record(f"c{number}", opened(f"c{number}"))
        assert len(first.cases(50)) == 20


def test_a_case_that_another_instance_still_reads_is_not_called_gone(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with Journal(path) as journal, Journal(path) as other:
        journal.record("a", opened("a"))
        reading = other._db
        reading.execute("BEGIN")
        reading.execute("SELECT * FROM events").fetchall()
        with pytest.raises(JournalError, match="traces of it"):
            journal.delete("a")
        reading.execute("COMMIT")
        assert not journal.delete("a")
        held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"api.example.com" not in held


def test_refused_passwords_are_counted_by_place_and_user(tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite3"
    with Journal(path) as journal:
        journal.record("a", opened("a"))
        for where, user in (("https://login.example.com", "svc"), ("http://proxy:3128", "ada"), ("https://x", "ada")):
            journal.record("a", Refused(where=where, user=user))
    with Journal(path) as journal:
        journal.record("b", opened("b"))
        journal.record("b", Refused(where="https://login.example.com", user="svc"))
        assert journal.refused_passwords("https://login.example.com", "svc") == 2
        assert journal.refused_passwords("http://proxy:3128", "ada") == 1
        assert journal.refused_passwords("http://proxy:3128", "svc") == 0
