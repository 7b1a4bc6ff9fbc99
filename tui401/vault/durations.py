"""Times as people write them: ``90s``, ``15m``, ``1h``, ``90d``."""

from __future__ import annotations

import re
from typing import Final

_UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
_WRITTEN: Final = re.compile(r"([0-9]{1,9})([smhdw]?)")


def seconds_of(text: str) -> float:
    """The seconds that a text names; a number without a unit is seconds.

    Raises:
        ValueError: with a sentence, for anything else.
    """
    found = _WRITTEN.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError("A time is a number with s, m, h, d or w behind it: 90s, 15m, 1h, 90d.")
    return int(found[1]) * _UNITS[found[2] or "s"]


def written(seconds: float) -> str:
    """The same the other way: the largest unit that it is a whole number of."""
    whole = round(seconds)
    for unit in ("d", "h", "m"):
        size = int(_UNITS[unit])
        if whole and whole % size == 0:
            return f"{whole // size}{unit}"
    return f"{whole}s"
