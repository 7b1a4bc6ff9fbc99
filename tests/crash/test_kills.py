"""The program itself, killed at any moment of a diagnosis: a case whose request went out is never lost."""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest
from pseudo import environment
from refusing import Refusing

TIMES: Final = max(3, int(os.environ.get("TUI401_TEST_KILLS", "0")) // 5)
"""How often it is killed: a few times here, a fifth as often as the writer of ``tests/journal`` where that is more."""


def killed(home: Path, server: Refusing, after: float) -> None:
    """Begins a diagnosis and kills it so many seconds after its first request arrived."""
    server.came.clear()
    command = ["diagnose", "-q", "--yes", "--only-api", "curl", server.url, "-H", "X-API-Key: abcdef0123456789"]
    with subprocess.Popen(
        [sys.executable, "-m", "tui401", *command],
        env=environment(home),
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert server.came.wait(60)
        time.sleep(after)
        process.send_signal(signal.SIGKILL)


@pytest.mark.timeout(60 + 15 * TIMES)
def test_a_case_whose_request_went_out_is_kept_whenever_it_is_killed(tmp_path: Path, server: Refusing) -> None:
    chance = random.Random(401)
    for _ in range(TIMES):
        server.waits = chance.choice([0.0, 0.0, 0.1])
        killed(tmp_path, server, chance.uniform(0.0, 0.4))
    with contextlib.closing(sqlite3.connect(tmp_path / "state" / "journal.sqlite3")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kept = [case for (case,) in db.execute("SELECT id FROM cases")]
    assert len(kept) == TIMES
    # Each can be told of afterwards, as far as it had got.
    for case in (kept[0], kept[-1]):
        argv = [sys.executable, "-m", "tui401", "report", case]
        ran = subprocess.run(argv, env=environment(tmp_path), cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        assert re.search(rf"case {case}|{case}", ran.stdout)
        assert ran.stderr == ""
