"""JSON from strangers: decoded with bounds, and never an exception that a caller must know."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

MAX_DEPTH: Final = 48

_STRUCTURE: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What came of a text that may be JSON.

    Attributes:
        value: The value; None when there is a problem (and for a plain null).
        problem: "" or one of "not-json", "too-deep".
        repeated: Names that stood twice in one object, first come first.
        constants: Whether NaN or Infinity stood there, which JSON does not have.
    """

    value: Any = None
    problem: str = ""
    repeated: tuple[str, ...] = ()
    constants: bool = False


def decode(text: str) -> Decoded:
    """Decodes JSON (RFC 8259) no deeper than MAX_DEPTH; the caller bounds the length."""
    if text.count("{") + text.count("[") > MAX_DEPTH and _too_deep(text):
        return Decoded(problem="too-deep")
    repeated: list[str] = []
    constants: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            for name, _ in pairs:
                if name in seen:
                    repeated.append(name)
                seen.add(name)
        return found

    try:
        value = json.loads(text, object_pairs_hook=unique, parse_constant=constants.append)
    except (ValueError, RecursionError):  # ValueError also for integers of thousands of digits
        return Decoded(problem="not-json")
    return Decoded(value, "", tuple(dict.fromkeys(repeated)), bool(constants))


def _too_deep(text: str) -> bool:
    depth = 0
    for found in _STRUCTURE.finditer(text):
        sign = found.group()
        if sign in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif sign in "]}":
            depth -= 1
    return False
