"""Blocking calls in daemon threads: they answer, they fail, and they never hold up anything."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from tui401.threads import in_daemon


async def test_a_call_answers_and_its_error_is_raised() -> None:
    assert await in_daemon(lambda: threading.current_thread().daemon, limit=5) is True

    def fails() -> None:
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"):
        await in_daemon(fails, limit=5)

    def stops() -> None:
        raise StopIteration

    with pytest.raises(RuntimeError):
        await in_daemon(stops, limit=5)


async def test_a_call_that_hangs_ends_at_its_limit_or_when_nobody_waits_any_more() -> None:
    release = threading.Event()
    with pytest.raises(TimeoutError):
        await in_daemon(release.wait, limit=0.05)
    task = asyncio.create_task(in_daemon(release.wait, limit=60))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()


def test_a_call_that_hangs_does_not_hold_up_the_exit() -> None:
    code = """
import asyncio, threading
from tui401.threads import in_daemon
async def main():
    try:
        await in_daemon(threading.Event().wait, limit=0.05)
    except TimeoutError:
        print("ended")
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    assert (done.stdout, done.stderr) == ("ended\n", "")


def test_what_a_screen_needs_of_this_room_loads_no_http_library() -> None:
    code = """
import sys
import tui401.probes.specs, tui401.probes.send, tui401.probes.experiments, tui401.probes.gather
import tui401.oauth.client_credentials, tui401.oauth.refresh
print([m for m in ("httpx", "httpcore", "anyio", "jwt", "ntplib", "truststore", "cryptography") if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout == "[]\n"
