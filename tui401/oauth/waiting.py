"""Waiting for somebody who signs in elsewhere: the grant runs beside them, and each may end the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from tui401.model.demands import Elsewhere

T = TypeVar("T")

Show = Callable[[Elsewhere], Awaitable[None]]
"""Shows a person where to sign in, and returns when they give up; it is cancelled when they are done."""


async def beside(show: Awaitable[None], work: Coroutine[Any, Any, T]) -> T | None:
    """What the work brings, or None when whoever watches gave up first. Both have ended when this returns.

    Args:
        show: Ends when the person gives up.
        work: What waits for them.
    """
    watching, working = asyncio.ensure_future(show), asyncio.ensure_future(work)
    try:
        await asyncio.wait({watching, working}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        watching.result()  # a fault of ours must not pass for somebody who gave up
        return None
    finally:
        for task in (watching, working):
            task.cancel()
        await asyncio.gather(watching, working, return_exceptions=True)
