"""What pages are made of: plain blocks, without any notion of a terminal. A builder makes them, ``draw`` draws them.

They are named tuples, which are made in a seventh of the time that dataclasses take: the first frame waits for it. So
two blocks of different kinds may compare equal; ``same`` tells them apart.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui401.model.verdict import Status


class Tone(StrEnum):
    """How a text is meant."""

    PLAIN = "plain"
    QUIET = "quiet"
    STRONG = "strong"
    GOOD = "good"
    BAD = "bad"
    WARN = "warn"
    ACCENT = "accent"


# By the values of ``Status``, whose module no first frame needs.
GLYPHS = {
    "passed": "✓",
    "failed": "✗",
    "unknown": "?",
    "skipped": "–",
    "running": "⋯",
}
"""A glyph for each state; it never stands without its word nearby."""

WORDS = {
    "passed": "passed",
    "failed": "failed",
    "unknown": "unknown",
    "skipped": "not applicable",
    "running": "running",
}

TONES = {
    "passed": Tone.GOOD,
    "failed": Tone.BAD,
    "unknown": Tone.WARN,
    "skipped": Tone.QUIET,
    "running": Tone.ACCENT,
}


class Title(NamedTuple):
    """The heading of a page, with a word at its right edge."""

    text: str
    aside: str = ""
    tone: Tone = Tone.STRONG
    aside_tone: Tone = Tone.QUIET


class Lead(NamedTuple):
    """A word that says how sure, and the sentence that it is said of."""

    word: str
    text: str
    tone: Tone


class Head(NamedTuple):
    """The heading of a section."""

    text: str


class Para(NamedTuple):
    """A paragraph; it wraps. ``indent`` in characters; the first line may have a mark in the indent."""

    text: str
    tone: Tone = Tone.PLAIN
    indent: int = 3
    mark: str = ""


class Check(NamedTuple):
    """One thing that was looked at: its state, its name, what was found."""

    state: Status
    name: str
    says: str = ""


class Row(NamedTuple):
    """A name, its value, and something in the margin."""

    name: str
    value: str
    aside: str = ""
    tone: Tone = Tone.PLAIN


class Compare(NamedTuple):
    """Two values one above the other, the difference marked under them.

    Attributes:
        first: Name and value of what the request has; ``second`` of what is expected.
        by: Who expects it.
    """

    first: tuple[str, str]
    second: tuple[str, str]
    by: str = ""


class Marked(NamedTuple):
    """A text with one place in it marked from below, and what is wrong there."""

    text: str
    at: int
    length: int
    says: str


class Change(NamedTuple):
    """A line as it is or as it will be: ``-`` or ``+``, or " " for one that stays."""

    sign: str
    text: str


class Command(NamedTuple):
    """A line to copy into a shell."""

    text: str


class Gap(NamedTuple):
    """An empty line."""


Block = Title | Lead | Head | Para | Check | Row | Compare | Marked | Change | Command | Gap


def same(first: tuple[Block, ...], second: tuple[Block, ...]) -> bool:
    """Whether two pages are made of the same blocks, kind by kind."""
    return first == second and all(type(a) is type(b) for a, b in zip(first, second, strict=True))
