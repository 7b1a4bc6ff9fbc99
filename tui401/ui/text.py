"""Text on its way to a widget: made visible, chips in place of secrets, long values folded where they agree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from rich.cells import cell_len, set_cell_size

from tui401.model.names import chips
from tui401.model.secret import MASK
from tui401.wire.visible import visible

ELLIPSIS: Final = "…"
_LONGEST: Final = 4_000  # characters of one value that a screen ever shows
_LONGEST_PAGE: Final = 200_000
_CUTS: Final = "/?&=,;:-._"
_NAMES_HOLD: Final = frozenset(":/._=@")  # what a first word holds that is an address or an identifier


def clean(text: str, hints: Mapping[str, str] | None = None) -> str:
    """The one way by which text from outside reaches a widget (safety.md): visible, bounded, secrets as chips."""
    return visible(chips(text, dict(hints or {})), _LONGEST)


def clean_lines(text: str, hints: Mapping[str, str] | None = None) -> str:
    """The same for a text of several lines, such as a report."""
    return visible(chips(text, dict(hints or {})), _LONGEST_PAGE, lines=True)


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most ``width`` cells, broken at spaces, and inside a word only when it is too long."""
    width = max(1, width)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for part in paragraph.replace(f"‹{MASK} ", f"‹{MASK}\0").split(" "):
            word = part.replace("\0", " ")  # a chip is one word
            grown = f"{line} {word}" if line else word
            if cell_len(grown) <= width:
                line = grown
                continue
            if line:
                lines.append(line)
            *whole, line = _cut(word, width)
            lines.extend(whole)
        lines.append(line)
    return lines


def _cut(word: str, width: int) -> list[str]:
    """A word that is too long in pieces, cut behind a sign such as a slash where one is in the right half."""
    pieces: list[str] = []
    while cell_len(word) > width:
        piece = chop(word, width)[0]
        at = max(piece.rfind(sign) for sign in _CUTS) + 1
        piece = piece[:at] if at > len(piece) // 2 else piece
        pieces.append(piece)
        word = word[len(piece) :]
    return [*pieces, word]


def chop(text: str, width: int) -> list[str]:
    """The text in pieces of at most ``width`` cells; one empty piece for an empty text."""
    pieces = [""]
    used = 0
    for char in text:
        size = cell_len(char)
        if used + size > width and pieces[-1]:
            pieces.append("")
            used = 0
        pieces[-1] += char
        used += size
    return pieces


def fold(text: str, width: int) -> str:
    """The text in at most ``width`` cells, its middle left out where it is longer: both ends tell most."""
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS[:width]
    tail = (width - 1) // 2
    return _head(text, width - 1 - tail) + ELLIPSIS + _tail(text, tail)


def _head(text: str, width: int) -> str:
    return set_cell_size(text, width).rstrip() if cell_len(text) > width else text


def _tail(text: str, width: int) -> str:
    taken = ""
    for char in reversed(text):
        if cell_len(char + taken) > width:
            break
        taken = char + taken
    return taken


def compared(first: str, second: str, width: int) -> tuple[str, str, str]:
    """Two values so that their difference shows within ``width`` cells, and the marks under what differs.

    The common beginning and end are folded as far as needed; what differs stays, folded itself only when it alone
    is too long.
    """
    start = _common(first, second)
    end = _common(first[start:][::-1], second[start:][::-1])
    middles = first[start : len(first) - end], second[start : len(second) - end]
    before, after = first[:start], first[len(first) - end :]
    widest = max(cell_len(middle) for middle in middles)
    room = width - widest
    if room < cell_len(before) + cell_len(after):
        room = max(room, min(12, width // 2))
        tail = min(cell_len(after), room // 3 if cell_len(before) > room // 3 else room - cell_len(before))
        after = _last(after, max(0, tail))
        before = _last(before, max(0, room - cell_len(after)))
        middles = fold(middles[0], width - room), fold(middles[1], width - room)
        widest = max(cell_len(middle) for middle in middles)
    marks = " " * cell_len(before) + "^" * max(1, widest)
    return before + middles[0] + after, before + middles[1] + after, marks


def _last(text: str, width: int) -> str:
    """The end of a text, with a sign for what was left out before it."""
    if cell_len(text) <= width:
        return text
    return ELLIPSIS + _tail(text, width - 1) if width > 0 else ""


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    count = 0
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        count += 1
    return count


def sentence(text: str) -> str:
    """The text with a capital at its beginning; an address or an identifier there stays as it is."""
    first = text.split(" ", 1)[0].rstrip(".,:;")
    return text if _NAMES_HOLD & set(first) else text[:1].upper() + text[1:]


def span(seconds: float) -> str:
    """A length of time for a person: ``0.3 s``, ``41 s``, ``6 min 58 s``, ``3 h 20 min``, ``12 days``."""
    seconds = abs(seconds)
    if seconds < 10 and seconds != int(seconds):
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest and minutes < 20 else f"{minutes} min"
    if whole < 48 * 3_600:
        hours, rest = divmod(whole // 60, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{whole // 86_400} days"


def countdown(seconds: float) -> str:
    """Time left as it stands in a narrow place: ``41:07``, ``3:20 h``, ``12 days``."""
    whole = math.floor(seconds)
    if whole < 3_600:
        return f"{whole // 60}:{whole % 60:02d}"
    if whole < 48 * 3_600:
        return f"{whole // 3_600}:{whole % 3_600 // 60:02d} h"
    return f"{whole // 86_400} days"


def ordinal(number: int) -> str:
    """The number as an ordinal: ``1st``, ``2nd``, ``3rd``, ``4th``."""
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
