"""JSON from strangers: decoded with bounds, and never an exception that a caller must know."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

MAX_DEPTH: Final = 48

_STRUCTURE: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_HALF: Final = re.compile("[\ud800-\udfff]")
_SPELLED_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")


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
    """Decodes JSON (RFC 8259) no deeper than MAX_DEPTH; the caller bounds the length.

    Half a surrogate pair, which JSON can spell and no encoding can hold (section 8.2), becomes U+FFFD.
    """
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
    if _SPELLED_HALF.search(text) or _HALF.search(text):
        value, repeated = _without_halves(value), [without_halves(name) for name in repeated]
    return Decoded(value, "", tuple(dict.fromkeys(repeated)), bool(constants))


def without_halves(text: str) -> str:
    """The text with U+FFFD in place of every half of a surrogate pair, which nothing could encode."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def _without_halves(value: Any) -> Any:
    if isinstance(value, str):
        return without_halves(value)
    if isinstance(value, list):
        return [_without_halves(item) for item in value]
    if isinstance(value, dict):
        return {without_halves(name): _without_halves(item) for name, item in value.items()}
    return value


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


_LOOSE: Final = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*+"?|'(?:[^'\\]|\\.)*+'?)|(?P<sign>[\[\]{}:,])|(?P<word>[^\s"'\[\]{}:,]++)""",
    re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_NOTHING: Final = frozenset({"null", "None", "nil", "undefined"})


def loose_texts(text: str) -> Iterator[tuple[str, str]]:
    """Path and text of every leaf of what is nearly JSON: cut off, or an object as Python or JavaScript prints it.

    Keys may lack quotes and strings may have single ones. Nothing is raised, whatever stands there.
    """
    path: list[str | int] = []  # a name in an object, an index in a list
    key: str | None = None  # a string or word that a colon may still make a key
    hidden = 0  # levels deeper than MAX_DEPTH
    for found in _LOOSE.finditer(text):
        sign = found["sign"]
        if sign is None:
            if key is not None and not hidden:  # two strings in a row: the first was no key
                yield loose_path(path), key
            key = _unescaped(found["string"]) if found["string"] else found["word"]
            if found["word"] in _NOTHING:
                key = None
            continue
        if sign == ":":
            if path and isinstance(path[-1], str):
                path[-1] = (key or "")[:80]
            key = None
            continue
        if key is not None and not hidden:
            yield loose_path(path), key
        key = None
        if sign in "[{":
            if hidden or len(path) >= MAX_DEPTH:
                hidden += 1
            else:
                path.append(0 if sign == "[" else "")
        elif sign in "]}":
            if hidden:
                hidden -= 1
            elif path:
                path.pop()
        elif path and not hidden:  # a comma
            last = path[-1]
            path[-1] = last + 1 if isinstance(last, int) else ""
    if key is not None and not hidden:
        yield loose_path(path), key


def loose_path(path: list[str | int]) -> str:
    """Names with dots and indices in brackets: "error.details[0].reason"."""
    out = ""
    for step in path:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else step
    return out


def _unescaped(quoted: str) -> str:
    inner = quoted[1:-1] if len(quoted) > 1 and quoted[-1] == quoted[0] else quoted[1:]
    if "\\" not in inner:
        return inner
    found = _ESCAPE.sub(
        lambda m: chr(int(m.group(1), 16)) if m.group(1) else _ESCAPES.get(m.group(2), m.group(2)), inner
    )
    return found if found.isascii() else found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
