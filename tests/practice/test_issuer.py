"""The authorization server keeps to its RFCs: grants, rotation, client authentication, introspection, revocation."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx
import jwt
import pytest

from tui401.practice import Practice
from tui401.practice.ledger import ACCESS_LIFE, REFRESH_LIFE, Client
from tui401.practice.running import World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with Practice() as one:
        yield one
        assert one.failures == []


def own(world: World) -> httpx.BasicAuth:
    return httpx.BasicAuth(world.client.id, world.client.secret)


async def post(world: World, client: httpx.AsyncClient, path: str, *, auth: Any = True, **form: Any) -> httpx.Response:
    return await client.post(
        world.issuer + path, data=form, auth=own(world) if auth is True else (auth or httpx.USE_CLIENT_DEFAULT)
    )


async def test_both_discovery_documents_name_the_issuer_they_were_asked_at(
    world: World, client: httpx.AsyncClient
) -> None:
    for at in (
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
    ):
        document = (await client.get(world.issuer + at)).json()
        assert document["issuer"] == world.issuer
        assert document["jwks_uri"].startswith(world.issuer)
        assert world.audience in document["protected_resources"]
    for at in (
        "/.well-known/oauth-authorization-server/realms/partners",
        "/realms/partners/.well-known/openid-configuration",
    ):
        assert (await client.get(world.issuer + at)).json()["issuer"] == f"{world.issuer}/realms/partners"


async def test_client_credentials_give_a_jwt_that_the_published_key_verifies(
    world: World, client: httpx.AsyncClient
) -> None:
    answer = await post(
        world, client, "/token", grant_type="client_credentials", scope="orders:read", resource=world.audience
    )
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "date" in answer.headers
    granted = answer.json()
    assert (granted["token_type"], granted["expires_in"], granted["scope"]) == ("Bearer", ACCESS_LIFE, "orders:read")
    assert "refresh_token" not in granted  # RFC 6749, section 4.4.3
    keys = jwt.PyJWKSet.from_dict((await client.get(f"{world.issuer}/jwks")).json())
    key = keys[jwt.get_unverified_header(granted["access_token"])["kid"]]
    claims = jwt.decode(granted["access_token"], key, ["ES256"], audience=world.audience, issuer=world.issuer)
    assert claims["client_id"] == world.client.id


async def test_the_client_may_authenticate_in_the_form(world: World, client: httpx.AsyncClient) -> None:
    form = {"client_id": world.client.id, "client_secret": world.client.secret}
    answer = await post(world, client, "/token", auth=None, grant_type="client_credentials", **form)
    assert answer.status_code == 200


async def test_a_secret_of_strange_characters_comes_form_encoded_in_basic(
    world: World, client: httpx.AsyncClient
) -> None:
    odd = world.register(Client("odd client", "a:b+c%d ü&=", scopes=frozenset({"profile"})))
    pair = base64.b64encode(b"odd+client:a%3Ab%2Bc%25d+%C3%BC%26%3D").decode()
    headers = {"Authorization": f"Basic {pair}"}
    form = {"grant_type": "client_credentials", "scope": "profile"}
    assert (await client.post(f"{world.issuer}/token", data=form, headers=headers)).status_code == 200
    form |= {"client_id": odd.id, "client_secret": odd.secret}
    assert (await client.post(f"{world.issuer}/token", data=form)).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, 400, "invalid_request"),
        ({"grant_type": "client_credentials", "scope": "orders:fly"}, 400, "invalid_scope"),
        ({"grant_type": "client_credentials", "scope": "admin"}, 400, "invalid_scope"),
        ({"grant_type": "client_credentials", "resource": "https://x.example"}, 400, "invalid_target"),
        ({"grant_type": "client_credentials", "audience": "nonsense"}, 400, "invalid_target"),
        ({"grant_type": "refresh_token"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "made-up"}, 400, "invalid_grant"),
        ({"grant_type": "client_credentials", "client_secret": "again"}, 400, "invalid_request"),
        ({"grant_type": "client_credentials", "client_id": "another"}, 400, "invalid_request"),
    ],
)
async def test_a_bad_token_request_gets_its_error(
    world: World, client: httpx.AsyncClient, form: dict[str, Any], status: int, error: str
) -> None:
    answer = await post(world, client, "/token", **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"].isascii()
    assert answer.headers["cache-control"] == "no-store"


async def test_a_client_that_is_not_authenticated_gets_401_and_a_challenge(
    world: World, client: httpx.AsyncClient
) -> None:
    wrong = [
        httpx.BasicAuth(world.client.id, "wrong"),
        httpx.BasicAuth("nobody", world.client.secret),
        None,
    ]
    said = set()
    for auth in wrong:
        answer = await post(world, client, "/token", auth=auth, grant_type="client_credentials")
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer.headers["www-authenticate"].startswith("Basic ")
        said.add(answer.json()["error_description"])
    assert len(said) == 2  # an unknown client and a wrong secret are not told apart
    form = {"grant_type": "client_credentials"}
    for value in ("Basic !!!", "Bearer abc", "Basic " + base64.b64encode(b"no-colon").decode()):
        answer = await client.post(f"{world.issuer}/token", data=form, headers={"Authorization": value})
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_client_without_the_grant_is_not_authorized_for_it(world: World, client: httpx.AsyncClient) -> None:
    world.register(Client("web", "web-secret", grants=frozenset({"refresh_token"})))
    answer = await post(
        world, client, "/token", auth=httpx.BasicAuth("web", "web-secret"), grant_type="client_credentials"
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


async def test_scopes_that_the_client_may_not_have_are_left_out_and_it_is_told(
    world: World, client: httpx.AsyncClient
) -> None:
    answer = await post(world, client, "/token", grant_type="client_credentials", scope="orders:read admin")
    assert answer.json()["scope"] == "orders:read"


async def test_the_token_endpoint_wants_a_form_by_post(world: World, client: httpx.AsyncClient) -> None:
    got = await client.get(f"{world.issuer}/token")
    assert (got.status_code, got.headers["allow"]) == (405, "POST")
    answer = await client.post(f"{world.issuer}/token", json={"grant_type": "client_credentials"}, auth=own(world))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def refresh(world: World, client: httpx.AsyncClient, token: str, **form: str) -> httpx.Response:
    return await post(world, client, "/token", grant_type="refresh_token", refresh_token=token, **form)


async def test_a_refresh_token_rotates_and_its_successor_works(world: World, client: httpx.AsyncClient) -> None:
    first = (await refresh(world, client, world.refresh_token("ada"))).json()
    second = await refresh(world, client, first["refresh_token"])
    assert second.status_code == 200
    assert len({first["refresh_token"], second.json()["refresh_token"]}) == 2
    claims = jwt.decode(second.json()["access_token"], options={"verify_signature": False})
    assert (claims["sub"], claims["aud"]) == ("ada", world.audience)


async def test_a_used_refresh_token_that_comes_back_revokes_the_whole_family(
    world: World, client: httpx.AsyncClient
) -> None:
    old, other = world.refresh_token("ada"), world.refresh_token("ada")
    new = (await refresh(world, client, old)).json()
    again = await refresh(world, client, old)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert (await refresh(world, client, new["refresh_token"])).json()["error"] == "invalid_grant"
    seen = await post(world, client, "/introspect", token=new["access_token"])
    assert seen.json() == {"active": False}
    assert (await refresh(world, client, other)).status_code == 200  # another grant is not touched


async def test_a_refresh_may_narrow_the_scope_and_not_widen_it(world: World, client: httpx.AsyncClient) -> None:
    token = world.refresh_token("ada")
    wide = await refresh(world, client, token, scope="orders:read orders:write")
    assert (wide.status_code, wide.json()["error"]) == (400, "invalid_scope")
    narrow = await refresh(world, client, token, scope="profile")  # the mistake did not cost the token
    assert (narrow.status_code, narrow.json()["scope"]) == (200, "profile")


async def test_a_refresh_token_of_another_client_is_unknown_and_stays_good(
    world: World, client: httpx.AsyncClient
) -> None:
    world.register(Client("web", "web-secret"))
    token = world.refresh_token("ada")
    form = {"grant_type": "refresh_token", "refresh_token": token}
    answer = await post(world, client, "/token", auth=httpx.BasicAuth("web", "web-secret"), **form)
    assert answer.json()["error"] == "invalid_grant"
    assert (await refresh(world, client, token)).status_code == 200


async def test_an_old_refresh_token_has_expired(
    world: World, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = world.refresh_token("ada")
    later = world.clock.now() + REFRESH_LIFE + 1
    monkeypatch.setattr("tui401.practice.clock.time.time", lambda: later)
    answer = await refresh(world, client, token)
    assert "expired" in answer.json()["error_description"]


async def test_introspection_tells_a_client_of_its_own_tokens_only(world: World, client: httpx.AsyncClient) -> None:
    world.register(Client("web", "web-secret"))
    token = world.token()
    mine = (await post(world, client, "/introspect", token=token)).json()
    assert (mine["active"], mine["client_id"], mine["iss"]) == (True, world.client.id, world.issuer)
    web = httpx.BasicAuth("web", "web-secret")
    assert (await post(world, client, "/introspect", auth=web, token=token)).json() == {"active": False}
    now = int(world.clock.now())
    assert (await post(world, client, "/introspect", token=world.token(exp=now - 1))).json() == {"active": False}
    assert (await post(world, client, "/introspect", token="made-up")).json() == {"active": False}
    assert (await post(world, client, "/introspect", token=world.refresh_token("ada"))).json()["active"] is True
    assert (await post(world, client, "/introspect")).json()["error"] == "invalid_request"
    assert (await post(world, client, "/introspect", auth=None, token=token)).status_code == 401


async def test_revocation_ends_a_token_and_a_refresh_token_takes_its_family_along(
    world: World, client: httpx.AsyncClient
) -> None:
    token = world.token()
    assert (await post(world, client, "/revoke", token=token, token_type_hint="nonsense")).status_code == 200
    assert (await post(world, client, "/introspect", token=token)).json() == {"active": False}
    granted = (await refresh(world, client, world.refresh_token("ada"))).json()
    assert (await post(world, client, "/revoke", token=granted["refresh_token"])).status_code == 200
    assert (await post(world, client, "/introspect", token=granted["access_token"])).json() == {"active": False}
    assert (await refresh(world, client, granted["refresh_token"])).json()["error"] == "invalid_grant"
    assert (await post(world, client, "/revoke", token="made-up")).status_code == 200  # RFC 7009, section 2.2


async def test_nobody_revokes_the_token_of_another_client(world: World, client: httpx.AsyncClient) -> None:
    world.register(Client("web", "web-secret"))
    token = world.token()
    answer = await post(world, client, "/revoke", auth=httpx.BasicAuth("web", "web-secret"), token=token)
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")
    assert (await post(world, client, "/introspect", token=token)).json()["active"] is True


async def test_an_opaque_token_is_refused_once_it_is_revoked(client: httpx.AsyncClient) -> None:
    async with Practice("token-unrecognised") as world:
        token = world.token()
        headers = {"Authorization": f"Bearer {token}"}
        assert (await client.get(world.url("/v1/orders"), headers=headers)).status_code == 200
        await post(world, client, "/revoke", token=token)
        assert (await client.get(world.url("/v1/orders"), headers=headers)).status_code == 401


async def test_a_rotated_key_is_picked_up_and_the_old_one_goes_on(world: World, client: httpx.AsyncClient) -> None:
    old = world.token()
    headers = {"Authorization": f"Bearer {old}"}
    assert (await client.get(world.url("/v1/me"), headers=headers)).status_code == 200
    world.realm.rotate()
    kids = [key["kid"] for key in (await client.get(f"{world.issuer}/jwks")).json()["keys"]]
    assert len(kids) == 2
    assert jwt.get_unverified_header(world.token())["kid"] == kids[0]
    assert (await client.get(world.url("/v1/me"), headers=headers)).status_code == 200
