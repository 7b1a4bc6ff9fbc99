"""The loopback redirect (RFC 8252, section 7.3): a page on this machine alone that takes one authorization code."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from tui401.model.secret import Secret
from tui401.oauth.endpoint import is_address, is_here

DEFAULT: Final = "http://127.0.0.1/callback"
MAX_HEAD: Final = 32_768  # bytes of a request's head: an address with a long code in it, and the browser's headers
_HEAD_LIMIT: Final = 5.0  # seconds
_MOST: Final = 200  # connections; a browser makes three

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>tui401</title>
<style>body{{font:1.2rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}}</style></head>
<body><h1>{title}</h1><p>{says}</p></body></html>
"""
_DONE: Final = ("You have signed in.", "You can close this window and go back to the terminal.")
_REFUSED: Final = ("You have not signed in.", "You can close this window. The terminal says what came.")
_STRANGE: Final = ("This page is waiting for something else.", "Go back to the window in which you are signing in.")


class RedirectError(Exception):
    """The page cannot be put up; the text is a sentence."""


@dataclass(slots=True)
class Landing:
    """The page that the browser comes back to.

    Attributes:
        address: The redirect's address, as it is given to the issuer.
        came: What came with the state that was expected, the code among it.
    """

    address: str
    state: Secret[str] = field(repr=False)
    came: asyncio.Future[dict[str, str]]
    _path: str = "/"
    _connections: int = 0

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: one request, one page, and never a word of what came."""
        self._connections += 1
        try:
            if self._connections > _MOST:
                return
            async with asyncio.timeout(_HEAD_LIMIT):
                head = await reader.readuntil(b"\r\n\r\n")
                status, (title, says) = self._hear(head.split(b"\r\n", 1)[0].decode("latin-1"))
                writer.write(_response(status, _PAGE.format(title=title, says=says)))
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # a connection that says nothing is nobody
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _hear(self, line: str) -> tuple[str, tuple[str, str]]:
        method, _, rest = line.partition(" ")
        target = rest.rpartition(" ")[0]
        path, _, query = target.partition("?")
        if path != self._path:
            return "404 Not Found", _STRANGE
        if method != "GET":
            return "405 Method Not Allowed", _STRANGE
        try:
            pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=50)
        except ValueError:
            pairs = []
        came = dict(pairs)
        # Whoever does not know the state is another page or program, and ends nothing.
        if len(came) != len(pairs) or not _same(came.get("state", ""), self.state.reveal()):
            return "400 Bad Request", _STRANGE
        if not self.came.done():
            self.came.set_result(came)
        return "200 OK", (_DONE if came.get("code") else _REFUSED)


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode("utf-8", "replace"), other.encode())


def _response(status: str, page: str) -> bytes:
    body = page.encode()
    head = (
        f"HTTP/1.1 {status}",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        "Connection: close",
    )
    return ("\r\n".join(head) + "\r\n\r\n").encode("ascii") + body


@asynccontextmanager
async def landing(registered: str, state: Secret[str]) -> AsyncIterator[Landing]:
    """Puts the page up until the block ends.

    Args:
        registered: The loopback address that the client is registered with; without a port any free one is taken.
        state: What has to come back with the code (RFC 6749, section 10.12).

    Raises:
        RedirectError: It is no loopback address, or its port is taken.
    """
    where = registered or DEFAULT
    parts = urlsplit(where) if is_address(where) else urlsplit("")
    host = parts.hostname or ""
    if parts.scheme != "http" or not is_here(host) or parts.query or parts.fragment:
        raise RedirectError(
            f"The redirect {where[:200]} is not on this machine. It takes an address such as {DEFAULT} (RFC 8252)."
        )
    path = parts.path or "/"
    came: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
    page = Landing("", state, came, path)
    # A name may lead to either address of this machine, and nobody else may take the other.
    hosts = ["127.0.0.1", "::1"] if host == "localhost" else [host]
    servers: list[asyncio.Server] = []
    try:
        port = parts.port or 0
        for at in hosts:
            try:
                server = await asyncio.start_server(page.meet, at, port, limit=MAX_HEAD)
            except OSError as error:
                if servers:
                    continue  # this machine has no IPv6
                raise RedirectError(
                    f"The page for the redirect cannot be put up at {at}:{port or 'any port'}: "
                    f"{error.strerror or type(error).__name__}. End the program that uses the port, or name another."
                ) from None
            servers.append(server)
            port = port or server.sockets[0].getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        page.address = f"http://{shown}:{port}{parts.path}"
        yield page
    finally:
        for server in servers:
            server.close()
        came.cancel()
