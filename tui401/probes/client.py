"""The one place where HTTP clients are made: one request on one connection of its own, and what came back.

A connection of its own for each request is what the person's command had, and some servers authenticate connections.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from tui401.model.http import Failure, FailureKind, Header, Peer, Request, Response
from tui401.model.secret import Secret
from tui401.probes import tls, unreadable
from tui401.probes.address import Guard
from tui401.probes.body import MAX_BODY, Body
from tui401.probes.failures import NoAnswerError, quoted, timed_out
from tui401.probes.head import Wired, wired
from tui401.probes.library import httpcore, httpx
from tui401.probes.proxy import in_text
from tui401.probes.road import Road

BODY_LIMIT: Final = 10.0  # seconds for the body once the headers have come: the status is known by then
DRIP_LIMIT: Final = 2.0  # seconds, at a server whose body took all of its time before: each experiment would wait so
_LINES: Final = "tui401.lines"
_NO_TIMES: Final = {"connect": None, "read": None, "write": None, "pool": None}  # our own limits hold


@dataclass(frozen=True, slots=True)
class Came:
    """What one request brought.

    Attributes:
        sent: The request as it went out.
        response: The answer, or None.
        failure: Why none came, or None.
        started_at: Seconds since the epoch.
        elapsed: Seconds until the headers had come, or until it failed.
        peer: Who was at the other end.
        dripped: The body did not come to its end within its time.
    """

    sent: Request
    response: Response | None
    failure: Failure | None
    started_at: float
    elapsed: float
    peer: Peer
    dripped: bool = False


class _Wire(httpx.AsyncBaseTransport):
    """Puts a request on a road."""

    def __init__(self, road: Road, context: ssl.SSLContext | None) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            network_backend=road,
            max_connections=1,
            max_keepalive_connections=0,
            http1=True,
            http2=False,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer with its body still on the wire."""
        core = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=request.url.raw_scheme, host=b"origin.invalid", port=None, target=b"/"),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        got = await self._pool.handle_async_request(core)
        # The header lines travel beside the response: a client that saw them would read Location and cookies, and
        # refuse the answer where these are odd.
        beside = {**got.extensions, _LINES: got.headers}
        return httpx.Response(got.status, stream=_Pieces(got), extensions=beside)

    async def aclose(self) -> None:
        """Ends the connection."""
        await self._pool.aclose()


class _Pieces(httpx.AsyncByteStream):
    """A body on the wire."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._response.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        """Leaves the rest of it."""
        await self._response.aclose()


async def once(
    request: Request,
    *,
    limit: float,
    guard: Guard | None = None,
    most: int = MAX_BODY,
    body_limit: float = BODY_LIMIT,
) -> Came:
    """Sends one request, follows nothing, and reads at most so many bytes of the body.

    Args:
        request: What to send.
        limit: Seconds for all of it.
        guard: Which addresses may be asked; None where the request's own origin was named by the person.
        most: Bytes of the decoded body that are kept.
        body_limit: Seconds for the body once the headers have come.
    """
    started_at, began = time.time(), time.perf_counter()
    road: Road | None = None
    sent = request
    try:
        via = request.transport.proxy
        forwarded = via is not None and request.origin.scheme == "http" and not via.url.lower().startswith("socks")
        ready = wired(request, through_proxy=forwarded)
        sent = ready.request
        async with asyncio.timeout(limit) as clock:
            context = await tls.context_for(request.transport) if request.origin.scheme == "https" else None
            road = Road(request.origin, request.transport, ready.head, guard)
            body = _Taking(most, body_limit)
            response, elapsed = await _exchange(ready, road, context, body, clock=clock, began=began, limit=limit)
    except NoAnswerError as error:
        failure = error.failure
    except TimeoutError:
        where = quoted(f"{request.origin.host}:{request.origin.port}")
        failure = timed_out(f"{where} did not answer", limit)
    else:
        return Came(sent, response, None, started_at, elapsed, _peer(road), body.dripped)
    return Came(sent, None, failure, started_at, time.perf_counter() - began, _peer(road))


def _peer(road: Road | None) -> Peer:
    return road.peer if road is not None else Peer()


@dataclass(slots=True)
class _Taking:
    """How a body is taken: bytes of it at most, seconds for it, and whether these were not enough."""

    most: int
    limit: float
    dripped: bool = False


async def _exchange(
    ready: Wired,
    road: Road,
    context: ssl.SSLContext | None,
    taking: _Taking,
    *,
    clock: asyncio.Timeout,
    began: float,
    limit: float,
) -> tuple[Response, float]:
    request = ready.request
    # The library frames the body; the head that it makes is swapped for the true one on its way out (road.Stream).
    content = request.body.reveal() if request.body is not None else b""
    framing: list[tuple[bytes, bytes]] = [(b"Host", b"origin.invalid")]
    if ready.chunked:
        framing.append((b"Transfer-Encoding", b"chunked"))
    elif request.body is not None:
        framing.append((b"Content-Length", str(len(content)).encode("ascii")))
    draft = httpx.Request(
        "HEAD" if request.method == "HEAD" else "POST",
        f"{request.origin.scheme}://origin.invalid/",
        headers=framing,
        stream=httpx.ByteStream(content),
        extensions={"timeout": _NO_TIMES, "sni_hostname": request.origin.host},
    )
    async with contextlib.AsyncExitStack() as stack:
        client = httpx.AsyncClient(transport=_Wire(road, context), trust_env=False, follow_redirects=False)
        stack.push_async_callback(client.aclose)
        try:
            answer = await client.send(draft, stream=True, follow_redirects=False)
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError) as error:
            clock.reschedule(None)  # what is looked at now has a limit of its own, and the failure stands
            raise NoAnswerError(await _broken(error, road)) from None
        stack.push_async_callback(answer.aclose)
        elapsed = time.perf_counter() - began
        lines = answer.extensions[_LINES]
        headers = tuple(Header(in_text(name), Secret(in_text(value))) for name, value in lines)
        coding = ",".join(header.value.reveal() for header in headers if header.named("content-encoding"))
        body = Body(coding, taking.most)
        cut = False
        clock.reschedule(None)  # from here on running out of time costs the rest of the body, not the answer
        try:
            async with asyncio.timeout(min(taking.limit, max(0.001, limit - elapsed))):
                async for piece in answer.stream:  # type: ignore[union-attr] # a stream of this transport is async
                    body.feed(piece)
                    if body.truncated:
                        break
        except TimeoutError:
            cut = taking.dripped = True
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
            cut = True  # the status and headers stand, and they are what matters
        version = answer.extensions.get("http_version", b"HTTP/1.1").decode("ascii", "replace")
        response = Response(answer.status_code, headers, Secret(body.value()), body.truncated or cut, version)
        return response, elapsed


async def _broken(error: Exception, road: Road) -> Failure:
    """Why a connection that stood brought no answer."""
    where = road.where
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return Failure(FailureKind.TLS, tls.of_handshake(cause, where))
        cause = cause.__cause__
    words = quoted(error)
    mute = not isinstance(error, httpcore.RemoteProtocolError) or "disconnected" in words
    if mute and road.origin.scheme == "https" and road.straight and road.address:
        told = await tls.complaint(where, road.origin.host, road.address, road.origin.port)
        if told:
            return Failure(FailureKind.TLS, told)
    if isinstance(error, httpcore.RemoteProtocolError):
        if "disconnected" in words:
            return Failure(
                FailureKind.PROTOCOL,
                f"{where} closed the connection without an answer. Check the scheme and port, and try again.",
            )
        return Failure(FailureKind.PROTOCOL, unreadable.says(words, where))
    return Failure(FailureKind.PROTOCOL, f"The connection to {where} broke off before an answer. Try again.")
