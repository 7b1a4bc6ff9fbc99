"""Applies all dialects to the texts of one answer at once: one pass of RE2 over each text, whatever their number."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import re2

from tui401.dialects.loader import compiled, load, options
from tui401.dialects.schema import Dialect, Expects, KeyPrefix, Recognise, Says

_PLACES: Final = ("host", "path", "header", "challenge", "body", "grant")
HEDGED: Final = ("challenge", "header", "body", "grant")
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
        for dialect in self.dialects:
            self._register(dialect)
        self._sets: dict[str, Any] = {}
        for place, patterns in self._patterns.items():
            if patterns:
                made = re2.Set.SearchSet(options())
                for pattern in patterns:
                    made.Add(pattern)
                made.Compile()
                self._sets[place] = made

    def _register(self, dialect: Dialect) -> None:
        for way in dialect.recognise:
            for place in ("host", "path", "header", "challenge", "body"):
                if getattr(way, place):
                    self._add(place, getattr(way, place))
        words = [(e.where, e.match) for e in dialect.says] + [(e.where, e.match) for e in dialect.expects]
        for places, pattern in words:
            for place in places:
                self._add(place, pattern)
        for hedge in dialect.hedges:
            for place in HEDGED:
                self._add(place, hedge)

    def _add(self, place: str, pattern: str) -> None:
        if (place, pattern) not in self._index:
            self._index[place, pattern] = len(self._patterns[place])
            self._patterns[place].append(pattern)

    def read(self, texts: Mapping[str, str], *, status: int | None, marks: Collection[str]) -> Reading:
        """What the dialects make of these texts.

        Args:
            texts: By place (``host``, ``path``, ``header``, ``challenge``, ``body``, ``grant``); each is cut to
                MAX_TEXT.
            status: The answer's status.
            marks: What is known of the request, see ``Says.when``.
        """
        cut = {place: text[:MAX_TEXT] for place, text in texts.items() if text and place in self._sets}
        found = {
            (place, index) for place, text in cut.items() for index in self._sets[place].Match(text) or ()
        }  # RE2 gives the numbers of all patterns that match

        def matched(place: str, pattern: str) -> bool:
            return (place, self._index[place, pattern]) in found

        recognised, hits, hedged, wanted = [], [], set(), []
        for dialect in self.dialects:
            known = dialect.generic or any(_is_it(way, matched, status) for way in dialect.recognise)
            if known and not dialect.generic:
                recognised.append(dialect)
            hits += [
                Hit(says, dialect, place, *self._span(says.match, cut[place]))
                for says in dialect.says
                if (known or says.alone) and _holds(says, status, marks)
                for place in says.where
                if matched(place, says.match)
            ]
            for expects in dialect.expects:
                if known or expects.alone:
                    wanted += [
                        Wanted(expects, dialect, place, values)
                        for place in expects.where
                        if matched(place, expects.match)
                        for values in [self._values(expects, cut[place])]
                        if values
                    ]
            hedged |= {place for hedge in dialect.hedges for place in HEDGED if known and matched(place, hedge)}
        mine = {hit.where for hit in hits if hit.dialect in self.own} if self.own else set()
        hits = [hit for hit in hits if hit.where not in mine or hit.dialect in self.own]
        return Reading(tuple(recognised), tuple(hits), frozenset(hedged), tuple(wanted))

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
        match = self._regex(expects.match).search(text)
        value = (match.group("value") or "").strip() if match else ""
        for separator in expects.separators[1:]:
            value = value.replace(separator, expects.separators[0])
        parts = value.split(expects.separators[0]) if expects.separators else [value]
        return tuple(part.strip(" \t'\"") for part in parts if part.strip(" \t'\""))[:32]


def _is_it(way: Recognise, matched: Any, status: int | None) -> bool:
    if way.status and status not in way.status:
        return False
    given = [place for place in ("host", "path", "header", "challenge", "body") if getattr(way, place)]
    return bool(given) and all(matched(place, getattr(way, place)) for place in given)


def _holds(says: Says, status: int | None, marks: Collection[str]) -> bool:
    return (
        (not says.status or status in says.status)
        and all(mark in marks for mark in says.when)
        and not any(mark in marks for mark in says.unless)
    )


_OWN: list[Dialect] = []


def use(own: Sequence[Dialect]) -> None:
    """From now on a person's own dialects are read before those of the package.

    Args:
        own: From ``tui401.dialects.own``; they replace those of an earlier call.
    """
    _OWN[:] = own
    package_matcher.cache_clear()


@functools.cache
def package_matcher() -> Matcher:
    """The matcher of all dialects of the package and of the person's own, made once."""
    return Matcher(load(), _OWN)
