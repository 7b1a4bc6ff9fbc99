"""A user and password that wait for the server's challenge: what goes out when, and to whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from tests.probes.digests import proves
from tests.probes.server import Arrived, Handler, Server, response, serve
from tui401.model.http import From, HeldBack, Origin, Provenance, Request
from tui401.model.secret import Secret
from tui401.probes.send import Client
from tui401.wire import places

HELD = HeldBack(Secret("reader"), Secret("s3cret-of-the-reader"), ("digest", "basic"), Provenance(From.COMMAND, "-u"))
DIGEST = 'Digest realm="orders", nonce="n0nce", qop="auth", algorithm=MD5'


def asks(*challenges: str, knows: Callable[[str], bool]) -> Handler:
    """A server that asks with these challenges until it knows what came."""

    async def handle(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        came = arrived.values("authorization")
        if came and knows(came[0]):
            writer.write(response("200 OK"))
        else:
            writer.write(response("401 Unauthorized", *(f"WWW-Authenticate: {line}" for line in challenges)))

    return handle


def request(server: Server, held: HeldBack | None = HELD, **more: object) -> Request:
    return replace(server.request("/v1/orders?x=1", "GET", **more), held=held)  # type: ignore[arg-type]


def digest_is_right(value: str) -> bool:
    return proves(value, whose="reader:orders:s3cret-of-the-reader", call="GET:/v1/orders?x=1")


async def test_nothing_goes_out_at_first_and_the_right_digest_after_the_challenge() -> None:
    async with Client() as client, serve(asks(DIGEST, knows=digest_is_right)) as server:
        exchange = await client.send(request(server))
    assert [arrived.values("authorization") != [] for arrived in server.arrived] == [False, True]
    assert exchange.response is not None
    assert exchange.response.status == 200
    assert len(exchange.hops) == 2


async def test_a_refused_digest_is_sent_once_and_not_again() -> None:
    async with Client() as client, serve(asks(DIGEST, knows=lambda _: False)) as server:
        exchange = await client.send(request(server))
    assert len(server.arrived) == 2
    assert exchange.response is not None
    assert exchange.response.status == 401


async def test_basic_is_taken_where_any_will_do_and_the_server_speaks_no_digest() -> None:
    async with Client() as client, serve(asks('Basic realm="x"', knows=lambda v: v.startswith("Basic "))) as server:
        await client.send(request(server))
        await client.send(request(server, replace(HELD, schemes=("digest",))))
    assert [bool(arrived.values("authorization")) for arrived in server.arrived] == [False, True, False]


async def test_an_algorithm_that_nobody_can_compute_leaves_the_refusal_as_it_stands() -> None:
    unknown = 'Digest realm="orders", nonce="n", algorithm=WHIRLPOOL'
    async with Client() as client, serve(asks(unknown, knows=lambda _: False)) as server:
        exchange = await client.send(request(server))
    assert len(server.arrived) == 1
    assert exchange.failure is None


async def test_another_origin_never_gets_it() -> None:
    async with Client() as client, serve(asks(DIGEST, knows=lambda _: False)) as other:

        async def moved(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
            writer.write(response("302 Found", f"Location: {other.origin}/v1/orders?x=1"))

        async with serve(moved) as first:
            await client.send(request(first, follow=5))
    assert len(other.arrived) == 1
    assert other.arrived[0].values("authorization") == []
    assert b"s3cret" not in other.arrived[0].everything


def test_without_a_credential_means_without_this_one_too() -> None:
    asked = Request("GET", Origin("https", "api.example.com", 443), Secret("/"), held=HELD)
    assert places.without_credentials(asked).held is None
