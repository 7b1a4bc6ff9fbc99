"""A small HTTP/1.1 server on loopback: h11 over asyncio, bounded in size, time and number."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

import h11

from tui401.practice.answers import Answer, Record, Request, as_json
from tui401.practice.clock import Clock
from tui401.practice.limits import Limits

Handler = Callable[[Request], Awaitable[Answer]]
Keep = Callable[[Record], None]

_CHUNK: Final = 65536
_ACCEPTING: Final = 5  # turns of the loop in which a connection that was just accepted reaches its handler
_LINGER: Final = 1 << 20  # bytes read and thrown away so that a refused sender still sees why


def _phrase(status: int) -> bytes:
    try:
        return HTTPStatus(status).phrase.encode("ascii")
    except ValueError:
        return b""


class _Listener(socket.socket):
    """A listening socket that can stop accepting before it is closed.

    asyncio loses, unclosed, a connection whose transport is made after its server was closed.
    """

    over = False

    def accept(self) -> tuple[socket.socket, Any]:
        if self.over:
            raise BlockingIOError
        return super().accept()


class HttpServer:
    """Serves one origin on a free loopback port until stopped.

    Attributes:
        port: The port; 0 before start().
        nonsense: Connections that were ended because of bad HTTP, a bound or a time limit.
        failures: Exceptions of the handler, which were answered with 500.
    """

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self.port = 0
        self.nonsense = 0
        self.failures: list[Exception] = []
        self._clock = clock
        self._limits = limits
        self._server: asyncio.Server | None = None
        self._handler: Handler | None = None
        self._keep: Keep | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._over = False
        self._listener: _Listener | None = None

    def serve(self, handler: Handler, keep: Keep) -> None:
        """Answer with this handler; ``keep`` is told of every request before it is handled."""
        self._handler, self._keep = handler, keep

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1, so that handlers can be made that know it.

        Raises:
            OSError: When no loopback socket can be opened.
        """
        self._listener = _Listener(socket.AF_INET, socket.SOCK_STREAM)
        try:
            self._listener.bind(("127.0.0.1", 0))
            self._server = await asyncio.start_server(self._connected, sock=self._listener, backlog=128)
        except BaseException:
            self._listener.close()
            raise
        self.port = int(self._listener.getsockname()[1])

    async def stop(self) -> None:
        """Stop listening and end every connection, within ``Limits.stop``."""
        if self._server is None:
            return
        server, self._server = self._server, None
        self._over = True
        if self._listener is not None:
            self._listener.over = True
        for _ in range(_ACCEPTING):
            await asyncio.sleep(0)
        server.close()
        for task in tuple(self._open):
            task.cancel()
        if self._open:
            await asyncio.wait(tuple(self._open), timeout=self._limits.stop)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._limits.stop):
                await server.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # No coroutine: a task that is cancelled before its first step would leave the socket open.
        if self._over:
            writer.transport.abort()
            return
        task = asyncio.get_running_loop().create_task(self._converse(reader, writer))
        self._open.add(task)

        def done(ended: asyncio.Task[None]) -> None:
            self._open.discard(ended)
            writer.transport.abort()
            if not ended.cancelled() and (error := ended.exception()) is not None:
                self.failures.append(error if isinstance(error, Exception) else RuntimeError(str(error)))

        task.add_done_callback(done)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Conversation(self, reader, writer).run(crowded=len(self._open) > self._limits.connections)
        except (ConnectionError, TimeoutError):
            self.nonsense += 1
        # A peer that went away first makes wait_closed raise, which says nothing new.
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(self._limits.stop):
                writer.close()
                await writer.wait_closed()

    async def _answer(self, request: Request) -> Answer:
        if self._handler is None or self._keep is None:
            return as_json(503, {"message": "Not ready yet"})
        came = any(name == "authorization" for name, _ in request.headers)
        record = Record(request.method, request.target, came, request.headers, request.body)
        self._keep(record)
        try:
            async with asyncio.timeout(self._limits.answer):
                answer = await self._handler(request)
        except TimeoutError:
            answer = as_json(504, {"message": "The answer took too long"})
        except Exception as error:  # noqa: BLE001  # a fault of the handler is answered, kept, and seen by the tests
            self.failures.append(error)
            answer = as_json(500, {"message": "Internal error"})
        record.status = answer.status
        return answer


class _Conversation:
    """One connection: requests one after another until either side ends it."""

    def __init__(self, server: HttpServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._server = server
        self._limits = server._limits  # noqa: SLF001  # the server's own other half
        self._reader = reader
        self._writer = writer
        self._wire = h11.Connection(h11.SERVER, max_incomplete_event_size=self._limits.head)
        self._head = False  # whether the request was HEAD, whose answer has no body

    async def run(self, *, crowded: bool) -> None:
        if crowded:
            await self._refuse(503, "Too many connections")
            return
        while True:
            self._head = False
            try:
                async with asyncio.timeout(self._limits.read):
                    request = await self._read()
            except h11.RemoteProtocolError as error:
                await self._refuse(error.error_status_hint, "This is not HTTP as RFC 9112 has it")
                return
            except TimeoutError:
                if self._wire.their_state is not h11.IDLE or self._wire.trailing_data[0]:
                    await self._refuse(408, "The request took too long to arrive")
                return
            if request is None:
                return
            await self._send(await self._server._answer(request))  # noqa: SLF001  # the same
            if self._wire.our_state is not h11.DONE or self._wire.their_state is not h11.DONE:
                return
            self._wire.start_next_cycle()

    async def _read(self) -> Request | None:
        """The next request, or None when the other side has ended the connection or sent too long a body."""
        head: h11.Request | None = None
        body = bytearray()
        while True:
            event = self._wire.next_event()
            if event is h11.NEED_DATA:
                if self._wire.they_are_waiting_for_100_continue:
                    await self._write(self._wire.send(h11.InformationalResponse(status_code=100, headers=[])))
                self._wire.receive_data(await self._reader.read(_CHUNK))
            elif isinstance(event, h11.Request):
                head = event
                self._head = head.method == b"HEAD"
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > self._limits.body:
                    await self._refuse(413, f"The body is longer than {self._limits.body} bytes")
                    return None
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                headers = tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in head.headers)
                return Request(head.method.decode("ascii"), head.target.decode("ascii"), headers, bytes(body))
            else:  # ConnectionClosed or PAUSED
                return None

    async def _refuse(self, status: int, words: str) -> None:
        """Answer bad HTTP if that is still possible, and let the sender read it before the end."""
        self._server.nonsense += 1
        if self._wire.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        await self._send(as_json(status, {"message": words}, ("Connection", "close")))
        with contextlib.suppress(OSError, TimeoutError):
            if self._writer.can_write_eof():
                self._writer.write_eof()
            async with asyncio.timeout(min(1.0, self._limits.read)):
                left = _LINGER
                while left > 0 and (data := await self._reader.read(_CHUNK)):
                    left -= len(data)

    async def _send(self, answer: Answer) -> None:
        headers = [
            ("Date", self._server._clock.date()),  # noqa: SLF001  # the same
            *answer.headers,
        ]
        if answer.status != 204:
            headers.append(("Content-Length", str(len(answer.body))))
        packed = [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in headers]
        out = (
            self._wire.send(h11.Response(status_code=answer.status, headers=packed, reason=_phrase(answer.status)))
            or b""
        )
        if answer.body and not self._head:
            out += self._wire.send(h11.Data(data=answer.body)) or b""
        out += self._wire.send(h11.EndOfMessage()) or b""
        await self._write(out)

    async def _write(self, data: bytes | None) -> None:
        if data:
            self._writer.write(data)
            async with asyncio.timeout(self._limits.write):
                await self._writer.drain()
