"""The lines of a report by keys that stay the same when values are struck out of them, and striking lines. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from tui401.model.strikes import MARK, can_be_struck, parts_of
from tui401.report.parts import Line, Report, Section
from tui401.report.prose import pieces

SUMMARY: Final = "Summary"
STRUCK: Final = "(struck out)"
_LONGEST: Final = 200  # characters of a key
_NUMBER: Final = re.compile(r"[0-9]+")
_NOT_STRUCK: Final = re.compile(r"[0-9:.,+±-]+|\([a-z0-9-]+\)")
_ADDRESS: Final = re.compile(r"https?://[^\s'\"]+")
_QUOTED: Final = re.compile(r"[“\"]([^“”\"]{3,})[”\"]")


class Item(NamedTuple):
    """One line of a report.

    Attributes:
        key: By which it is struck out; it holds no value.
        section: The title of its part.
        text: What it says, its value included.
        level: How far it is set in.
        values: What can be struck out of it by itself.
        code: It is a line to copy.
    """

    key: str
    section: str
    text: str
    level: int = 0
    values: tuple[str, ...] = ()
    code: bool = False


def items(report: Report) -> Iterator[Item]:
    """Every line of a report in its order: the summary, then part by part lines, rows and code."""
    seen: Counter[str] = Counter()
    case = _Case(report)

    def item(section: str, text: str, level: int = 0, value: str = "", *, code: bool = False) -> Item:
        return Item(_key(section, text, value, seen), section, text, level, case.values(text, value, code=code), code)

    for line in report.summary:
        yield item(SUMMARY, _words(line), line.level, line.value)
    for section in report.sections:
        for line in section.lines:
            yield item(section.title, _words(line), line.level, line.value)
        for row in section.rows:
            yield item(section.title, _row(row))
        for code in section.code:
            yield item(section.title, code, code=True)


def without(report: Report, keys: frozenset[str]) -> Report:
    """The report with a note in the place of each line of these keys."""
    if not keys:
        return report
    seen: Counter[str] = Counter()

    def line(section: str, one: Line) -> Line:
        gone = _key(section, _words(one), one.value, seen) in keys
        return Line(text=STRUCK, level=one.level) if gone else one

    def row(section: str, one: tuple[str, ...]) -> tuple[str, ...]:
        return (STRUCK, *("" for _ in one[1:])) if _key(section, _row(one), "", seen) in keys else one

    def part(section: Section) -> Section:
        lines = tuple(line(section.title, one) for one in section.lines)
        rows = tuple(row(section.title, one) for one in section.rows)
        code = tuple(f"# {STRUCK}" if _key(section.title, c, "", seen) in keys else c for c in section.code)
        return replace(section, lines=lines, rows=rows, code=code)

    summary = tuple(line(SUMMARY, one) for one in report.summary)
    return replace(report, summary=summary, sections=tuple(map(part, report.sections)))


def _words(line: Line) -> str:
    return f"{line.text}: {line.value}" if line.value else line.text


def _row(row: tuple[str, ...]) -> str:
    return "  ".join(cell for cell in row if cell)


def _key(section: str, text: str, value: str, seen: Counter[str]) -> str:
    """The key of a line; of two lines with the same words the later one gets a higher number."""
    key = f"{section}: {_skeleton(text, value)}"
    seen[key] += 1
    return f"{key} {seen[key]}"


def _skeleton(text: str, value: str) -> str:
    """The words of our own in a line, which are the same whatever is struck out of it."""
    bare = text.removesuffix(f": {value}") if value else text
    words = [one.text for one in pieces(_QUOTED.sub("“”", bare)) if not one.code and not _is_mixed(one.text)]
    return _NUMBER.sub("#", " ".join(words))[:_LONGEST]


class _Case:
    """All texts of a case's evidence: what stands in none of them is no value but a word of ours."""

    def __init__(self, report: Report) -> None:
        self._text = "\n".join(_texts((report.evidence, report.requests, report.known))).lower()

    def values(self, text: str, value: str, *, code: bool = False) -> tuple[str, ...]:
        """What a line names: its value, addresses, identifiers, quotations; of a line to copy its addresses."""
        if code:
            return self._telling(_ADDRESS.findall(text))
        bare = text.removesuffix(f": {value}") if value else text
        found = [one.text for one in pieces(bare) if one.code and not _NOT_STRUCK.fullmatch(one.text)]
        whole = self._parts(value) if value.strip().lower() in self._text else []
        return tuple(dict.fromkeys((*whole, *self._telling([value, *found, *_QUOTED.findall(bare)]))))

    def _telling(self, found: list[str]) -> tuple[str, ...]:
        parts = (part for one in found for whole in self._split(one) for part in self._parts(whole))
        return tuple(dict.fromkeys(part for part in parts if _tells(part)))

    def _split(self, text: str) -> list[str]:
        """A text as it is where it stands so in the case and holds no address; else its words."""
        if "://" not in text and text.strip().lower() in self._text:
            return [text]
        return [word.strip("\"',;()“”{}[]") for word in text.split()]

    def _parts(self, text: str) -> list[str]:
        return [p for p in parts_of(text) if can_be_struck(p) and p.lower() in self._text and not MARK.search(p)]


def _tells(part: str) -> bool:
    """Whether a word says something by itself: an address, an identifier, a name with a digit or a sign in it."""
    return (_is_mixed(part) or any(one.code for one in pieces(part))) and not part.startswith("$")


def _is_mixed(word: str) -> bool:
    """Whether a word has letters and digits, as names and identifiers of strangers have."""
    return any(map(str.isdigit, word)) and any(map(str.isalpha, word))


def _texts(held: Any) -> Iterator[str]:
    if isinstance(held, Enum):
        return
    if isinstance(held, str):
        yield held
    elif isinstance(held, Struct):
        yield from (text for name in held.__struct_fields__ for text in _texts(getattr(held, name)))
    elif isinstance(held, Mapping):
        yield from (text for one in held.values() for text in _texts(one))
    elif isinstance(held, tuple | list):
        yield from (text for one in held for text in _texts(one))
