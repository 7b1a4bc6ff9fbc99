"""TLS, client certificates and forward proxies, over real sockets."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

import pytest

from tests.probes.server import Arrived, Authority, answer, header, response, serve
from tui401.model.http import Failure, FailureKind, Origin, Proxy, Request, Transport
from tui401.model.secret import Secret
from tui401.probes.address import AddressClass, Guard
from tui401.probes.send import Client

PASSWORD = "proxy-pass-77ab21"
TOKEN = "tok-8c1f7d2e9b4a6053"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client() as made:
        yield made


@pytest.fixture
def ca(tmp_path: Path) -> Authority:
    return Authority.make(tmp_path / "ca")


async def fails(client: Client, request: Request, kind: FailureKind) -> str:
    exchange = await client.send(request)
    assert exchange.response is None
    assert exchange.failure is not None
    assert exchange.failure.kind is kind, exchange.failure
    return exchange.failure.says


# -- TLS ---------------------------------------------------------------------------------------------------------------


async def test_a_named_ca_is_trusted_and_the_peer_is_known(client: Client, ca: Authority) -> None:
    async with serve(answer("200 OK"), tls=ca.server_context("127.0.0.1", "localhost")) as server:
        exchange = await client.send(server.request("/", ca_file=ca.file))
        assert exchange.response is not None, exchange.failure
        peer = exchange.hops[0].peer
        assert peer.certificate_issuer == "CN=Test CA"
        assert peer.certificate_not_after is not None
        assert peer.tls_version.startswith("TLSv1")


@pytest.mark.parametrize("asks", [False, True])
@pytest.mark.parametrize("own", [False, True])
async def test_a_server_that_asks_for_a_client_certificate_and_goes_on_without_is_noted(
    client: Client,
    ca: Authority,
    asks: bool,  # noqa: FBT001
    own: bool,  # noqa: FBT001
) -> None:
    context = ca.server_context("127.0.0.1")
    if asks:
        context.load_verify_locations(ca.file)
        context.verify_mode = ssl.CERT_OPTIONAL
    async with serve(answer("403 Forbidden"), tls=context) as server:
        exchange = await client.send(server.request("/", **({"ca_file": ca.file} if own else {"verify": False})))
        assert exchange.response is not None, exchange.failure
        assert exchange.hops[0].peer.asks_certificate is asks


async def test_an_unknown_ca_is_named_and_so_is_the_way_to_trust_it(client: Client, ca: Authority) -> None:
    async with serve(answer("200 OK"), tls=ca.server_context("127.0.0.1")) as server:
        says = await fails(client, server.request(), FailureKind.TLS)
        assert "CN=Test CA" in says
        assert "--cacert" in says
        assert server.arrived == []


async def test_an_expired_certificate_is_called_so_with_its_dates(client: Client, ca: Authority) -> None:
    async with serve(answer("200 OK"), tls=ca.server_context("127.0.0.1", days=(-9, -2))) as server:
        says = await fails(client, server.request("/", ca_file=ca.file), FailureKind.TLS)
        assert "has expired" in says
        assert "valid from" in says


async def test_a_certificate_that_is_not_valid_yet_points_to_the_clock(client: Client, ca: Authority) -> None:
    async with serve(answer("200 OK"), tls=ca.server_context("127.0.0.1", days=(2, 9))) as server:
        assert "clock" in await fails(client, server.request("/", ca_file=ca.file), FailureKind.TLS)


async def test_a_certificate_for_another_name_is_called_so(client: Client, ca: Authority) -> None:
    async with serve(answer("200 OK"), tls=ca.server_context("other.example")) as server:
        says = await fails(client, server.request("/", ca_file=ca.file), FailureKind.TLS)
        assert "not for the name 127.0.0.1" in says


async def test_a_self_signed_certificate_is_called_so(client: Client, ca: Authority, tmp_path: Path) -> None:
    other = Authority.make(tmp_path / "self", "Lonely")
    context = ca.server_context("127.0.0.1")
    key = tmp_path / "lonely.key"
    from cryptography.hazmat.primitives import serialization

    key.write_bytes(
        other.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context.load_cert_chain(other.file, str(key))
    async with serve(answer("200 OK"), tls=context) as server:
        assert "self-signed" in await fails(client, server.request("/", ca_file=ca.file), FailureKind.TLS)


async def test_without_verification_any_certificate_will_do(client: Client, ca: Authority) -> None:
    async with serve(answer("200 OK"), tls=ca.server_context("other.example", days=(-9, -2))) as server:
        exchange = await client.send(server.request("/", verify=False))
        assert exchange.response is not None
        assert exchange.hops[0].peer.certificate_subject


async def test_k_holds_for_the_first_origin_only(client: Client, ca: Authority) -> None:
    async with serve(answer("200 OK"), tls=ca.server_context("127.0.0.1")) as other:
        first = answer("302 F", f"Location: {other.origin}/")
        async with serve(first, tls=ca.server_context("127.0.0.1")) as server:
            exchange = await client.send(server.request("/", verify=False, follow=3))
            assert exchange.failure is not None
            assert exchange.failure.kind is FailureKind.TLS
            assert other.arrived == []


async def test_plain_http_behind_https_is_told(client: Client) -> None:
    async def meet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(meet, "127.0.0.1", 0)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        request = Request("GET", Origin("https", "127.0.0.1", port), Secret("/"))
        assert "does not speak TLS" in await fails(client, request, FailureKind.TLS)


async def test_a_client_certificate_is_shown_with_its_passphrase(client: Client, ca: Authority) -> None:
    cert, key = ca.sign("someone", password=b"open sesame")
    more = {"ca_file": ca.file, "cert_file": cert, "key_file": key}
    async with serve(answer("200 OK"), tls=ca.server_context("127.0.0.1", wants_client=True)) as server:
        exchange = await client.send(server.request("/", key_password=Secret("open sesame"), **more))
        assert exchange.response is not None, exchange.failure
        assert server.arrived[0].peer_certificate
        says = await fails(client, server.request("/", key_password=Secret("wrong-8841"), **more), FailureKind.TLS)
        assert "passphrase" in says
        assert "wrong-8841" not in says
        assert "passphrase" in await fails(client, server.request("/", **more), FailureKind.TLS)


async def test_a_missing_client_certificate_is_told(client: Client, ca: Authority) -> None:
    async with serve(answer("200 OK"), tls=ca.server_context("127.0.0.1", wants_client=True)) as server:
        says = await fails(client, server.request("/", ca_file=ca.file), FailureKind.TLS)
        assert "client certificate" in says
        assert "--cert" in says


@pytest.mark.parametrize("field", ["ca_file", "cert_file"])
async def test_a_file_that_cannot_be_read_is_named(client: Client, ca: Authority, field: str) -> None:
    async with serve(answer("200 OK"), tls=ca.server_context("127.0.0.1")) as server:
        says = await fails(client, server.request("/", **{field: "/nowhere/at-all.pem"}), FailureKind.TLS)
        assert "/nowhere/at-all.pem" in says
        assert server.connections == 0


# -- proxies -----------------------------------------------------------------------------------------------------------


class ForwardProxy:
    """A proxy that tunnels CONNECT and refuses whoever has not the credential."""

    def __init__(self, *, wants: str = "") -> None:
        self.wants = wants
        self.heads: list[bytes] = []
        self.url = ""

    async def __aenter__(self) -> Self:
        self.listening = await asyncio.start_server(self.meet, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.listening.sockets[0].getsockname()[1]}"
        self.tasks: set[asyncio.Task[None]] = set()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.listening.close()
        for task in tuple(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            if self.wants and self.wants.encode() not in head:
                writer.write(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=px\r\n"
                    b"Content-Length: 0\r\n\r\n"
                )
                return
            verb, target, _ = head.split(b" ", 2)
            if verb != b"CONNECT":
                writer.write(b"HTTP/1.1 200 OK\r\nX-By: proxy\r\nContent-Length: 0\r\n\r\n")
                return
            host, _, port = target.decode().rpartition(":")
            up_reader, up_writer = await asyncio.open_connection(host, int(port))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(self.pump(reader, up_writer), self.pump(up_reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.tasks.discard(task)
            writer.close()

    @staticmethod
    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        finally:
            writer.transport.abort()


async def test_https_goes_through_a_tunnel_and_the_credential_stays_inside_it(client: Client, ca: Authority) -> None:
    wants = "Basic " + base64.b64encode(f"u:{PASSWORD}".encode()).decode()
    tls = ca.server_context("127.0.0.1")
    async with ForwardProxy(wants=wants) as via, serve(answer("401 X"), tls=tls) as server:
        proxy = Proxy(via.url, Secret(f"u:{PASSWORD}"))
        auth = header("Authorization", f"Bearer {TOKEN}")
        exchange = await client.send(server.request("/", "GET", auth, ca_file=ca.file, proxy=proxy))
        assert exchange.response is not None, exchange.failure
        assert server.arrived[0].values("authorization") == [f"Bearer {TOKEN}"]
        assert server.arrived[0].values("proxy-authorization") == []
        assert TOKEN.encode() not in b"".join(via.heads)


async def test_a_refused_tunnel_keeps_the_proxys_words(client: Client, ca: Authority) -> None:
    async with ForwardProxy(wants="something else") as via, serve(answer("200 OK")) as server:
        https = Request(
            "GET",
            Origin("https", "127.0.0.1", server.origin.port),
            Secret("/"),
            transport=Transport(proxy=Proxy(via.url, Secret(f"u:{PASSWORD}")), ca_file=ca.file),
        )
        failure: Failure | None = (await client.send(https)).failure
        assert failure is not None
        assert (failure.kind, failure.proxy_status) == (FailureKind.PROXY, 407)
        assert next((h.name, h.value.reveal()) for h in failure.proxy_headers) == (
            "Proxy-Authenticate",
            "Basic realm=px",
        )
        assert PASSWORD not in failure.says
        assert server.connections == 0


async def test_plain_http_goes_to_the_proxy_with_its_whole_address(client: Client) -> None:
    async with ForwardProxy() as via:
        proxy = Proxy(via.url, Secret(f"u:{PASSWORD}"))
        request = Request("GET", Origin("http", "api.example", 8080), Secret("/x?y"), transport=Transport(proxy=proxy))
        exchange = await client.send(request)
        assert exchange.response is not None, exchange.failure
        lines = via.heads[0].decode().split("\r\n")
        assert lines[:2] == ["GET http://api.example:8080/x?y HTTP/1.1", "Host: api.example:8080"]
        assert any(line.startswith("Proxy-Authorization: Basic ") for line in lines)


async def test_a_proxy_that_is_not_there_is_named(client: Client) -> None:
    async with serve(answer("200 OK")) as gone:
        url = f"http://127.0.0.1:{gone.origin.port}"
    request = Request("GET", Origin("https", "api.example", 443), Secret("/"), transport=Transport(proxy=Proxy(url)))
    assert "the proxy" in await fails(client, request, FailureKind.REFUSED)


@pytest.mark.parametrize("url", ["gopher://x:1", "http://", "socks4://x:1", "http://x:notaport"])
async def test_a_proxy_address_that_cannot_be_used_is_told(client: Client, url: str) -> None:
    request = Request("GET", Origin("http", "api.example", 80), Secret("/"), transport=Transport(proxy=Proxy(url)))
    assert "socks5" in await fails(client, request, FailureKind.PROXY)


async def test_socks_5_with_a_password_carries_the_request(client: Client) -> None:
    spoken: list[bytes] = []

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        spoken.append(await reader.readexactly(4))
        writer.write(b"\x05\x02")
        spoken.append(await reader.readexactly(3 + 1 + len(PASSWORD)))
        writer.write(b"\x01\x00")
        spoken.append(await reader.readexactly(4 + 1 + len("api.example") + 2))
        writer.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        spoken.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 N\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(meet, "127.0.0.1", 0) as listening:
        url = f"socks5h://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        proxy = Proxy(url, Secret(f"u:{PASSWORD}"))
        request = Request("GET", Origin("http", "api.example", 80), Secret("/s"), transport=Transport(proxy=proxy))
        exchange = await client.send(request)
        assert exchange.response is not None, exchange.failure
        assert spoken[2] == b"\x05\x01\x00\x03\x0bapi.example\x00\x50"
        assert spoken[3].startswith(b"GET /s HTTP/1.1\r\n")
        assert PASSWORD.encode() not in spoken[3]


# -- fetching what nobody has confirmed --------------------------------------------------------------------------------


PUBLIC = Guard(Origin("https", "api.example.com", 443))


async def test_unconfirmed_addresses_on_private_networks_get_nothing(client: Client, ca: Authority) -> None:
    async with serve(answer("200 OK"), tls=ca.server_context("127.0.0.1", "localhost")) as server:
        port = server.origin.port
        for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "127.1", "0.0.0.0"):
            exchange = await client.fetch(f"https://{host}:{port}/x", guard=PUBLIC, limit=5)
            assert exchange.failure is not None, host
            assert exchange.failure.kind is FailureKind.UNSENDABLE, (host, exchange.failure)
        assert server.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com/", "https://169.254.169.254/latest", "https://[fd00:ec2::254]/", "https://10.0.0.1/"),
        *(
            "https://[fe80::1]/",
            "https://100.64.0.1/",
            "file:///etc/passwd",
            "https://u:p@example.com/",
            "https://a b/",
        ),
        *("https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "nonsense", "https://224.0.0.1/"),
    ],
)
async def test_what_may_not_be_asked_is_refused_before_any_connection(client: Client, url: str) -> None:
    exchange = await client.fetch(url, guard=PUBLIC, limit=5)
    assert exchange.failure is not None
    assert exchange.failure.kind is FailureKind.UNSENDABLE


async def test_the_apis_own_class_of_address_is_allowed(
    client: Client, ca: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", ca.file)  # the system's trust, for this test
    async with serve(answer("200 OK", body=b"{}"), tls=ca.server_context("127.0.0.1")) as server:
        guard = await client.guard(server.request())
        assert AddressClass.LOOPBACK in guard.classes
        exchange = await client.fetch(f"{server.origin}/x", guard=guard)
        assert exchange.response is not None, exchange.failure
        assert server.arrived[0].values("authorization") == server.arrived[0].values("cookie") == []


async def test_cloud_metadata_stays_closed_beside_a_link_local_api(client: Client) -> None:
    guard = await client.guard(Request("GET", Origin("http", "169.254.1.1", 80), Secret("/")))
    exchange = await client.fetch("https://169.254.169.254/", guard=guard)
    assert exchange.failure is not None
    assert "cloud-metadata" in exchange.failure.says


async def test_behind_a_proxy_unconfirmed_addresses_are_not_asked(client: Client) -> None:
    async with ForwardProxy() as via:
        exchange = await client.fetch(
            "https://issuer.example/", guard=PUBLIC, transport=Transport(proxy=Proxy(via.url)), limit=5
        )
        assert exchange.failure is not None
        assert exchange.failure.kind is FailureKind.UNSENDABLE
        assert via.heads == []


async def test_a_fetch_follows_no_redirect(client: Client) -> None:
    async with serve(answer("200 OK")) as other, serve(answer("302 F", f"Location: {other.origin}/")) as server:
        exchange = await client.fetch(f"{server.origin}/token", form=[("a", Secret("b c&d"))])
        assert exchange.response is not None
        assert exchange.response.status == 302
        assert server.arrived[0].body == b"a=b+c%26d"
        assert other.connections == 0


# -- other origins than the request's ----------------------------------------------------------------------------------


async def test_an_issuer_is_asked_through_the_environments_proxy() -> None:
    async with serve(answer("200 OK", body=b"{}")) as proxy:
        way = Transport(proxy=Proxy(str(proxy.origin), Secret(f"ada:{PASSWORD}")))
        async with Client(lambda _origin: way) as client:
            exchange = await client.fetch("http://login.example/.well-known/openid-configuration")
        assert exchange.response is not None, exchange.failure
        assert proxy.arrived[0].target == "http://login.example/.well-known/openid-configuration"


async def test_behind_a_proxy_an_issuer_that_nobody_confirmed_is_not_asked() -> None:
    async with serve(answer("200 OK", body=b"{}")) as proxy:
        way = Transport(proxy=Proxy(str(proxy.origin)))
        guard = Guard(Origin("https", "api.example", 443), frozenset(AddressClass))
        async with Client(lambda _origin: way) as client:
            exchange = await client.fetch("https://login.example/", guard=guard)
        assert exchange.failure is not None
        assert "nobody has confirmed it" in exchange.failure.says
        assert proxy.connections == 0


async def test_a_redirect_to_another_origin_takes_the_environments_way_and_not_the_commands() -> None:
    async with serve(answer("200 OK")) as around:
        moved = answer("302 Found", "Location: http://other.example/v2")
        async with serve(moved) as first, Client(lambda _o: Transport(proxy=Proxy(str(around.origin)))) as client:
            resolve = (("other.example", 80, "127.0.0.1"),)
            exchange = await client.send(first.request("/", resolve=resolve, follow=5))
        assert exchange.response is not None, exchange.failure
        assert [one.target for one in around.arrived] == ["http://other.example/v2"]


async def test_a_refused_proxy_password_goes_out_twice_however_many_ask() -> None:
    refuses = answer("407 Proxy Authentication Required", 'Proxy-Authenticate: Basic realm="x"')
    async with serve(refuses) as proxy:
        way = Transport(proxy=Proxy(str(proxy.origin), Secret(f"ada:{PASSWORD}")))
        async with Client(lambda _origin: way) as client:
            came = await asyncio.gather(*(client.fetch(f"http://login.example/{n}") for n in range(6)))
    assert len(proxy.arrived) == 2
    said = [exchange.failure.says for exchange in came if exchange.failure is not None]
    assert len(said) == 4
    assert all("once more could lock the account" in says and PASSWORD not in says for says in said)


async def test_a_proxy_password_that_was_taken_holds_nothing_up() -> None:
    together = asyncio.Event()
    waiting: list[None] = []

    async def handle(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        if len(proxy.arrived) > 1:  # all behind the first must be there at the same time
            waiting.append(None)
            if len(waiting) == 3:
                together.set()
            await asyncio.wait_for(together.wait(), 5)
        writer.write(response("200 OK"))

    async with serve(handle) as proxy:
        way = Transport(proxy=Proxy(str(proxy.origin), Secret(f"ada:{PASSWORD}")))
        async with Client(lambda _origin: way) as client:
            await client.fetch("http://login.example/first")
            came = await asyncio.gather(*(client.fetch(f"http://login.example/{n}") for n in range(3)))
    assert all(exchange.response is not None for exchange in came)
