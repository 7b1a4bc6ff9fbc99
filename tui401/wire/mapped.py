"""A text in another spelling that remembers where each of its characters stood in the original."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

Spell = Callable[[re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A text and, for each of its characters, where it began and ended in the original."""

    text: str = field(repr=False)
    begins: list[int] = field(repr=False)
    ends: list[int] = field(repr=False)

    @classmethod
    def of(cls, text: str) -> Mapped:
        """The original itself, each character outside ASCII as the bytes of its UTF-8."""
        if text.isascii():
            return cls(text, list(range(len(text))), list(range(1, len(text) + 1)))
        pieces: list[str] = []
        begins: list[int] = []
        for index, sign in enumerate(text):
            piece = as_bytes(sign)
            pieces.append(piece)
            begins += [index] * len(piece)
        return cls("".join(pieces), begins, [index + 1 for index in begins])

    def sub(self, pattern: re.Pattern[str], spell: Spell) -> Mapped:
        """Each match spelled otherwise; what takes its place stands where all of the match stood."""
        pieces: list[str] = []
        begins: list[int] = []
        ends: list[int] = []
        at = 0
        for found in pattern.finditer(self.text):
            start, end = found.span()
            if start == end:
                continue
            new = spell(found)
            pieces += (self.text[at:start], new)
            begins += self.begins[at:start]
            begins += [self.begins[start]] * len(new)
            ends += self.ends[at:start]
            ends += [self.ends[end - 1]] * len(new)
            at = end
        return Mapped("".join((*pieces, self.text[at:])), begins + self.begins[at:], ends + self.ends[at:])

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the characters from start up to end stood in the original."""
        return self.begins[start], self.ends[end - 1]


def as_bytes(text: str) -> str:
    """A text as one character a byte of its UTF-8."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")
