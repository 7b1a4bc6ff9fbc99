"""Every fault answers as it declares, and what is called mendable can be mended by hand."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from tui401.practice import Practice, PracticeThread, catalogue, named, names
from tui401.practice.dpop import proof
from tui401.practice.further import signature
from tui401.practice.running import World

BY_ISSUER = {"scope-rejected", "client-rejected", "grant-rejected"}
"""Faults whose command goes to the token endpoint."""
BEFORE = {"proxy-authentication-required"}
"""Faults that are answered before the API is reached."""

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
    "token-revoked": (401, "Bearer", "invalid_token", "was revoked"),
    "algorithm-rejected": (401, "Bearer", "invalid_token", "algorithm none of the token is not accepted"),
    "sender-constraint-unmet": (401, "Bearer", "invalid_token", "bound to a DPoP key, and no proof"),
    "session-expired": (401, None, None, "session has expired"),
    "header-stripped-on-redirect": (401, "Bearer", None, "No credential came"),
    "header-dropped": (401, "Bearer", None, "these are the headers that arrived"),
    "header-duplicated": (401, "Bearer", "invalid_request", "came more than once"),
    "credential-overridden": (401, "Basic", None, "user name or the password is wrong"),
    "credential-misplaced": (401, "ApiKey", None, "API key is missing; send it as X-API-Key"),
    "csrf-token-missing": (403, None, None, "CSRF token missing"),
    "preflight-refused": (401, "Bearer", None, "No credential came"),
    "basic-malformed": (401, "Basic", None, "no readable Basic credential"),
    "request-signature-invalid": (401, "HMAC-SHA256", None, "signature does not match"),
    "dpop-proof-invalid": (401, "DPoP", "invalid_dpop_proof", "made for another method"),
    "environment-mismatch": (401, "Bearer", "invalid_token", "issued by http://127.0.0.1:.*/realms/staging; "),
    "scope-rejected": (400, None, None, "no scope orders:raed"),
    "step-up-required": (401, "Bearer", "insufficient_user_authentication", "stronger sign-in"),
    "consent-required": (403, None, None, "administrator of the organization has to approve"),
    "account-disabled": (401, "Bearer", "invalid_token", "account practice-client is disabled"),
    "client-rejected": (401, "Basic", None, "secret is wrong"),
    "grant-rejected": (400, None, None, "was used before"),
    "gateway-rejected": (403, None, None, "blocked by the web application firewall"),
    "address-not-allowed": (403, None, None, "IP address 127.0.0.1 is not on the allowlist"),
    "rate-limited": (429, None, None, "try again in 60 seconds"),
    "client-certificate-required": (403, None, None, "client certificate is required"),
    "proxy-authentication-required": (407, None, None, "This proxy wants"),
    "endpoint-wrong": (401, "Bearer", None, "^Unauthorized$"),
    "keys-stale-at-server": (401, "Bearer", "invalid_token", "is not in the issuer's key set"),
}


def test_every_cause_has_a_fault_and_words_to_check() -> None:
    assert len(names()) == 51
    assert set(names()) == set(SAID)
    assert len(set(names())) == len(names())
    assert all(fault.title and fault.how.endswith(".") for fault in catalogue())


def test_an_unknown_fault_is_a_sentence_with_near_names() -> None:
    with pytest.raises(ValueError, match=r"no fault named 'token-expird'.*token-expired"):
        Practice("token-expird")
    with pytest.raises(ValueError, match="there are token-expired"):
        named("€")


@pytest.mark.parametrize("slug", names())
async def test_the_typed_command_is_refused_as_declared(
    slug: str, client: httpx.AsyncClient, typed: Any, sends: Any
) -> None:
    status, scheme, error, words = SAID[slug]
    async with Practice(slug) as world:
        answer = await sends(client, typed(world.argv))
        said = answer.headers.get("www-authenticate")
        content = answer.json()
        assert answer.status_code == status
        assert (said or "").split(" ")[0] == (scheme or "")
        assert re.findall(r'error="(\w+)"', said or "") == ([error] if error else [])
        assert re.search(words, content.get("message") or content["error_description"])
        assert slug not in answer.text  # the world does not know the program's names
        beside = world.requests.front if slug in BEFORE else world.requests.api
        by = world.requests.issuer if slug in BY_ISSUER else beside
        assert [record.status for record in by] == [status]
        if by is not world.requests.front:
            assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["x-request-id"])
        if by is world.requests.api:
            assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", answer.headers["traceparent"])
            assert not world.requests.issuer
        assert world.failures == []


@pytest.mark.parametrize("slug", [slug for slug in names() if slug not in BY_ISSUER | BEFORE])
async def test_a_terse_world_refuses_every_fault_in_the_same_words(
    slug: str, client: httpx.AsyncClient, typed: Any, sends: Any
) -> None:
    async with Practice(slug, terse=True) as world:
        answer = await sends(client, typed(world.argv))
        assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
        schemes = ("Bearer", "Token", "ApiKey", "Basic", "DPoP", "HMAC-SHA256")
        assert answer.headers.get("www-authenticate") in schemes
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
    "token-revoked",
    "algorithm-rejected",
    "sender-constraint-unmet",
    "environment-mismatch",
]


MORE_BY_HAND = {"header-duplicated", "credential-misplaced", "endpoint-wrong", "credential-overridden"}


def test_the_mendable_faults_are_those_that_are_mended_here() -> None:
    by_hand = {*BY_REQUEST, "scheme-missing", "scheme-wrong", "header-malformed", *MORE_BY_HAND}
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


# -- faults of the whole catalogue -------------------------------------------------------------------------------------


async def test_one_of_two_headers_the_right_header_and_the_path_that_was_meant_are_accepted(
    client: httpx.AsyncClient,
) -> None:
    async with Practice("header-duplicated") as world:
        token = world.argv[-1].partition(": ")[2]
        assert (await client.get(world.url("/v1/orders"), headers={"Authorization": token})).status_code == 200
    async with Practice("credential-misplaced") as world:
        key = world.argv[-1].split()[-1]
        assert (await client.get(world.url("/v1/stock"), headers={"X-API-Key": key})).status_code == 200
    async with Practice("endpoint-wrong") as world:
        token = world.argv[-1].partition(": ")[2]
        assert (await client.get(world.url("/v1/orders"), headers={"Authorization": token})).status_code == 200


async def test_a_redirect_leads_to_the_api_and_the_final_address_takes_the_token(client: httpx.AsyncClient) -> None:
    async with Practice("header-stripped-on-redirect") as world:
        moved = await client.get(f"{world.front}/v1/orders?a=b")
        assert (moved.status_code, moved.headers["location"]) == (307, f"{world.api}/v1/orders?a=b")
        token = world.argv[-1].partition(": ")[2]
        assert (await client.get(world.url("/v1/orders"), headers={"Authorization": token})).status_code == 200


async def test_the_proxy_lets_a_request_through_with_its_password() -> None:
    async with Practice("proxy-authentication-required") as world:
        user, password = world.user
        through = httpx.Proxy(world.front, auth=(user, password))
        async with httpx.AsyncClient(trust_env=False, timeout=10, proxy=through) as client:
            token = world.argv[-1].partition(": ")[2]
            answer = await client.get(world.url("/v1/orders"), headers={"Authorization": token})
        assert answer.status_code == 200
        assert not any(name == "proxy-authorization" for name, _ in world.requests.api[-1].headers)


async def test_a_session_with_the_token_of_its_page_may_write(client: httpx.AsyncClient) -> None:
    async with Practice("csrf-token-missing") as world:
        cookies = {"Cookie": f"session={world.further.session}"}
        assert (await client.get(world.url("/v1/cart"), headers=cookies)).status_code == 200
        whole = cookies | {"X-CSRF-Token": world.further.csrf}
        assert (await client.post(world.url("/v1/cart"), headers=whole, json={})).status_code == 200
        assert (await client.post(world.url("/v1/cart"), headers=cookies | {"X-CSRF-Token": "x"})).status_code == 403


async def test_a_signature_over_what_is_sent_is_accepted(client: httpx.AsyncClient) -> None:
    async with Practice() as world:
        made = signature(world.further.signing_key, ["date: today"])
        value = f'HMAC-SHA256 keyId="practice",headers="date",signature="{made}"'
        url = world.url("/v1/ledger")
        assert (await client.get(url, headers={"Date": "today", "Authorization": value})).status_code == 200
        assert (await client.get(url, headers={"Date": "now", "Authorization": value})).status_code == 401
        assert (await client.get(url, headers={"Date": "today"})).status_code == 401


async def test_a_proof_for_this_very_request_is_accepted_and_no_other_one(client: httpx.AsyncClient) -> None:
    async with Practice() as world:
        token, key = world.bound_token()
        url, now = world.url("/v1/orders"), world.clock.now()

        async def status(**changes: Any) -> int:
            given = {"method": "GET", "url": url, "token": token, "now": now, "key": key, **changes}
            headers = {"Authorization": f"DPoP {token}", "DPoP": proof(given.pop("key"), **given)}
            return (await client.get(url, headers=headers)).status_code

        assert await status() == 200
        assert await status(method="POST") == 401
        assert await status(url=world.url("/v1/me")) == 401
        assert await status(token="x") == 401
        assert await status(now=now - 3600) == 401
        assert await status(key=world.realm.keys[0]) == 401
        assert (await client.get(url, headers={"Authorization": f"DPoP {token}", "DPoP": "x"})).status_code == 401
        plain = world.token()
        headers = {"Authorization": f"DPoP {plain}", "DPoP": proof(key, method="GET", url=url, token=plain, now=now)}
        assert (await client.get(url, headers=headers)).status_code == 401


async def test_a_stronger_sign_in_opens_payments(client: httpx.AsyncClient) -> None:
    async with Practice("step-up-required") as world:
        strong = {"Authorization": f"Bearer {world.token(acr='urn:practice:mfa')}"}
        assert (await client.get(world.url("/v1/payments"), headers=strong)).status_code == 200


async def test_the_key_that_the_api_does_not_know_is_published(client: httpx.AsyncClient) -> None:
    async with Practice("keys-stale-at-server") as world:
        kids = [key["kid"] for key in (await client.get(f"{world.issuer}/jwks")).json()["keys"]]
        assert jwt.get_unverified_header(world.argv[-1].split()[-1])["kid"] in kids
        old = world.realm.keys[1].sign(world._claims(world.realm, {}))
        assert (
            await client.get(world.url("/v1/orders"), headers={"Authorization": f"Bearer {old}"})
        ).status_code == 200


def test_the_netrc_file_ends_with_the_world() -> None:
    with PracticeThread("credential-overridden") as world:
        file = Path(world.argv[world.argv.index("--netrc-file") + 1])
        assert file.stat().st_mode & 0o077 == 0
    assert not file.exists()
