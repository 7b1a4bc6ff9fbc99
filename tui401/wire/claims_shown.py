"""Claims and headers of tokens as they may be seen: bounded, encodable, without secrets."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Final

from tui401.wire.secretnames import Weight, weigh
from tui401.wire.shapes import SURE, is_refusal

HIDDEN: Final = "‹hidden›"

_DEEPEST: Final = 8
_MOST: Final = 200  # entries of one object or list
_MOST_ALTOGETHER: Final = 2_000
_LONGEST_NAME: Final = 200
_LONGEST: Final = 1_000
_LONGEST_LIST: Final = 16_000  # no header of usual servers carries more
_LISTS: Final = frozenset({"scope", "scp", "scopes"})
"""Claims that are lists in one text (RFC 8693, section 4.2): cut short, they would lack scopes that the token has."""
_LARGEST: Final = 2**63 - 1
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_MOST_BITS: Final = 1_024

Cover = Callable[[str], str]


def clean(text: str, limit: int) -> str:
    """A text of at most so many characters that can be encoded."""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def shown(claims: dict[str, Any], cover: Cover | None = None) -> dict[str, Any]:
    """Claims, bounded and encodable; nested tokens, nonces and what is named like a secret are hidden.

    Args:
        claims: As decoded; anything that JSON can hold.
        cover: Hides the known secrets of a case in a text.

    Returns:
        Objects of at most 200 entries, 8 deep; integers that JSON readers would round stand as text.
    """
    left = [_MOST_ALTOGETHER]
    result = _shown("", claims, 0, left, cover)
    return result if isinstance(result, dict) else {}


def _shown(name: str, value: Any, depth: int, left: list[int], cover: Cover | None) -> Any:
    left[0] -= 1
    if left[0] < 0:
        return "…"
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return _text(name, value, cover)
    if isinstance(value, int):
        return HIDDEN if weigh(name) is Weight.ALWAYS else _integer(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if depth >= _DEEPEST:
        return "…"
    if isinstance(value, dict):
        found: dict[str, Any] = {}
        for key, item in list(value.items())[:_MOST]:
            key_text = _text("", str(key), cover)[:_LONGEST_NAME]
            inner = name if weigh(str(key)) is Weight.PLAIN and weigh(name) is Weight.ALWAYS else str(key)
            found[key_text] = _shown(inner, item, depth + 1, left, cover)
        return found
    if isinstance(value, list | tuple):
        return [_shown(name, item, depth + 1, left, cover) for item in value[:_MOST]]
    return "…"


def _text(name: str, value: str, cover: Cover | None) -> str:
    weight = weigh(name) if name else Weight.PLAIN
    if weight is Weight.ALWAYS or (weight is Weight.TOKEN and not is_refusal(value)):
        return HIDDEN
    longest = _LONGEST_LIST if name in _LISTS else _LONGEST
    value = clean(value[: 4 * longest], 4 * longest)
    value = SURE.sub(HIDDEN, value)
    return clean(cover(value) if cover else value, longest)


def _integer(value: int) -> int | str:
    if abs(value) <= _LARGEST:
        return value
    return clean(str(value), _LONGEST) if value.bit_length() <= _MOST_BITS else f"a number of {value.bit_length()} bits"
