"""Puts marks in the place of secrets: the known ones of a case, and those found by type and place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from weakref import WeakKeyDictionary

from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import Redacted
from tui401.wire.echo import Echo, Span
from tui401.wire.redact_text import Found, in_text
from tui401.wire.secretnames import Weight

HIDDEN: Final = "‹hidden›"
"""The mark of a secret that needs no name: a nonce, a cookie of no session, a value of an answer."""

MAX_TEXT: Final = 32_768  # characters that are searched; the rest is cut off before
_ELLIPSIS: Final = "…"
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_FORGED: Final = re.compile(r"‹(?=(?:secret-\d+|hidden)›)")
_OPEN_MARK: Final = re.compile(r"‹[a-z0-9-]{0,20}\Z")
_STRUCK: Final = "|"
_FROM: Final = 8  # a shorter value that is no password would be "found" in words

_ECHOES: WeakKeyDictionary[Names, _Known] = WeakKeyDictionary()


class _Known:
    """The named secrets of a case, ready to be searched for; grows with its names."""

    def __init__(self) -> None:
        self.echo = Echo()
        self.marks: dict[Secret[str], str] = {}

    def sync(self, names: Names) -> None:
        for secret in names.known():
            if secret not in self.marks:
                self.take(secret, names.mark(secret))

    def take(self, secret: Secret[str], mark: str) -> None:
        self.marks[secret] = mark
        self.echo.add(secret.reveal(), mark)


class Veil:
    """Redacts the texts of one request or answer; what is found in one of them is hidden in all.

    Args:
        names: The names of the case's secrets; it grows when ``naming``.
        known: Secrets of the case that may have no name yet.
        naming: Whether secrets that are found get names, as those of our own requests do.
    """

    def __init__(self, names: Names, known: Iterable[Secret[str]] = (), *, naming: bool = False) -> None:
        for secret in known:
            if secret:
                names.name(secret)
        self._names = names
        self._known = _ECHOES.setdefault(names, _Known())
        self._known.sync(names)
        self._local = Echo(self._known.echo)
        self._naming = naming

    def learn(self, found: Iterable[Found]) -> list[Span]:
        """Takes up secrets that were found by type and place; gives the spans to cover."""
        spans: list[Span] = []
        behind = 0  # where the last one ended: what lies inside another is no secret of its own
        for item in sorted(found, key=lambda item: (item.start, -item.end)):
            if item.end > max(behind, item.start):
                spans.append((item.start, item.end, self._mark(item)))
                behind = item.end
        return spans

    def _mark(self, item: Found) -> str:
        secret = Secret(item.value)
        known = self._known.marks.get(secret)
        if known is not None:
            return known
        telling = len(item.value) >= _FROM and item.weight >= Weight.WEAK
        if self._naming and (telling or item.weight is Weight.ALWAYS):
            mark: str = self._names.mark(secret)
            self._known.take(secret, mark)
            return mark
        if telling or (item.weight is Weight.ALWAYS and self._naming):
            self._local.add(item.value, HIDDEN)
        return HIDDEN

    def cover(self, text: str, spans: list[Span], limit: int) -> Redacted:
        """The text with marks in place of the spans and of all known secrets, at most ``limit`` characters long."""
        spans = [*spans, *self._local.find(_without(text, spans))]
        text = _replaced(text, spans) if spans else _FORGED.sub("<", text)
        if not text.isascii():
            text = _SURROGATE.sub("\ufffd", text)
        if len(text) > limit:
            text = _OPEN_MARK.sub("", text[: limit - 1]) + _ELLIPSIS
        return Redacted(text)

    def spans(self, text: str, found: list[Span]) -> list[Span]:
        """What `cover` would cover, in order and without overlaps: the spans that were found, and all known secrets."""
        made: list[Span] = []
        for start, end, mark in sorted((*found, *self._local.find(_without(text, found))), key=lambda s: (s[0], -s[1])):
            if made and start < made[-1][1]:
                first, last, held = made[-1]
                made[-1] = (first, max(last, end), mark if held == HIDDEN else held)
            elif end > start:
                made.append((start, end, mark))
        return made

    def text(self, text: str, limit: int) -> Redacted:
        """Any text, by the looks of what stands in it."""
        text = text[:MAX_TEXT]
        return self.cover(text, self.learn(in_text(text)), limit)


def _without(text: str, spans: list[Span]) -> str:
    """The text with what is covered anyhow struck out, so that nothing is searched for in it."""
    pieces: list[str] = []
    at = 0
    for start, end, _mark in sorted(spans):
        if end > at:
            begin = max(start, at)
            pieces += (text[at:begin], _STRUCK * (end - begin))
            at = end
    return "".join((*pieces, text[at:]))


def _replaced(text: str, spans: list[Span]) -> str:
    """Covers the spans; those that overlap or touch become one, under the mark of the first that is named."""
    spans.sort(key=lambda span: (span[0], -span[1]))
    pieces: list[str] = []
    at = 0
    start, end, mark = spans[0]
    for next_start, next_end, next_mark in spans[1:]:
        if next_start < end or (next_start == end and next_mark == mark):
            end = max(end, next_end)
            mark = next_mark if mark == HIDDEN else mark
        else:
            pieces += (_FORGED.sub("<", text[at:start]), mark)
            at, start, end, mark = end, next_start, next_end, next_mark
    pieces += (_FORGED.sub("<", text[at:start]), mark, _FORGED.sub("<", text[end:]))
    return "".join(pieces)
