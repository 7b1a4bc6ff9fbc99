"""Named values in queries, forms, JSON, multipart bodies and lists of parameters: each with its offsets in the text."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from urllib.parse import unquote_plus

from tui401.model.secret import Secret
from tui401.wire.textjson import decode

MAX_FIELDS: Final = 20_000
MAX_BODY: Final = 262_144

_PAIR: Final = re.compile(r"[^&;#]++")
_FORM_PAIR: Final = re.compile(r"[^&]++")
_PARAMETER: Final = re.compile(
    r"""(?<![A-Za-z0-9_.-])([A-Za-z_][A-Za-z0-9_.-]*+)[ \t]*+=[ \t]*+(?:"((?:[^"\\]|\\.)*+)"?|([^\s,;"]++))"""
)
_JSON: Final = re.compile(r'"((?:[^"\\]|\\.)*+)"?|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)
_DISPOSITION: Final = re.compile(
    r'^content-disposition:[^\r\n]*?\bname="?([^"\r\n;]*+)"?[^\r\n]*+\r?\n(?:[^\r\n]++\r?\n)*+\r?\n',
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Field:
    """A named value; ``start`` and ``end`` are its offsets as encoded, ``value`` is decoded."""

    name: str
    value: str = field(repr=False)
    start: int = 0
    end: int = 0
    encoding: str = ""
    quoted: bool = True  # in JSON: a string, not a number
    within: str = ""  # in JSON: the name of the object that it stands in


class _Spanned(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def media_type(values: Sequence[Secret[str]]) -> str:
    """The media type of a Content-Type line in lower case without parameters; "" where there is none."""
    return values[0].reveal().partition(";")[0].strip().lower()[:100] if values else ""


def pairs(text: str, start: int = 0, *, form: bool = False) -> Iterator[Field]:
    """The pairs of a query from an offset on, to its end or the fragment's sign; names and values decoded."""
    pattern = _FORM_PAIR if form else _PAIR
    for count, found in enumerate(pattern.finditer(text, start)):
        if count >= MAX_FIELDS or (not form and "#" in text[start : found.start()][-1:]):
            return
        name, equals, value = found.group().partition("=")
        if equals:
            yield Field(unquote_plus(name), unquote_plus(value), found.end() - len(value), found.end(), "form")
        start = found.end() if not form else start


def parameters(text: str) -> Iterator[tuple[str, int, int]]:
    """Name, start and end of each ``name=value`` or ``name="value"``, quotes not counted."""
    for count, found in enumerate(_PARAMETER.finditer(text)):
        if count >= MAX_FIELDS:
            return
        group = 2 if found.group(2) is not None else 3
        yield found.group(1), found.start(group), found.end(group)


def json_fields(text: str) -> Iterator[Field]:
    """The string and number values of JSON with the name they stand under, also of JSON that is cut off or embedded.

    Elements of an array stand under the array's name. Values that JSON escapes are decoded.
    """
    names: list[str] = [""]  # of each open bracket
    kinds: list[str] = [""]
    name, last = "", None
    for count, found in enumerate(_JSON.finditer(text)):
        if count > MAX_FIELDS * 8:
            return
        token = found.group()
        sign = token[0]
        if sign == ":":
            if last is not None:
                name = last
            last = None
            continue
        if last is not None:  # a string that no colon followed is a value
            last = None
        if sign in "{[":
            if len(names) < 100:
                names.append(name)
                kinds.append(sign)
            name = name if sign == "[" else ""
        elif sign in "}]":
            if len(names) > 1:
                names.pop()
                kinds.pop()
            name = names[-1] if kinds[-1] == "[" else ""
        elif sign == ",":
            name = names[-1] if kinds[-1] == "[" else ""
        elif sign == '"':
            value = _unescaped(found.group(1) or "")
            if _colon_follows(text, found.end()):
                last = value
            else:
                yield Field(name, value, found.start(1), found.end(1), "json", within=names[-1])
        elif sign in "-0123456789":
            yield Field(name, token, found.start(), found.end(), "json", quoted=False, within=names[-1])


_COLON: Final = re.compile(r"\s*+:")


def _colon_follows(text: str, at: int) -> bool:
    return _COLON.match(text, at) is not None


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        value = json.loads(f'"{text}"', strict=False)
    except ValueError:
        return text
    return value if isinstance(value, str) else text


def json_escaped(value: str) -> str:
    """A text as it stands between the quotes of a JSON string."""
    return json.dumps(value)[1:-1]


def multipart_fields(text: str) -> Iterator[Field]:
    """The parts of a multipart/form-data body (RFC 7578): name and content, decoded nowhere."""
    boundary = re.match(r"\s*(--[^\r\n]{1,200})", text)
    if boundary is None:
        return
    mark = boundary.group(1).rstrip()
    for count, found in enumerate(_DISPOSITION.finditer(text)):
        if count >= MAX_FIELDS:
            return
        end = text.find("\n" + mark, found.end())
        end = len(text) if end < 0 else end
        if end > found.end() and text[end - 1] == "\r":
            end -= 1
        yield Field(found.group(1), text[found.end() : end], found.end(), end)


def is_json(kind: str, text: str) -> bool:
    """Whether a body is to be read as JSON, by its media type or its first sign."""
    return "json" in kind or text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}


def is_form(kind: str, text: str) -> bool:
    """Whether a body is to be read as a form, by its media type or its looks."""
    return kind == "application/x-www-form-urlencoded" or re.match(r"[A-Za-z0-9_.\-%\[\]]{1,60}=", text) is not None


def text_fields(text: str, kind: str) -> Iterator[Field]:
    """The named values of a body's text by its media type or looks; none for what is no form, JSON or multipart."""
    if kind.startswith("multipart/"):
        yield from multipart_fields(text)
    elif is_json(kind, text):
        yield from json_fields(text)
    elif is_form(kind, text):
        yield from pairs(text, form=True)


def body_fields(body: bytes, kind: str) -> Iterator[Field]:
    """The named values of a body; offsets count bytes. A body over 256 KiB is read no further."""
    for item in text_fields(body[:MAX_BODY].decode("latin-1"), kind):
        value = item.value
        if not value.isascii() and item.encoding != "form":
            try:
                value = value.encode("latin-1").decode("utf-8")
            except UnicodeError:
                value = item.value
        yield Field(item.name, value, item.start, item.end, item.encoding, item.quoted)


def cut(text: str, spans: Sequence[_Spanned]) -> str:
    """The text without these spans."""
    for span in sorted(spans, key=lambda item: item.start, reverse=True):
        text = text[: span.start] + text[span.end :]
    return text


def without_query_fields(target: str, names: Collection[str]) -> str:
    """The target without the query parameters of these names; all else byte for byte."""
    path, mark, query = target.partition("?")
    if not mark or not names:
        return target
    query, hash_sign, fragment = query.partition("#")
    kept = [pair for pair in query.split("&") if unquote_plus(pair.partition("=")[0]) not in names]
    left = "&".join(kept)
    return path + (f"?{left}" if left else "") + hash_sign + fragment


def without_body_fields(body: bytes, kind: str, names: Collection[str]) -> bytes:
    """The body without the fields of these names; where a field cannot be taken out, its value is."""
    text = body.decode("latin-1")
    if is_json(kind, text):
        decoded = decode(body.decode("utf-8", "replace"))
        if isinstance(decoded.value, dict | list):
            return json.dumps(_pruned(decoded.value, names), separators=(",", ":"), ensure_ascii=False).encode(
                "utf-8", "surrogatepass"
            )
    elif not kind.startswith("multipart/") and is_form(kind, text):
        kept = [pair for pair in text.split("&") if unquote_plus(pair.partition("=")[0]) not in names]
        return "&".join(kept).encode("latin-1")
    return cut(text, [item for item in text_fields(text, kind) if item.name in names]).encode("latin-1")


def _pruned(value: Any, names: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {key: _pruned(item, names) for key, item in value.items() if key not in names}
    if isinstance(value, list):
        return [_pruned(item, names) for item in value]
    return value
