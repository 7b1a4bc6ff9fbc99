"""On which line each table and key of a TOML document stands; ``tomllib`` reads the values and keeps no lines."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*+)*+")
_PART: Final = re.compile(r"""[ \t]*+([A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+""")
_VALUE: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}'
    r"|'''(?:[^']|'(?!''))*+'{3,5}"
    r"""|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'|\#[^\n]*+|(?P<open>[\[{])|(?P<close>[\]}])|(?P<end>\n)|[^"'\#\[\]{}\n]++""",
    re.DOTALL,
)


def lines_of(text: str) -> dict[tuple[str, ...], int]:
    """The line, from 1, on which each table and key begins.

    Args:
        text: A document that ``tomllib`` has read; of any other the lines up to the first fault are given.

    Returns:
        Lines by whole path, ``("profile", "prod", "issuer")``. Keys within inline tables are not listed.
    """
    ends = [found.start() for found in re.finditer("\n", text)]
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    at = 0
    while at < len(text):
        blank = _BLANK.match(text, at)
        at = blank.end() if blank is not None else at
        line = bisect_right(ends, at - 1) + 1
        head = re.compile(r"\[{1,2}").match(text, at)
        path, at = _path(text, head.end() if head is not None else at)
        if not path:
            return found
        whole = path if head is not None else (*table, *path)
        for length in range(1, len(whole) + 1):
            found.setdefault(whole[:length], line)
        if head is not None:
            found[whole] = min(found[whole], line)
            table = path
        at = _behind(text, at)
    return found


def line_of(lines: Mapping[tuple[str, ...], int], path: Sequence[str]) -> int:
    """The line of a key, or of the nearest table or key around it; 1 where none is known."""
    for length in range(len(path), 0, -1):
        line = lines.get(tuple(path[:length]))
        if line is not None:
            return line
    return 1


def _path(text: str, at: int) -> tuple[tuple[str, ...], int]:
    parts: list[str] = []
    while (part := _PART.match(text, at)) is not None:
        parts.append(_name(part[1]))
        at = part.end()
        if not text.startswith(".", at):
            break
        at += 1
    return tuple(parts), at


def _name(part: str) -> str:
    if part[0] not in "\"'":
        return part
    try:
        return str(tomllib.loads(f"name = {part}")["name"])
    except tomllib.TOMLDecodeError:
        return part[1:-1]


def _behind(text: str, at: int) -> int:
    """Where the next statement begins: behind the value, however many lines it has."""
    depth = 0
    while (token := _VALUE.match(text, at)) is not None:
        at = token.end()
        if token["open"]:
            depth += 1
        elif token["close"]:
            depth = max(0, depth - 1)
        elif token["end"] and not depth:
            return at
    return len(text) if at >= len(text) else at + 1
