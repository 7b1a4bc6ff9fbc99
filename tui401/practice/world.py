"""The two ways to start a practice world: inside an event loop, and in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from tui401.practice.faults import named
from tui401.practice.limits import Limits

if TYPE_CHECKING:
    from tui401.practice.running import World

_START, _STOP = 15.0, 6.0  # seconds


class PracticeError(RuntimeError):
    """The practice world could not be started; the text is a sentence for a person."""


class Practice:
    """An authorization server, a protected API and a time server on loopback, with one fault or none.

    ``async with Practice("token-expired") as world`` serves until the block ends.

    Args:
        fault: The name of a cause, or None for a world in which the command succeeds.
        terse: Every refusal of the API is a bare 401 in the same words.
        alg: ES256, or RS256, which takes a little longer to start.
        ntp: Whether a time server runs as well.
        limits: Bounds of both servers.

    Raises:
        ValueError: A sentence with the nearest names when there is no such fault.
    """

    def __init__(
        self,
        fault: str | None = None,
        *,
        terse: bool = False,
        alg: Literal["ES256", "RS256"] = "ES256",
        ntp: bool = True,
        limits: Limits | None = None,
    ) -> None:
        self._fault = named(fault) if fault is not None else None
        self._terse, self._alg, self._ntp, self._limits = terse, alg, ntp, limits or Limits()
        self._world: World | None = None

    async def __aenter__(self) -> World:
        """Start serving.

        Raises:
            PracticeError: When no loopback socket can be opened.
        """
        from tui401.practice.running import World  # noqa: PLC0415  # cryptography and h11 are loaded at start only

        world = World(self._fault, terse=self._terse, alg=self._alg, ntp=self._ntp, limits=self._limits)
        try:
            await world.start()
        except OSError as error:
            raise PracticeError(
                f"The practice world could not open a port on 127.0.0.1 ({error.strerror or error}); "
                "allow loopback sockets or free some, then start it again."
            ) from error
        self._world = world
        return world

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._world is not None:
            world, self._world = self._world, None
            await world.stop()


class PracticeThread:
    """The same world in a daemon thread with a loop of its own, for callers that have another loop or none.

    ``start()`` and ``stop()`` are bounded; used as a context manager it gives the running world.

    Args:
        fault: As for Practice, and so are the others.
        terse: The same.
        alg: The same.
        ntp: The same.
        limits: The same.

    Raises:
        ValueError: As Practice.
    """

    def __init__(
        self,
        fault: str | None = None,
        *,
        terse: bool = False,
        alg: Literal["ES256", "RS256"] = "ES256",
        ntp: bool = True,
        limits: Limits | None = None,
    ) -> None:
        self._practice = Practice(fault, terse=terse, alg=alg, ntp=ntp, limits=limits)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._ready = threading.Event()
        self._world: World | None = None
        self._error: BaseException | None = None

    def start(self) -> World:
        """Start serving and give the world; a second call gives the same world.

        Raises:
            PracticeError: When it could not be started in time, or no loopback socket can be opened.
        """
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="practice", daemon=True)
            self._thread.start()
        if not self._ready.wait(_START):
            raise PracticeError(f"The practice world did not start within {_START:.0f} seconds; start it again.")
        if self._error is not None:
            raise self._error
        if self._world is None:
            raise PracticeError("The practice world was stopped; make a new one.")
        return self._world

    def stop(self) -> None:
        """Stop serving within some seconds; may be called twice, and before start()."""
        loop, end, thread = self._loop, self._end, self._thread
        if thread is None:
            return
        if loop is not None and end is not None and not loop.is_closed():
            with contextlib.suppress(RuntimeError):  # the loop closed between the question and the call
                loop.call_soon_threadsafe(end.set)
        thread.join(_STOP)
        self._world = None

    def __enter__(self) -> World:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001  # whatever it was, start() raises it where somebody sees it
            self._error = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        async with self._practice as world:
            self._world = world
            self._ready.set()
            await self._end.wait()
