"""Lifetimes that make no sense whatever the clock says: sentences, for the page of the token. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tui401.causes.reading import spoken
from tui401.wire.claims import numeric_date

_SHORT: Final = 60.0
"""Seconds. An access token that lives shorter may end on its way: clocks differ by more, and so do queues."""

_LONG: Final = 366 * 86_400.0
"""Seconds. An access token that outlives a year is a password, and some servers refuse it for its age."""

_LONG_AGO: Final = 946_684_800.0  # the year 2000: dates before it are counters or zeros, not times


def senseless(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """What is wrong with the times of a token by themselves (RFC 7519, sections 4.1.4 to 4.1.6).

    Args:
        claims: The token's claims; dates of any type that ``numeric_date`` reads.

    Returns:
        Sentences without a capital or a full stop, () where nothing is odd.
    """
    found: list[str] = []
    end, begin, issued = (numeric_date(claims.get(name)) for name in ("exp", "nbf", "iat"))
    ancient = [name for name, at in (("exp", end), ("nbf", begin), ("iat", issued)) if _is_ancient(name, at)]
    found += [f"its {name} lies before the year 2000, so it is hardly a time" for name in ancient]
    if end is not None and issued is not None and "iat" not in ancient and "exp" not in ancient:
        found += _life(end - issued)
    if end is not None and begin is not None and begin >= end:
        found.append(f"its nbf lies {spoken(begin - end)} behind its exp: there is no moment at which it counts")
    if begin is not None and issued is not None and begin - issued > _LONG:
        found.append(f"its nbf lies {spoken(begin - issued)} behind its iat")
    return tuple(found)


def _is_ancient(name: str, at: float | None) -> bool:
    # An nbf of zero is how some issuers say "from ever".
    return at is not None and at < _LONG_AGO and not (name == "nbf" and at == 0)


def _life(seconds: float) -> list[str]:
    if seconds < 0:
        return [f"its exp lies {spoken(seconds)} before its iat: it had ended before it was issued"]
    if seconds == 0:
        return ["its exp equals its iat: it lives for no time at all"]
    if seconds < _SHORT:
        return [f"it lives for {spoken(seconds)} only: it may end on its way to the server"]
    if seconds > _LONG:
        return [f"it lives for {spoken(seconds)}, and some servers refuse tokens of such an age"]
    return []
