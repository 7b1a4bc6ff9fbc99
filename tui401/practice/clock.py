"""Clocks that may be wrong on purpose."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import formatdate


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that runs a fixed number of seconds ahead of this machine's (negative: behind).

    Attributes:
        offset: Seconds added to this machine's time.
    """

    offset: float = 0.0

    def now(self) -> float:
        """Seconds since 1970 by this clock."""
        return time.time() + self.offset

    def date(self) -> str:
        """The time as an IMF-fixdate for a Date header (RFC 9110, section 5.6.7)."""
        return formatdate(self.now(), usegmt=True)

    def spoken(self, instant: float) -> str:
        """An instant in UTC as servers write it in their messages; tolerates any number."""
        try:
            return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(instant))
        except (OverflowError, ValueError, OSError):
            return "an impossible time"
