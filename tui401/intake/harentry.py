"""One entry of a HAR as it stands in the file, and the hop that it recorded.

Written by browsers, proxies and API clients, and each leaves out or adds something: headers as an object, numbers as
texts, bodies in base64, cookies apart from their header, the pseudo-headers of HTTP/2 (RFC 9113, section 8.3).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, unquote, urlencode, urlsplit

import msgspec

from tui401.model.http import DEFAULT_PORTS, From, Header, Hop, Origin, Peer, Provenance, Request, Response
from tui401.model.secret import Secret

MAX_BODY: Final = 262_144  # characters of a recorded body that are kept; a refusal says what it says at its beginning
_RECORDED: Final = Provenance(From.FILE, "the recording")
_SCHEMES: Final = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
_FORM: Final = "application/x-www-form-urlencoded"


class BadEntryError(Exception):
    """Why an entry cannot be judged: the end of a sentence that begins with its place."""


class _Raw(msgspec.Struct, gc=False):
    """The root of what is read as it stands; it may hold secrets, so it never shows its values."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__


class Line(_Raw, gc=False):
    """A header line, or a field of a form."""

    name: str
    value: str = ""


class Post(_Raw):
    """A request's body."""

    mimeType: str = ""  # noqa: N815 - the names are the format's
    text: str = ""
    params: list[Line] = []
    encoding: str = ""


class Content(_Raw):
    """A response's body."""

    text: str = ""
    encoding: str = ""
    mimeType: str = ""  # noqa: N815 - the same


class Asked(_Raw):
    """A request."""

    url: str
    method: str = "GET"
    headers: list[Line] = []
    postData: Post | None = None  # noqa: N815 - the same
    cookies: msgspec.Raw = msgspec.Raw(b"")


class Came(_Raw):
    """A response; status 0 is what browsers write when none came."""

    status: int
    headers: list[Line] = []
    content: Content | None = None
    redirectURL: str = ""  # noqa: N815 - the same


class Entry(_Raw):
    """One request and its response. ``time`` is in milliseconds."""

    request: Asked
    response: Came
    startedDateTime: str = ""  # noqa: N815 - the same
    time: float = 0.0


# -- an entry that is not as usual -------------------------------------------------------------------------------------


def entry_from(value: Any) -> Entry:
    """The entry that a JSON value is meant to be, with whatever can be read of it.

    Raises:
        BadEntryError: when its request or response cannot be made out.
    """
    if not isinstance(value, dict):
        raise BadEntryError(f"is {_kind(value)} and no object, so it holds no exchange.")
    request, response = value.get("request"), value.get("response")
    if not isinstance(request, dict):
        raise BadEntryError("has no request, so there is nothing to judge.")
    if not isinstance(response, dict):
        raise BadEntryError("has no response, so there is nothing to judge.")
    url = _text(request.get("url"))
    if not url:
        raise BadEntryError("has a request without a “url”, so nobody knows where it went.")
    status = _number(response.get("status"))
    if status is None or not 0 <= status <= 999:
        raise BadEntryError("has a response without a “status” that is a number.")
    content = response.get("content")
    post = request.get("postData")
    return Entry(
        request=Asked(
            url=url,
            method=_text(request.get("method")) or "GET",
            headers=_lines(request.get("headers")),
            postData=_post(post),
            cookies=msgspec.Raw(msgspec.json.encode(_pairs(request.get("cookies")))),
        ),
        response=Came(
            status=int(status),
            headers=_lines(response.get("headers")),
            content=Content(
                text=_text(content.get("text")),
                encoding=_text(content.get("encoding")),
                mimeType=_text(content.get("mimeType")),
            )
            if isinstance(content, dict)
            else Content(text=content)
            if isinstance(content, str)
            else None,
            redirectURL=_text(response.get("redirectURL")),
        ),
        startedDateTime=_text(value.get("startedDateTime")),
        time=_number(value.get("time")) or 0.0,
    )


def _kind(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {None: "null", True: "true", False: "false"}[value]
    return "a list" if isinstance(value, list) else "a text" if isinstance(value, str) else "a number"


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()  # no half of a surrogate pair
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, dict | list):
        return ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        try:
            return float(value[:40])
        except ValueError:
            return None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _pairs(value: Any) -> list[dict[str, str]]:
    """Names and values, given as a list of objects or as one object."""
    if isinstance(value, dict):
        return [
            {"name": name, "value": _text(one)}
            for name, given in value.items()
            for one in (given if isinstance(given, list) else [given])
        ]
    if not isinstance(value, list):
        return []
    found = (item for item in value if isinstance(item, dict))
    named = ((_text(item.get("name") or item.get("key")), _text(item.get("value"))) for item in found)
    return [{"name": name, "value": text} for name, text in named if name]


def _lines(value: Any) -> list[Line]:
    return [Line(pair["name"], pair["value"]) for pair in _pairs(value)]


def _post(value: Any) -> Post | None:
    if isinstance(value, str):
        return Post(text=value)
    if not isinstance(value, dict):
        return None
    return Post(_text(value.get("mimeType")), _text(value.get("text")), _lines(value.get("params")))


# -- the hop that it recorded ------------------------------------------------------------------------------------------


def is_http(entry: Entry) -> bool:
    """Whether it records an HTTP exchange that was answered: no data: or blob: address, no status 0."""
    return entry.response.status > 0 and (
        entry.request.url[:4].lower() == "http" or entry.request.url[:2].lower() == "ws" or _is_relative(entry)
    )


def _is_relative(entry: Entry) -> bool:
    return entry.request.url.startswith("/") and bool(_host(entry.request.headers))


def started(entry: Entry) -> float:
    """When it was sent, seconds since the epoch; 0.0 where the recording does not say."""
    try:
        return datetime.fromisoformat(entry.startedDateTime).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def hop_of(entry: Entry) -> Hop:
    """The exchange that an entry recorded.

    Raises:
        BadEntryError: for an address that names no host.
    """
    asked, came = entry.request, entry.response
    origin, target, login = _address(asked)
    headers = [Header(line.name, Secret(line.value), _RECORDED) for line in asked.headers if line.name[:1] != ":"]
    if not any(header.named("cookie") for header in headers):
        headers += _cookies(asked.cookies)
    if login is not None and not any(header.named("authorization") for header in headers):
        headers.append(Header("Authorization", Secret(login), Provenance(From.URL, "in the address")))
    body, kind = request_body(asked.postData)
    if kind and not any(header.named("content-type") for header in headers):
        headers.append(Header("Content-Type", Secret(kind), _RECORDED))
    request = Request(asked.method, origin, Secret(target), tuple(headers), Secret(body) if body else None)
    content, cut = _content(came.content)
    lines = [Header(line.name, Secret(line.value), _RECORDED) for line in came.headers if line.name[:1] != ":"]
    if came.content is not None and came.content.mimeType and not any(h.named("content-type") for h in lines):
        lines.append(Header("Content-Type", Secret(came.content.mimeType), _RECORDED))
    if came.redirectURL and 300 <= came.status < 400 and not any(h.named("location") for h in lines):
        lines.append(Header("Location", Secret(came.redirectURL), _RECORDED))
    response = Response(came.status, tuple(lines), Secret(content), truncated=cut)
    return Hop(request, response, started(entry), max(entry.time, 0.0) / 1000, Peer())


def _host(headers: Sequence[Line]) -> str:
    return next((line.value for line in headers if line.name.lower() in (":authority", "host")), "")


def _address(asked: Asked) -> tuple[Origin, str, str | None]:
    """Origin, target, and the Basic credential of a user in the address."""
    url = asked.url
    if url.startswith("/"):
        scheme = next((line.value for line in asked.headers if line.name == ":scheme"), "https")
        url = f"{scheme}://{_host(asked.headers)}{url}"
    scheme, _, rest = url.partition("://")
    scheme = _SCHEMES.get(scheme.lower(), "https")
    cut = re.search(r"[/?#\\]", rest)
    authority, behind = (rest[: cut.start()], rest[cut.start() :]) if cut else (rest, "")
    login, at, place = authority.rpartition("@")
    try:
        parts = urlsplit(f"{scheme}://{place}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = place.partition(":")[0].strip("[]").lower(), None
    if not host:
        raise BadEntryError("has a request whose “url” names no host.")
    target = behind.partition("#")[0]
    if not target.startswith("/"):
        target = f"/{target}"
    return Origin(scheme, host, port or DEFAULT_PORTS[scheme]), target, _basic(login) if at else None


def _basic(login: str) -> str:
    user, _, password = login.partition(":")
    pair = f"{unquote(user)}:{unquote(password)}".encode("utf-8", "surrogatepass")
    return f"Basic {base64.b64encode(pair).decode()}"


def _cookies(raw: msgspec.Raw) -> list[Header]:
    """The Cookie header, where a recorder kept the cookies and not the header."""
    if len(memoryview(raw)) <= 2:
        return []
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    value = "; ".join(f"{pair['name']}={pair['value']}" for pair in _pairs(found))
    return [Header("Cookie", Secret(value), _RECORDED)] if value else []


def request_body(post: Post | None) -> tuple[bytes, str]:
    """A request's body and its media type."""
    if post is None:
        return b"", ""
    text = post.text
    if not text and post.params:
        text = urlencode([(line.name, line.value) for line in post.params], quote_via=quote, errors="replace")
        return text[:MAX_BODY].encode("utf-8", "surrogatepass"), post.mimeType or _FORM
    if post.encoding.lower() == "base64":
        return _decoded(text), post.mimeType
    return text[:MAX_BODY].encode("utf-8", "surrogatepass"), post.mimeType


def _content(content: Content | None) -> tuple[bytes, bool]:
    """A response's body, and whether it was cut."""
    if content is None:
        return b"", False
    text = content.text
    cut = len(text) > MAX_BODY
    if content.encoding.lower() == "base64":
        return _decoded(text), cut
    return (text[:MAX_BODY] if cut else text).encode("utf-8", "surrogatepass"), cut


def _decoded(text: str) -> bytes:
    """What base64 holds; the text itself where it is none."""
    part = re.sub(r"\s+", "", text[: 2 * MAX_BODY]).rstrip("=")
    part = part[: len(part) - (1 if len(part) % 4 == 1 else 0)]
    try:
        data = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_" if "-" in part or "_" in part else None)
    except (binascii.Error, ValueError):
        return text[:MAX_BODY].encode("utf-8", "surrogatepass")
    return data[:MAX_BODY]


def values(lines: Sequence[Line], name: str) -> list[str]:
    """The values of all lines of that name, given in lower case."""
    return [line.value for line in lines if line.name.lower() == name]


__all__ = [
    "MAX_BODY",
    "BadEntryError",
    "Entry",
    "Line",
    "entry_from",
    "hop_of",
    "is_http",
    "request_body",
    "started",
    "values",
]
