"""Prose that quotes strangers, cut into plain words and pieces that are shown as code. Pure."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tui401.wire.visible import visible

LONGEST: Final = 2_000  # characters of one line, of one value

# A word of prose: signs that may stand before and behind it, and between them letters and digits of any script, single
# hyphens and apostrophes, a time of day, a number.
_WORD: Final = re.compile(
    r"(?P<before>[“‘\"'(]{0,3})"
    r"(?P<core>[^\W_]{1,60}(?:[-'’–][^\W_]{1,60}){0,8}|[+±-]?[0-9]{1,15}(?:[.,][0-9]{1,15}){0,4}%?"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|[–—±…¦/])?"
    r"(?P<after>[.,;:!?)”’\"'…]{0,4})"
)
# What GitHub and GitLab make links of though it looks like a word: commit ids, GH-7. Identifiers are set apart too.
_REFERENCE: Final = re.compile(
    r"(?i)(?:[^-]{0,60}-){0,8}(?=[a-f]*[0-9])[0-9a-f]{7,64}(?:-.{0,200})?|gh-[0-9].*|.*www|.{33,}"
)
_NUMBERED: Final = re.compile(r"[0-9]+[.)]+")


class Piece(NamedTuple):
    """A word, or a run of words that are shown as code; a blank stands between two pieces.

    Attributes:
        text: The word, or what the code is.
        code: Whether it is shown as code.
        before: Quotation marks and brackets that stay outside; ``after`` the same, and stops.
    """

    text: str
    code: bool = False
    before: str = ""
    after: str = ""


def pieces(text: str) -> list[Piece]:
    """One line of prose in pieces; nothing in it acts on a terminal any more."""
    made: list[Piece] = []
    waiting: list[str] = []

    def give() -> None:
        if waiting:
            run = " ".join(waiting)
            kept = run.rstrip(",;") or run
            made.append(Piece(kept, code=True, after=run[len(kept) :]))
            waiting.clear()

    for word in visible(text, LONGEST).split(" "):
        if not word:
            continue
        parts = _WORD.fullmatch(word)
        if (
            parts is not None
            and not _REFERENCE.fullmatch(parts["core"] or "")
            and (made or waiting or not _begins_a_list(word))
        ):
            give()
            made.append(Piece(word))
        elif (found := _inner(word)) and not waiting:
            before, core, after = found
            made.append(Piece(core, code=True, before=before, after=after))
        else:
            waiting.append(word)
    give()
    return made


def _begins_a_list(word: str) -> bool:
    """Whether a line that begins with this word reads as an item of a list in Markdown."""
    return _NUMBERED.fullmatch(word) is not None or word in ("-", "+")


def _inner(word: str) -> tuple[str, str, str] | None:
    """A word that is no prose without the quotation marks and stops around it, so that these stay outside."""
    stripped = word.lstrip("“(")
    before = word[: len(word) - len(stripped)]
    core = stripped.rstrip(",;:”)")
    after = stripped[len(core) :]
    if not core or not (before or after) or len(before) > 3 or len(after) > 4:
        return None
    opened, closed = core.count("("), core.count(")")
    if opened != closed:  # the bracket belongs to the word
        return None
    return before, core, after
