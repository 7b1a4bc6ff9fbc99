"""The wizard without a terminal: its screen as lines, and waiting for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from textual.app import App
from textual.pilot import Pilot

_LIMIT: Final = 20.0  # seconds


def lines_of(app: App[None]) -> list[str]:
    """What stands on the screen, a line each."""
    strips = app.screen._compositor.render_strips(app.screen.size)
    return ["".join(segment.text for segment in strip) for strip in strips]


async def settle(pilot: Pilot[None]) -> None:
    """Waits until what was posted is handled."""
    for _ in range(3):
        workers = [w for w in pilot.app.workers if w.group not in ("recovery", "start") and not w.is_finished]
        if workers:
            await pilot.app.workers.wait_for_complete(workers)
        await pilot.pause()


async def until(pilot: Pilot[None], true: Callable[[], bool]) -> None:
    """Handles messages until something holds; fails with what stands on the screen when it never does."""
    ends = time.monotonic() + _LIMIT
    while not true():
        assert time.monotonic() < ends, "\n".join(lines_of(pilot.app))
        await pilot.pause(0.01)
    await settle(pilot)
