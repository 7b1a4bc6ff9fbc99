"""Striking out: a value is replaced wherever it stands, in what is shown, kept and handed over. Pure.

The struck value lives in memory only. What is left of it is a mark, the same one for the same value, so that whoever
judges by what is left can still tell equal from different.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from html import escape
from typing import Any, Final, TypeVar, cast
from urllib.parse import quote, urlsplit

import msgspec

from tui401.model.shown import Shown

LEAST: Final = 3
"""Characters of a value that can be struck; a shorter one would be struck out of every other word."""
MARK: Final = re.compile(r"‹struck-(\d{1,6})›")

_ALONE: Final = 6  # shorter values, and words of letters alone, are replaced as whole words only
# Fields that hold words of this program, by which evidence is found and judged.
_OURS: Final = frozenset(
    {"kind", "label", "cause", "family", "needs", "probe", "explained_by", "shape", "dialect", "signature", "cites"}
)
_WORDS: Final = frozenset(
    {
        *("attempt", "api", "issuer", "machine", "case", "credential", "answer", "clock", "ntp", "keys", "known"),
        *("bearer", "basic", "digest", "dpop", "negotiate", "jwt", "token", "authorization", "cookie", "secret"),
        *("get", "post", "put", "patch", "delete", "head", "options", "http", "https", "struck", "hidden", "date"),
        *("original", "anonymous", "garbage", "profile", "curl", "har", "report", "token-expired", "application/json"),
        *("at+jwt", "rs256", "es256", "ps256", "hs256", "eddsa", "www-authenticate", "invalid_token"),
        *("client_credentials", "refresh_token", "authorization_code"),
    }
)
_NAME: Final = re.compile(r"[\w.:/-]+")
_TELLING: Final = re.compile(r"[0-9:./_-]")
_SECRET: Final = re.compile(r"‹?(?:secret|struck)-\d{1,6}›?|‹?hidden›?")

S = TypeVar("S", bound=Shown)


class Strikes:
    """What was struck out of a case, in the order of the strokes. Prints no value.

    Args:
        values: Values to strike.
        first: The number of the first mark; those before it were given out by an earlier run.
    """

    def __init__(self, values: Iterable[str] = (), *, first: int = 1) -> None:
        self._marks: dict[str, str] = {}
        self._first = first
        self._pattern: re.Pattern[str] | None = None
        self._found: dict[str, str] = {}
        for value in values:
            self.add(value)

    def __repr__(self) -> str:
        return f"<Strikes: {len(self._marks)} values>"

    def __len__(self) -> int:
        return len(self._marks)

    def __contains__(self, value: object) -> bool:
        return isinstance(value, str) and value.lower() in self._marks

    def add(self, value: str) -> None:
        """Strikes a value with all its parts, see `parts_of`; one that cannot be struck stays."""
        for part in parts_of(value):
            self._marks.setdefault(part.lower(), f"‹struck-{self._first + len(self._marks)}›")
        self._pattern = None

    def text(self, text: str) -> str:
        """The text with a mark in the place of each struck value, however it is spelled there."""
        if not self._marks:
            return text
        if self._pattern is None:
            self._compile()
        return cast("re.Pattern[str]", self._pattern).sub(lambda found: self._found[found[0].lower()], text)

    def _compile(self) -> None:
        self._found = {}
        for value, mark in self._marks.items():
            for spelled in (value, quote(value), quote(value, safe=""), json.dumps(value)[1:-1], escape(value)):
                self._found.setdefault(spelled.lower(), mark)
            self._found.setdefault(value.replace("/", "\\/"), mark)
        ordered = sorted(self._found, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_as_pattern, ordered)), re.IGNORECASE)

    def out_of(self, shown: S) -> S:
        """A copy of something that may be seen, without any struck value."""
        return cast("S", self._walk(shown)) if self._marks else shown

    def _walk(self, value: Any) -> Any:
        if isinstance(value, Enum):
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, msgspec.Struct):
            names = (name for name in value.__struct_fields__ if name not in _OURS)
            held = ((name, getattr(value, name)) for name in names)
            made = {name: new for name, old in held if (new := self._walk(old)) is not old}
            return msgspec.structs.replace(value, **made) if made else value
        if isinstance(value, Mapping):
            return {self._walk(key): self._walk(one) for key, one in value.items()}
        if isinstance(value, tuple | list):
            return type(value)(map(self._walk, value))
        return value


def _as_pattern(value: str) -> str:
    alone = len(value) < _ALONE or value.isalpha()
    before = r"(?<![^\W_])" if alone and value[:1].isalnum() else ""
    behind = r"(?![^\W_])" if alone and value[-1:].isalnum() else ""
    return f"{before}{re.escape(value)}{behind}"


@functools.cache
def _words() -> frozenset[str]:
    """The words that a report is made of, the names in its format too."""
    kinds: list[type[Shown]] = [Shown]
    for kind in kinds:
        kinds += kind.__subclasses__()
    fields = (name for kind in kinds for name in kind.__struct_fields__)
    return _WORDS.union(fields, (kind.__name__.lower() for kind in kinds))


def can_be_struck(value: str) -> bool:
    """Whether a value is long enough to be found again, and no word that the report itself is made of."""
    text = value.strip()
    least = LEAST if any(map(str.isalpha, text)) else _ALONE  # short numbers stand everywhere
    return len(text) >= least and text.lower() not in _words() and _SECRET.fullmatch(text) is None


def parts_of(value: str) -> tuple[str, ...]:
    """What is struck when a value is: of an address its host and its path, so that other addresses lose them too."""
    text = value.strip()
    if "://" in text and " " not in text:
        try:
            parts = urlsplit(text)
            host = parts.netloc.rpartition("@")[2]
        except ValueError:
            return (text,)
        path = text.partition(parts.netloc)[2] if parts.netloc else ""
        return tuple(one for one in (host, path.strip("/")) if can_be_struck(one))
    words = text.split()
    if len(words) > 1 and all(map(_NAME.fullmatch, words)) and any(map(_TELLING.search, words)):
        # A list of scopes stands elsewhere as a list of texts, which are put together again.
        return (text, *(word for word in words if _TELLING.search(word) and can_be_struck(word)))
    return (text,) if can_be_struck(text) else ()


def unmarked(text: str) -> str:
    """The text without marks of struck values, its blanks one each: the same before and after a value is struck."""
    return " ".join(MARK.sub(" ", text).split())


def next_mark(shown: Shown) -> int:
    """The number behind the highest mark that stands in something, 1 where none does."""
    found = (int(number) for number in MARK.findall(msgspec.json.encode(shown).decode("utf-8", "replace")))
    return max(found, default=0) + 1
