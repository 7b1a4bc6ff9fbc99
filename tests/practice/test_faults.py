"""Every fault answers as it declares, and what is called mendable can be mended by hand."""

from __future__ import annotations

import re
import time
from typing import Any

import httpx
import jwt
import pytest

from tui401.practice import Practice, catalogue, named, names
from tui401.practice.running import World

MUST = {
    "header-missing",
    "scheme-missing",
    "scheme-wrong",
    "header-malformed",
    "credential-placeholder",
    "token-malformed",
    "token-expired",
    "token-not-yet-valid",
    "token-signature-invalid",
    "signing-key-unknown",
    "issuer-mismatch",
    "audience-mismatch",
    "scope-insufficient",
    "token-type-wrong",
    "token-unrecognised",
    "clock-skew-client",
    "clock-skew-server",
    "api-key-missing",
    "api-key-invalid",
    "basic-credentials-invalid",
    "permission-denied",
    "issuer-unavailable",
    "server-misconfigured",
}

# slug: status, start of the challenge (None for none), error code in it, words in the body
SAID = {
    "header-missing": (401, "Bearer", None, "No credential came"),
    "scheme-missing": (401, "Bearer", "invalid_request", "has no scheme"),
    "scheme-wrong": (401, "Token", None, "scheme Bearer is not supported.*scheme Token"),
    "header-malformed": (401, "Bearer", "invalid_request", "header is malformed"),
    "credential-placeholder": (401, "Bearer", "invalid_token", "malformed: a JWT has 3 parts, this has 1"),
    "token-malformed": (401, "Bearer", "invalid_token", "malformed: a JWT has 3 parts, this has 2"),
    "token-expired": (401, "Bearer", "invalid_token", r"expired at \d{4}-"),
    "token-not-yet-valid": (401, "Bearer", "invalid_token", "not yet valid: nbf is"),
    "token-signature-invalid": (401, "Bearer", "invalid_token", "signature does not verify"),
    "signing-key-unknown": (401, "Bearer", "invalid_token", r"kid key-\w+, is not in the issuer's key set"),
    "issuer-mismatch": (401, "Bearer", "invalid_token", "issued by http://127.0.0.1:.*/realms/partners; .* trusts"),
    "audience-mismatch": (401, "Bearer", "invalid_token", "audience is https://billing.example; .* expects"),
    "scope-insufficient": (403, "Bearer", "insufficient_scope", "lacks the scope orders:read"),
    "token-type-wrong": (401, "Bearer", "invalid_token", "an ID token"),
    "token-unrecognised": (401, "Bearer", "invalid_token", "not known to the authorization server"),
    "clock-skew-client": (401, "Bearer", "invalid_token", "expired at"),
    "clock-skew-server": (401, "Bearer", "invalid_token", "not yet valid"),
    "api-key-missing": (401, "ApiKey", None, "API key is missing"),
    "api-key-invalid": (401, "ApiKey", None, "API key is not valid"),
    "basic-credentials-invalid": (401, "Basic", None, "user name or the password is wrong"),
    "permission-denied": (403, None, None, "does not have the role admin"),
    "issuer-unavailable": (401, "Bearer", "invalid_token", "authorization server .* is unavailable: it answered 503"),
    "server-misconfigured": (401, "Bearer", "invalid_token", "expects the audience https://orders.example"),
}


def test_every_cause_that_a_server_can_produce_has_a_fault_and_words_to_check() -> None:
    assert set(names()) >= MUST
    assert set(names()) == set(SAID)
    assert len(set(names())) == len(names())
    assert all(fault.title and fault.how.endswith(".") for fault in catalogue())


def test_an_unknown_fault_is_a_sentence_with_near_names() -> None:
    with pytest.raises(ValueError, match=r"no fault named 'token-expird'.*token-expired"):
        Practice("token-expird")
    with pytest.raises(ValueError, match="there are token-expired"):
        named("€")


@pytest.mark.parametrize("slug", names())
async def test_the_typed_command_is_refused_as_declared(slug: str, client: httpx.AsyncClient, typed: Any) -> None:
    status, scheme, error, words = SAID[slug]
    async with Practice(slug) as world:
        answer = await client.request(**typed(world.argv))
        said = answer.headers.get("www-authenticate")
        assert answer.status_code == status
        assert (said or "").split(" ")[0] == (scheme or "")
        assert re.findall(r'error="(\w+)"', said or "") == ([error] if error else [])
        assert re.search(words, answer.json()["message"])
        assert slug not in answer.text  # the world does not know the program's names
        assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["x-request-id"])
        assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", answer.headers["traceparent"])
        assert len(world.requests.api) == 1
        assert world.requests.api[0].status == status
        assert not world.requests.issuer
        assert world.failures == []


@pytest.mark.parametrize("slug", names())
async def test_a_terse_world_refuses_every_fault_in_the_same_words(
    slug: str, client: httpx.AsyncClient, typed: Any
) -> None:
    async with Practice(slug, terse=True) as world:
        request = typed(world.argv)
        answer = await client.request(**request)
        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
        assert answer.headers.get("www-authenticate") in ("Bearer", "Token", "ApiKey", "Basic")
        assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("alg", ["ES256", "RS256"])
async def test_a_healthy_world_answers_200(alg: Any, client: httpx.AsyncClient, typed: Any) -> None:
    async with Practice(alg=alg) as world:
        answer = await client.request(**typed(world.argv))
        assert answer.status_code == 200
        assert answer.json()["orders"]
        published = (await client.get(f"{world.issuer}/jwks")).json()["keys"]
        assert [key["alg"] for key in published] == [alg]
        assert not any(set(key) & {"d", "p", "q", "dp", "dq", "qi"} for key in published)


async def fresh(world: World, client: httpx.AsyncClient, **form: str) -> httpx.Response:
    """A token request with nothing but what the person knows."""
    knows = world.knows
    assert knows.issuer
    assert knows.client_id
    assert knows.client_secret
    metadata = (await client.get(f"{knows.issuer}/.well-known/oauth-authorization-server")).json()
    body = {"grant_type": "client_credentials", "scope": knows.scope, "resource": knows.audience, **form}
    return await client.post(
        metadata["token_endpoint"], data=body, auth=httpx.BasicAuth(knows.client_id, knows.client_secret)
    )


BY_REQUEST = [
    "token-expired",
    "token-not-yet-valid",
    "token-malformed",
    "credential-placeholder",
    "token-signature-invalid",
    "signing-key-unknown",
    "issuer-mismatch",
    "token-type-wrong",
    "token-unrecognised",
    "header-missing",
    "audience-mismatch",
    "scope-insufficient",
]


def test_the_mendable_faults_are_those_that_are_mended_here() -> None:
    by_hand = {*BY_REQUEST, "scheme-missing", "scheme-wrong", "header-malformed"}
    assert {fault.slug for fault in catalogue() if fault.mendable} == by_hand


@pytest.mark.parametrize("terse", [False, True])
@pytest.mark.parametrize("slug", BY_REQUEST)
async def test_a_newly_requested_token_mends_it(
    slug: str,
    *,
    terse: bool,
    client: httpx.AsyncClient,
    typed: Any,
) -> None:
    async with Practice(slug, terse=terse) as world:
        request = typed(world.argv)
        assert (await client.request(**request)).status_code in (401, 403)
        granted = await fresh(world, client)
        assert granted.status_code == 200
        request["headers"]["Authorization"] = f"Bearer {granted.json()['access_token']}"
        assert (await client.request(**request)).status_code == 200
        request = typed(world.argv)
        assert (await client.request(**request)).status_code in (401, 403)  # the first one is still refused


async def test_a_refresh_mends_the_expired_token_and_keeps_its_person(client: httpx.AsyncClient) -> None:
    async with Practice("token-expired") as world:
        assert world.knows.refresh_token
        granted = await fresh(world, client, grant_type="refresh_token", refresh_token=world.knows.refresh_token)
        token = granted.json()["access_token"]
        me = await client.get(world.url("/v1/me"), headers={"Authorization": f"Bearer {token}"})
        assert me.json()["sub"] == "ada"


@pytest.mark.parametrize(
    ("slug", "wrong", "right"),
    [("scheme-missing", "", "Bearer "), ("scheme-wrong", "Bearer ", "Token "), ("header-malformed", "Bearer ", "")],
)
async def test_rewriting_the_header_mends_it(
    slug: str, wrong: str, right: str, client: httpx.AsyncClient, typed: Any
) -> None:
    async with Practice(slug) as world:
        request = typed(world.argv)
        value = request["headers"]["Authorization"]
        request["headers"]["Authorization"] = right + value.removeprefix(wrong)
        assert (await client.request(**request)).status_code == 200


async def test_what_can_be_pasted_is_accepted(client: httpx.AsyncClient) -> None:
    for slug in ("api-key-missing", "api-key-invalid"):
        async with Practice(slug) as world:
            assert world.knows.paste
            answer = await client.get(world.url("/v1/stock"), headers={"X-API-Key": world.knows.paste})
            assert answer.status_code == 200
    async with Practice("basic-credentials-invalid") as world:
        assert world.knows.paste
        answer = await client.get(world.url("/v1/legacy"), auth=httpx.BasicAuth("ada", world.knows.paste))
        assert answer.status_code == 200


async def test_a_scopeless_request_leaves_the_scope_missing(client: httpx.AsyncClient) -> None:
    async with Practice("scope-insufficient") as world:
        granted = await fresh(world, client, scope="")
        assert granted.json()["scope"] == "profile"


async def test_a_token_asked_for_without_a_resource_is_for_the_other_api(client: httpx.AsyncClient) -> None:
    async with Practice("audience-mismatch") as world:
        token = (await fresh(world, client, resource="")).json()["access_token"]
        assert jwt.decode(token, options={"verify_signature": False})["aud"] == "https://billing.example"


async def test_the_withdrawn_key_is_gone_and_the_edited_token_has_a_published_key(client: httpx.AsyncClient) -> None:
    for slug, there in (("signing-key-unknown", False), ("token-signature-invalid", True)):
        async with Practice(slug) as world:
            kids = [key["kid"] for key in (await client.get(f"{world.issuer}/jwks")).json()["keys"]]
            assert (jwt.get_unverified_header(world.argv[-1].split()[-1])["kid"] in kids) is there


async def test_nothing_that_is_known_mends_a_misconfigured_api(client: httpx.AsyncClient, typed: Any) -> None:
    async with Practice("server-misconfigured") as world:
        metadata = (await client.get(world.url("/.well-known/oauth-protected-resource"))).json()
        assert metadata["resource"] == world.knows.audience
        request = typed(world.argv)
        request["headers"]["Authorization"] = f"Bearer {(await fresh(world, client)).json()['access_token']}"
        assert (await client.request(**request)).status_code == 401
        refused = await fresh(world, client, resource="https://orders.example")
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")


async def test_the_issuer_that_is_down_is_down_for_everybody(client: httpx.AsyncClient) -> None:
    async with Practice("issuer-unavailable") as world:
        for path in ("/.well-known/openid-configuration", "/jwks", "/token"):
            assert (await client.get(world.issuer + path)).status_code == 503


async def test_an_identity_is_told_to_one_who_is_denied(client: httpx.AsyncClient, typed: Any) -> None:
    async with Practice("permission-denied") as world:
        request = typed(world.argv)
        request["url"] = world.url("/v1/me")
        assert (await client.request(**request)).status_code == 200
        allowed = world.token(roles=["admin"])
        answer = await client.get(world.url("/v1/admin"), headers={"Authorization": f"Bearer {allowed}"})
        assert answer.status_code == 200


async def test_an_assertion_stamped_by_the_worlds_clock_is_accepted(client: httpx.AsyncClient, typed: Any) -> None:
    async with Practice("clock-skew-client") as world:
        request = typed(world.argv)
        claims = jwt.decode(request["headers"]["Authorization"].split()[1], options={"verify_signature": False})
        assert claims["iat"] <= time.time() < claims["exp"]  # this machine would call it good
        token = world.app_token(issued=int(world.clock.now()))
        request["headers"]["Authorization"] = f"Bearer {token}"
        assert (await client.request(**request)).status_code == 200
        longer = jwt.decode(token, options={"verify_signature": False}) | {"exp": claims["exp"] + 99999}
        request["headers"]["Authorization"] = f"Bearer {world._app_key.sign(longer, typ='JWT')}"
        assert (await client.request(**request)).status_code == 401


async def test_a_token_that_began_before_the_slow_apis_time_is_accepted(client: httpx.AsyncClient, typed: Any) -> None:
    async with Practice("clock-skew-server") as world:
        begin = int(world.clock.now()) - 7300
        request = typed(world.argv)
        request["headers"]["Authorization"] = f"Bearer {(await fresh(world, client)).json()['access_token']}"
        assert (await client.request(**request)).status_code == 401
        request["headers"]["Authorization"] = f"Bearer {world.token(iat=begin, nbf=begin)}"
        assert (await client.request(**request)).status_code == 200
