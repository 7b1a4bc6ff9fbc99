"""Blocks as sentences, one a line: nothing is told by place, colour or a sign that has no word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tui401.ui.blocks import (
    WORDS,
    Block,
    Change,
    Check,
    Command,
    Compare,
    Gap,
    Head,
    Lead,
    Marked,
    Para,
    Row,
    Title,
)
from tui401.ui.draw import COLUMN, short_masks
from tui401.ui.text import clean, sentence

_CHIP: Final = re.compile(r"‹●+(?: (\S{1,8}))?›")
_DOTS: Final = re.compile(r"●{3,}")
_STOPS: Final = (".", "!", "?", ":", "…", "”")
_SIGNS: Final = {"-": "Taken out", "+": "Put in"}
_MARKS: Final = {"!": "Note: ", "✓": "", "?": ""}
_GLYPHS: Final = str.maketrans({"✓": "right:", "✗": "wrong:", "●": "", "▸": "", "◂": "", "·": ","})
_FRAMES: Final = re.compile("[\u2500-\u257f]+")  # box drawing, which a server's text may hold as well


def lines(blocks: Iterable[Block], hints: Mapping[str, str] | None = None) -> list[str]:
    """The blocks as lines, each of which makes sense by itself.

    Args:
        blocks: A page.
        hints: Last characters of named secrets.
    """
    known = dict(hints or {})
    made: list[str] = []
    last = ""
    for block in blocks:
        for text in _lines(block, last):
            made.append(spoken(text, known))
        if isinstance(block, Row) and block.name:
            last = block.name
    return [line for line in made if line]


def spoken(text: str, hints: Mapping[str, str] | None = None) -> str:
    """A text from anywhere as it may be said: visible, bounded, on one line, and masks in words."""
    shown = short_masks(clean(text, hints))
    shown = _CHIP.sub(lambda chip: f"(masked, ends in {chip[1]})" if chip[1] else "(masked)", shown)
    shown = _FRAMES.sub(" ", _DOTS.sub("(masked)", shown)).translate(_GLYPHS).replace(" ,", ",")
    return shown.strip()  # spaces inside it stay: two where one belongs are a cause


def stopped(text: str) -> str:
    """The text as a sentence, with a stop at its end."""
    text = sentence(text.strip())
    return text if not text or text.endswith(_STOPS) else f"{text}."


def _lines(block: Block, name: str) -> Iterator[str]:
    match block:
        case Title():
            text = " ".join(block.text.split())
            yield stopped(f"{text}: {block.aside}" if block.aside else text)
        case Lead():
            yield stopped(f"{block.word}: {block.text}")
        case Head():
            yield f"{block.text}:"
        case Para():
            yield stopped(_MARKS.get(block.mark, "") + block.text)
        case Check():
            yield stopped(": ".join(part for part in (sentence(WORDS[block.state]), block.name, block.says) if part))
        case Row():
            aside = f" ({block.aside})" if block.aside else ""
            yield stopped(f"{block.name or name}: {block.value}{aside}" if block.name or name else block.value + aside)
        case Compare():
            for called, value in (block.first, block.second):
                yield stopped(f"{called}: {value}")
            if block.by:
                yield stopped(f"expected by {block.by}")
        case Marked():
            yield stopped(f"As it stands: {block.text}")
            yield stopped(f"{block.says}, at character {block.at + 1}")
        case Change():
            first, *told = (part.strip() for part in block.text.split(COLUMN))
            yield f"{_SIGNS.get(block.sign, 'As before')}: {', '.join((first, *filter(None, told)))}"
        case Command():
            yield f"Command: {block.text}"
        case Gap():
            return
