"""HTTP messages as text: header lines to live headers, status lines, requests and responses. Total and bounded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tui401.intake import address
from tui401.intake.core import IntakeError, to_bytes
from tui401.intake.variables import Filler
from tui401.model.http import From, Header, Origin, Provenance, Request, Response, Transport
from tui401.model.secret import Secret

REQUEST_LINE: Final = re.compile(r"([A-Z][A-Z-]{1,20}) (\S{1,65536})(?: HTTP/([0-9](?:\.[0-9])?))?[ \t]*")
"""A request line (RFC 9112, section 3); the version may be missing, as in files of requests."""

STATUS_LINE: Final = re.compile(r"HTTP/([0-9](?:\.[0-9])?) ([1-5][0-9]{2})(?: [^\n]{0,200})?[ \t]*")
"""A status line (RFC 9112, section 4)."""

MAX_HEADERS: Final = 500

_NAME: Final = re.compile(r":?[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_OWN: Final = frozenset({"content-length", "connection", "proxy-connection", "keep-alive", "upgrade"})


@dataclass(frozen=True, slots=True)
class Head:
    """A message's header lines, and HTTP/2's pseudo-headers among them."""

    headers: tuple[Header, ...]
    pseudo: tuple[tuple[str, str], ...] = ()

    def value(self, name: str) -> str | None:
        """The first value of that name, or None."""
        return next((h.value.reveal() for h in self.headers if h.named(name)), None)


def head(lines: Iterable[str], origin: From, filler: Filler | None = None) -> Head:
    """Reads header lines; what is none is left out. A line that begins with a space continues the one before it.

    Args:
        lines: Without their line ends.
        origin: Where they come from.
        filler: Who fills variables, for a request that is to be sent.
    """
    found: list[tuple[str, str, int]] = []
    pseudo: list[tuple[str, str]] = []
    for number, line in enumerate(lines, start=1):
        if line[:1] in (" ", "\t") and found:
            name, value, first = found[-1]
            found[-1] = (name, f"{value} {line.strip()}", first)
            continue
        name, colon, value = line.removeprefix(":").partition(":")
        name = name.rstrip()
        if not colon or not _NAME.fullmatch(name) or len(found) >= MAX_HEADERS:
            continue
        if line.startswith(":"):
            pseudo.append((name.lower(), value.strip()))
        else:
            found.append((name, value.removeprefix(" "), number))
    return Head(tuple(_header(name, value, number, origin, filler) for name, value, number in found), tuple(pseudo))


def _header(name: str, value: str, number: int, origin: From, filler: Filler | None) -> Header:
    fills: tuple[tuple[str, From], ...] = ()
    if filler is not None:
        value, templates = filler.templates(value)
        value, dollars = filler.dollars(value)
        fills = (*templates, *dollars)
    by = (
        Provenance(fills[0][1], ", ".join(s for s, _ in fills))
        if fills
        else Provenance(origin, f"header line {number}")
    )
    return Header(name, Secret(value), by)


def request(
    method: str, target: str, lines: Head, body: str, *, version: str = "", secure: bool | None = None
) -> tuple[Request, bool]:
    """A request from the parts of its text.

    Args:
        method: As spelled.
        target: Path and query, or a whole address.
        lines: Its header lines.
        body: Its content as text; "" for none.
        version: ``1.0`` asks for HTTP/1.0.
        secure: Whether it went by TLS; None when the text does not tell.

    Returns:
        The request, and whether https was only taken for granted.

    Raises:
        IntakeError: It names no host, or one that is none.
    """
    pseudo = dict(lines.pseudo)
    host = pseudo.get("authority") or (lines.value("Host") or "").strip()
    guessed = False
    if "://" in target:
        place = address.parse(target, path_as_is=True)
    else:
        if not host:
            raise IntakeError("The request names no host. Add its Host line, or paste the whole address.")
        if any(char in host for char in "/?#@"):
            raise IntakeError("The Host line of the request holds more than a host and a port. Correct it.")
        scheme = pseudo.get("scheme") or ("https" if secure else "http" if secure is False else "")
        guessed = scheme not in ("http", "https")
        if guessed:
            scheme = "http" if _is_local(host) or host.endswith(":80") else "https"
        path = target if target.startswith("/") else f"/{target}"
        place = address.parse(f"{scheme}://{host}{path}", path_as_is=True)
    headers = tuple(h for h in lines.headers if h.name.lower() not in _OWN and not _is_usual_host(h, place.origin))
    chunked = any(h.named("Transfer-Encoding") for h in headers)
    kept = tuple(h for h in headers if not h.named("Transfer-Encoding")) if chunked else headers
    made = Request(
        method,
        place.origin,
        place.target,
        kept,
        Secret(to_bytes(body)) if body or method in ("POST", "PUT", "PATCH") else None,
        Transport(http10=version == "1.0"),
    )
    return made, guessed


def response(lines: Sequence[str], body: str) -> Response | None:
    """A response from its status line, its header lines and its content; None when the first is no status line."""
    status = STATUS_LINE.fullmatch(lines[0]) if lines else None
    if not status:
        return None
    return Response(
        int(status[2]), head(lines[1:], From.PASTE).headers, Secret(to_bytes(body)), http_version=f"HTTP/{status[1]}"
    )


def _is_local(host: str) -> bool:
    name = host.partition(":")[0].lower()
    return name == "localhost" or name.startswith("127.") or host.startswith("[::1]")


def _is_usual_host(header: Header, origin: Origin) -> bool:
    return header.named("Host") and header.value.reveal().strip().lower() == origin.authority
