"""The protected API: metadata, endpoints, and who received what."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui401.practice import Practice
from tui401.practice.answers import basic, challenge, json_object, plain
from tui401.practice.keys import edited
from tui401.practice.running import World
from tui401.practice.verify import RefusedError, bearer


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with Practice() as one:
        yield one
        assert one.failures == []


def good(world: World, **claims: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.token(**claims)}"}


async def test_the_metadata_name_the_resource_of_their_own_address(world: World, client: httpx.AsyncClient) -> None:
    at = "/.well-known/oauth-protected-resource"
    root = (await client.get(world.url(at))).json()
    assert (root["resource"], root["authorization_servers"]) == (world.api, [world.issuer])
    assert (await client.get(world.url(f"{at}/v1"))).json()["resource"] == f"{world.api}/v1"
    assert (await client.get(world.url(f"{at}/elsewhere"))).status_code == 404
    answer = await client.get(world.url("/v1/orders"))
    assert f'resource_metadata="{world.api}{at}"' in answer.headers["www-authenticate"]
    assert 'scope="orders:read"' in answer.headers["www-authenticate"]


async def test_a_token_for_the_path_resource_is_accepted_too(world: World, client: httpx.AsyncClient) -> None:
    for audience in (world.audience, f"{world.audience}/v1", ["https://x.example", world.audience]):
        assert (await client.get(world.url("/v1/orders"), headers=good(world, aud=audience))).status_code == 200
    for audience in (f"{world.audience}/", world.audience.upper(), "", None, 7, [], {"a": 1}):
        assert (await client.get(world.url("/v1/orders"), headers=good(world, aud=audience))).status_code == 401


async def test_an_order_is_made_once_per_idempotency_key(world: World, client: httpx.AsyncClient) -> None:
    headers = good(world, scope="orders:write") | {"Idempotency-Key": "k1"}
    url = world.url("/v1/orders")
    first = await client.post(url, headers=headers, json={"item": "pens"})
    again = await client.post(url, headers=headers, json={"item": "pens"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert (await client.post(url, headers=headers, json={"item": "ink"})).status_code == 422
    del headers["Idempotency-Key"]
    assert (await client.post(url, headers=headers, json={"item": "pens"})).json()["id"] == first.json()["id"] + 1
    assert (await client.post(url, headers=headers, content=b"\xff")).status_code == 400
    refused = await client.post(url, headers=good(world), json={"item": "pens"})
    assert (refused.status_code, 'scope="orders:write"' in refused.headers["www-authenticate"]) == (403, True)


async def test_methods_and_paths_are_told(world: World, client: httpx.AsyncClient) -> None:
    assert (await client.get(world.url("/health"))).status_code == 200
    assert (await client.get(world.url("/nowhere"))).status_code == 404
    assert (await client.delete(world.url("/v1/me"))).status_code == 405
    options = await client.options(world.url("/v1/orders"))
    assert (options.status_code, options.headers["allow"]) == (204, "GET, POST, HEAD, OPTIONS")
    head = await client.head(world.url("/v1/orders"), headers=good(world))
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 0


async def test_a_trace_goes_on_under_its_own_identifier(world: World, client: httpx.AsyncClient) -> None:
    sent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    back = (await client.get(world.url("/health"), headers={"traceparent": sent})).headers["traceparent"]
    assert back.split("-")[1] == sent.split("-")[1]
    assert back != sent


async def test_who_received_what_is_counted(world: World, client: httpx.AsyncClient) -> None:
    headers = good(world)
    secret = headers["Authorization"].split()[1]
    await client.get(world.url("/v1/orders?a=1"), headers=headers)
    await client.get(world.url("/v1/orders"))
    await client.get(f"{world.issuer}/jwks")
    assert [(one.method, one.target, one.authorization, one.status) for one in world.requests.api] == [
        ("GET", "/v1/orders?a=1", True, 200),
        ("GET", "/v1/orders", False, 401),
    ]
    assert [one.target for one in world.requests.issuer] == ["/jwks"]
    assert [one.target for one in world.requests.between] == ["/.well-known/oauth-authorization-server", "/jwks"]
    assert [one.carried(secret) for one in world.requests.api] == [True, False]
    assert not any(one.carried(secret) for one in [*world.requests.issuer, *world.requests.between])
    assert secret not in repr(world.requests)
    assert secret not in repr(world.knows)


async def test_the_wrong_algorithm_type_and_signature_are_refused(world: World, client: httpx.AsyncClient) -> None:
    token = world.token()
    head, payload, signature = token.split(".")
    none = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    for bad in (
        f"{none}.{payload}.",
        f"{none}.{payload}.{signature}",
        f"{head}.{payload}.",
        f"{head}.{payload}.{signature[:-8]}AAAAAAAA",
        edited(token, scope="orders:read orders:write"),
        world.realm.keys[0].sign({"iss": world.issuer}),
        world.realm.keys[0].sign({"iss": world.issuer, "exp": "soon"}),
        "..",
        "a.b.c",
        "eyJhbGciOltdfQ.e30.x",
    ):
        answer = await client.get(world.url("/v1/orders"), headers={"Authorization": f"Bearer {bad}"})
        assert answer.status_code == 401, bad


async def test_a_key_or_scheme_that_is_missing_is_not_echoed(world: World, client: httpx.AsyncClient) -> None:
    url = world.url("/v1/reports")
    assert (await client.get(url)).headers["www-authenticate"] == 'Token realm="practice"'
    bare = await client.get(url, headers={"Authorization": world.token_key})
    assert bare.status_code == 401
    assert world.token_key not in bare.text
    assert (await client.get(url, headers={"Authorization": f"Token {world.wrong_key()}"})).status_code == 401
    assert (await client.get(url, headers={"Authorization": f"token {world.token_key}"})).status_code == 200
    for value in (None, "Basic", "Basic %%%", "Bearer x"):
        headers = {"Authorization": value} if value else {}
        assert (await client.get(world.url("/v1/legacy"), headers=headers)).status_code == 401


async def test_two_authorization_headers_are_refused(world: World, client: httpx.AsyncClient) -> None:
    value = good(world)["Authorization"]
    headers = [("Authorization", value), ("Authorization", value)]
    answer = await client.get(world.url("/v1/orders"), headers=headers)
    assert 'error="invalid_request"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    "value", ["Bearer  x", 'Bearer "x"', "Bearer <x>", "Bearer x y", "Bearer x,", "Bearer x\u00e9"]
)
def test_only_bearer_one_space_and_a_token_is_read(value: str) -> None:
    with pytest.raises(RefusedError, match="malformed"):
        bearer([value])
    assert bearer(["bEARER x"]) == "x"


@given(st.lists(st.text(max_size=60), max_size=3))
def test_any_header_is_read_or_refused(values: list[str]) -> None:
    said = ""
    try:
        assert bearer(values)
    except RefusedError as refused:
        said = refused.description
    assert said.isascii()
    assert '"' not in said


@given(st.text(max_size=300))
def test_untrusted_text_in_a_challenge_cannot_leave_its_quotes(text: str) -> None:
    _, value = challenge("Bearer", ("error_description", plain(text)))
    assert value.isascii()
    assert value.isprintable()
    assert value.count('"') == 2


@given(st.binary(max_size=200))
def test_bytes_that_are_no_object_are_an_empty_one(data: bytes) -> None:
    assert isinstance(json_object(data), dict)
    basic("Basic " + data.decode("latin-1"))


@given(parts=st.lists(st.text(alphabet="ABCabc019-_=e{", max_size=40), min_size=3, max_size=3))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_any_three_parts_are_judged_without_a_failure_of_the_server(world: World, parts: list[str]) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        headers = {"Authorization": f"Bearer {'.'.join(parts)}"}
        assert (await client.get(world.url("/v1/orders"), headers=headers)).status_code == 401
