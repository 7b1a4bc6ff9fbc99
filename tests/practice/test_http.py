"""The HTTP server survives nonsense, slow peers and many of them, within its bounds."""

from __future__ import annotations

import asyncio
import contextlib
from email.utils import parsedate_to_datetime

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui401.practice import Limits, Practice
from tui401.practice.answers import Answer, Record, Request, as_json
from tui401.practice.clock import Clock
from tui401.practice.fetch import fetch
from tui401.practice.http import HttpServer
from tui401.practice.running import World

HURRIED = Limits(read=0.2, write=0.5, answer=0.2, stop=1.0)


async def talk(port: int, data: bytes, *, end: bool = True) -> bytes:
    """Send bytes and read until the server ends the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        if end and writer.can_write_eof():
            writer.write_eof()
        with contextlib.suppress(ConnectionError):
            return await reader.read()
        return b""
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def port_of(origin: str) -> int:
    return int(origin.rsplit(":", 1)[1])


async def alive(world: World) -> bool:
    return (await fetch("GET", world.url("/health"))).status == 200


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", b"400"),  # TLS on a plain port
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),  # no Host
        (b"GET / HTTP/1.1\r\nHost: a\r\nA: \x00\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"x" * 70_000 + b"\r\n\r\n", b"431"),
        (b"GET /" + b"x" * 70_000, b"431"),
        (b"POST /token HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000, b"413"),
        (b"GET http://[/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"404"),
    ],
)
async def test_bad_http_is_answered_and_the_server_goes_on(data: bytes, status: bytes) -> None:
    async with Practice(limits=Limits(read=2.0)) as world:
        for origin in (world.api, world.issuer):
            answer = await talk(port_of(origin), data)
            assert answer.split(b" ")[1] == status
            assert b"\r\nDate: " in answer or b"\r\ndate: " in answer
        assert await alive(world)
        assert world.failures == []
        assert world.nonsense == (0 if status == b"404" else 2)


async def test_a_slow_head_is_told_408_and_a_silent_peer_is_let_go() -> None:
    async with Practice(limits=HURRIED) as world:
        assert b" 408 " in await talk(port_of(world.api), b"GET / HTTP/1.1\r\nHo", end=False)
        assert await talk(port_of(world.api), b"", end=False) == b""
        promised = b"POST /v1/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab"
        assert b" 408 " in await talk(port_of(world.api), promised, end=False)
        assert b" 400 " in await talk(port_of(world.api), promised)  # half-open: the body's end will never come
        assert await alive(world)


async def test_several_requests_share_a_connection_and_a_body_may_be_waited_for() -> None:
    async with Practice() as world:
        get = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
        last = b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        assert (await talk(port_of(world.api), get + get + last)).count(b"HTTP/1.1 200 OK") == 3
        waits = b"POST /token HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(world.issuer))
        writer.write(waits + b"Connection: close\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        writer.write(b"a=")
        assert b" 400 " in await reader.read()
        writer.close()
        await writer.wait_closed()


async def test_more_connections_than_the_bound_are_told_503() -> None:
    async with Practice(limits=Limits(connections=2)) as world:
        held = [await asyncio.open_connection("127.0.0.1", port_of(world.api)) for _ in range(2)]
        for reader, writer in held:
            writer.write(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
        assert b" 503 " in await talk(port_of(world.api), b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        for _, writer in held:
            writer.close()
            await writer.wait_closed()


async def test_open_connections_do_not_hold_up_the_end() -> None:
    async with asyncio.timeout(5):
        async with Practice() as world:
            held = [await asyncio.open_connection("127.0.0.1", port_of(world.api)) for _ in range(5)]
            held[0][1].write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")
            assert await alive(world)
        for reader, writer in held:
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def test_a_handler_that_fails_or_hangs_is_answered_and_seen() -> None:
    async def handler(request: Request) -> Answer:
        if request.path == "/fails":
            raise LookupError("a bug")
        await asyncio.Event().wait()
        raise AssertionError

    server, kept = HttpServer(Clock(), HURRIED), list[Record]()
    await server.start()
    try:
        url = f"http://127.0.0.1:{server.port}"
        assert (await fetch("GET", f"{url}/early")).status == 503  # no handler yet
        server.serve(handler, kept.append)
        assert (await fetch("GET", f"{url}/fails")).status == 500
        assert (await fetch("GET", f"{url}/hangs")).status == 504
    finally:
        await server.stop()
        await server.stop()
    assert [type(one) for one in server.failures] == [LookupError]
    assert [one.status for one in kept] == [500, 504]


async def test_the_date_is_that_of_the_clock() -> None:
    async with Practice("clock-skew-server") as world:
        api = dict((await fetch("GET", world.url("/health"))).headers)["date"]
        issuer = dict((await fetch("GET", f"{world.issuer}/jwks")).headers)["date"]
        apart = parsedate_to_datetime(issuer) - parsedate_to_datetime(api)
        assert abs(apart.total_seconds() - 7200) <= 2


async def test_a_soak_of_some_hundred_requests_side_by_side(client: httpx.AsyncClient) -> None:
    async with Practice() as world:
        headers = {"Authorization": world.argv[-1].partition(": ")[2]}
        form = {"grant_type": "client_credentials", "client_id": world.client.id, "client_secret": world.client.secret}

        async def one(number: int) -> int:
            if number % 5 == 4:
                await talk(port_of(world.api), bytes([number % 256]) * (number * 7))
                return 200
            if number % 5 == 3:
                return (await client.post(f"{world.issuer}/token", data=form)).status_code
            return (await client.get(world.url("/v1/orders"), headers=headers)).status_code

        async with asyncio.timeout(60):
            for begin in range(0, 400, 40):
                assert set(await asyncio.gather(*(one(number) for number in range(begin, begin + 40)))) == {200}
        assert world.failures == []
        assert len(world.requests.api) >= 240
        # The key set was fetched once for all of them.
        assert len(world.requests.between) == 2


@given(st.lists(st.binary(max_size=200), max_size=8))
@settings(max_examples=40, deadline=None)
async def test_any_bytes_leave_the_server_alive(chunks: list[bytes]) -> None:
    async with Practice(ntp=False, limits=HURRIED) as world:
        await talk(port_of(world.api), b"".join(chunks))
        await talk(port_of(world.api), b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(chunks))
        assert await alive(world)
        assert world.failures == []


async def test_the_apis_own_client_says_what_went_wrong() -> None:
    async def serve(data: bytes) -> tuple[asyncio.Server, str]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(data)
            with contextlib.suppress(ConnectionError):
                await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    for data in (b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000):
        server, url = await serve(data)
        async with server:
            with pytest.raises(OSError, match=r"answer|connection"):
                await fetch("GET", url)
    with pytest.raises(OSError, match="http"):
        await fetch("GET", "ftp://127.0.0.1/")
    with pytest.raises(OSError, match="Connect"):
        await fetch("GET", url)  # the server is gone
    assert as_json(200, {}).plus(("A", "b")).headers[-1] == ("A", "b")
