"""The change log of credentials: append-only, whole after a kill, a full disk, and two writers at once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tui401.journal import Journal, JournalError
from tui401.model.secret import Secret
from tui401.model.shown import CredentialChange, Redacted


def change(number: int, profile: str = "prod", note: str = "") -> CredentialChange:
    return CredentialChange(
        at=float(number), what="access-token", profile=profile, way="refresh", note=Redacted(note or f"n{number}")
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "j.sqlite3"


def test_lines_come_back_newest_first_by_profile_and_as_many_as_wanted(path: Path) -> None:
    lines = [change(1), change(2, "stage"), change(3), change(3, note="the same moment")]
    with Journal(path) as journal:
        for line in lines:
            journal.note(line)
    with Journal(path) as journal:
        assert journal.changes() == tuple(reversed(lines))
        assert journal.changes(profile="prod") == (lines[3], lines[2], lines[0])
        assert journal.changes(profile="") == ()
        assert journal.changes(1) == (lines[3],)


def test_no_line_can_be_changed_or_taken_out(path: Path) -> None:
    with Journal(path) as journal:
        journal.note(change(1))
        for statement in ("DELETE FROM credential_changes", "UPDATE credential_changes SET profile = 'x'"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                journal._db.execute(statement)
        assert journal.changes() == (change(1),)


def test_a_secret_is_refused_before_anything_is_written(path: Path) -> None:
    smuggled = CredentialChange(at=1.0, what="other", note=Secret("canary-4f9d2a7c81be5f3a"))  # type: ignore[arg-type]
    with Journal(path) as journal:
        with pytest.raises(TypeError):
            journal.note(smuggled)
        assert journal.changes() == ()


def test_a_line_of_a_newer_version_does_not_hide_the_others(path: Path) -> None:
    with Journal(path) as journal:
        journal.note(change(1))
        journal._db.execute("INSERT INTO credential_changes (at, profile, change) VALUES (2, '', ?)", (b'{"at": "x"}',))
        assert journal.changes() == (change(1),)


def test_a_journal_of_an_older_version_gets_its_change_log(path: Path) -> None:
    with Journal(path) as journal:
        journal._db.execute("DROP TABLE credential_changes")
    with Journal(path) as journal:
        journal.note(change(1))
        assert journal.changes() == (change(1),)


WRITE = """\
import sys
from pathlib import Path
from tui401.journal import Journal
from tui401.model.shown import CredentialChange, Redacted
with Journal(Path(sys.argv[1])) as journal:
    for number in range(int(sys.argv[3])):
        journal.note(CredentialChange(at=float(number), what="other", profile=sys.argv[2]))
        print(number, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
@pytest.mark.parametrize("moment", [0, 7, 40])
def test_a_killed_process_leaves_every_line_that_it_had_written(path: Path, moment: int) -> None:
    argv = [sys.executable, "-c", WRITE, str(path), "prod", "100000"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        last = next(int(line) for line in process.stdout if int(line) >= moment)
        process.send_signal(signal.SIGKILL)
    with Journal(path) as journal:
        assert len(journal.changes(1_000_000)) >= last + 1
        assert journal._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_two_processes_write_at_once_and_lose_nothing(path: Path) -> None:
    Journal(path).close()
    argv = [sys.executable, "-c", WRITE, str(path)]
    running = [subprocess.Popen([*argv, who, "60"], stdout=subprocess.DEVNULL) for who in ("left", "right")]
    assert [process.wait(60) for process in running] == [0, 0]
    with Journal(path) as journal:
        assert [len(journal.changes(1_000, who)) for who in ("left", "right")] == [60, 60]


FULL = """\
import resource, signal, sys
from pathlib import Path
from tui401.journal import Journal, JournalError
from tui401.model.shown import CredentialChange, Redacted
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Journal(Path(sys.argv[1])) as journal:
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))
    try:
        for number in range(100_000):
            journal.note(CredentialChange(at=float(number), what="other", note=Redacted("x" * 400)))
            written = number
    except JournalError as error:
        print(error)
        print(written)
"""


@pytest.mark.skipif(os.name != "posix", reason="a file's size is limited by POSIX means")
def test_a_full_disk_is_told_and_nothing_is_corrupted(path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=True)
    says, written = ran.stdout.splitlines()
    assert says.startswith(f"The change log in {path} cannot be written: ")
    with Journal(path) as journal:
        assert journal._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert len(journal.changes(1_000_000)) == int(written) + 1
        journal.note(change(1))


def test_a_journal_that_went_away_is_told(path: Path) -> None:
    journal = Journal(path)
    journal.close()
    with pytest.raises(JournalError, match="change log"):
        journal.note(change(1))
    with pytest.raises(JournalError, match="change log"):
        journal.changes()
