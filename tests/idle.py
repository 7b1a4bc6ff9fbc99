"""Waiting for the wizard until its loop has nothing to run, in place of until the process is at rest.

Textual's own pilot sleeps a fiftieth of a second at least, twice for each key, and takes a process that was not given
the processor for one that has nothing to do. What the loop still has to run says both sooner and for sure.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch

_TICK: Final = 0.002  # seconds, for what comes from another thread or a timer that is due
_QUIET: Final = 3  # looks in a row that find nothing to run


async def wait_for_idle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Waits until the running loop has nothing to run, ``max_sleep`` seconds at most and ``min_sleep`` at least."""
    loop: Any = asyncio.get_running_loop()
    began = time.monotonic()
    quiet = 0
    while True:
        await asyncio.sleep(_TICK)
        quiet = 0 if loop._ready else quiet + 1
        passed = time.monotonic() - began
        if passed >= max_sleep or (quiet >= _QUIET and passed >= min_sleep):
            return


@contextmanager
def by_the_loop() -> Iterator[None]:
    """While it lasts, every pilot waits in this way."""
    with patch("textual.pilot.wait_for_idle", wait_for_idle), patch("textual.app.wait_for_idle", wait_for_idle):
        yield
