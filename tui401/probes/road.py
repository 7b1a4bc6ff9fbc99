"""The road to a server: its address is looked up, checked and connected to by us, through a proxy where one is named.

Two things that HTTP libraries keep to themselves are done here, below them: the address that was checked is the one
that is connected to, and the head of the request goes out byte by byte as it was given.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Iterable, Sequence
from typing import Any, Final

from tui401.model.http import FailureKind, Origin, Peer, Proxy, Transport
from tui401.model.secret import Secret
from tui401.probes import proxy as proxies
from tui401.probes import tls
from tui401.probes.address import Address, Guard, addresses
from tui401.probes.failures import NoAnswerError, no_answer, of_os_error, quoted, timed_out
from tui401.probes.library import httpcore

_STAGGER: Final = 0.25  # seconds before the next address is tried beside the last (RFC 8305, section 5)
_CLOSING: Final[set[asyncio.Future[None]]] = set()
_END_OF_HEAD: Final = b"\r\n\r\n"


class Road(httpcore.AsyncNetworkBackend):
    """Connects one request to its origin. Made for one connection.

    Attributes:
        address: The address that was connected to, once it was; a proxy's own where there is one.
        peer: Who is at the other end, as far as it is known.
        head: The bytes that go out in place of the library's own head.
        origin: Where the request goes.
    """

    def __init__(self, origin: Origin, transport: Transport, head: Secret[bytes], guard: Guard | None = None) -> None:
        self.address = ""
        self.peer = Peer()
        self.head = head
        self.origin = origin
        self._transport = transport
        self._guard = guard
        self._deadline = asyncio.get_running_loop().time() + transport.connect_limit

    @property
    def where(self) -> str:
        """The server, for a person."""
        return quoted(f"{self.origin.host}:{self.origin.port}")

    @property
    def straight(self) -> bool:
        """Whether there is no proxy in between."""
        return self._transport.proxy is None

    @property
    def left(self) -> float:
        """Seconds of the connection's limit that are left."""
        return max(0.001, self._deadline - asyncio.get_running_loop().time())

    async def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - the road knows its origin; the library is given a name that leads nowhere
        port: int,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the limit of the whole connection holds
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """A stream to the origin, tunnelled where the transport names a proxy.

        Raises:
            NoAnswerError: With the sentence.
        """
        via = self._transport.proxy
        try:
            async with asyncio.timeout(self.left):
                plain = await (self._straight() if via is None else self._through(via))
        except TimeoutError:
            what = f"{self.where} did not answer the connection"
            if via is not None:
                what = f"The proxy {quoted(via.url)} made no connection to {self.where}"
            raise NoAnswerError(timed_out(what, self._transport.connect_limit)) from None
        self.note_peer(plain)
        return Stream(plain, self)

    def note_peer(self, stream: httpcore.AsyncNetworkStream) -> None:
        """Notes who is at the other end of the stream."""
        self.peer = tls.peer_of(stream, self.address)

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await asyncio.sleep(seconds)

    async def _straight(self) -> httpcore.AsyncNetworkStream:
        found = await addresses(self.origin.host, self.origin.port, resolve=self._transport.resolve, limit=self.left)
        if self._guard is not None:
            for address in found:
                refusal = self._guard.refuses(address)
                if refusal:
                    raise no_answer(
                        FailureKind.UNSENDABLE,
                        f"Nothing was sent to {self.where}: nobody has confirmed it, and it {refusal}."
                        " If it is yours, name it with --issuer.",
                    )
        return await self._first_of(found, self.origin.port, self.where)

    async def _through(self, via: Proxy) -> httpcore.AsyncNetworkStream:
        if self._guard is not None:
            raise no_answer(
                FailureKind.UNSENDABLE,
                f"Nothing was sent to {self.where}: nobody has confirmed it, and behind the proxy its address cannot"
                " be checked. If it is yours, name it with --issuer.",
            )
        to = proxies.parse(via)
        found = await addresses(to.host, to.port, limit=self.left)
        stream = await self._first_of(found, to.port, f"the proxy {quoted(via.url)}")
        try:
            if to.scheme == "https":
                context = await tls.context_for(Transport())
                stream = await self._tls_to_proxy(stream, context, to)
            if to.scheme.startswith("socks"):
                await proxies.socks5(stream, self.origin, to, via.credential, await self._socks_address(to.scheme))
            elif self.origin.scheme == "https":
                await proxies.tunnel(stream, self.origin, via)
        except BaseException:
            with contextlib.suppress(Exception):
                await stream.aclose()
            raise
        return stream

    async def _socks_address(self, scheme: str) -> Address | None:
        """The address to name to a SOCKS proxy, None where the proxy is to look it up (``socks5h``)."""
        if scheme == "socks5h":
            return None
        found = await addresses(self.origin.host, self.origin.port, resolve=self._transport.resolve, limit=self.left)
        return found[0]

    async def _tls_to_proxy(
        self, stream: httpcore.AsyncNetworkStream, context: ssl.SSLContext, to: Origin
    ) -> httpcore.AsyncNetworkStream:
        try:
            return await stream.start_tls(context, server_hostname=to.host, timeout=self.left)
        except (httpcore.ConnectError, ssl.SSLError) as error:
            cause = error.__cause__ or error
            where = f"the proxy {to}"
            if isinstance(cause, ssl.SSLError):
                failure = await tls.failure_of(cause, where, to.host, self.address, to.port)
                raise NoAnswerError(failure) from None
            raise no_answer(FailureKind.PROXY, f"TLS with {where} broke off. Check its address.") from None

    async def _first_of(self, found: Sequence[Address], port: int, where: str) -> httpcore.AsyncNetworkStream:
        """Tries the addresses one after another, each a little after the last, and takes the first that answers."""
        waiting = list(found)
        tries: dict[asyncio.Task[httpcore.AsyncNetworkStream], Address] = {}
        errors: list[BaseException] = []
        best: httpcore.AsyncNetworkStream | None = None
        try:
            while best is None and (tries or waiting):
                if waiting:
                    address = waiting.pop(0)
                    tries[asyncio.create_task(_connected(str(address), port))] = address
                done, _ = await asyncio.wait(
                    tries, timeout=_STAGGER if waiting else None, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    error = task.exception()
                    if error is not None:
                        errors.append(error)
                        del tries[task]
                    elif best is None:
                        best = task.result()
                        self.address = str(tries.pop(task))
        finally:
            await _give_up(tries)
        if best is None:
            raise NoAnswerError(of_os_error(_os_error(errors), where))
        return best


async def _connected(address: str, port: int) -> httpcore.AsyncNetworkStream:
    """A connection. Cancelling stops the waiting; what the attempt brings after that is closed.

    The library loses a connection that comes about in the moment in which it is cancelled, so it is not cancelled.
    """
    attempt = asyncio.create_task(httpcore.AnyIOBackend().connect_tcp(address, port))
    try:
        return await asyncio.shield(attempt)
    except asyncio.CancelledError:
        attempt.add_done_callback(_close_late)
        raise


def _close_late(attempt: asyncio.Task[httpcore.AsyncNetworkStream]) -> None:
    if not attempt.cancelled() and attempt.exception() is None:
        closing = asyncio.ensure_future(attempt.result().aclose())
        _CLOSING.add(closing)  # a task that nothing refers to may vanish before it has run
        closing.add_done_callback(_CLOSING.discard)


async def _give_up(tries: Iterable[asyncio.Task[httpcore.AsyncNetworkStream]]) -> None:
    """Cancels connections that are no longer wanted, and closes those that came about meanwhile."""
    for task in tries:
        task.cancel()
    for got in await asyncio.gather(*tries, return_exceptions=True):
        if isinstance(got, httpcore.AsyncNetworkStream):
            with contextlib.suppress(Exception):
                await got.aclose()


def _os_error(errors: Sequence[BaseException]) -> OSError:
    """The most telling of the errors: the first one that the operating system gave."""
    for error in errors:
        inner: BaseException | None = error
        while inner is not None:
            if isinstance(inner, OSError) and inner.errno is not None:
                return inner
            inner = inner.__cause__ or inner.__context__
    return OSError("no address answered")


class Stream(httpcore.AsyncNetworkStream):
    """A network stream whose first bytes are swapped for the request's true head."""

    def __init__(self, inner: httpcore.AsyncNetworkStream, road: Road) -> None:
        self._inner = inner
        self._road = road
        self._head_sent = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the library's own
        """Bytes as they come, b"" at the end."""
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the library's own
        """Bytes to the server; the first time, in place of the library's own head, the true one."""
        if not self._head_sent:
            _, _, rest = buffer.partition(_END_OF_HEAD)
            buffer = self._road.head.reveal() + rest
            self._head_sent = True
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Ends the connection."""
        with contextlib.suppress(Exception):  # a peer that is gone already is no news at the end
            await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,  # noqa: ARG002 - the road knows its origin
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the limit of the whole connection holds
    ) -> httpcore.AsyncNetworkStream:
        """The same stream under TLS.

        Raises:
            NoAnswerError: With the sentence on the certificate or the handshake.
        """
        road = self._road
        host = road.origin.host
        try:
            secured = await self._secured(ssl_context)
        except TimeoutError:
            raise NoAnswerError(timed_out(f"{road.where} did not finish the TLS handshake")) from None
        except (httpcore.ConnectError, httpcore.ReadError, ssl.SSLError, OSError, ValueError) as error:
            cause: BaseException = error.__cause__ or error
            if isinstance(cause, ssl.SSLError):
                again = road.address if road.straight else ""
                raise NoAnswerError(await tls.failure_of(cause, road.where, host, again, road.origin.port)) from None
            raise no_answer(
                FailureKind.TLS,
                f"{road.where} broke off the TLS handshake. Check the port; it may also want a client certificate"
                " (--cert) or not know this host name.",
            ) from None
        road.note_peer(secured)
        return Stream(secured, road)

    async def _secured(self, context: ssl.SSLContext) -> httpcore.AsyncNetworkStream:
        """The handshake. A stream whose handshake came to nothing is closed, which the library forgets on a cancel."""
        done = False
        try:
            async with asyncio.timeout(self._road.left):
                secured = await self._inner.start_tls(context, server_hostname=self._road.origin.host)
            done = True
            return secured
        finally:
            if not done:
                await self.aclose()

    def get_extra_info(self, info: str) -> Any:
        """What the library asks of the connection."""
        return self._inner.get_extra_info(info)
