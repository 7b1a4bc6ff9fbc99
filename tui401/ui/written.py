"""A text as it is drawn while a hand writes it: signs, chips for secrets, rows, and where the hand is. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len

from tui401.model.names import chips
from tui401.ui.text import clean

_MOST_DOTS: Final = 24


class Unit(NamedTuple):
    """What the cursor steps over at once: a sign, a chip, a line's end.

    Attributes:
        shown: How it is drawn; "" for a line's end.
        start: Where it begins in the text; ``end`` is the offset behind it.
        secret: It stands for a secret.
    """

    shown: str
    start: int
    end: int
    secret: bool = False

    @property
    def is_end(self) -> bool:
        """Whether a new line begins behind it."""
        return not self.shown


def units(
    text: str, spans: Sequence[tuple[int, int, str]], hints: Mapping[str, str], *, revealed: bool = False
) -> tuple[Unit, ...]:
    """The text in units.

    Args:
        text: The text.
        spans: Where secrets stand in it, in order, with the mark of each.
        hints: Last characters of those that have a name.
        revealed: The person asked to see them.
    """
    made: list[Unit] = []
    at = 0
    for start, end, mark in () if revealed else spans:
        made += _signs(text, at, start)
        made.append(Unit(_chip(mark, end - start, hints), start, end, secret=True))
        at = end
    made += _signs(text, at, len(text))
    return tuple(made)


def _chip(mark: str, length: int, hints: Mapping[str, str]) -> str:
    """A named secret as its chip; one that is new here as dots, since each letter more would tell the last four."""
    drawn = chips(mark, dict(hints))
    return drawn if drawn != mark else f"‹{'●' * min(length, _MOST_DOTS)}›"


def _signs(text: str, start: int, end: int) -> list[Unit]:
    return [Unit("" if text[at] == "\n" else clean(text[at]), at, at + 1) for at in range(start, end)]


class Place(NamedTuple):
    """A row and the cell in it, from 0."""

    row: int
    cell: int


class Rows(NamedTuple):
    """Units in rows of a width.

    Attributes:
        rows: The units of each row, without line ends.
        starts: Where each row begins in the text.
    """

    rows: tuple[tuple[Unit, ...], ...]
    starts: tuple[int, ...]

    def place(self, at: int) -> Place:
        """Where an offset of the text is drawn."""
        row = max((n for n, start in enumerate(self.starts) if start <= at), default=0)
        return Place(row, sum(cell_len(unit.shown) for unit in self.rows[row] if unit.end <= at))

    def offset(self, place: Place) -> int:
        """The offset nearest to a place."""
        row = min(max(place.row, 0), len(self.rows) - 1)
        used, at = 0, self.starts[row]
        for unit in self.rows[row]:
            size = cell_len(unit.shown)
            if used + (size + 1) // 2 > place.cell:
                break
            used, at = used + size, unit.end
        return at


def rows(made: Sequence[Unit], width: int) -> Rows:
    """The units in rows of at most ``width`` cells; a unit that is wider than that is cut where it is drawn."""
    width = max(4, width)
    lines: list[list[Unit]] = [[]]
    starts = [0]
    used = 0
    for unit in made:
        size = cell_len(unit.shown)
        if unit.is_end:
            lines.append([])
            starts.append(unit.end)
            used = 0
            continue
        if used + size > width and lines[-1]:
            lines.append([])
            starts.append(unit.start)
            used = 0
        lines[-1].append(unit)
        used += size
    return Rows(tuple(tuple(line) for line in lines), tuple(starts))


def step(made: Sequence[Unit], at: int, by: int) -> int:
    """The offset one unit to the right or left; the same at either end."""
    if by > 0:
        return next((unit.end for unit in made if unit.end > at), at)
    return next((unit.start for unit in reversed(made) if unit.start < at), at)
