"""Reads the body of a refusal into short texts with their paths, so that dialects can look for words in them.

JSON (RFC 8259), problem details (RFC 9457), OAuth errors (RFC 6749, section 5.2), forms, XML, SOAP, HTML, plain text.
The content type is a hint only: servers label JSON as HTML and print Python objects as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import unquote_plus

from tui401.wire.markup import html_texts, xml_texts
from tui401.wire.textjson import decode, loose_texts, without_halves

MAX_BODY: Final = 262_144  # characters that are read; a refusal says what it says at its beginning
MAX_TEXTS: Final = 200
MAX_TEXT: Final = 2_000  # characters of one text

_CHARSET: Final = re.compile(r"charset\s{0,4}=\s{0,4}[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_CHARSETS: Final = frozenset({"iso-8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "us-ascii", "ascii"})
_FORM: Final = re.compile(r"[A-Za-z0-9_.\-%\[\]]{1,80}=[^\s&]*(?:&[A-Za-z0-9_.\-%\[\]]{1,80}=[^\s&]*)*\s*", re.ASCII)
_HTML: Final = re.compile(r"\s*(?:<!--|<!doctype html|<(?:html|head|body|title|h1|center|p|div|pre)\b)", re.IGNORECASE)
_XML: Final = re.compile(r"\s*<(?:\?xml|!doctype\b|[a-z_])", re.IGNORECASE)
_ERROR_CODE: Final = re.compile(r"[!#-\[\]-~]{1,80}")  # RFC 6749, section 5.2, without the space
_PREFIX: Final = re.compile(r"\s*(?:\)\]\}'|while\(1\);|for\(;;\);)[,\s]*")  # guards against inclusion as a script


class Kind(StrEnum):
    """What a body is, by its looks and its content type."""

    EMPTY = "empty"
    JSON = "json"
    PROBLEM = "problem"  # RFC 9457
    OAUTH = "oauth"  # RFC 6749, section 5.2: an object with "error" as a text
    LOOSE = "loose"  # nearly JSON: cut off, or printed by a program
    FORM = "form"
    XML = "xml"
    HTML = "html"
    TEXT = "text"
    BINARY = "binary"  # nothing to read


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """An error body, read. Its texts are a stranger's: they pass wire.visible before they are shown.

    Attributes:
        kind: What it is.
        texts: Path and text of everything in it, in order: "error.message", "errors[0].code", "Error.Code",
            "title", "text". Numbers and booleans are written as JSON writes them.
        title: The one line that says most: a title, a message, an error's description; "" when there is none.
        cut: Whether something was left out because a bound was met.
    """

    kind: Kind
    texts: tuple[tuple[str, str], ...] = ()
    title: str = ""
    cut: bool = False

    def get(self, *names: str) -> str:
        """The first text whose path's last name is one of these, without regard to case; "" when there is none.

        Names that stand first win, whatever the order in the body.
        """
        for name in names:
            wanted = name.lower()
            for path, text in self.texts:
                if _last_name(path) == wanted:
                    return text
        return ""

    @property
    def all(self) -> str:
        """Every text, one a line."""
        return "\n".join(text for _, text in self.texts)


def read(body: bytes | str | None, content_type: str = "") -> ErrorBody:
    """Reads a body; never raises, in time linear in what is read.

    Args:
        body: The body, decompressed, as bytes or as text; None for none.
        content_type: The value of Content-Type, "" when there was none.
    """
    if not body:
        return ErrorBody(Kind.EMPTY)
    text, cut = _cut(body) if isinstance(body, str) else _decoded(body, content_type)
    if text is None:
        return ErrorBody(Kind.BINARY, cut=cut)
    text = text.removeprefix("\ufeff")
    if not text.strip():
        return ErrorBody(Kind.EMPTY, cut=cut)
    kind, found = _read(text, content_type.partition(";")[0].strip().lower())
    texts: list[tuple[str, str]] = []
    for path, raw in found:
        if len(texts) >= MAX_TEXTS:
            cut = True
            break
        value = raw.strip()
        if value:
            cut = cut or len(value) > MAX_TEXT
            texts.append((path, value[:MAX_TEXT]))
    return ErrorBody(kind, tuple(texts), _title(texts), cut)


def _cut(body: str) -> tuple[str | None, bool]:
    return without_halves(body[:MAX_BODY]), len(body) > MAX_BODY


def _decoded(body: bytes, content_type: str) -> tuple[str | None, bool]:
    head, cut = body[:MAX_BODY], len(body) > MAX_BODY
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace"), cut
    if b"\x00" in head[:1024]:
        return None, cut
    named = _CHARSET.search(content_type[:1000])
    if named and named.group(1).lower() in _CHARSETS:
        return head.decode("cp1252", "replace"), cut
    return head.decode("utf-8", "replace"), cut


def _read(text: str, media: str) -> tuple[Kind, Iterator[tuple[str, str]]]:
    guard = _PREFIX.match(text)
    start = text[guard.end() if guard else 0 :].lstrip()
    if start[0] in '{["' or media.endswith(("json", "+json")):
        found = decode(start)
        if not found.problem:
            root = "" if isinstance(found.value, (dict, list)) else "text"
            return _json_kind(found.value, media), _walk(root, found.value)
        if start[0] in "{[":
            return Kind.LOOSE, loose_texts(start)
    if _HTML.match(text) or (_XML.match(text) and "<html" in text[:1000].lower()):
        return Kind.HTML, html_texts(text)
    if _XML.match(text):
        return Kind.XML, xml_texts(text)
    if media == "application/x-www-form-urlencoded" or (_FORM.fullmatch(text[:4000]) and len(text) <= 4000):
        return Kind.FORM, _form(text)
    return Kind.TEXT, iter((("text", text),))


def _json_kind(value: Any, media: str) -> Kind:
    if media == "application/problem+json":
        return Kind.PROBLEM
    if isinstance(value, dict):
        error = value.get("error")
        if isinstance(error, str) and _ERROR_CODE.fullmatch(error) and value.keys() <= _OAUTH_NAMES:
            return Kind.OAUTH
        if "title" in value and ("type" in value or "detail" in value) and not isinstance(value["title"], dict):
            return Kind.PROBLEM
    return Kind.JSON


_OAUTH_NAMES: Final = frozenset(
    {
        *("error", "error_description", "error_uri", "state", "iss", "error_codes", "timestamp", "trace_id"),
        *("correlation_id", "suberror", "claims", "error_hint", "status_code", "error_debug", "scope"),
    }
)


def _walk(root: str, value: Any) -> Iterator[tuple[str, str]]:
    """Leaves of decoded JSON with their paths, in order; without recursion, so that depth costs nothing."""
    stack: list[tuple[str, Any]] = [(root, value)]
    while stack:
        path, here = stack.pop()
        if isinstance(here, dict):
            prefix = f"{path}." if path else ""
            stack.extend(
                (f"{prefix}{_short(name)}", inner) for name, inner in reversed(list(here.items())[: MAX_TEXTS * 2])
            )
        elif isinstance(here, list):
            stack.extend((f"{path}[{i}]", here[i]) for i in reversed(range(min(len(here), MAX_TEXTS * 2))))
        elif here is not None:
            yield path, _leaf(here)


def _leaf(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def _short(name: str) -> str:
    return name[:80]


def _form(text: str) -> Iterator[tuple[str, str]]:
    for pair in text.strip().split("&", MAX_TEXTS * 2)[: MAX_TEXTS * 2]:
        name, _, value = pair.partition("=")
        yield _short(unquote_plus(name, errors="replace")), unquote_plus(value, errors="replace")


_TITLES: Final = (
    *("error_description", "errordescription", "detail", "message", "msg", "errormessage", "error_message"),
    *("user_message", "description", "developermessage", "faultstring", "reason", "title", "h1", "error", "summary"),
    *("errors", "code", "text"),
)


def _title(texts: list[tuple[str, str]]) -> str:
    best: dict[str, str] = {}
    for path, text in texts:
        best.setdefault(_last_name(path.removesuffix(".value")), text)  # OData: "message": {"value": …}
    for name in _TITLES:
        if name in best:
            return " ".join(best[name].split())[:300]
    return ""


def _last_name(path: str) -> str:
    """The last name of a path in lower case, without an index and without a namespace prefix."""
    end = len(path)
    while path.endswith("]", 0, end):
        opening = path.rfind("[", 0, end)
        if opening < 0:
            break
        end = opening
    name = path[path.rfind(".", 0, end) + 1 : end]
    return name[max(name.rfind(":"), name.rfind("@")) + 1 :].lower()
