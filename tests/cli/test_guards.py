"""Nothing that the environment or a fault of ours can do prints what a person typed."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui401.cli import guards

CANARY = "canary-4f9d2a7c81be5f3a"
START = "from tui401.cli.guards import protect; protect()\n"


def run(script: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START + script],
        capture_output=True,
        text=True,
        env={**os.environ, **env},
        timeout=60,
        check=False,
    )


def test_no_debug_switch_of_the_environment_writes_what_is_typed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = f"""
import asyncio
from textual import events
from textual.app import App

async def paste():
    app = App()
    async with app.run_test() as pilot:
        app.post_message(events.Paste("{CANARY}"))
        await pilot.pause()

asyncio.run(paste())
print("debug" if asyncio.new_event_loop().get_debug() else "quiet")
"""
    ran = run(script, TEXTUAL_LOG=str(log), TEXTUAL_DEBUG="1", TEXTUAL="debug,devtools", PYTHONASYNCIODEBUG="1")
    assert "quiet" in ran.stdout, ran.stderr
    assert CANARY not in ran.stdout + ran.stderr
    assert not log.exists()


@pytest.mark.parametrize(
    "fault",
    [
        "raise ValueError(secret)",
        "import threading\ndef f(): raise ValueError(secret)\nt = threading.Thread(target=f); t.start(); t.join()",
        "class Fails:\n    def __del__(self): raise ValueError(secret)\nFails()",
        """
import asyncio, gc
async def fail(): raise ValueError(secret)
async def main():
    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    gc.collect()
asyncio.run(main())""",
    ],
)
def test_no_fault_prints_the_value_that_it_tripped_over(fault: str) -> None:
    ran = run(f"import os\nsecret = os.environ['CANARY']\n{fault}\n", CANARY=CANARY)
    assert CANARY not in ran.stdout + ran.stderr


@pytest.mark.skipif(os.name != "posix", reason="core dumps are POSIX")
def test_core_dumps_are_off() -> None:
    ran = run("import resource\nprint(resource.getrlimit(resource.RLIMIT_CORE))")
    assert ran.stdout.strip() == "(0, 0)"


def test_the_collector_does_not_walk_what_ends_with_the_process() -> None:
    script = """
import atexit, gc
from tui401.cli.guards import part_quickly
atexit.register(lambda: print(gc.isenabled(), gc.get_freeze_count() > 0))  # called after what is registered later
part_quickly()
"""
    assert run(script).stdout == "False True\n"


def test_long_work_spares_the_collector_what_is_loaded_and_gives_it_back() -> None:
    before, frozen, enabled = gc.get_threshold(), gc.get_freeze_count(), gc.isenabled()
    with guards.settled():
        assert gc.get_threshold()[0] > before[0]
        assert gc.get_freeze_count() > frozen
        assert gc.isenabled() == enabled
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
