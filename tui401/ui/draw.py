"""Blocks to lines of a given width. Pure; every text in a block passes ``clean`` here, and only here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from rich.cells import cell_len
from textual.content import Content

from tui401.model.secret import MASK
from tui401.ui.blocks import (
    GLYPHS,
    TONES,
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
    Tone,
)
from tui401.ui.text import chop, clean, compared, fold, wrap

STYLES: Final = {
    Tone.PLAIN: "",
    Tone.QUIET: "$text-muted",
    Tone.STRONG: "bold",
    Tone.GOOD: "$text-success",
    Tone.BAD: "bold $text-error",
    Tone.WARN: "$text-warning",
    Tone.ACCENT: "$text-accent",
}
_MASKED: Final = re.compile("●{5,}")
COLUMN: Final = "    "  # between a changed line and what is told of it
_NAME: Final = 18  # cells of the column of names, at most


@dataclass(slots=True)
class Pen:
    """Collects lines.

    Attributes:
        width: Cells of a line.
        hints: Last characters of named secrets.
        whole: Long values are shown whole, over several lines, instead of folded.
        folded: Something was folded, so a way to see it whole should be named.
    """

    width: int
    hints: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False
    folded: bool = False
    lines: list[Content] = field(default_factory=list)

    def clean(self, text: str) -> str:
        """The text as it may reach a widget."""
        return clean(text, self.hints)

    def add(self, *parts: tuple[str, Tone]) -> None:
        """Adds a line of parts."""
        self.lines.append(Content.assemble(*((text, STYLES[tone]) for text, tone in parts)))

    def value(self, text: str, width: int) -> list[str]:
        """A value in lines: folded into one, or whole."""
        if cell_len(text) <= width:
            return [text]
        if self.whole:
            return chop(text, width)
        self.folded = True
        return [fold(text, width)]


def draw(
    blocks: Iterable[Block], width: int, *, hints: Mapping[str, str] | None = None, whole: bool = False
) -> tuple[Content, bool]:
    """The blocks as text of at most ``width`` cells a line, and whether a value had to be folded."""
    pen = Pen(max(20, width), hints or {}, whole)
    blocks = tuple(blocks)
    names = _names_width(blocks)
    for block in blocks:
        _draw(pen, block, names)
    return Content("\n").join(pen.lines), pen.folded


def short_masks(text: str) -> str:
    """The text with long masks cut to four dots: their length tells nothing that a person needs here."""
    return _MASKED.sub(MASK, text)


def _names_width(blocks: tuple[Block, ...]) -> int:
    names = [cell_len(b.name) for b in blocks if isinstance(b, Row)]
    return min(_NAME, max(names, default=0))


def _draw(pen: Pen, block: Block, names: int) -> None:
    match block:
        case Title():
            _title(pen, block)
        case Lead():
            _lead(pen, block)
        case Head(text=text):
            pen.add((f" {pen.clean(text)}", Tone.QUIET))
        case Para():
            _para(pen, block)
        case Check():
            _check(pen, block)
        case Row():
            _row(pen, block, names)
        case Compare():
            _compare(pen, block)
        case Marked():
            _marked(pen, block)
        case Change(sign=sign, text=text):
            tone = {"-": Tone.BAD, "+": Tone.GOOD}.get(sign, Tone.PLAIN)
            for number, line in enumerate(_change(short_masks(pen.clean(text)), pen.width - 4)):
                pen.add((f" {sign if number == 0 else ' '} ", tone), (line, tone))
        case Command(text=text):
            for number, line in enumerate(chop(pen.clean(text), pen.width - 6)):
                pen.add(("   $ " if number == 0 else "     ", Tone.QUIET), (line, Tone.STRONG))
        case Gap():
            pen.add(("", Tone.PLAIN))


def _change(text: str, width: int) -> list[str]:
    """A changed line; where it is too long, what is told behind it in columns stands below it."""
    if cell_len(text) <= width:
        return [text]
    first, *told = text.split(COLUMN)
    return [*wrap(first, width), *(f"  {line}" for part in told for line in wrap(part.strip(), width - 2))]


def _title(pen: Pen, block: Title) -> None:
    aside = pen.clean(block.aside)
    first, *rest = wrap(pen.clean(block.text), pen.width - 2 - (cell_len(aside) + 2 if aside else 0))
    gap = pen.width - 1 - cell_len(first) - cell_len(aside)
    pen.add((f" {first}", block.tone), (" " * max(1, gap - 1), Tone.PLAIN), (aside, block.aside_tone))
    for line in rest:
        pen.add((f" {line}", block.tone))


def _lead(pen: Pen, block: Lead) -> None:
    word = pen.clean(block.word)
    indent = cell_len(word) + 3
    for number, line in enumerate(wrap(pen.clean(block.text), pen.width - indent - 1)):
        pen.add((f" {word}  " if number == 0 else " " * indent, block.tone), (line, Tone.STRONG))


def _para(pen: Pen, block: Para) -> None:
    for number, line in enumerate(wrap(pen.clean(block.text), pen.width - block.indent - 1)):
        lead = f"{block.mark} " if block.mark and number == 0 else ""
        pen.add((lead.rjust(block.indent), block.tone), (line, block.tone))


def _check(pen: Pen, block: Check) -> None:
    glyph, tone = GLYPHS[block.state], TONES[block.state]
    quiet = Tone.PLAIN if block.state == "failed" else Tone.QUIET
    name, says = pen.clean(block.name), pen.clean(block.says)
    lead = 7 + cell_len(name)
    mark = (f"   {glyph} ", tone)
    if lead + cell_len(says) < pen.width or not block.name:
        for number, line in enumerate(wrap(says, pen.width - lead - 1)):
            pen.add(*((mark, (f"{name}  ", Tone.PLAIN)) if number == 0 else ((" " * lead, Tone.PLAIN),)), (line, quiet))
        return
    pen.add(mark, (name, Tone.PLAIN))
    for line in wrap(says, pen.width - 6):
        pen.add(("     ", Tone.PLAIN), (line, quiet))


def _row(pen: Pen, block: Row, names: int) -> None:
    name, aside = fold(pen.clean(block.name), names), pen.clean(block.aside)
    lead = 3 + names + 2
    whole = max(1, pen.width - lead - 1)
    value = pen.clean(block.value)
    room, below = whole - (cell_len(aside) + 2 if aside else 0), ""
    if aside and (cell_len(value) > room or room < whole // 3):
        # The value is what is looked at: it stays whole where it can, and what stands in the margin goes beside its
        # last line, or under it.
        room, below, aside = whole, aside, ""
    lines = wrap(value, room) if " " in value else pen.value(value, room)
    last = len(lines) - 1
    beside = below if last and cell_len(lines[last]) + 2 + cell_len(below) <= room else ""
    for number, line in enumerate(lines):
        if number:
            margin = beside.rjust(room - cell_len(line)) if number == last and beside else ""
            pen.add((" " * lead, Tone.PLAIN), (line, block.tone), (margin, Tone.QUIET))
            continue
        gap = pen.width - 1 - lead - cell_len(line) - cell_len(aside)
        pen.add(
            (f"   {name.ljust(names)}  ", Tone.QUIET),
            (line, block.tone),
            (" " * max(1, gap) if aside else "", Tone.PLAIN),
            (aside, Tone.QUIET),
        )
    for line in wrap(below, whole) if below and not beside else ():
        pen.add((line.rjust(pen.width - 1), Tone.QUIET))


def _compare(pen: Pen, block: Compare) -> None:
    (name_a, value_a), (name_b, value_b) = block.first, block.second
    names = max(cell_len(name_a), cell_len(name_b))
    lead = 3 + names + 2
    room = pen.width - lead - 1
    value_a, value_b = pen.clean(value_a), pen.clean(value_b)
    if pen.whole:
        _whole_pair(pen, ((name_a, value_a), (name_b, value_b)), names, room)
    else:
        shown_a, shown_b, marks = compared(value_a, value_b, room)
        pen.folded = pen.folded or (shown_a, shown_b) != (value_a, value_b)
        pen.add((f"   {name_a.ljust(names)}  ", Tone.QUIET), (shown_a, Tone.BAD))
        pen.add((f"   {name_b.ljust(names)}  ", Tone.QUIET), (shown_b, Tone.STRONG))
        says = f"{marks} differs"
        pen.add((" " * lead, Tone.PLAIN), (says if cell_len(says) <= room else marks[:room], Tone.BAD))
    if block.by:
        for number, line in enumerate(wrap(pen.clean(block.by), room)):
            pen.add((f"   {('expected by' if number == 0 else '').ljust(names)}  ", Tone.QUIET), (line, Tone.PLAIN))


def _whole_pair(pen: Pen, pairs: tuple[tuple[str, str], ...], names: int, room: int) -> None:
    for (name, value), tone in zip(pairs, (Tone.BAD, Tone.STRONG), strict=True):
        for number, line in enumerate(chop(value, room)):
            pen.add((f"   {(name if number == 0 else '').ljust(names)}  ", Tone.QUIET), (line, tone))


def _marked(pen: Pen, block: Marked) -> None:
    # The mark counts in the original's characters; what is made visible may be longer, what is masked shorter.
    until = block.at + block.length
    before = short_masks(pen.clean(block.text[: block.at]))
    middle = short_masks(pen.clean(block.text[block.at : until]))
    text = before + middle + short_masks(pen.clean(block.text[until:]))
    at, length = cell_len(before), max(1, cell_len(middle))
    room = pen.width - 4
    if cell_len(text) > room:
        pen.folded = True
        begin = max(0, min(at - room // 3, cell_len(text) - room + 1))
        text = ("…" if begin else "") + text[begin : begin + room - 2] + "…"
        at = at - begin + (1 if begin else 0)
    pen.add(("   ", Tone.PLAIN), (text, Tone.STRONG))
    pen.add(("   " + " " * at + "^" * min(length, max(1, room - at)), Tone.BAD))
    for line in wrap(pen.clean(block.says), room):
        pen.add(("   ", Tone.PLAIN), (line, Tone.BAD))
