"""Applies all dialects to the texts of one answer at once: one pass of RE2 over each text, whatever their number."""

from __future__ import annotations

import functools
import itertools
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import re2

from tui401.dialects.loader import compiled, load, options
from tui401.dialects.schema import PLACES, Dialect, Expects, KeyPrefix, Recognise, Says
from tui401.wire.textjson import without_halves

_PLACES: Final = (*PLACES, "grant")
HEDGED: Final = ("challenge", "header", "body", "grant")
_Key = tuple[str, int]
"""A place and the number of a pattern in its set."""

MAX_VALUES: Final = 32  # that one answer may name as expected
MAX_TEXT: Final = 16_384  # characters of each text that are read


@dataclass(frozen=True, slots=True)
class Hit:
    """Words that matched: the entry, its dialect, the place, and where in the place's text."""

    says: Says
    dialect: Dialect
    where: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words that name what is expected."""

    expects: Expects
    dialect: Dialect
    where: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What all dialects made of one answer.

    Attributes:
        recognised: Dialects whose server it is, generic ones left out.
        hits: Words that mean something (or, with cause "", that mean nothing at this server).
        hedged: Places whose generic words name several causes at once.
        wanted: What the words say is expected.
    """

    recognised: tuple[Dialect, ...]
    hits: tuple[Hit, ...]
    hedged: frozenset[str]
    wanted: tuple[Wanted, ...]


class Matcher:
    """All patterns of some dialects, compiled into one set a place. Immutable once made."""

    def __init__(self, dialects: Sequence[Dialect], own: Sequence[Dialect] = ()) -> None:
        """Compiles the patterns.

        Args:
            dialects: Those of the package.
            own: A person's own; each takes the place of one with its name, and where it speaks no other does.
        """
        self.own = tuple(own)
        names = {dialect.name for dialect in own}
        self.dialects = (*self.own, *(dialect for dialect in dialects if dialect.name not in names))
        self._patterns: dict[str, list[str]] = {place: [] for place in _PLACES}
        self._index: dict[tuple[str, str], int] = {}
        self._compiled: dict[str, Any] = {}
        # What each pattern decides, as places in the dialects: few match any one answer.
        self._ways: dict[_Key, list[int]] = {}
        self._says: dict[_Key, list[tuple[int, int, int]]] = {}
        self._expects: dict[_Key, list[tuple[int, int, int]]] = {}
        self._hedges: dict[_Key, list[int]] = {}
        for number, dialect in enumerate(self.dialects):
            self._register(number, dialect)
        self._generic = frozenset(number for number, dialect in enumerate(self.dialects) if dialect.generic)
        self._sets: dict[str, Any] = {}
        for place, patterns in self._patterns.items():
            if patterns:
                made = re2.Set.SearchSet(options())
                for pattern in patterns:
                    made.Add(pattern)
                made.Compile()
                self._sets[place] = made

    def _register(self, number: int, dialect: Dialect) -> None:
        for way in dialect.recognise:
            for place in PLACES:
                if getattr(way, place):
                    self._ways.setdefault(self._add(place, getattr(way, place)), []).append(number)
        for entry, says in enumerate(dialect.says):
            for nth, place in enumerate(says.where):
                self._says.setdefault(self._add(place, says.match), []).append((number, entry, nth))
        for entry, expects in enumerate(dialect.expects):
            for nth, place in enumerate(expects.where):
                self._expects.setdefault(self._add(place, expects.match), []).append((number, entry, nth))
        for hedge in dialect.hedges:
            for place in HEDGED:
                self._hedges.setdefault(self._add(place, hedge), []).append(number)

    def _add(self, place: str, pattern: str) -> _Key:
        if (place, pattern) not in self._index:
            self._index[place, pattern] = len(self._patterns[place])
            self._patterns[place].append(pattern)
        return place, self._index[place, pattern]

    def read(self, texts: Mapping[str, str], *, status: int | None, marks: Collection[str]) -> Reading:
        """What the dialects make of these texts.

        Args:
            texts: By place (``host``, ``path``, ``header``, ``challenge``, ``body``, ``certificate``, ``grant``); each
                is cut to MAX_TEXT.
            status: The answer's status.
            marks: What is known of the request, see ``Says.when``.
        """
        # RE2 reads UTF-8, which holds no half of a surrogate pair; the places in the text stay where they are.
        cut = {place: without_halves(text[:MAX_TEXT]) for place, text in texts.items() if text and place in self._sets}
        found = {
            (place, index) for place, text in cut.items() for index in self._sets[place].Match(text) or ()
        }  # RE2 gives the numbers of all patterns that match

        def matched(place: str, pattern: str) -> bool:
            return (place, self._index[place, pattern]) in found

        candidates = sorted({number for key in found for number in self._ways.get(key, ())})
        recognised = [
            number
            for number in candidates
            if not self.dialects[number].generic
            and any(_is_it(way, matched, status) for way in self.dialects[number].recognise)
        ]
        known = {*recognised, *self._generic}
        hits = []
        for number, entry, nth in sorted(at for key in found for at in self._says.get(key, ())):
            dialect, says = self.dialects[number], self.dialects[number].says[entry]
            if (number in known or says.alone) and _holds(says, status, marks):
                place = says.where[nth]
                hits.append(Hit(says, dialect, place, *self._span(says.match, cut[place])))
        mine = {hit.where for hit in hits if hit.dialect in self.own} if self.own else set()
        hits = [hit for hit in hits if hit.where not in mine or hit.dialect in self.own]
        wanted = []
        for number, entry, nth in sorted(at for key in found for at in self._expects.get(key, ())):
            dialect, expects = self.dialects[number], self.dialects[number].expects[entry]
            if number in known or expects.alone:
                place = expects.where[nth]
                values = self._values(expects, cut[place])
                if values:
                    wanted.append(Wanted(expects, dialect, place, values))
        hedged = frozenset(key[0] for key in found if any(number in known for number in self._hedges.get(key, ())))
        return Reading(tuple(self.dialects[n] for n in recognised), tuple(hits), hedged, tuple(wanted))

    def reads(self, place: str, text: str) -> bool:
        """Whether any pattern of that place matches this text."""
        return place in self._sets and bool(self._sets[place].Match(without_halves(text[:MAX_TEXT])))

    def key(self, prefix: str) -> tuple[Dialect, KeyPrefix] | None:
        """The dialect and entry of the longest documented prefix that these first characters begin with, or None."""
        best: tuple[Dialect, KeyPrefix] | None = None
        for dialect in self.dialects:
            for key in dialect.keys:
                if prefix.startswith(key.prefix) and (best is None or len(key.prefix) > len(best[1].prefix)):
                    best = (dialect, key)
        return best

    def _regex(self, pattern: str) -> Any:
        if pattern not in self._compiled:
            self._compiled[pattern] = compiled(pattern)
        return self._compiled[pattern]

    def _span(self, pattern: str, text: str) -> tuple[int, int]:
        match = self._regex(pattern).search(text)
        return match.span() if match else (0, 0)

    def _values(self, expects: Expects, text: str) -> tuple[str, ...]:
        regex = self._regex(expects.match)
        first = regex.search(text)
        found = regex.finditer(text) if expects.every else (first,) if first else ()
        parts: list[str] = []
        for match in itertools.islice(found, MAX_VALUES):
            value = (match.group("value") or "").strip()
            for separator in expects.separators[1:]:
                value = value.replace(separator, expects.separators[0])
            parts += value.split(expects.separators[0]) if expects.separators else [value]
        cleaned = (part.strip(" \t'\"") for part in parts)
        return tuple(dict.fromkeys(part for part in cleaned if part))[:MAX_VALUES]


def _is_it(way: Recognise, matched: Any, status: int | None) -> bool:
    if way.status and status not in way.status:
        return False
    given = [place for place in PLACES if getattr(way, place)]
    return bool(given) and all(matched(place, getattr(way, place)) for place in given)


def _holds(says: Says, status: int | None, marks: Collection[str]) -> bool:
    return (
        (not says.status or status in says.status)
        and all(mark in marks for mark in says.when)
        and not any(mark in marks for mark in says.unless)
    )


_OWN: list[Dialect] = []
_MAKING: Final = threading.Lock()


def use(own: Sequence[Dialect]) -> None:
    """From now on a person's own dialects are read before those of the package.

    Args:
        own: From ``tui401.dialects.own``; they replace those of an earlier call.
    """
    _OWN[:] = own
    package_matcher.cache_clear()


@functools.cache
def package_matcher() -> Matcher:
    """The matcher of all dialects of the package and of the person's own, made once, whoever asks first."""
    with _MAKING:
        if package_matcher.cache_info().currsize:  # another thread made it while this one waited
            return package_matcher()
        return Matcher(load(), _OWN)
