"""Finds known secrets in a text that a server wrote: raw, in another case, encoded, split, and in part.

A secret of eight characters or more is found by any eight of its characters in a row; a shorter one, from four on, as
a whole word. All searches are linear in the text's length, whatever the number of secrets.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from urllib.parse import quote

from tui401.wire.basic import decode_basic
from tui401.wire.mapped import Mapped, as_bytes
from tui401.wire.placeholder import is_placeholder
from tui401.wire.shapes import SURE, is_random

RUN: Final = 8
_SHORTEST: Final = 4
_LONGEST: Final = 65_536  # of a secret
_TIMES_ESCAPED: Final = 3
_DEEPEST: Final = 2
_LONGEST_BASIC: Final = 4_096

Span = tuple[int, int, str]
"""First offset, the one behind the last, and the mark of the secret that stands there."""

_FOLD: Final = {code: code + 32 for code in range(65, 91)}
_ESCAPE: Final = re.compile(
    r"%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\U[0-9A-Fa-f]{8}|\\/|\\\"|\\'|\\\\"
    r"|&#(?:[0-9]{1,7}|[xX][0-9A-Fa-f]{1,6});|&(?:amp|lt|gt|quot|apos|sol|plus|equals|period|lowbar|hyphen);"
)
_ENTITIES: Final = {
    "amp": "&",
    "lt": "<",
    "gt": ">",
    "quot": '"',
    "apos": "'",
    "sol": "/",
    "plus": "+",
    "equals": "=",
    "period": ".",
    "lowbar": "_",
    "hyphen": "-",
}
# What can split a word and is not seen: white space, control characters, zero-width characters (as UTF-8 bytes too),
# escaped line breaks, line breaks of HTML.
_GAP: Final = re.compile(
    r"(?:[\s\x00-\x20\x7f]|\\[rnt](?=[\s\\\x21-\x7e])|\xc2[\x80-\xa0\xad]|\xe2\x80[\x80-\xaf]|\xe2\x81[\x9f-\xaf]"
    r"|\xef\xbb\xbf|\xe1\xa0\x8e|\xe3\x80\x80|\xcd\x8f)+|<w?br ?/?>"
)
_SOFT_BREAK: Final = re.compile(r"=\r?\n")
_LINE_SPLIT: Final = re.compile(r"(?<=[A-Za-z0-9+/_=-])(?:=?\r?\n[ \t]*|\\r\\n|\\n|\r)(?=[A-Za-z0-9+/_-])")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{11,}")
_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){8,}[0-9A-Fa-f]?|(?:[0-9A-Fa-f]{2}[: -]){7,}[0-9A-Fa-f]{2}")
_NOT_HEX: Final = re.compile(r"[: -]")
_NO_USER: Final = re.compile(r"[{}\"<>\s]")  # base64 of JSON or a sentence holds colons too
_MARK: Final = re.compile(r"‹[a-z0-9-]{1,20}›")
_URL_SAFE: Final = str.maketrans("-_", "+/")

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
                for word in {text.lower(), quote(text, safe="", errors="replace").lower(), _plain_base64(text)}:
                    self._words.setdefault(word, mark)
                self._word_pattern = None
            return
        folded = _folded(text)
        for spelling in {folded, _folded(_squeezed(as_bytes(text)))}:
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
        yield from self._slide(_folded(text))
        plain = as_bytes(text)
        squeezed = _squeezed(plain)
        if squeezed != plain or not text.isascii():
            yield from _mapped_back(text, squeezed, self._slide, _squeezed_map)
        if _SOFT_BREAK.search(plain):
            yield from _mapped_back(text, _squeezed(_SOFT_BREAK.sub("", plain)), self._slide, _softened_map)
        if depth > _DEEPEST:
            return

        def encoded(spelled: str) -> Iterator[Span]:
            yield from self._encoded(spelled, depth)

        yield from encoded(text)
        unescaped = _unescaped(plain)
        if unescaped != plain:
            yield from _mapped_back(text, unescaped, encoded, _unescaped_map)
        if _LINE_SPLIT.search(unescaped):
            yield from _mapped_back(text, _LINE_SPLIT.sub("", unescaped), encoded, _unfolded_map)

    def _has_runs(self) -> bool:
        return bool(self._runs) or (self._base is not None and self._base._has_runs())  # noqa: SLF001 - of its own class

    def _lookup(self, run: str) -> str | None:
        mark = self._runs.get(run)
        return mark if mark is not None or self._base is None else self._base._lookup(run)  # noqa: SLF001 - the same

    def _slide(self, folded: str) -> Iterator[Span]:
        own, others = self._runs, self._base._runs if self._base is not None else {}  # noqa: SLF001 - the same
        if own and others:
            places = range(len(folded) - RUN + 1)
            hits = [at for at in places if (run := folded[at : at + RUN]) in own or run in others]
        else:
            one = own or others
            hits = [at for at in range(len(folded) - RUN + 1) if folded[at : at + RUN] in one]
        for at in hits:
            mark = self._lookup(folded[at : at + RUN])
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
            mark = self._in_bytes(_base64_decoded(found.group()), depth)
            if mark is not None:
                yield *found.span(), mark
        for found in _HEX.finditer(text):
            mark = self._in_bytes(_hex_decoded(found.group()), depth)
            if mark is not None:
                yield *found.span(), mark

    def _in_bytes(self, decoded: Iterable[bytes], depth: int) -> str | None:
        for raw in decoded:
            text = raw.decode("latin-1")
            for _start, _end, mark in self._slide(_folded(text)):
                return mark
            if b"\x00" in raw:  # UTF-16
                for _start, _end, mark in self._slide(_folded(text.replace("\x00", ""))):
                    return mark
            if depth < _DEEPEST and text.isascii():
                for _start, _end, mark in self._search(text, depth + 1):
                    return mark
        return None


def _forms(secret: str) -> Iterator[str]:
    """The secret, and what a reader of it would find: the password of a Basic credential, the key in a user's place."""
    yield secret
    unescaped = _unescaped(secret)
    if unescaped != secret:
        yield unescaped
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


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    lower = text.lower()
    return lower if len(lower) == len(text) else text.translate(_FOLD)


def _plain_base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii").rstrip("=")


def _spelled(found: re.Match[str]) -> str:
    text = found.group()
    kind, digits = text[:2], text[2:].removesuffix(";")
    if kind in {"\\u", "\\x", "\\U"}:
        return _character(int(digits, 16))
    if kind == "&#":
        return _character(int(digits[1:], 16) if digits[0] in "xX" else int(digits))
    if text[0] == "%":
        return bytes.fromhex(text[1:]).decode("latin-1")
    return _ENTITIES[text[1:-1]] if text[0] == "&" else text[1]


def _character(code: int) -> str:
    return as_bytes(chr(code)) if code < 0x110000 else ""


def _unescaped(text: str) -> str:
    for _ in range(_TIMES_ESCAPED):
        if "%" not in text and "\\" not in text and "&" not in text:
            return text
        new = _ESCAPE.sub(_spelled, text)
        if new == text:
            return text
        text = new
    return text


def _squeezed(text: str) -> str:
    return _GAP.sub("", _unescaped(text))


def _unescaped_map(text: str) -> Mapped:
    mapped = Mapped.of(text)
    for _ in range(_TIMES_ESCAPED):
        new = mapped.sub(_ESCAPE, _spelled)
        if new.text == mapped.text:
            break
        mapped = new
    return mapped


def _squeezed_map(text: str) -> Mapped:
    return _unescaped_map(text).sub(_GAP, lambda _found: "")


def _softened_map(text: str) -> Mapped:
    mapped = Mapped.of(text).sub(_SOFT_BREAK, lambda _found: "")
    for pattern, spell in ((_ESCAPE, _spelled),) * _TIMES_ESCAPED + ((_GAP, lambda _found: ""),):
        mapped = mapped.sub(pattern, spell)
    return mapped


def _unfolded_map(text: str) -> Mapped:
    return _unescaped_map(text).sub(_LINE_SPLIT, lambda _found: "")


def _mapped_back(
    text: str, spelled: str, search: Callable[[str], Iterable[Span]], mapping: Callable[[str], Mapped]
) -> Iterator[Span]:
    """Searches another spelling, and finds the places in the original only when there is something to find."""
    spans = list(search(_folded(spelled) if mapping in {_squeezed_map, _softened_map} else spelled))
    if spans:
        mapped = mapping(text)
        for start, end, mark in spans:
            if end <= len(mapped.text):
                yield *mapped.span(start, end), mark


def _base64_decoded(run: str) -> Iterator[bytes]:
    """The run decoded from each of its first four characters on: it may be cut off at its beginning."""
    plain = run.translate(_URL_SAFE)
    for skip in range(4):
        part = plain[skip:]
        part = part[: len(part) // 4 * 4] if len(part) % 4 == 1 else part + "=" * (-len(part) % 4)
        try:
            yield base64.b64decode(part)
        except (ValueError, binascii.Error):
            continue


def _hex_decoded(run: str) -> Iterator[bytes]:
    digits = _NOT_HEX.sub("", run)
    for skip in range(2):
        part = digits[skip:]
        yield bytes.fromhex(part[: len(part) // 2 * 2])
