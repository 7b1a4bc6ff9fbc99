"""A writer that is killed at any moment, within one call into SQLite too: what was committed stays, the file whole."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from tui401.journal import Journal

TIMES: Final = int(os.environ.get("TUI401_TEST_KILLS", "25"))
"""How often a writer is killed: 25 times here, five hundred times before a release."""
_A_FILE: Final = 10  # kills that one file takes, each with the log that the one before left
WRITER: Final = """
import os, sys
from pathlib import Path
from tui401.journal import Journal
from tui401.model.events import CaseOpened, Found
from tui401.model.shown import CredentialChange, Evidence, KnownSeen, PersonSaid, Redacted, RequestShown

first, journal = int(sys.argv[2]), Journal(Path(sys.argv[1]))
request = RequestShown(method="GET", url=Redacted("https://api.example.com/v1/orders"))
journal.record("a", CaseOpened(case="a", request=request, known=KnownSeen(), at=1.0))
os.write(1, b"begun\\n")
for number in range(first, first + 1_000_000):
    # Long enough that one call writes several pages, so that a kill can fall between two of them.
    said = PersonSaid(question="changed", answer=Redacted(f"{number} " + "x" * 20_000))
    journal.record("a", Found(evidence=Evidence(kind="person/changed", subject="case", content=said, at=1.0, by="you")))
    journal.note(CredentialChange(at=float(number), what="other", profile="prod"))
    os.write(1, b"%d\\n" % number)
"""


def killed(path: Path, first: int, after: float) -> int:
    """The last number that a writer said to be written, killed so many seconds after it began; else one before."""
    argv = [sys.executable, "-c", WRITER, str(path), str(first)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        lines = process.stdout.read().split(b"\n")[:-1]  # the last one may be cut off
    return int(lines[-1]) if lines else first - 1


@pytest.mark.timeout(60 + 5 * TIMES)
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
def test_nothing_that_was_written_is_lost_and_the_file_stays_whole(tmp_path: Path) -> None:
    chance, ever = random.Random(401), False
    for turn in range(TIMES):
        if turn % _A_FILE == 0:
            path, first, written = tmp_path / f"journal-{turn}.sqlite3", 0, set[int]()
        last = killed(path, first, chance.uniform(0.0, 0.03))
        written |= set(range(first, last + 1))
        # As the next run finds it, its log not yet folded in.
        raw = sqlite3.connect(path)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchone() is None
        raw.close()
        with Journal(path) as journal:
            noted = [int(change.at) for change in journal.changes(1_000_000)]
            said = [int(e.evidence.content.answer.split()[0]) for e in journal.events("a") if hasattr(e, "evidence")]
        for kept in (noted, said):
            assert written <= set(kept)
            assert len(kept) == len(set(kept)), "an event was written twice"
        # What was under way when it was killed is there whole or not at all: at most one more of each.
        assert set(noted) <= set(said)
        assert max(said, default=-1) <= last + 1
        first, ever = max(said, default=-1) + 1, ever or bool(written)
    assert ever, "no writer came to write before it was killed"
