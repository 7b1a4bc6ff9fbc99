"""A lock across processes: one file, held by one tui401 at a time, given back by the system when its holder dies."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from filelock import BaseFileLock

LIMIT: Final = 10.0  # seconds to wait for another holder
_PAUSE: Final = 0.02  # seconds between two tries


class LockError(Exception):
    """The lock was not to be had; its text is a sentence for a person."""


@contextlib.contextmanager
def held(path: Path, limit: float = LIMIT) -> Iterator[None]:
    """Holds the lock while the block runs; two threads of one process exclude each other, too.

    Args:
        path: The lock's own file; its folder is made where there is none. The file stays.
        limit: Seconds to wait at most.

    Raises:
        LockError: when another holds it for longer, or the file cannot be made.
    """
    lock = _lock(path)
    until = time.monotonic() + limit
    while not _tried(lock, path):
        if time.monotonic() >= until:
            raise _busy(path, limit)
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        lock.release()


@contextlib.asynccontextmanager
async def held_async(path: Path, limit: float = LIMIT) -> AsyncIterator[None]:
    """The same without blocking the loop: waiting for it can be cancelled at any moment."""
    import asyncio  # noqa: PLC0415 - a list of cases reads a journal and waits for nothing

    lock = _lock(path)
    until = time.monotonic() + limit
    while not _tried(lock, path):
        if time.monotonic() >= until:
            raise _busy(path, limit)
        await asyncio.sleep(_PAUSE)
    try:
        yield
    finally:
        lock.release()


def _lock(path: Path) -> BaseFileLock:
    from filelock import FileLock  # noqa: PLC0415 - only where something is written

    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unusable(path, error) from error
    # The holder may be entered in one thread and left in another.
    return FileLock(path, mode=0o600, thread_local=False)


def _tried(lock: BaseFileLock, path: Path) -> bool:
    from filelock import Timeout  # noqa: PLC0415 - the same

    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    except (OSError, NotImplementedError) as error:
        raise _unusable(path, error) from error
    return True


def _busy(path: Path, limit: float) -> LockError:
    return LockError(
        f"Another tui401 has held {path} for more than {limit:g} seconds. Wait for it or end it, then try again."
    )


def _unusable(path: Path, error: Exception) -> LockError:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return LockError(f"The lock {path} cannot be taken: {reason}. Correct the permissions of its folder.")
