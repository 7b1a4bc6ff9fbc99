"""Blocking calls at the edge: run in a daemon thread that answers through a future, so that quitting never waits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_daemon(call: Callable[[], T], *, limit: float, name: str = "tui401-blocking") -> T:
    """What a blocking call gives back, awaited.

    An executor's threads hold up the interpreter's exit until they return; a daemon thread does not. Cancelling stops
    the waiting at once and leaves the thread to itself: whatever it brings then is dropped.

    Args:
        call: The call, without arguments.
        limit: Seconds to wait at most.
        name: The thread's name, for a debugger.

    Raises:
        TimeoutError: The limit has passed.
        Exception: Whatever the call raised.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def give(value: T) -> None:
        if not future.done():
            future.set_result(value)

    def fail(error: BaseException) -> None:
        if not future.done():
            future.set_exception(error)

    def run() -> None:
        try:
            value = call()
        except StopIteration as error:  # a future refuses to carry this one
            tell(fail, RuntimeError(f"the call ended with {error!r}"))
        except BaseException as error:  # noqa: BLE001 - the thread has nobody else to tell
            tell(fail, error)
        else:
            tell(give, value)

    def tell(how: Callable[..., None], what: object) -> None:
        try:
            loop.call_soon_threadsafe(how, what)
        except RuntimeError:  # the loop has closed meanwhile: nobody waits any more
            return

    threading.Thread(target=run, name=name, daemon=True).start()
    async with asyncio.timeout(limit):
        return await future
