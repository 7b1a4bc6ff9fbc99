"""Grants, introspection and revocation: against the practice issuer, and against issuers that mean ill."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.probes.server import Arrived, Handler, Server, answer, response, serve
from tui401.model import saved
from tui401.model.case import Known
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import IssuerMetadataSeen
from tui401.model.words import Shape
from tui401.oauth import client_credentials, introspect, refresh, revoke
from tui401.practice.world import Practice
from tui401.probes.send import Client

SECRET = "s3cr+t: ü%/4f9d2a7c81be"
REFRESH = "refresh-77aa10c4e2b95d38"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client() as made:
        yield made


def metadata_of(issuer: str, **more: object) -> IssuerMetadataSeen:
    given = {
        "asked": issuer,
        "issuer": issuer,
        "token_endpoint": f"{issuer}/token",
        "introspection_endpoint": f"{issuer}/introspect",
        "revocation_endpoint": f"{issuer}/revoke",
        "confirmed": True,
        **more,
    }
    return IssuerMetadataSeen(**given)  # type: ignore[arg-type]


def known_of(issuer: str, **more: object) -> Known:
    given = {"issuer": issuer, "client_id": "my client", "client_secret": Secret(SECRET), **more}
    return Known(**given)  # type: ignore[arg-type]


def form_of(arrived: Arrived) -> dict[str, list[str]]:
    return parse_qs(arrived.body.decode(), keep_blank_values=True)


def gives(**fields: object) -> Handler:
    return answer("200 OK", "Content-Type: application/json", body=json.dumps(fields).encode())


async def grant(client: Client, server: Server, names: Names | None = None, **more: object):  # type: ignore[no-untyped-def] # noqa: ANN201
    known = more.pop("known", known_of(str(server.origin)))
    audience, scopes = more.pop("audience", ""), more.pop("scopes", ())
    metadata = metadata_of(str(server.origin), **more)
    return await client_credentials.request(
        client,
        metadata,
        known,
        audience=audience,
        scopes=scopes,
        names=names or Names(),  # type: ignore[arg-type]
    )


# -- the practice issuer -----------------------------------------------------------------------------------------------


async def practised(client: Client, world: object) -> tuple[IssuerMetadataSeen, Known]:
    from tests.probes.world import case_of, facts_of
    from tui401.probes.gather import gatherers

    knows = world.known(refresh_token=world.refresh_token("ada"))  # type: ignore[attr-defined]
    known = Known(
        issuer=knows.issuer,
        client_id=knows.client_id,
        client_secret=Secret(knows.client_secret),
        refresh_token=Secret(knows.refresh_token),
    )
    case = case_of(world.api, known=known)  # type: ignore[attr-defined]
    one = next(g for g in gatherers(client) if g.spec.name == "discovery")
    found = await one.run(case, facts_of(case))
    metadata = found[0].content
    assert isinstance(metadata, IssuerMetadataSeen)
    return metadata, known


async def test_a_token_by_client_credentials_is_accepted_by_the_api(client: Client) -> None:
    from tests.probes.world import bearer, case_of

    async with Practice() as world:
        metadata, known = await practised(client, world)
        names = Names()
        granted = await client_credentials.request(
            client, metadata, known, audience=world.audience, scopes=("orders:read",), names=names
        )
        assert granted.seen.ok, granted.seen
        assert granted.access_token is not None
        assert granted.seen.granted_scopes == ("orders:read",)
        assert granted.seen.token is not None
        assert granted.seen.token.shape is Shape.JWT
        exchange = await client.send(case_of(world.api, "/v1/orders", bearer(granted.access_token.reveal())).request)
        assert exchange.response is not None
        assert exchange.response.status == 200


async def test_a_refresh_rotates_and_the_used_token_is_refused(client: Client) -> None:
    async with Practice() as world:
        metadata, known = await practised(client, world)
        names = Names()
        first = await refresh.request(client, metadata, known, audience="", scopes=(), names=names)
        assert first.seen.ok, first.seen
        assert first.seen.rotated
        assert first.refresh_token is not None
        again = await refresh.request(client, metadata, known, audience="", scopes=(), names=names)
        assert not again.seen.ok
        assert again.seen.error == "invalid_grant"


async def test_a_token_is_introspected_and_revoked(client: Client) -> None:
    async with Practice() as world:
        metadata, known = await practised(client, world)
        names = Names()
        granted = await client_credentials.request(client, metadata, known, audience="", scopes=(), names=names)
        assert granted.access_token is not None
        token = granted.access_token
        before = await introspect.request(client, metadata, known, token, names=names)
        assert before.active is True, before
        revoked = await revoke.request(client, metadata, known, token, names=names)
        assert revoked.ok, revoked
        after = await introspect.request(client, metadata, known, token, names=names)
        assert after.active is False


# -- how the client proves itself --------------------------------------------------------------------------------------


async def test_basic_carries_id_and_secret_form_encoded(client: Client) -> None:
    async with serve(gives(access_token="t" * 20)) as server:
        await grant(client, server, auth_methods=("client_secret_basic",))
        (value,) = server.arrived[0].values("authorization")
        pair = base64.b64decode(value.removeprefix("Basic ")).decode()
        assert pair == "my+client:s3cr%2Bt%3A+%C3%BC%25%2F4f9d2a7c81be"
        assert "client_secret" not in form_of(server.arrived[0])


async def test_post_is_taken_where_only_that_is_announced(client: Client) -> None:
    async with serve(gives(access_token="t" * 20)) as server:
        await grant(client, server, auth_methods=("private_key_jwt", "client_secret_post"))
        assert server.arrived[0].values("authorization") == []
        assert form_of(server.arrived[0])["client_secret"] == [SECRET]


async def test_a_refused_secret_is_sent_twice_at_most(client: Client) -> None:
    async with serve(answer("401 U", body=b'{"error": "invalid_client"}')) as server:
        granted = await grant(client, server, audience="https://api.example")
        assert granted.seen.error == "invalid_client"
        assert len(server.arrived) == 2
        await grant(client, server, auth_methods=("client_secret_basic",))
        assert len(server.arrived) == 3


async def test_an_issuer_that_takes_other_proofs_only_gets_nothing(client: Client) -> None:
    async with serve(gives(access_token="t" * 20)) as server:
        granted = await grant(client, server, auth_methods=("private_key_jwt",))
        assert "private_key_jwt" in granted.seen.problem
        assert server.connections == 0


# -- what is asked for -------------------------------------------------------------------------------------------------


async def test_an_audience_is_asked_for_by_both_names_and_resource_only_where_it_is_a_uri(client: Client) -> None:
    async with serve(gives(access_token="t" * 20)) as server:
        await grant(client, server, audience="https://api.example/v1", scopes=("a", "b"))
        await grant(client, server, audience="my-api")
        first, second = map(form_of, server.arrived)
        assert (first["audience"], first["resource"]) == (["https://api.example/v1"], ["https://api.example/v1"])
        assert first["scope"] == ["a b"]
        assert second["audience"] == ["my-api"]
        assert "resource" not in second
        assert "scope" not in second


@pytest.mark.parametrize(("error", "asked"), [("invalid_request", 2), ("invalid_target", 1), ("invalid_scope", 1)])
async def test_only_a_refusal_of_the_form_is_asked_again_without_resource(
    client: Client, error: str, asked: int
) -> None:
    async def handle(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        if "resource" in form_of(arrived):
            writer.write(response("400 B", body=json.dumps({"error": error}).encode()))
        else:
            writer.write(response("200 OK", body=b'{"access_token": "tttttttttttttttttttt"}'))

    async with serve(handle) as server:
        granted = await grant(client, server, audience="https://api.example")
        assert len(server.arrived) == asked
        assert granted.seen.ok is (asked == 2)
        assert [e.error for e in granted.earlier] == ([error] if asked == 2 else [])


# -- who gets nothing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"confirmed": False},
        {"asked": "https://other.example"},
        {"problem": "It is the metadata of somebody else."},
        {"token_endpoint": ""},
        {"token_endpoint": "ftp://x/"},
        {"token_endpoint": "http://["},
    ],
)
async def test_no_secret_goes_to_an_issuer_that_is_not_the_confirmed_one(
    client: Client, change: dict[str, object]
) -> None:
    async with serve(gives(access_token="t" * 20)) as server:
        granted = await grant(client, server, **change)
        assert not granted.seen.ok
        assert granted.seen.problem
        assert server.connections == 0


async def test_a_secret_does_not_leave_https_for_http(client: Client) -> None:
    async with serve(gives(access_token="t" * 20)) as server:
        metadata = metadata_of("https://issuer.example", token_endpoint=f"{server.origin}/token")
        granted = await client_credentials.request(
            client, metadata, known_of("https://issuer.example"), audience="", scopes=(), names=Names()
        )
        assert "not https" in granted.seen.problem
        assert server.connections == 0


async def test_a_redirecting_token_endpoint_is_not_followed(client: Client) -> None:
    async with serve(answer("200 OK")) as other, serve(answer("307 T", f"Location: {other.origin}/")) as server:
        granted = await grant(client, server)
        assert "redirect" in granted.seen.problem
        assert other.connections == 0


# -- what comes back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "handler",
    [
        answer("200 OK", body=b"not json"),
        answer("200 OK", body=b"[]"),
        answer("200 OK", body=b'{"access_token": 7}'),
        answer("200 OK", body=b'{"access_token": ""}'),
        answer("200 OK", body=b'{"access_token": "' + b"a" * 100_000 + b'"}'),
        answer("200 OK", body=b"{" * 50_000),
        answer("500 E", body=b"\xff\xfe"),
        answer("400 B", body=b'{"error": ["x"]}'),
    ],
)
async def test_an_answer_of_nonsense_is_a_sentence(client: Client, handler: Handler) -> None:
    async with serve(handler) as server:
        granted = await grant(client, server)
        assert not granted.seen.ok
        assert granted.access_token is None
        assert granted.seen.problem


async def test_form_encoded_answers_are_read_too(client: Client) -> None:
    kind = "Content-Type: application/x-www-form-urlencoded"
    async with serve(answer("200 OK", kind, body=b"access_token=tok12345678&scope=a+b&expires_in=60")) as server:
        granted = await grant(client, server)
        assert granted.seen.ok
        assert (granted.seen.granted_scopes, granted.seen.expires_in) == (("a", "b"), 60.0)


@pytest.mark.parametrize("echo", [lambda s: s, lambda s: f"x{s}y"])
async def test_nothing_that_is_shown_holds_a_secret(client: Client, echo: Callable[[str], str]) -> None:
    names = Names()
    body = {"error": echo(REFRESH), "error_description": f"{echo(SECRET)} {echo(REFRESH)} is bad"}
    async with serve(answer("400 B", body=json.dumps(body).encode())) as server:
        issuer = str(server.origin)
        granted = await refresh.request(
            client,
            metadata_of(issuer, auth_methods=("client_secret_post",)),
            known_of(issuer, refresh_token=Secret(REFRESH)),
            audience="",
            scopes=(),
            names=names,
        )
        text = saved.encode(granted.seen).decode()
        assert granted.seen.error
        assert REFRESH not in text
        assert "4f9d2a7c81be" not in text


async def test_tokens_that_came_are_named_and_not_shown(client: Client) -> None:
    names = Names()
    async with serve(gives(access_token="acc-0011223344556677", refresh_token="ref-8899aabbccddeeff")) as server:
        granted = await grant(client, server, names)
        text = saved.encode(granted.seen).decode()
        assert granted.seen.credential.startswith("secret-")
        for secret in ("0011223344556677", "8899aabbccddeeff", "4f9d2a7c81be"):
            assert secret not in text


async def test_introspection_without_a_usable_answer_is_not_inactive(client: Client) -> None:
    async with serve(answer("401 U", body=b'{"error": "invalid_client"}')) as server:
        issuer = str(server.origin)
        seen = await introspect.request(
            client, metadata_of(issuer), known_of(issuer), Secret("tok-1234567890"), names=Names()
        )
        assert seen.active is None
        assert "invalid_client" in seen.problem
    refused = await introspect.request(
        client, metadata_of(issuer, confirmed=False), known_of(issuer), Secret("tok-1234567890"), names=Names()
    )
    assert refused.active is None


@pytest.mark.parametrize("issuer", ["http://login.example", "http://10.1.2.3:8080", "http://127.0.0.1.example"])
async def test_a_secret_goes_in_the_clear_to_this_machine_only(client: Client, issuer: str) -> None:
    known = known_of(issuer, refresh_token=Secret(REFRESH))
    for module in (client_credentials, refresh):
        granted = await module.request(client, metadata_of(issuer), known, audience="", scopes=(), names=Names())
        assert "in the clear" in granted.seen.problem
    assert client.fetched == 0


async def test_a_secret_that_was_refused_before_is_tried_in_one_form_only(client: Client) -> None:
    async with serve(answer("401 Unauthorized", body=b'{"error":"invalid_client"}')) as server:
        issuer = str(server.origin)
        granted = await client_credentials.request(
            client, metadata_of(issuer), known_of(issuer), audience="", scopes=(), names=Names(), tries=1
        )
        assert granted.seen.error == "invalid_client"
        assert len(server.arrived) == 1
