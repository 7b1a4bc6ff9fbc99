from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tui401.locking import LockError, held, held_async

HOLD = """\
import sys, time
from pathlib import Path
from tui401.locking import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_what_another_process_holds_is_not_to_be_had_until_it_dies(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "a.lock"
    with holder(path) as other:
        with pytest.raises(LockError, match="Another tui401 has held"), held(path, limit=0.1):
            pass
        other.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
        other.wait(10)
    with held(path, limit=5):
        pass


async def test_two_tasks_exclude_each_other(tmp_path: Path) -> None:
    inside: list[str] = []

    async def enter(who: str) -> None:
        async with held_async(tmp_path / "a.lock", limit=20):
            inside.append(who)
            await asyncio.sleep(0.05)
            inside.append(who)

    await asyncio.gather(*(enter(who) for who in "abc"))
    assert [inside[at] == inside[at + 1] for at in (0, 2, 4)] == [True, True, True]


async def test_waiting_can_be_cancelled_and_leaves_no_lock_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    entered = False

    async def enter() -> None:
        nonlocal entered
        async with held_async(path):
            entered = True

    with held(path):
        waiting = asyncio.create_task(enter())
        await asyncio.sleep(0.05)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert not entered
    with held(path, limit=0.5):
        pass


async def test_a_limit_is_kept_without_blocking(tmp_path: Path) -> None:
    with held(tmp_path / "a.lock"), pytest.raises(LockError):
        async with held_async(tmp_path / "a.lock", limit=0.05):
            pass


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LockError, match="cannot be taken"), held(tmp_path / "file" / "a.lock"):
        pass


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_the_lock_is_its_owners_alone(tmp_path: Path) -> None:
    with held(tmp_path / "new" / "a.lock"):
        assert (tmp_path / "new").stat().st_mode & 0o077 == 0
        assert (tmp_path / "new" / "a.lock").stat().st_mode & 0o077 == 0
