"""What a person strikes out of a report, stroke by stroke, each of which can be taken back. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Stroke(NamedTuple):
    """One stroke: a line by its key with all that it names, or a value alone (``line`` is "")."""

    line: str = ""
    values: tuple[str, ...] = ()


@dataclass(slots=True)
class Strokes:
    """All strokes of a case, in memory only.

    Attributes:
        kept: How many of them were struck out of the journal's copy, too, and cannot be taken back.
    """

    made: list[Stroke] = field(default_factory=list, repr=False)
    kept: int = 0

    @property
    def values(self) -> list[str]:
        """Every value that is struck out, in order, each once."""
        return list(dict.fromkeys(value for stroke in self.made for value in stroke.values))

    @property
    def lines(self) -> list[str]:
        """The keys of every line that is struck out."""
        return [stroke.line for stroke in self.made if stroke.line]

    @property
    def open(self) -> int:
        """How many strokes can still be taken back."""
        return len(self.made) - self.kept

    def turn(self, stroke: Stroke) -> bool:
        """Makes a stroke, or takes it back where it was made; False where it cannot be taken back any more."""
        at = self._at(stroke)
        if at is None:
            self.made.append(stroke)
        elif at >= self.kept:
            del self.made[at]
        else:
            return False
        return True

    def _at(self, stroke: Stroke) -> int | None:
        for at, made in enumerate(self.made):
            if (stroke.line and made.line == stroke.line) or (not stroke.line and made == stroke):
                return at
        return None

    def undo(self) -> bool:
        """Takes the last stroke back; False where there is none that can be."""
        if not self.open:
            return False
        self.made.pop()
        return True

    def keep(self) -> None:
        """Makes all strokes lasting."""
        self.kept = len(self.made)
