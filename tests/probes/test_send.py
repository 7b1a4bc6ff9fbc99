"""The client against real sockets: what arrives, what is withheld, and what each failure says."""

from __future__ import annotations

import asyncio
import gzip
import logging
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.probes.sent import TOKEN, failed, status
from tests.probes.server import Arrived, Authority, answer, header, serve
from tui401.model.http import (
    FailureKind,
    From,
    Origin,
    Request,
    Transport,
)
from tui401.model.secret import Secret
from tui401.probes import client as http_client
from tui401.probes.body import MAX_BODY
from tui401.probes.send import Client


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client() as made:
        yield made


# -- what goes out -----------------------------------------------------------------------------------------------------


async def test_the_head_goes_out_byte_for_byte(client: Client) -> None:
    async with serve(answer("401 Unauthorized", "WWW-Authenticate: Bearer")) as server:
        request = server.request(
            "/a b?q=%zz&x={1}",
            "gEt",
            header("x-LOWER", "one"),
            header("Authorization", "Bearer  two-spaces \t"),
            header("X-Control", "a\x01\x1b[31mb"),
            header("x-lower", "twice"),
            header("X-Empty", ""),
            header("User-Agent", "mine"),
        )
        exchange = await client.send(request)
        assert status(exchange) == 401
        assert server.arrived[0].head == (
            b"gEt /a b?q=%zz&x={1} HTTP/1.1\r\n"
            + f"Host: {server.origin.authority}\r\n".encode()
            + b"x-LOWER: one\r\nAuthorization: Bearer  two-spaces \t\r\nX-Control: a\x01\x1b[31mb\r\n"
            + b"x-lower: twice\r\nX-Empty:\r\nUser-Agent: mine\r\n\r\n"
        )


async def test_bytes_of_the_command_line_that_are_no_text_arrive_as_they_were(client: Client) -> None:
    async with serve(answer("200 OK")) as server:
        value = b"caf\xe9 \xc3\xa9".decode("utf-8", "surrogateescape")
        await client.send(server.request("/", "GET", header("X-Raw", value)))
        assert b"X-Raw: caf\xe9 \xc3\xa9\r\n" in server.arrived[0].head


async def test_headers_of_the_client_can_be_replaced_and_removed(client: Client) -> None:
    async with serve(answer("200 OK")) as server:
        await client.send(server.request("/", "GET", header("Host", "other.example"), header("User-Agent", "")))
        assert server.arrived[0].values("host") == ["other.example"]
        assert server.arrived[0].values("user-agent") == []


async def test_http_1_0_is_spoken_when_asked_for(client: Client) -> None:
    async with serve(answer("200 OK")) as server:
        await client.send(server.request("/", http10=True))
        assert server.arrived[0].line == "GET / HTTP/1.0"


@pytest.mark.parametrize("framing", [(), (("Transfer-Encoding", "chunked"),)])
async def test_a_body_arrives_whole(client: Client, framing: tuple[tuple[str, str], ...]) -> None:
    body = bytes(range(256)) * 2_000
    async with serve(answer("200 OK")) as server:
        headers = [header(*pair) for pair in framing]
        exchange = await client.send(server.request("/", "PUT", *headers, body=body))
        assert status(exchange) == 200
        assert server.arrived[0].body == body


async def test_an_empty_body_says_so(client: Client) -> None:
    async with serve(answer("200 OK")) as server:
        await client.send(server.request("/", "POST", body=b""))
        await client.send(server.request("/", "POST"))
        assert [a.values("content-length") for a in server.arrived] == [["0"], []]


@pytest.mark.parametrize(
    ("request_of", "part"),
    [
        (lambda s: s.request("/", "GET", header("Authorization", f"Bearer {TOKEN}\r\nX-Evil: 1")), "Authorization"),
        (lambda s: s.request("/", "GET", header("X-A\r\nB", "1")), "header"),
        (lambda s: s.request("/\r\nX: 1"), "address"),
        (lambda s: s.request("/", "GET\r\n"), "method"),
        (lambda s: s.request("/", "GET", header("X-Nul", "a\0b")), "X-Nul"),
    ],
)
async def test_what_would_split_the_request_is_not_sent(client: Client, request_of: object, part: str) -> None:
    async with serve(answer("200 OK")) as server:
        failure = failed(await client.send(request_of(server)))  # type: ignore[operator]
        assert failure.kind is FailureKind.UNSENDABLE
        assert part in failure.says
        assert server.connections == 0


async def test_what_was_sent_is_kept_with_what_the_client_added(client: Client) -> None:
    async with serve(answer("204 No Content")) as server:
        exchange = await client.send(server.request())
        sent = exchange.hops[0].request
        assert [(h.name, h.provenance.origin) for h in sent.headers] == [("User-Agent", From.DEFAULT)]
        assert exchange.hops[0].peer.address == "127.0.0.1"
        assert exchange.hops[0].elapsed > 0


# -- what comes back ---------------------------------------------------------------------------------------------------


async def test_the_answer_keeps_order_case_and_repetition_of_headers(client: Client) -> None:
    lines = ("WWW-Authenticate: Basic", "x-Odd: caf\xe9", "www-AUTHENTICATE: Bearer")
    async with serve(answer("401 Whatever", *lines, body=b"no")) as server:
        exchange = await client.send(server.request())
        assert exchange.response is not None
        names = [(h.name, h.value.reveal()) for h in exchange.response.headers]
        assert names[:3] == [("WWW-Authenticate", "Basic"), ("x-Odd", "caf\xe9"), ("www-AUTHENTICATE", "Bearer")]
        assert exchange.response.body.reveal() == b"no"


async def test_a_body_of_a_gigabyte_ends_at_the_bound(client: Client) -> None:
    written = 0

    async def endless(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 401 X\r\nContent-Length: 1073741824\r\n\r\n")
        while written < 1 << 30:
            writer.write(b"a" * 65_536)
            await writer.drain()
            written += 65_536

    async with serve(endless) as server:
        exchange = await client.send(server.request())
        assert exchange.response is not None
        assert exchange.response.truncated
        assert len(exchange.response.body) == MAX_BODY
    assert written < 1 << 27


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw-deflate", "gzip, gzip"])
async def test_a_bomb_is_bounded_after_decoding(client: Client, coding: str) -> None:
    plain = b"\0" * (64 << 20)
    if coding == "raw-deflate":
        packed = zlib.compress(plain)[2:-4]
    elif coding == "deflate":
        packed = zlib.compress(plain)
    else:
        packed = gzip.compress(plain)
        if "," in coding:
            packed = gzip.compress(packed)
    name = coding.removeprefix("raw-")
    async with serve(answer("401 X", f"Content-Encoding: {name}", body=packed)) as server:
        exchange = await client.send(server.request())
        assert exchange.response is not None
        assert exchange.response.truncated
        assert exchange.response.body.reveal() == b"\0" * MAX_BODY


async def test_a_compressed_body_is_decoded_and_a_false_label_forgiven(client: Client) -> None:
    async with serve(answer("401 X", "Content-Encoding: gzip", body=gzip.compress(b"hello"))) as server:
        exchange = await client.send(server.request())
        assert exchange.response is not None
        assert exchange.response.body.reveal() == b"hello"
        assert not exchange.response.truncated
    async with serve(answer("401 X", "Content-Encoding: gzip", body=b"plain text")) as server:
        exchange = await client.send(server.request())
        assert exchange.response is not None
        assert exchange.response.body.reveal() == b"plain text"


async def test_a_head_answer_has_no_body_to_wait_for(client: Client) -> None:
    async def head(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 401 X\r\nContent-Length: 500\r\n\r\n")

    async with serve(head) as server:
        exchange = await client.send(server.request("/", "HEAD"))
        assert status(exchange) == 401
        assert exchange.response is not None
        assert not exchange.response.truncated


async def test_a_body_that_drips_keeps_the_status(client: Client) -> None:
    async def drip(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 401 X\r\nContent-Length: 500\r\n\r\nabc")
        await writer.drain()
        await asyncio.Event().wait()

    async with serve(drip) as server:
        exchange = await client.send(server.request("/", total_limit=0.3))
        assert exchange.response is not None
        assert (exchange.response.status, exchange.response.truncated) == (401, True)
        assert exchange.response.body.reveal() == b"abc"


async def test_headers_that_drip_end_at_the_limit(client: Client) -> None:
    async def drip(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 401 X\r\nX-Slow: ")
        while True:
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serve(drip) as server:
        failure = failed(await client.send(server.request("/", total_limit=0.3)))
        assert failure.kind is FailureKind.TIMEOUT
        assert "0.3 s" in failure.says


async def test_endless_headers_are_bounded(client: Client) -> None:
    async def flood(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 401 X\r\n")
        while True:
            writer.write(b"X-Flood: " + b"a" * 1_000 + b"\r\n")
            await writer.drain()

    async with serve(flood) as server:
        failure = failed(await client.send(server.request()))
        assert failure.kind is FailureKind.PROTOCOL


@pytest.mark.parametrize(
    "raw", [b"SSH-2.0-OpenSSH_9\r\n\r\n", b"\x15\x03\x01\x00\x02\x02\x16", b"", b"HTTP/1.1 99\r\n\r\n"]
)
async def test_what_is_not_http_is_called_so(client: Client, raw: bytes) -> None:
    async def nonsense(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    async with serve(nonsense) as server:
        failure = failed(await client.send(server.request("/", "GET", header("Authorization", f"Bearer {TOKEN}"))))
        assert failure.kind is FailureKind.PROTOCOL
        assert str(server.origin.port) in failure.says


async def test_a_refused_connection_and_an_unknown_name_are_told_apart(client: Client) -> None:
    async with serve(answer("200 OK")) as server:
        request = server.request()
    assert failed(await client.send(request)).kind is FailureKind.REFUSED
    nowhere = Request("GET", Origin("http", "no-such-host.invalid", 80), Secret("/"))
    failure = failed(await client.send(nowhere))
    assert failure.kind is FailureKind.DNS
    assert "no-such-host.invalid" in failure.says


async def test_a_named_address_stands_above_the_dns(client: Client) -> None:
    async with serve(answer("200 OK")) as server:
        there = Origin("http", "api.example.invalid", server.origin.port)
        to = Transport(resolve=(("API.example.invalid", server.origin.port, "127.0.0.1"),))
        exchange = await client.send(Request("GET", there, Secret("/"), transport=to))
        assert status(exchange) == 200
        assert server.arrived[0].values("host") == [there.authority]


async def test_cancelling_ends_the_connection(client: Client) -> None:
    came = asyncio.Event()
    gone = asyncio.Event()

    async def wait(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        came.set()
        try:
            while True:
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                await writer.drain()
                await asyncio.sleep(0)
        finally:
            gone.set()

    async with serve(wait) as server:
        task = asyncio.create_task(client.send(server.request()))
        await came.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5):
            await gone.wait()


# -- what the environment has no say in --------------------------------------------------------------------------------


async def test_the_environment_sets_no_proxy_no_netrc_and_no_key_log(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password netrc-pass-11\n")
    (tmp_path / ".netrc").chmod(0o600)
    keys = tmp_path / "keys.log"
    ca = Authority.make(tmp_path / "ca")
    async with serve(answer("200 OK")) as other, serve(answer("200 OK"), tls=ca.server_context("127.0.0.1")) as server:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, str(other.origin))
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
        monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
        exchange = await client.send(server.request("/", ca_file=ca.file))
        assert status(exchange) == 200
        assert server.arrived[0].values("authorization") == []
        assert other.connections == 0
        assert not keys.exists()


async def test_nothing_is_logged_at_any_level(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.NOTSET):
        async with serve(answer("401 X")) as server:
            request = server.request(f"/?api_key={TOKEN}", "GET", header("Authorization", f"Bearer {TOKEN}"))
            await client.send(request)
    assert TOKEN not in caplog.text
    assert not [r for r in caplog.records if r.name.startswith(("httpx", "httpcore"))]


async def test_a_server_whose_body_drips_is_waited_for_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def drips(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 401 No\r\nContent-Length: 9\r\n\r\n{")
        await writer.drain()
        await asyncio.sleep(30)

    given: list[float] = []
    real = http_client.once

    async def once(request: Request, **more: Any) -> http_client.Came:
        given.append(more["body_limit"])
        return await real(request, **{**more, "body_limit": 0.05})

    monkeypatch.setattr(http_client, "once", once)
    async with serve(drips) as slow, serve(answer("200 OK")) as quick:
        for server in (slow, slow, quick):
            assert (await client.send(server.request())).response is not None
    assert given == [http_client.BODY_LIMIT, http_client.DRIP_LIMIT, http_client.BODY_LIMIT]
