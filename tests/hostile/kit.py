"""Servers on raw sockets that play hostile answers, byte by byte: what they do is a function of a connection.

An answer is played and not described: where it drips, floods, breaks off or never ends, it does so on the wire.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from tests.probes.server import Arrived, read_request
from tui401.model.http import Origin

MANY: Final = b"x" * 65_536


class Line:
    """One connection, from the hostile end.

    Attributes:
        server: Whose connection it is.
        arrived: The request, once it was read.
    """

    def __init__(self, server: Hostile, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.arrived = Arrived(b"")
        self._reader = reader
        self._writer = writer

    async def asked(self) -> Arrived:
        """Reads the request to its end, once."""
        if self.arrived.head:
            return self.arrived
        came = await read_request(self._reader)
        if came is None:
            raise ConnectionResetError
        self.arrived = came
        self.server.arrived.append(came)
        return came

    async def greeted(self) -> bytes:
        """The first bytes of whatever comes."""
        return await self._reader.read(65_536)

    async def say(self, *pieces: bytes) -> None:
        """Writes, no faster than it is read."""
        for piece in pieces:
            self._writer.write(piece)
            await self._writer.drain()

    async def drip(self, data: bytes, every: float = 0.02) -> None:
        """Writes a byte at a time."""
        for at in range(len(data)):
            await self.say(data[at : at + 1])
            await asyncio.sleep(every)

    async def without_end(self, pieces: Iterable[bytes]) -> None:
        """Writes for as long as the other end reads."""
        for piece in pieces:
            await self.say(piece)
            await asyncio.sleep(0)

    async def hang(self) -> None:
        """Says nothing more, and keeps the connection."""
        await asyncio.Event().wait()

    def reset(self) -> None:
        """Ends the connection with a RST."""
        raw: socket.socket = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


Play = Callable[[Line], Awaitable[None]]


@dataclass
class Hostile:
    """A server and what reached it.

    Attributes:
        origin: Where it listens.
        play: What it does with each connection.
        arrived: The requests that were read.
        connections: How many there were.
        notes: What a play needs to know of others, and keeps between connections.
    """

    origin: Origin
    play: Play
    arrived: list[Arrived] = field(default_factory=list)
    connections: int = 0
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def received(self) -> bytes:
        return b"\n".join(one.everything for one in self.arrived)

    def url(self, path: str = "/v1/orders") -> str:
        return f"{self.origin}{path}"


@contextlib.asynccontextmanager
async def hostile(play: Play, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Hostile]:
    """A server that plays so; its connections end with the block."""
    server = Hostile(Origin("https" if tls else "http", "127.0.0.1", 0), play)
    running: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await server.play(Line(server, reader, writer))
        except (OSError, EOFError, ssl.SSLError, asyncio.CancelledError):
            pass
        finally:
            running.discard(task)
            writer.close()
            with contextlib.suppress(OSError, ssl.SSLError, asyncio.CancelledError, TimeoutError):
                async with asyncio.timeout(0.2):
                    await writer.wait_closed()
            writer.transport.abort()  # nobody may read what is still to be written
            await asyncio.sleep(0)

    listening = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=tls)
    server.origin = Origin(server.origin.scheme, "127.0.0.1", listening.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listening.close()
        for _turn in range(3):  # a connection that was just accepted has its task in the next turn
            await asyncio.sleep(0)
        for task in tuple(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


# -- plays -------------------------------------------------------------------------------------------------------------


def head(*lines: str | bytes, status: str | bytes = "401 Unauthorized") -> bytes:
    """The head of an answer; texts go out as UTF-8, bytes as they are, whatever stands in them."""
    first = status if isinstance(status, bytes) else f"HTTP/1.1 {status}".encode()
    return b"\r\n".join([first, *(as_bytes(line) for line in lines)]) + b"\r\n\r\n"


def whole(*lines: str | bytes, status: str | bytes = "401 Unauthorized", body: str | bytes = b"") -> bytes:
    """A whole answer with its length."""
    data = as_bytes(body)
    return head(*lines, f"Content-Length: {len(data)}", "Connection: close", status=status) + data


def as_bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def says(*pieces: bytes) -> Play:
    """Reads the request, writes this, closes."""

    async def play(line: Line) -> None:
        await line.asked()
        await line.say(*pieces)

    return play


def answers(*lines: str | bytes, status: str | bytes = "401 Unauthorized", body: str | bytes = b"") -> Play:
    """Answers so, wholly."""
    return says(whole(*lines, status=status, body=body))


def refuses(*lines: str | bytes, body: str | bytes = b'{"error":"invalid_token"}') -> Play:
    """A 401 with a Bearer challenge, JSON, and these lines."""
    return answers(
        'WWW-Authenticate: Bearer error="invalid_token"', "Content-Type: application/json", *lines, body=body
    )


def forever(start: bytes, pieces: Callable[[], Iterable[bytes]]) -> Play:
    """Writes a beginning, and then pieces without end."""

    async def play(line: Line) -> None:
        await line.asked()
        await line.say(start)
        await line.without_end(pieces())

    return play


def stalls(start: bytes) -> Play:
    """Writes a beginning, and then nothing, keeping the connection."""

    async def play(line: Line) -> None:
        await line.asked()
        await line.say(start)
        await line.hang()

    return play


def drips(start: bytes, rest: bytes) -> Play:
    """Writes a beginning, and the rest a byte at a time, the last of it for ever."""

    async def play(line: Line) -> None:
        await line.asked()
        await line.say(start)
        while True:
            await line.drip(rest)

    return play


def breaks(start: bytes, *, reset: bool, reads: bool = True) -> Play:
    """Writes a beginning and ends the connection, politely or with a RST."""

    async def play(line: Line) -> None:
        if reads:
            await line.asked()
        await line.say(start)
        if reset:
            await asyncio.sleep(0.01)  # what was written arrives before the RST throws it away
            line.reset()

    return play
