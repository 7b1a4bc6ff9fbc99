"""What the practice servers read and give back: a request, an answer, a record of both."""

from __future__ import annotations

import base64
import binascii
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

_MAX_FIELDS: Final = 64  # no honest form of these servers has more
_KEPT: Final = 10_000  # records kept of one origin; a day of practice stays far below


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the socket.

    Attributes:
        method: As spelled, for example ``GET``.
        target: The request target as sent (RFC 9112, section 3.2).
        headers: Name and value pairs in order; names in lower case, values decoded as Latin-1.
        body: The whole body.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)

    @property
    def path(self) -> str:
        """The path of the target without its query; "" when the target is no address at all."""
        try:
            return urlsplit(self.target).path
        except ValueError:
            return ""

    def all(self, name: str) -> list[str]:
        """Every value of that header, in order; the name in lower case."""
        return [value for key, value in self.headers if key == name]

    def first(self, name: str) -> str | None:
        """The first value of that header or None."""
        return next(iter(self.all(name)), None)

    def form(self) -> list[tuple[str, str]] | None:
        """The fields of an ``application/x-www-form-urlencoded`` body in order; None when it is none."""
        kind = (self.first("content-type") or "").split(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            return None
        try:
            return parse_qsl(self.body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer before Date and Content-Length are added.

    Attributes:
        status: Status code.
        headers: Name and value pairs, ASCII.
        body: The whole body.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def plus(self, *headers: tuple[str, str]) -> Answer:
        """The same answer with further headers."""
        return Answer(self.status, (*self.headers, *headers), self.body)


def as_json(status: int, content: Mapping[str, Any], *headers: tuple[str, str]) -> Answer:
    """An answer of ``application/json``."""
    body = json.dumps(content, ensure_ascii=False).encode()
    return Answer(status, (("Content-Type", "application/json"), *headers), body)


def plain(text: object, limit: int = 160) -> str:
    """Untrusted text as a challenge may carry it: printable ASCII without quotes and backslashes (RFC 6750, 3)."""
    shown = str(text)[: limit + 1]
    safe = "".join(c if " " <= c <= "~" and c not in '"\\' else "?" for c in shown)
    return safe if len(safe) <= limit else safe[:limit] + "..."


def challenge(scheme: str, *params: tuple[str, str | None]) -> tuple[str, str]:
    """A WWW-Authenticate header of one challenge (RFC 9110, section 11.6.1); parameters of None are left out."""
    said = ", ".join(f'{name}="{plain(value, 400)}"' for name, value in params if value is not None)
    return ("WWW-Authenticate", f"{scheme} {said}".rstrip())


def basic(value: str) -> tuple[str, str] | None:
    """User and password of a Basic header's value (RFC 7617), or None when it is not one."""
    scheme, _, rest = value.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(rest.strip(" "), validate=True).decode("utf-8").partition(":")
    except (ValueError, binascii.Error):
        return None
    return (user, password) if colon else None


def json_object(text: bytes) -> dict[str, Any]:
    """A JSON object, or {} when the bytes are anything else."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


@dataclass(slots=True)
class Record:
    """One request that an origin received; kept in memory only, values never shown in a repr.

    Attributes:
        method: As spelled.
        target: The request target.
        authorization: Whether an Authorization header came.
        headers: All headers, secrets included.
        body: The body, secrets included.
        status: What was answered; None while it is not, or when the connection was lost.
    """

    method: str
    target: str
    authorization: bool
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    status: int | None = None

    def carried(self, secret: str) -> bool:
        """Whether that text stood in the target, a header or the body, as it is."""
        return (
            secret in self.target
            or any(secret in value for _, value in self.headers)
            or secret.encode("utf-8", "replace") in self.body
        )


def _records() -> deque[Record]:
    return deque(maxlen=_KEPT)


@dataclass(slots=True)
class Requests:
    """Who received what.

    Attributes:
        api: Requests to the protected API.
        issuer: Requests to the authorization server by anyone but the API.
        between: Requests of the API itself to the authorization server.
        front: Requests to what stands before the API.
    """

    api: deque[Record] = field(default_factory=_records)
    issuer: deque[Record] = field(default_factory=_records)
    between: deque[Record] = field(default_factory=_records)
    front: deque[Record] = field(default_factory=_records)
