"""The API's own way to its authorization server: one plain HTTP request, bounded."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final
from urllib.parse import urlsplit

import h11

from tui401.practice.answers import Answer

_LIMIT: Final = 256 * 1024  # bytes of an answer's body


async def fetch(
    method: str, url: str, headers: tuple[tuple[str, str], ...] = (), body: bytes = b"", *, seconds: float = 5.0
) -> Answer:
    """Send one request over a connection of its own and read the whole answer.

    Args:
        method: The method.
        url: An ``http`` address.
        headers: Further headers; Host, Content-Length and Connection are added.
        body: The body.
        seconds: Limit for everything together.

    Raises:
        OSError: When it cannot connect, the answer is no HTTP, is too long, or the time is over.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _fetch(method, url, headers, body)
    except h11.RemoteProtocolError as error:
        raise OSError(f"the answer is no HTTP: {error}") from error


async def _fetch(method: str, url: str, headers: tuple[tuple[str, str], ...], body: bytes) -> Answer:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname is None:
        raise OSError("only plain http addresses are asked")
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
    try:
        wire = h11.Connection(h11.CLIENT)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        fields = [("Host", parts.netloc), ("Connection", "close"), ("Content-Length", str(len(body))), *headers]
        out = wire.send(h11.Request(method=method, target=target, headers=fields)) or b""
        out += wire.send(h11.Data(data=body)) or b""
        out += wire.send(h11.EndOfMessage()) or b""
        writer.write(out)
        await writer.drain()
        status, got, content = 0, [], bytearray()
        while True:
            event = wire.next_event()
            if event is h11.NEED_DATA:
                wire.receive_data(await reader.read(65536))
            elif isinstance(event, h11.Response):
                status = event.status_code
                got = [(name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers]
            elif isinstance(event, h11.Data):
                content += event.data
                if len(content) > _LIMIT:
                    raise OSError(f"the answer is longer than {_LIMIT} bytes")
            elif isinstance(event, h11.EndOfMessage):
                return Answer(status, tuple(got), bytes(content))
            elif not isinstance(event, h11.InformationalResponse):
                raise OSError("the connection ended before the answer")
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
