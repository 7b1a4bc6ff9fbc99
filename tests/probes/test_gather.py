"""Gatherers against the practice world, and against servers that mean ill."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tests.probes.server import Arrived, Authority, Handler, Server, answer, response, serve
from tests.probes.world import bearer, case_of, facts_of
from tui401.model.case import Case, Known
from tui401.model.facts import Facts
from tui401.model.http import Exchange, Header, Hop, Response
from tui401.model.secret import Secret
from tui401.model.shown import (
    OWN_ADDRESS,
    ClockSeen,
    Evidence,
    IssuerMetadataSeen,
    KeysSeen,
    ResourceMetadataSeen,
    Verified,
)
from tui401.practice.world import Practice
from tui401.probes import keys, machine
from tui401.probes.discovery import addresses_of, outside
from tui401.probes.gather import gatherers
from tui401.probes.resource import covers
from tui401.probes.send import Client

TOKEN = "tok-8c1f7d2e9b4a6053"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client() as made:
        yield made


@pytest.fixture
def ca(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    made = Authority.make(tmp_path / "ca")
    monkeypatch.setenv("SSL_CERT_FILE", made.file)  # the system's trust, for this test
    return made


async def gather(client: Client, name: str, case: Case, facts: Facts) -> list[Evidence]:
    one = next(g for g in gatherers(client) if g.spec.name == name)
    assert one.spec.applies(facts), f"{name} would not run"
    async with asyncio.timeout(one.spec.limit):
        return list(await one.run(case, facts))


def contents(found: list[Evidence], kind: type) -> list[object]:
    return [e.content for e in found if isinstance(e.content, kind)]


def refused(case: Case, *challenges: str) -> Exchange:
    lines = tuple(Header("WWW-Authenticate", Secret(c)) for c in challenges)
    return Exchange((Hop(case.request, Response(401, lines, Secret(b"")), 1_000.0, 0.1),))


def document(**fields: object) -> Handler:
    return answer("200 OK", "Content-Type: application/json", body=json.dumps(fields).encode())


# -- the practice world ------------------------------------------------------------------------------------------------


async def test_the_issuer_of_the_practice_world_is_found_with_its_keys_and_clock(client: Client) -> None:
    async with Practice() as world:
        known = Known(issuer=world.issuer, source="--issuer", ntp=world.knows.ntp or "")
        case = case_of(world.api, "/v1/orders", bearer(world.token()), known=known)
        facts = facts_of(case)
        found = await gather(client, "discovery", case, facts)
        (seen,) = contents(found, IssuerMetadataSeen)
        assert isinstance(seen, IssuerMetadataSeen)
        assert (seen.problem, seen.issuer, seen.confirmed) == ("", world.issuer, True)
        assert seen.token_endpoint.startswith(world.issuer)
        (read,) = contents(found, ClockSeen)
        assert isinstance(read, ClockSeen)
        assert read.offset is not None
        assert abs(read.offset) <= read.uncertainty + 0.5

        (good,) = contents(await gather(client, "keys", case, facts), KeysSeen)
        assert isinstance(good, KeysSeen)
        assert (good.signature, good.trusted, good.problem) == (Verified.GOOD, True, "")
        assert good.credential == facts.credential.name if facts.credential else False

        (ntp,) = contents(await gather(client, "clock", case, facts), ClockSeen)
        assert isinstance(ntp, ClockSeen)
        assert ntp.offset is not None
        assert abs(ntp.offset) < 1


@pytest.mark.parametrize(
    ("token_of", "verdict"),
    [
        (lambda w: w.edited_token(sub="mallory"), Verified.BAD),
        (lambda w: w.foreign_token(), Verified.NO_KEY),
        (lambda w: w.token(), Verified.GOOD),
    ],
)
async def test_the_keys_tell_a_changed_token_from_one_of_an_unknown_key(
    client: Client, token_of: Callable[..., str], verdict: Verified
) -> None:
    async with Practice() as world:
        case = case_of(world.api, "/v1/orders", bearer(token_of(world)), known=Known(issuer=world.issuer))
        (seen,) = contents(await gather(client, "keys", case, facts_of(case)), KeysSeen)
        assert isinstance(seen, KeysSeen)
        assert seen.signature is verdict


async def test_an_issuer_that_only_the_token_names_is_not_asked_over_http(client: Client) -> None:
    async with Practice() as world:
        case = case_of(world.api, "/v1/orders", bearer(world.token()))
        for name in ("discovery", "keys"):
            (piece,) = await gather(client, name, case, facts_of(case))
            assert isinstance(piece.content, IssuerMetadataSeen | KeysSeen)
            assert piece.content.failure == "forbidden"
            assert "--issuer" in piece.content.problem
        assert list(world.requests.issuer) == []


# -- discovery ---------------------------------------------------------------------------------------------------------


def test_the_places_of_metadata_follow_both_documents() -> None:
    assert addresses_of("https://a.example") == (
        "https://a.example/.well-known/openid-configuration",
        "https://a.example/.well-known/oauth-authorization-server",
    )
    assert addresses_of("https://a.example/t/1/") == (
        "https://a.example/t/1/.well-known/openid-configuration",
        "https://a.example/.well-known/oauth-authorization-server/t/1",
        "https://a.example/.well-known/openid-configuration/t/1",
    )


@pytest.mark.parametrize(
    ("handler", "failure"),
    [
        (answer("503 Down"), "status"),
        (answer("302 F", "Location: https://example.com/"), "status"),
        (answer("200 OK", body=b"<html>"), "not-metadata"),
        (answer("200 OK", body=b"[" * 100_000), "not-metadata"),
        (answer("200 OK", body=b'{"issuer": 5}'), "not-metadata"),
        (answer("200 OK", body=b'{"issuer": "' + b"x" * 2_000_000 + b'"}'), "not-metadata"),
        (document(issuer="https://evil.example"), "mismatch"),
    ],
)
async def test_what_is_no_metadata_is_told_and_never_raised(client: Client, handler: Handler, failure: str) -> None:
    async with serve(handler) as server:
        case = case_of("http://127.0.0.1:9", known=Known(issuer=str(server.origin)))
        found = await gather(client, "discovery", case, facts_of(case))
        (seen,) = contents(found, IssuerMetadataSeen)
        assert isinstance(seen, IssuerMetadataSeen)
        assert seen.failure == failure
        assert seen.problem


async def test_an_issuer_that_is_down_is_unreachable(client: Client) -> None:
    async with serve(answer("200 OK")) as server:
        issuer = str(server.origin)
    case = case_of("http://127.0.0.1:9", known=Known(issuer=issuer))
    (piece,) = await gather(client, "discovery", case, facts_of(case))
    assert isinstance(piece.content, IssuerMetadataSeen)
    assert piece.content.failure == "unreachable"


async def test_a_slash_at_the_end_of_a_confirmed_issuer_is_forgiven(client: Client) -> None:
    async def handle(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        writer.write(response("200 OK", body=json.dumps({"issuer": f"{server.origin}/"}).encode()))

    async with serve(handle) as server:
        case = case_of("http://127.0.0.1:9", known=Known(issuer=str(server.origin)))
        (seen,) = contents(await gather(client, "discovery", case, facts_of(case)), IssuerMetadataSeen)
        assert isinstance(seen, IssuerMetadataSeen)
        assert (seen.problem, seen.asked, seen.issuer) == ("", str(server.origin), f"{server.origin}/")


def test_endpoints_outside_the_issuer_are_listed() -> None:
    seen = IssuerMetadataSeen(
        asked="https://a.example",
        issuer="https://a.example",
        token_endpoint="https://b.example/t",
        jwks_uri="https://a.example/k",
    )
    assert outside(seen) == ("https://b.example/t",)


# -- the API's own metadata --------------------------------------------------------------------------------------------


async def test_a_challenge_leads_to_the_apis_metadata_without_the_credential(client: Client, ca: Authority) -> None:
    async def handle(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        fields = {
            "resource": f"{server.origin}/v1",
            "authorization_servers": ["https://127.0.0.1:1/issuer"],
            "scopes_supported": ["orders:read", 7],
        }
        writer.write(response("200 OK", body=json.dumps(fields).encode()))

    async with serve(handle, tls=ca.server_context("127.0.0.1")) as server:
        case = case_of(str(server.origin), "/v1/orders", bearer(TOKEN))
        facts = facts_of(case, refused(case, f'Bearer resource_metadata="{server.origin}/meta"'))
        found = await gather(client, "resource-metadata", case, facts)
        seen, issuer = found[0].content, found[1].content
        assert isinstance(seen, ResourceMetadataSeen)
        assert (seen.covers, seen.scopes, seen.problem) == (True, ("orders:read",), "")
        assert isinstance(issuer, IssuerMetadataSeen)
        assert (issuer.confirmed, issuer.failure) == (False, "unreachable")
        assert all(TOKEN.encode() not in a.everything for a in server.arrived)


@pytest.mark.parametrize("resource", ["https://evil.example/v1", "https://127.0.0.1:1/v1", "", "http://[", None])
async def test_metadata_of_another_resource_is_left_aside(client: Client, ca: Authority, resource: str | None) -> None:
    fields = document(resource=resource, authorization_servers=["https://evil.example"])
    async with serve(fields, tls=ca.server_context("127.0.0.1")) as server:
        case = case_of(str(server.origin), "/v1/orders", bearer(TOKEN))
        facts = facts_of(case, refused(case, f'Bearer resource_metadata="{server.origin}/meta"'))
        (piece,) = await gather(client, "resource-metadata", case, facts)
        assert isinstance(piece.content, ResourceMetadataSeen)
        assert (piece.content.covers, piece.content.authorization_servers) == (False, ())
        assert piece.content.problem


async def test_a_challenge_that_echoes_the_token_into_another_address_gets_nothing(client: Client) -> None:
    async with serve(answer("200 OK")) as evil:
        case = case_of("http://127.0.0.1:9", "/", bearer(TOKEN))
        challenge = f'Bearer resource_metadata="{evil.origin}/?t={TOKEN}"'
        (piece,) = await gather(client, "resource-metadata", case, facts_of(case, refused(case, challenge)))
        assert isinstance(piece.content, ResourceMetadataSeen)
        assert piece.content.problem
        assert evil.connections == 0


async def test_a_challenge_cannot_lead_into_a_private_network(client: Client) -> None:
    async with serve(answer("200 OK")) as inside:
        case = case_of("https://192.0.2.7:443", "/", bearer(TOKEN))
        challenge = f'Bearer resource_metadata="https://127.0.0.1:{inside.origin.port}/"'
        (piece,) = await gather(client, "resource-metadata", case, facts_of(case, refused(case, challenge)))
        assert isinstance(piece.content, ResourceMetadataSeen)
        assert "loopback" in piece.content.problem
        assert inside.connections == 0


@pytest.mark.parametrize(
    ("resource", "target", "covered"),
    [
        ("https://a.example", "/x", True),
        ("https://A.example:443/", "/", True),
        ("https://a.example/v1", "/v1", True),
        ("https://a.example/v1", "/v1/x?y", True),
        ("https://a.example/v1", "/v10", False),
        ("https://a.example/v1", "/", False),
        ("http://a.example", "/", False),
        ("https://a.example:8443", "/", False),
        ("https://a.example.evil.example", "/", False),
        ("https://a.example@evil.example", "/", False),
    ],
)
def test_a_resource_covers_its_own_paths_only(resource: str, target: str, covered: bool) -> None:  # noqa: FBT001
    assert covers(resource, case_of("https://a.example:443", target).request) is covered


# -- keys --------------------------------------------------------------------------------------------------------------


def pair(kind: str) -> tuple[object, dict[str, object], str]:
    if kind == "RS":
        key: object = rsa.generate_private_key(65_537, 2_048)
        return key, jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "RS256"  # type: ignore[attr-defined]
    if kind == "PS":
        key, public, _ = pair("RS")
        return key, public, "PS256"
    if kind == "ES":
        private = ec.generate_private_key(ec.SECP256R1())
        return private, jwt.algorithms.ECAlgorithm.to_jwk(private.public_key(), as_dict=True), "ES256"
    edwards = ed25519.Ed25519PrivateKey.generate()
    return edwards, jwt.algorithms.OKPAlgorithm.to_jwk(edwards.public_key(), as_dict=True), "EdDSA"


@pytest.mark.parametrize("kind", ["RS", "PS", "ES", "Ed"])
def test_signatures_of_every_family_are_checked_and_claims_are_not(kind: str) -> None:
    private, public, algorithm = pair(kind)
    token = jwt.encode({"exp": 1, "nbf": 9e9, "aud": "x"}, private, algorithm, headers={"kid": "k1"})  # type: ignore[arg-type]
    header = jwt.get_unverified_header(token)
    _, other, _ = pair(kind)
    assert keys.verify(token, header, [{**public, "kid": "k1"}]) is Verified.GOOD
    assert keys.verify(token, header, [{**other, "kid": "k1"}]) is Verified.BAD
    assert keys.verify(token, header, [{**public, "kid": "k2"}]) is Verified.NO_KEY
    assert keys.verify(token, header, [{**other, "kid": "k2"}, public]) is Verified.GOOD  # a key without a name
    assert keys.verify(token, {"alg": algorithm}, [other, public]) is Verified.GOOD
    assert keys.verify(token, {"alg": algorithm}, [other]) is Verified.BAD
    assert keys.verify(token[:-8] + "AAAAAAAA", header, [{**public, "kid": "k1"}]) is Verified.BAD


@pytest.mark.parametrize("algorithm", ["HS256", "none", "", None, 7, "XX"])
def test_what_cannot_be_checked_from_outside_is_called_so(algorithm: object) -> None:
    assert keys.verify("a.b.c", {"alg": algorithm, "kid": "k"}, [{"kty": "oct", "kid": "k", "k": "AA"}]) is (
        Verified.UNSUPPORTED
    )


def test_odd_keys_verify_nothing_and_raise_nothing() -> None:
    private, _, _ = pair("ES")
    token = jwt.encode({}, private, "ES256", headers={"kid": "k"})  # type: ignore[arg-type]
    odd: list[dict[str, object]] = [
        {"kid": "k"},
        {"kid": "k", "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kid": "k", "kty": "RSA", "n": "A" * 10_000_000, "e": "AQAB"},
        {"kid": "k", "kty": ["EC"], "x": {}},
        {"kid": "k", "kty": "EC", "crv": "P-256", "x": None, "y": 5},
    ]
    assert keys.verify(token, {"alg": "ES256", "kid": "k"}, odd) is Verified.BAD


async def test_a_hundred_thousand_keys_are_bounded(client: Client) -> None:
    async def handle(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        if arrived.target == "/keys":
            body = json.dumps({"keys": [{"kty": "EC"}] * 60_000}).encode()
        else:
            body = json.dumps({"issuer": str(server.origin), "jwks_uri": f"{server.origin}/keys"}).encode()
        writer.write(response("200 OK", body=body))

    private, _, _ = pair("ES")
    token = jwt.encode({"iss": "x"}, private, "ES256", headers={"kid": "k"})  # type: ignore[arg-type]
    async with serve(handle) as server:
        case = case_of("http://127.0.0.1:9", "/", bearer(token), known=Known(issuer=str(server.origin)))
        (piece,) = await gather(client, "keys", case, facts_of(case))
        assert isinstance(piece.content, KeysSeen)
        assert piece.content.signature is Verified.NO_KEY
        assert "60,000" in piece.content.problem


async def test_keys_of_an_https_issuer_are_not_fetched_over_http(client: Client, ca: Authority) -> None:
    private, _, _ = pair("ES")
    token = jwt.encode({}, private, "ES256", headers={"kid": "k"})  # type: ignore[arg-type]
    async with serve(answer("200 OK", body=b'{"keys": []}')) as plain:

        async def handle(_arrived: Arrived, writer: asyncio.StreamWriter) -> None:
            fields = {"issuer": str(server.origin), "jwks_uri": f"{plain.origin}/keys"}
            writer.write(response("200 OK", body=json.dumps(fields).encode()))

        async with serve(handle, tls=ca.server_context("127.0.0.1")) as server:
            case = case_of("http://127.0.0.1:9", "/", bearer(token), known=Known(issuer=str(server.origin)))
            (piece,) = await gather(client, "keys", case, facts_of(case))
            assert isinstance(piece.content, KeysSeen)
            assert piece.content.failure == "forbidden"
            assert plain.connections == 0


# -- this machine ------------------------------------------------------------------------------------------------------


def system(platform: str, root: Path, outputs: dict[str, str], *, kernel: bool | None = None) -> machine.System:
    return machine.System(platform, root, lambda command: outputs.get(Path(command[0]).name, ""), lambda: kernel)


def test_linux_with_systemd_tells_its_service_and_what_mends_it(tmp_path: Path) -> None:
    (tmp_path / "run/systemd/system").mkdir(parents=True)
    show = "Timezone=Europe/Vienna\nLocalRTC=yes\nCanNTP=yes\nNTP=no\nNTPSynchronized=no\n"
    seen = machine.look(system("linux", tmp_path, {"timedatectl": show}, kernel=True))
    assert (seen.synchronised, seen.timezone, seen.hardware_clock_local) == (False, "Europe/Vienna", True)
    assert seen.command == "sudo timedatectl set-ntp true"


def test_linux_with_chrony_believes_chrony(tmp_path: Path) -> None:
    tracking = "Reference ID : 7F000001\nLeap status     : Normal\n"
    seen = machine.look(system("linux", tmp_path, {"chronyc": tracking}, kernel=False))
    assert (seen.synchronised, seen.service, seen.command) == (True, "chrony", "sudo chronyc makestep")


def test_a_container_points_to_its_host(tmp_path: Path) -> None:
    (tmp_path / ".dockerenv").touch()
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/adjtime").write_text("0.0 0 0.0\n0\nLOCAL\n")
    (tmp_path / "etc/localtime").symlink_to("/usr/share/zoneinfo/Asia/Tokyo")
    seen = machine.look(system("linux", tmp_path, {}, kernel=True))
    assert (seen.synchronised, seen.timezone, seen.hardware_clock_local) == (True, "Asia/Tokyo", True)
    assert "container" in seen.service


def test_macos_and_windows_have_commands_of_their_own(tmp_path: Path) -> None:
    mac = machine.look(system("darwin", tmp_path, {"systemsetup": "Network Time: Off\n"}))
    assert (mac.synchronised, mac.command) == (False, "sudo systemsetup -setusingnetworktime on")
    status = "Leap Indicator: 0(no warning)\nSource: time.windows.com,0x8\n"
    windows = machine.look(system("win32", tmp_path, {"w32tm": status, "tzutil": "Tokyo Standard Time"}))
    assert (windows.synchronised, windows.timezone) == (True, "Tokyo Standard Time")
    assert windows.command == "w32tm /resync"
    unset = machine.look(system("win32", tmp_path, {"w32tm": "Leap Indicator: 3\nSource: Local CMOS Clock\n"}))
    assert unset.synchronised is False


async def test_this_machine_can_be_looked_at(client: Client) -> None:
    case = case_of("http://127.0.0.1:9")
    (piece,) = await gather(client, "machine", case, facts_of(case))
    assert piece.subject == "machine"


def its_own(path: str, held: list[Server], **changed: object) -> Handler:
    """A server with an issuer's metadata of its own origin at one path, and nothing else."""

    async def handle(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        if arrived.target != path:
            writer.write(response("404 Not Found"))
            return
        own = str(held[0].origin)
        fields = {"issuer": own, "token_endpoint": f"{own}/token", **changed}
        writer.write(response("200 OK", body=json.dumps(fields).encode()))

    return handle


@pytest.mark.parametrize("path", ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"])
async def test_where_nobody_names_an_issuer_it_is_looked_for_at_the_apis_origin(
    client: Client, ca: Authority, path: str
) -> None:
    held: list[Server] = []
    async with serve(its_own(path, held), tls=ca.server_context("127.0.0.1")) as server:
        held.append(server)
        case = case_of(str(server.origin), "/v1/orders", bearer(TOKEN))
        found = await gather(client, "resource-metadata", case, facts_of(case, refused(case, "Bearer")))
        (seen,) = contents(found, IssuerMetadataSeen)
        assert isinstance(seen, IssuerMetadataSeen)
        assert (seen.asked, seen.issuer, seen.problem) == (str(server.origin), str(server.origin), "")
        assert (seen.confirmed, seen.named_by) == (False, OWN_ADDRESS)
        assert [a.target for a in server.arrived].count(path) == 1
        assert len(server.arrived) == 3, "the API's metadata, and the two places of an issuer's"
        assert all(TOKEN.encode() not in a.everything for a in server.arrived)
        assert not [a for a in server.arrived if a.values("authorization") or a.values("cookie")]


@pytest.mark.parametrize(
    "changed", [{"issuer": "https://login.example"}, {"issuer": ""}, {"issuer": "https://127.0.0.1:1"}]
)
async def test_an_origin_that_is_no_issuer_is_nobodys_fault(
    client: Client, ca: Authority, changed: dict[str, object]
) -> None:
    held: list[Server] = []
    handler = its_own("/.well-known/openid-configuration", held, **changed)
    async with serve(handler, tls=ca.server_context("127.0.0.1")) as server:
        held.append(server)
        case = case_of(str(server.origin), "/v1/orders", bearer(TOKEN))
        found = await gather(client, "resource-metadata", case, facts_of(case, refused(case, "Bearer")))
        assert [type(e.content) for e in found] == [ResourceMetadataSeen]


@pytest.mark.parametrize("who", ["token", "person"])
async def test_an_issuer_is_not_guessed_where_one_is_named(client: Client, ca: Authority, who: str) -> None:
    held: list[Server] = []
    path = "/.well-known/openid-configuration"
    async with serve(its_own(path, held), tls=ca.server_context("127.0.0.1")) as server:
        held.append(server)
        claims = {"iss": "https://127.0.0.1:1/login"} if who == "token" else {"sub": "a"}
        token = jwt.encode(claims, "a-key-that-is-long-enough-for-hs256", "HS256")
        known = Known(issuer="https://127.0.0.1:1/login") if who == "person" else None
        case = case_of(str(server.origin), "/v1/orders", bearer(token), known=known)
        found = await gather(client, "resource-metadata", case, facts_of(case, refused(case, "Bearer")))
        assert not contents(found, IssuerMetadataSeen)
        assert not [a for a in server.arrived if a.target.endswith(("openid-configuration", "authorization-server"))]


async def test_an_origin_without_https_is_not_asked_to_be_an_issuer(client: Client) -> None:
    held: list[Server] = []
    path = "/.well-known/openid-configuration"
    async with serve(its_own(path, held)) as server:
        held.append(server)
        case = case_of(str(server.origin), "/v1/orders", bearer(TOKEN))
        found = await gather(client, "resource-metadata", case, facts_of(case, refused(case, "Bearer")))
        assert not contents(found, IssuerMetadataSeen)
        assert path not in [a.target for a in server.arrived]
