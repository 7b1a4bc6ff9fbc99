"""Finds known secrets in a text that a server wrote: raw, in another case, encoded, split, and in part.

A secret of eight characters or more is found by any eight of its characters in a row; a shorter one, from four on, as
a whole word. All searches are linear in the text's length, whatever the number of secrets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from urllib.parse import quote

from tui401.wire.basic import decode_basic
from tui401.wire.mapped import Mapped, as_bytes
from tui401.wire.placeholder import is_placeholder
from tui401.wire.shapes import SURE, is_random
from tui401.wire.spelled import (
    LINE_SPLIT,
    SOFT_BREAK,
    base64_decoded,
    folded,
    hex_decoded,
    plain_base64,
    softened_map,
    squeezed,
    squeezed_map,
    unescaped,
    unescaped_map,
    unfolded_map,
)

RUN: Final = 8
_SHORTEST: Final = 4
_LONGEST: Final = 65_536  # of a secret
_DEEPEST: Final = 2
_LONGEST_BASIC: Final = 4_096

Span = tuple[int, int, str]
"""First offset, the one behind the last, and the mark of the secret that stands there."""

_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{11,}")
_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){8,}[0-9A-Fa-f]?|(?:[0-9A-Fa-f]{2}[: -]){7,}[0-9A-Fa-f]{2}")
_NO_USER: Final = re.compile(r"[{}\"<>\s]")  # base64 of JSON or a sentence holds colons too
_MARK: Final = re.compile(r"‹[a-z0-9-]{1,20}›")

# Runs of these say nothing of a secret that happens to hold one, and refusals must stay readable.
_COMMON: Final = (
    *("www-authenticate: authorization: bearer realm=", "application/json; charset=utf-8", "x-www-form-urlencoded"),
    *("access_token", "refresh_token", "id_token", "client_credentials", "client_secret", "client_id", "invalid_token"),
    *(
        "grant_type=",
        "authorization_code",
        "unauthorized",
        "unauthorised",
        "authentication",
        "authenticated",
        "password",
    ),
    *(
        "username",
        "insufficient_scope",
        "invalid_request",
        "invalid_grant",
        "invalid_client",
        "permission",
        "forbidden",
    ),
    *("https://www.", "http://localhost", "localhost:8080", "credentials", "signature", "subscription", "expires_in"),
    *("error_description", "administrator", "developer", "development", "production", "staging", "environment"),
    *("api_key", "apikey", "x-api-key", "required", "resource_metadata", "audience", "organization", "service-account"),
)
_COMMON_WORDS: Final = frozenset(
    {
        *(
            "user",
            "pass",
            "admin",
            "root",
            "test",
            "guest",
            "token",
            "basic",
            "bearer",
            "login",
            "true",
            "false",
            "null",
        ),
        *(
            "none",
            "auth",
            "error",
            "demo",
            "public",
            "secret",
            "client",
            "scope",
            "realm",
            "code",
            "name",
            "http",
            "https",
        ),
        *(
            "json",
            "data",
            "info",
            "type",
            "value",
            "text",
            "html",
            "body",
            "host",
            "path",
            "date",
            "dark",
            "light",
            "deny",
        ),
    }
)


def _runs(text: str) -> Iterator[str]:
    return (text[at : at + RUN] for at in range(len(text) - RUN + 1))


_PUBLIC: Final = frozenset(run for phrase in _COMMON for run in _runs(phrase))


class Echo:
    """A set of secrets with the marks that stand in their place.

    Args:
        base: Another set, without a base of its own, that is searched along with this one and is not changed.
    """

    def __init__(self, base: Echo | None = None) -> None:
        self._runs: dict[str, str] = {}
        self._words: dict[str, str] = {}
        self._word_pattern: re.Pattern[str] | None = None
        self._base = base

    def __bool__(self) -> bool:
        return bool(self._runs or self._words or self._base)

    def add(self, secret: str, mark: str) -> None:
        """Takes up a secret. A placeholder or an empty text is none."""
        if not secret or is_placeholder(secret):
            return
        for form in _forms(secret[:_LONGEST]):
            self._add(form, mark)

    def _add(self, text: str, mark: str) -> None:
        if len(text) < RUN:
            if len(text) >= _SHORTEST and text.lower() not in _COMMON_WORDS:
                for word in {text.lower(), quote(text, safe="", errors="replace").lower(), plain_base64(text)}:
                    self._words.setdefault(word, mark)
                self._word_pattern = None
            return
        lower = folded(text)
        for spelling in {lower, folded(squeezed(as_bytes(text)))}:
            for run in _runs(spelling):
                if run not in _PUBLIC and run.count(run[0]) != RUN:
                    self._runs.setdefault(run, mark)

    def find(self, text: str) -> list[Span]:
        """Where secrets stand in the text; spans may overlap, and none touches a mark ``‹…›``."""
        if not self:
            return []
        if "‹" in text:
            text = _MARK.sub(lambda found: "|" * len(found.group()), text)
        return list(self._search(text, 0))

    def _search(self, text: str, depth: int) -> Iterator[Span]:
        yield from self._found_words(text)
        if not self._has_runs() or len(text) < RUN:
            return
        yield from self._slide(folded(text))
        plain = as_bytes(text)
        tight = squeezed(plain)
        if tight != plain or not text.isascii():
            yield from _mapped_back(text, tight, self._slide, squeezed_map)
        if SOFT_BREAK.search(plain):
            yield from _mapped_back(text, squeezed(SOFT_BREAK.sub("", plain)), self._slide, softened_map)
        if depth > _DEEPEST:
            return

        def encoded(spelled: str) -> Iterator[Span]:
            yield from self._encoded(spelled, depth)

        yield from encoded(text)
        plainer = unescaped(plain)
        if plainer != plain:
            yield from _mapped_back(text, plainer, encoded, unescaped_map)
        if LINE_SPLIT.search(plainer):
            yield from _mapped_back(text, LINE_SPLIT.sub("", plainer), encoded, unfolded_map)

    def _has_runs(self) -> bool:
        return bool(self._runs) or (self._base is not None and self._base._has_runs())  # noqa: SLF001 - of its own class

    def _lookup(self, run: str) -> str | None:
        mark = self._runs.get(run)
        return mark if mark is not None or self._base is None else self._base._lookup(run)  # noqa: SLF001 - the same

    def _slide(self, lower: str) -> Iterator[Span]:
        own, others = self._runs, self._base._runs if self._base is not None else {}  # noqa: SLF001 - the same
        if own and others:
            places = range(len(lower) - RUN + 1)
            hits = [at for at in places if (run := lower[at : at + RUN]) in own or run in others]
        else:
            one = own or others
            hits = [at for at in range(len(lower) - RUN + 1) if lower[at : at + RUN] in one]
        for at in hits:
            mark = self._lookup(lower[at : at + RUN])
            if mark is not None:
                yield at, at + RUN, mark

    def _found_words(self, text: str) -> Iterator[Span]:
        if self._base is not None:
            yield from self._base._found_words(text)  # noqa: SLF001 - of its own class
        if not self._words:
            return
        if self._word_pattern is None:
            words = "|".join(re.escape(word) for word in sorted(self._words, key=len, reverse=True))
            self._word_pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])", re.IGNORECASE)
        for found in self._word_pattern.finditer(text):
            mark = self._words.get(found.group().lower()) or self._words.get(found.group())
            if mark is not None:
                yield *found.span(), mark

    def _encoded(self, text: str, depth: int) -> Iterator[Span]:
        """Whole runs of base64 or hexadecimal that decode to a part of a secret."""
        for found in _BASE64.finditer(text):
            mark = self._in_bytes(base64_decoded(found.group()), depth)
            if mark is not None:
                yield *found.span(), mark
        for found in _HEX.finditer(text):
            mark = self._in_bytes(hex_decoded(found.group()), depth)
            if mark is not None:
                yield *found.span(), mark

    def _in_bytes(self, decoded: Iterable[bytes], depth: int) -> str | None:
        for raw in decoded:
            text = raw.decode("latin-1")
            for _start, _end, mark in self._slide(folded(text)):
                return mark
            if b"\x00" in raw:  # UTF-16
                for _start, _end, mark in self._slide(folded(text.replace("\x00", ""))):
                    return mark
            if depth < _DEEPEST and text.isascii():
                for _start, _end, mark in self._search(text, depth + 1):
                    return mark
        return None


def _forms(secret: str) -> Iterator[str]:
    """The secret, and what a reader of it would find: the password of a Basic credential, the key in a user's place."""
    yield secret
    plainer = unescaped(secret)
    if plainer != secret:
        yield plainer
    if len(secret) < _LONGEST_BASIC:
        user, password = basic_pair(secret)
        yield password or user
        if is_random(user) or SURE.match(user):  # some services take a key in the user's place
            yield user


def basic_pair(text: str) -> tuple[str, str]:
    """User and password of a Basic credential; two empty texts for what is none."""
    raw = decode_basic(text)
    if raw is None or b":" not in raw:
        return "", ""
    try:
        pair = raw.decode("utf-8")
    except UnicodeDecodeError:
        pair = raw.decode("latin-1") if raw.isascii() else ""
    user, _, password = pair.partition(":")
    told = pair.isprintable() and _NO_USER.search(user) is None
    return (user, password) if told else ("", "")


def _mapped_back(
    text: str, spelled: str, search: Callable[[str], Iterable[Span]], mapping: Callable[[str], Mapped]
) -> Iterator[Span]:
    """Searches another spelling, and finds the places in the original only when there is something to find."""
    spans = list(search(folded(spelled) if mapping in {squeezed_map, softened_map} else spelled))
    if spans:
        mapped = mapping(text)
        for start, end, mark in spans:
            if end <= len(mapped.text):
                yield *mapped.span(start, end), mark
