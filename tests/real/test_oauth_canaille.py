"""The same with a second make of provider, which words and does everything a little differently."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.real.parts.apis import Api
from tests.real.parts.browser import walk
from tests.real.parts.canaille_provider import Canaille, start_canaille
from tests.real.recovering import known_of, recovered
from tui401.model.fix import Asks, Question
from tui401.model.secret import Secret
from tui401.model.shown import GrantSeen, IntrospectionSeen
from tui401.model.verdict import Outcome

OPAQUE = "/opaque/orders"
NOTHING = {"audience": "", "scopes": ()}


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)


async def by_browser(question: Question) -> None:
    """Signs in where the question says, as far as the page that says that the window can be closed."""
    page = await walk(str(question.address), until="You can close this window")
    assert "You have signed in" in page


def userinfo(canaille: Canaille) -> tuple[str, ...]:
    """The provider's own API, asked with a token that it does not know."""
    return ("curl", f"{canaille.issuer}/oauth/userinfo", "-H", "Authorization: Bearer long-past-0011223344556677")


async def test_a_revoked_token_ends_at_200(canaille: Canaille, canaille_api: Api) -> None:
    token = canaille.token()
    canaille.revoke(token)
    ended = await recovered(
        canaille_api.get(token, path=OPAQUE),
        known_of(canaille, "service", **NOTHING),
        fix="new-token:client_credentials",
    )
    assert (ended.outcome, ended.statuses) == (Outcome.RECOVERED, [401, 200]), ended.grants
    (word,) = (p.content for p in ended.view.evidence if isinstance(p.content, IntrospectionSeen))
    assert (word.active, word.sibling) == (False, None)
    # An opaque token that its issuer calls inactive may have expired as well as been revoked.
    assert "confirmed" not in {d.root.strength.word for d in ended.view.judgements if d.root is not None}


async def test_a_person_signs_in_by_browser_and_is_renewed_by_refresh(canaille: Canaille) -> None:
    me = userinfo(canaille)
    known = known_of(canaille, "web", audience="", scopes=("openid", "profile"))
    ended = await recovered(me, known, fix="new-token:authorization_code", elsewhere=by_browser)
    assert (ended.outcome, ended.statuses[-1]) == (Outcome.RECOVERED, 200), ended.grants
    question = next(q for q in ended.questions if q.asks is Asks.SIGN_IN)
    asked = parse_qs(urlsplit(question.address).query)
    assert asked["nonce"]
    assert asked["redirect_uri"] == [canaille.clients["web"].redirect]
    (refresh,) = ended.kept
    renewed = await recovered(
        me, known_of(canaille, "web", refresh_token=refresh, **NOTHING), fix="new-token:refresh_token"
    )
    assert (renewed.outcome, renewed.statuses[-1]) == (Outcome.RECOVERED, 200), renewed.grants
    assert [secret.reveal() for secret in renewed.kept] != [refresh.reveal()]
    again = await recovered(
        me, known_of(canaille, "web", refresh_token=refresh, **NOTHING), fix="new-token:refresh_token"
    )
    assert again.grants["refresh_token"].error == "invalid_grant"
    assert again.causes["grant-rejected"] == "confirmed"


async def test_a_code_is_redeemed_without_a_secret(canaille: Canaille) -> None:
    known = known_of(canaille, "native", audience="", scopes=("openid", "profile"))
    ended = await recovered(userinfo(canaille), known, fix="new-token:authorization_code", elsewhere=by_browser)
    assert (ended.outcome, ended.statuses[-1]) == (Outcome.RECOVERED, 200), ended.grants


async def test_an_assertion_is_made_out_to_the_token_endpoint_where_that_is_wanted(
    canaille: Canaille, tmp_path: Path
) -> None:
    key = str(canaille.clients["signer"].key_file(tmp_path))
    known = known_of(canaille, "signer", private_key=key, key_id="signer-1", audience="", scopes=("openid", "profile"))
    ended = await recovered(userinfo(canaille), known, fix="new-token:authorization_code", elsewhere=by_browser)
    assert (ended.outcome, ended.statuses[-1]) == (Outcome.RECOVERED, 200), ended.grants
    tries = [piece for piece in ended.view.evidence if piece.kind == "grant/authorization_code"]
    assert [piece.content.error for piece in tries if isinstance(piece.content, GrantSeen)] == ["invalid_client", ""]


async def test_a_wrong_client_secret_is_named(canaille: Canaille, canaille_api: Api) -> None:
    token = canaille.token()
    canaille.revoke(token)
    known = known_of(canaille, "service", client_secret=Secret("wrong-9c1d7be2f04a5566"), **NOTHING)
    ended = await recovered(canaille_api.get(token, path=OPAQUE), known, fix="new-token:client_credentials")
    assert ended.grants["client_credentials"].error == "invalid_client"
    assert ended.causes["client-rejected"] == "confirmed"


async def test_one_that_stopped_is_named(canaille_api: Api, tmp_path: Path) -> None:
    with start_canaille(tmp_path / "stopping", name="stopping") as stopped:
        known = known_of(stopped, "service", **NOTHING)
    ended = await recovered(canaille_api.get("opaque-0011223344556677", path=OPAQUE), known, fix="new-token")
    assert "issuer-unavailable" in ended.causes
