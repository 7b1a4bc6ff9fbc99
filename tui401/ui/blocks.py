"""What pages are made of: plain blocks, without any notion of a terminal. A builder makes them, ``draw`` draws them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

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


@dataclass(frozen=True, slots=True)
class Title:
    """The heading of a page, with a word at its right edge."""

    text: str
    aside: str = ""
    tone: Tone = Tone.STRONG
    aside_tone: Tone = Tone.QUIET


@dataclass(frozen=True, slots=True)
class Lead:
    """A word that says how sure, and the sentence that it is said of."""

    word: str
    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph; it wraps. ``indent`` in characters; the first line may have a mark in the indent."""

    text: str
    tone: Tone = Tone.PLAIN
    indent: int = 3
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: its state, its name, what was found."""

    state: Status
    name: str
    says: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A name, its value, and something in the margin."""

    name: str
    value: str
    aside: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values one above the other, the difference marked under them.

    Attributes:
        first: Name and value of what the request has; ``second`` of what is expected.
        by: Who expects it.
    """

    first: tuple[str, str]
    second: tuple[str, str]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with one place in it marked from below, and what is wrong there."""

    text: str
    at: int
    length: int
    says: str


@dataclass(frozen=True, slots=True)
class Change:
    """A line as it is or as it will be: ``-`` or ``+``, or " " for one that stays."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """A line to copy into a shell."""

    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """An empty line."""


Block = Title | Lead | Head | Para | Check | Row | Compare | Marked | Change | Command | Gap
