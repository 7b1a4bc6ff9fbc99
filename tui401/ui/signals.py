"""Signals that would leave the terminal in disorder: held from before it is touched until it was given back."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, Final

_NAMES: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


class Signals:
    """Lets an app leave by a signal, whenever it comes: while the terminal is set up, while it runs, while it ends.

    A loop's own handlers would hold for the second of these only.

    Args:
        leave: Ends the app in order; it gets the signal's number.
    """

    def __init__(self, leave: Callable[[int], None]) -> None:
        self._leave = leave
        self._before: dict[int, Any] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._came = 0

    @property
    def held(self) -> bool:
        """Whether they are held now."""
        return bool(self._before)

    def hold(self) -> None:
        """Takes the signals; what is ignored, as under nohup, stays so."""
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is None or signal.getsignal(number) is signal.SIG_IGN:
                continue
            # Only a main thread may; a test's app can run in another.
            with suppress(ValueError):
                self._before[number] = signal.signal(number, self._take)

    def stands(self, loop: asyncio.AbstractEventLoop) -> None:
        """The app runs on this loop from now on; what came before is told to it."""
        self._loop = loop
        if self._came:
            self._leave(self._came)

    def let_go(self) -> None:
        """Gives the signals back to who had them."""
        while self._before:
            number, handler = self._before.popitem()
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        self._loop = None

    def _take(self, number: int, _frame: FrameType | None) -> None:
        self._came = self._came or number
        if self._loop is not None:
            # The loop may be at its end; then the app is leaving already.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._leave, number)
