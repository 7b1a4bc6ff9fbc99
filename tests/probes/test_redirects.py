"""Redirects on real sockets: followed as curl follows them, with no credential across an origin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.probes.sent import TOKEN, failed, status
from tests.probes.server import Arrived, Handler, Server, answer, header, response, serve
from tui401.model.http import (
    Exchange,
    FailureKind,
    From,
    Header,
    Origin,
    Provenance,
)
from tui401.model.secret import Secret
from tui401.probes.send import Client


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client() as made:
        yield made


def to(where: str, code: str = "302 Found") -> Handler:
    return answer(code, f"Location: {where}")


async def test_redirects_are_left_alone_unless_asked_for(client: Client) -> None:
    async with serve(to("/there")) as server:
        exchange = await client.send(server.request())
        assert status(exchange) == 302
        assert len(server.arrived) == 1


async def test_each_hop_is_kept_and_the_credential_stays_within_its_origin(client: Client) -> None:
    async def handle(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        if arrived.target == "/":
            writer.write(response("302 Found", "Location: there?x=1#part"))
        else:
            writer.write(response("401 X"))

    async with serve(handle) as server:
        auth = header("Authorization", f"Bearer {TOKEN}")
        exchange = await client.send(server.request("/", "GET", auth, follow=5))
        assert [h.response.status for h in exchange.hops if h.response] == [302, 401]
        assert [a.target for a in server.arrived] == ["/", "/there?x=1"]
        assert [a.values("authorization") for a in server.arrived] == [[f"Bearer {TOKEN}"]] * 2
        assert exchange.hops[1].withheld == ()


@pytest.mark.parametrize("code", ["301 M", "302 F", "303 S", "307 T", "308 P"])
@pytest.mark.parametrize("named", [False, True])
async def test_the_method_changes_as_curl_changes_it(client: Client, code: str, named: bool) -> None:  # noqa: FBT001
    async def handle(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(response(code, "Location: /b") if arrived.target == "/a" else response("200 OK"))

    async with serve(handle) as server:
        made_up = Header("Content-Type", Secret("a/b"), Provenance(From.DEFAULT))
        await client.send(server.request("/a", "POST", made_up, body=b"x=1", follow=5, keep_method=named))
        kept = code[:3] in {"307", "308"}
        second = server.arrived[1]
        assert second.method == ("POST" if kept or named else "GET")
        assert second.body == (b"x=1" if kept else b"")
        assert second.values("content-type") == (["a/b"] if kept else [])


async def crossing(client: Client, request_of: object, code: str = "307 T", **more: object) -> tuple[Exchange, Server]:
    landing = "/landing?from=us"
    async with serve(answer("401 X")) as other, serve(to(f"{other.origin}{landing}", code)) as server:
        exchange = await client.send(request_of(server), **more)  # type: ignore[operator,arg-type]
        return exchange, other


SECRETS = [
    (header("Authorization", f"Bearer {TOKEN}"), "/", None),
    (header("X-Api-Key", TOKEN), "/", None),
    (header("Cookie", f"session={TOKEN}"), "/", None),
    (header("Proxy-Authorization", f"Basic {TOKEN}"), "/", None),
    (header("Content-Type", "application/json"), "/", f'{{"access_token": "{TOKEN}"}}'.encode()),
    (header("Content-Type", "application/x-www-form-urlencoded"), "/", f"a=1&client_secret={TOKEN}".encode()),
]


@pytest.mark.parametrize(("line", "target", "body"), SECRETS)
@pytest.mark.parametrize("trusted", [False, True])
async def test_no_credential_crosses_an_origin(
    client: Client,
    line: Header,
    target: str,
    body: bytes | None,
    trusted: bool,  # noqa: FBT001
) -> None:
    exchange, other = await crossing(
        client, lambda s: s.request(target, "POST", line, body=body, follow=5, trusted=trusted)
    )
    assert status(exchange) == 401
    assert len(other.arrived) == 1
    assert TOKEN.encode() not in other.arrived[0].everything


async def test_what_curl_would_have_sent_across_is_told(client: Client) -> None:
    exchange, _ = await crossing(client, lambda s: s.request("/", "GET", header("X-Api-Key", TOKEN), follow=5))
    (told,) = exchange.hops[1].withheld
    assert "X-Api-Key" in told
    assert TOKEN not in told
    bearer = header("Authorization", f"Bearer {TOKEN}")
    exchange, _ = await crossing(client, lambda s: s.request("/", "GET", bearer, follow=5))
    assert exchange.hops[1].withheld == ()  # curl would not have sent it either
    exchange, _ = await crossing(client, lambda s: s.request("/", "GET", bearer, follow=5, trusted=True))
    assert len(exchange.hops[1].withheld) == 1


async def test_a_credential_that_the_server_echoes_into_the_address_stays_behind(client: Client) -> None:
    async with serve(answer("401 X")) as other:
        where = f"{other.origin}/{TOKEN}/x?token={TOKEN}&next=a&again=%74{TOKEN[1:]}"
        async with serve(to(where)) as server:
            auth = header("Authorization", f"Bearer {TOKEN}")
            exchange = await client.send(server.request("/", "GET", auth, follow=5))
            assert status(exchange) == 401
            assert other.arrived[0].target == "//x?next=a"


async def test_a_signed_address_of_the_servers_own_making_is_followed_whole(client: Client) -> None:
    async with serve(answer("200 OK")) as other:
        where = f"{other.origin}/file?X-Amz-Signature=0123456789abcdef0123456789abcdef&X-Amz-Date=1"
        async with serve(to(where)) as server:
            auth = header("Authorization", f"Bearer {TOKEN}")
            await client.send(server.request("/", "GET", auth, follow=5))
            assert other.arrived[0].target == where.removeprefix(str(other.origin))


async def test_a_yes_lets_the_credential_cross_and_names_both_origins(client: Client) -> None:
    asked: list[tuple[str, str]] = []

    def may(first: Origin, second: Origin) -> bool:
        asked.append((str(first), str(second)))
        return True

    auth = header("Authorization", f"Bearer {TOKEN}")
    exchange, other = await crossing(client, lambda s: s.request("/", "GET", auth, follow=5), may_cross=may)
    assert other.arrived[0].values("authorization") == [f"Bearer {TOKEN}"]
    assert asked == [(str(exchange.hops[0].request.origin), str(other.origin))]


async def test_a_credential_does_not_come_back_by_way_of_another_origin(client: Client) -> None:
    home: list[str] = []

    async def handle(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(response("302 F", f"Location: {away.origin}/") if arrived.target == "/" else response("401 X"))

    async with serve(handle) as server:
        home.append(str(server.origin))
        async with serve(to(f"{server.origin}/delete-everything")) as away:  # type: ignore[arg-type]
            auth = header("Authorization", f"Bearer {TOKEN}")
            await client.send(server.request("/", "GET", auth, follow=5))
            assert [a.values("authorization") for a in server.arrived] == [[f"Bearer {TOKEN}"], []]


@pytest.mark.parametrize("where", ["file:///etc/passwd", "ftp://127.0.0.1/", "javascript:1", "http://", "http://[::1"])
async def test_a_redirect_to_what_is_not_http_is_refused_with_a_sentence(client: Client, where: str) -> None:
    async with serve(to(where)) as server:
        exchange = await client.send(server.request(follow=5))
        failure = failed(exchange)
        assert failure.kind is FailureKind.REDIRECTS
        assert len(exchange.hops) == 1


async def test_a_redirect_loop_ends(client: Client) -> None:
    async def handle(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(response("302 F", "Location: /b" if arrived.target == "/a" else "Location: /a"))

    async with serve(handle) as server:
        failure = failed(await client.send(server.request("/a", follow=50)))
        assert failure.kind is FailureKind.REDIRECTS
        assert len(server.arrived) == 2


async def test_redirects_without_end_stop_at_the_limit(client: Client) -> None:
    async def handle(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(response("302 F", f"Location: /{len(server.arrived)}"))

    async with serve(handle) as server:
        failure = failed(await client.send(server.request("/", follow=3)))
        assert failure.kind is FailureKind.REDIRECTS
        assert len(server.arrived) == 4  # the first, and three that were followed


async def test_user_and_password_in_a_redirects_address_are_not_used(client: Client) -> None:
    async with serve(answer("401 X")) as other, serve(to(f"http://u:p@127.0.0.1:{other.origin.port}/")) as server:
        exchange = await client.send(server.request(follow=5))
        assert other.arrived[0].values("authorization") == []
        assert len(exchange.hops[1].withheld) == 1


async def test_a_credential_that_was_let_across_may_come_home(client: Client) -> None:
    async def handle(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(response("302 F", f"Location: {away.origin}/") if arrived.target == "/" else response("200 OK"))

    asked: list[Origin] = []

    def may(_first: Origin, second: Origin) -> bool:
        asked.append(second)
        return True

    async with serve(handle) as server, serve(to(f"{server.origin}/back")) as away:
        auth = header("Authorization", f"Bearer {TOKEN}")
        await client.send(server.request("/", "GET", auth, follow=5), may_cross=may)
        assert [a.values("authorization") for a in server.arrived] == [[f"Bearer {TOKEN}"]] * 2
        assert asked == [away.origin]
