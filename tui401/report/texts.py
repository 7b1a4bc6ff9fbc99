"""Times, lengths of time and short values as they stand in reports. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from tui401.model.cause import Cause
from tui401.model.facts import Facts
from tui401.wire.ids import identifiers

_SHORT: Final = 160
_MOST_ITEMS: Final = 20

CLOCK_OF: Final = {
    "ntp": "by network time",
    "api": "by the server's clock",
    "issuer": "by the issuer's clock",
    "local": "by this machine's clock",
    "recording": "at the time of the recording",
}


def utc(at: float) -> str:
    """A moment, seconds since the epoch: ``2026-11-23 12:07:31 UTC``."""
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return "a time that no calendar has"


def exact(at: float) -> str:
    """A moment to the millisecond, for a list that says by itself that it is UTC: ``2026-11-23 12:07:31.250``."""
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    except (OverflowError, ValueError, OSError):
        return "a time that no calendar has"


def clock_time(at: float) -> str:
    """The time of day of a moment, UTC: ``12:07:31``."""
    said = utc(at)
    return said[11:19] if said[:1].isdigit() else said


def date_of(value: str) -> float | None:
    """The moment of an HTTP date (RFC 9110, section 5.6.7); None for what is none."""
    try:
        return parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None


def spoken(seconds: float) -> str:
    """A length of time: ``0.4 s``, ``41 min``, ``6 min 58 s``, ``2 h 5 min``, ``3 days``."""
    length = abs(seconds)
    if length < 10:
        return f"{length:.1f}".removesuffix(".0") + " s"
    whole = round(length)
    if whole < 120:
        return f"{whole} s"
    if whole < 7_200:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest and minutes < 20 else f"{minutes} min"
    if whole < 172_800:
        hours, rest = divmod(whole // 60, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{whole // 86_400} days"


def short(text: str, limit: int = _SHORT) -> str:
    """The text, its middle left out where it is long, so that both ends can be compared."""
    if len(text) <= limit:
        return text
    half = (limit - 1) // 2
    return f"{text[:half]}…{text[len(text) - half :]}"


def listed(values: Iterable[str], most: int = _MOST_ITEMS) -> str:
    """Values with commas between; what exceeds ``most`` is counted."""
    every = list(values)
    rest = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + rest


def word(value: Any) -> str:
    """A claim that is one text or number, "" for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def claim(value: Any) -> str:
    """Any claim as one line."""
    if isinstance(value, list):
        return listed(claim(item) for item in value)
    if isinstance(value, dict):
        return listed(f"{name} {claim(item)}" for name, item in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)


def title(slug: str, causes: Mapping[str, Cause]) -> str:
    """A cause's sentence with its name behind it."""
    return f"{causes[slug].title} ({slug})" if slug in causes else slug


def sent_at(facts: Facts) -> float | None:
    """When the request that was judged went out, by this machine's clock; None where nothing tells."""
    if facts.answer is None or not facts.answer.hops:
        return None
    return facts.answer.hops[-1].started_at or None


def server_time(facts: Facts) -> str:
    """The moment of the answer by the server's own clock, "" where it does not tell."""
    value = next(iter(facts.response.values("date")), "") if facts.response is not None else ""
    moment = date_of(value) if value else None
    return utc(moment) if moment is not None else ""


def ids_of(facts: Facts) -> tuple[tuple[str, str], ...]:
    """The request and trace identifiers of the answer, name and value, the most telling first."""
    if facts.response is None:
        return ()
    return identifiers((header.name, header.value) for header in facts.response.headers)
