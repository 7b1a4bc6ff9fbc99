"""Other tokens from a real OpenID provider: each fault of the token ends at 200, each refusal has its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real.parts.apis import Api
from tests.real.parts.browser import walk
from tests.real.parts.provider import BILLING, ORDERS, Provider, start_provider
from tests.real.recovering import Ended, claims_in, known_of, recovered
from tui401.model.fix import Asks, Question
from tui401.model.secret import Secret
from tui401.model.verdict import Outcome

RUN = 8


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)


async def by_browser(question: Question) -> None:
    """Signs in where the question says, as far as the page that says that the window can be closed."""
    page = await walk(str(question.address), until="You can close this window")
    assert "You have signed in" in page


async def by_code(question: Question) -> None:
    """Signs in on a device: the address already holds the code, or it is typed."""
    assert question.code
    await walk(str(question.address), answers={"user_code": question.code}, until="Sign-in Success")


def unseen(ended: Ended, *secrets: str) -> None:
    """No run of these secrets stands anywhere in what was shown."""
    for secret in secrets:
        assert not [secret[at : at + RUN] for at in range(len(secret) - RUN + 1) if secret[at : at + RUN] in ended.text]


async def test_an_expired_token_ends_at_200_by_refresh(provider: Provider, fastapi_api: Api) -> None:
    refresh = str(provider.sign_in()["refresh_token"])
    ended = await recovered(
        fastapi_api.get(provider.outlived()),
        known_of(provider, "web", refresh_token=Secret(refresh)),
        fix="new-token:refresh_token",
    )
    assert ended.outcome is Outcome.RECOVERED
    assert ended.statuses == [401, 200]
    assert ended.first == "confirmed token-expired"
    assert ended.grants["refresh_token"].rotated
    assert len(ended.kept) == 1
    unseen(ended, refresh, ended.kept[0].reveal())


async def test_a_revoked_token_ends_at_200(provider: Provider, fastapi_api: Api) -> None:
    token = provider.token(resource=None)
    provider.revoke(token)
    ended = await recovered(
        fastapi_api.get(token, path="/opaque/orders"),
        known_of(provider, "service", audience="", scopes=()),
        fix="new-token:client_credentials",
    )
    assert (ended.outcome, ended.statuses) == (Outcome.RECOVERED, [401, 200])
    unseen(ended, token, provider.clients["service"].secret)


async def test_a_token_for_another_audience_ends_at_200_by_the_right_resource(
    provider: Provider, fastapi_api: Api
) -> None:
    ended = await recovered(
        fastapi_api.get(provider.token(resource=BILLING, scope="billing:read")),
        known_of(provider, "service"),
        fix="new-token:client_credentials",
    )
    assert (ended.outcome, ended.statuses[0], ended.statuses[-1]) == (Outcome.RECOVERED, 401, 200)
    assert claims_in(ended, "client_credentials")["aud"] == ORDERS
    assert ended.first.endswith("audience-mismatch")


async def test_a_token_without_the_scope_ends_at_200(provider: Provider, fastapi_api: Api) -> None:
    ended = await recovered(
        fastapi_api.get(provider.token(scope="orders:write")),
        known_of(provider, "service", scopes=()),
        fix="new-token:client_credentials",
    )
    assert (ended.outcome, ended.statuses) == (Outcome.RECOVERED, [401, 200])
    assert "orders:read" in ended.grants["client_credentials"].granted_scopes


async def test_a_wrong_client_secret_is_named(provider: Provider, fastapi_api: Api) -> None:
    secret = "wrong-9c1d7be2f04a5566"
    ended = await recovered(
        fastapi_api.get(provider.outlived()),
        known_of(provider, "service", client_secret=Secret(secret)),
        fix="new-token:client_credentials",
    )
    assert ended.statuses == [401]
    assert ended.grants["client_credentials"].error == "invalid_client"
    assert ended.causes["client-rejected"] == "confirmed"
    unseen(ended, secret)


async def test_a_used_refresh_token_is_named(provider: Provider, fastapi_api: Api) -> None:
    used = str(provider.sign_in()["refresh_token"])
    provider.refresh(used).raise_for_status()
    ended = await recovered(
        fastapi_api.get(provider.outlived()),
        known_of(provider, "web", refresh_token=Secret(used)),
        fix="new-token:refresh_token",
    )
    assert ended.statuses == [401]
    assert ended.grants["refresh_token"].error == "invalid_grant"
    assert ended.causes["grant-rejected"] == "confirmed"


async def test_a_provider_that_stopped_is_named(tmp_path: Path, fastapi_api: Api, provider: Provider) -> None:
    with start_provider(tmp_path / "stopping", name="stopping") as stopped:
        known = known_of(stopped, "service")
    ended = await recovered(fastapi_api.get(provider.token()[:-4]), known, fix="new-token")
    assert "issuer-unavailable" in ended.causes
    assert not [grant for grant in ended.grants.values() if grant.ok]


async def test_a_person_signs_in_by_browser(provider: Provider, fastapi_api: Api) -> None:
    ended = await recovered(
        fastapi_api.get(provider.outlived()),
        known_of(provider, "native"),
        fix="new-token:authorization_code",
        elsewhere=by_browser,
    )
    assert (ended.outcome, ended.statuses) == (Outcome.RECOVERED, [401, 200]), ended.grants
    question = next(q for q in ended.questions if q.asks is Asks.SIGN_IN)
    assert str(question.address).startswith(f"{provider.issuer}/auth?")
    assert "code_challenge_method=S256" in question.address
    assert ended.view.question is None


async def test_a_person_signs_in_with_a_code(provider: Provider, fastapi_api: Api) -> None:
    ended = await recovered(
        fastapi_api.get(provider.outlived()),
        known_of(provider, "device"),
        fix="new-token:device_code",
        elsewhere=by_code,
    )
    assert (ended.outcome, ended.statuses) == (Outcome.RECOVERED, [401, 200]), ended.grants
    assert ended.grants["device_authorization"].ok
    assert claims_in(ended, "device_code")["aud"] == ORDERS


async def test_a_client_signs_an_assertion_with_its_key(provider: Provider, fastapi_api: Api, tmp_path: Path) -> None:
    key = provider.clients["signer"].key_file(tmp_path)
    ended = await recovered(
        fastapi_api.get(provider.outlived()),
        known_of(provider, "signer", private_key=str(key), key_id="signer-1"),
        fix="new-token:client_credentials",
    )
    assert (ended.outcome, ended.statuses) == (Outcome.RECOVERED, [401, 200]), ended.grants
    unseen(ended, "".join(key.read_text().splitlines()[1:-1]))


async def test_a_bound_token_is_got_and_sent_with_proofs_through_both_nonces(provider: Provider) -> None:
    command = (
        "curl",
        f"{provider.issuer}/me",
        "-H",
        "Authorization: DPoP long-past-token-0011223344",
        "-H",
        "DPoP: old",
    )
    ended = await recovered(
        command,
        known_of(provider, "bound", audience="", scopes=("openid",)),
        fix="new-token:authorization_code",
        elsewhere=by_browser,
    )
    grant = ended.grants["authorization_code"]
    assert grant.token_type == "DPoP", grant
    assert (ended.outcome, ended.statuses) == (Outcome.RECOVERED, [401, 200])
    answer = next(a for a in ended.answers if a.status == 200)
    assert [hop.response.status for hop in answer.hops if hop.response is not None] == [401, 200]
    assert "use_dpop_nonce" in ended.text


async def test_a_recent_sign_in_that_is_demanded_is_made(provider: Provider, fastapi_api: Api) -> None:
    command = fastapi_api.get(provider.token(), path="/strict/orders")
    ended = await recovered(
        command, known_of(provider, "native"), fix="new-token:authorization_code", elsewhere=by_browser
    )
    assert ended.first == "confirmed step-up-required"
    assert (ended.outcome, ended.statuses) == (Outcome.RECOVERED, [401, 200]), ended.grants
    question = next(q for q in ended.questions if q.asks is Asks.SIGN_IN)
    assert "max_age=60" in question.address


async def test_a_stronger_sign_in_that_is_demanded_is_made(provider: Provider, fastapi_api: Api) -> None:
    command = fastapi_api.get(provider.token(), path="/gold/orders")
    ended = await recovered(
        command, known_of(provider, "native"), fix="new-token:authorization_code", elsewhere=by_browser
    )
    assert ended.first == "confirmed step-up-required"
    assert (ended.outcome, ended.statuses) == (Outcome.RECOVERED, [401, 200]), ended.grants
    question = next(q for q in ended.questions if q.asks is Asks.SIGN_IN)
    assert "acr_values=gold" in question.address
    assert claims_in(ended, "authorization_code")["acr"] == "gold"
