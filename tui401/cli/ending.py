"""Signals that end a command: it unwinds, so that an echo that was switched off for a password comes back."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType
from typing import Any, Final, NoReturn

_NAMES: Final = ("SIGTERM", "SIGHUP", "SIGQUIT")


@contextlib.contextmanager
def unwinding() -> Iterator[None]:
    """While it holds, these signals raise ``SystemExit`` with 128 and their number, as a shell counts it."""
    before: dict[int, Any] = {}
    for name in _NAMES:
        number = getattr(signal, name, None)
        # What is ignored, as under nohup, stays so; and whoever uses us as a library keeps what is their own.
        if number is None or signal.getsignal(number) is not signal.SIG_DFL:
            continue
        with contextlib.suppress(ValueError):  # only a main thread may
            before[number] = signal.signal(number, _unwind)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _unwind(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
