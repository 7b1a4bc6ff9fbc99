"""Lengths of time, written as exactly as anything that is concluded or said from them needs, and no more. Pure."""

from __future__ import annotations

from typing import Final

NEAR: Final = 5.0  # seconds: so near, half a second can decide
_CLOSE: Final = 1_000.0  # seconds: longer than any leeway and than the life of a signature
_FAR: Final = (3_600, 86_400, 2_592_000, 31_536_000)  # an hour, a day, a month, a year


def side(seconds: float) -> str:
    """On which side of every leeway a distance lies: a whole number of five seconds, with or without our own two."""
    sign, length = "-" if seconds < 0 else "+", abs(seconds)
    if length < _CLOSE:
        return f"{sign}{length // 5:.0f}{length % 5 >= 2:d}{'!' if length.is_integer() else ''}"
    return f"{sign}far{sum(length >= limit for limit in _FAR)}"


def distance(seconds: float) -> str:
    """A length of time as exactly as a verdict or its sentences can tell it."""
    if abs(seconds) < _CLOSE:
        return f"{seconds * 2 // 1:.0f}h"
    whole = int(abs(seconds) + 0.5)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{whole // 60}m" if whole < 172_800 else f"{sign}{whole // 86_400}d"
