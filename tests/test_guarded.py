"""The guard in somebody's own client and tests: httpx, and whatever has a method, an address and headers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import jwt
import keyring
import pytest

from tests.vault.backends import Held, Locked
from tui401 import guarded
from tui401.guarded import GuardedAuth, GuardError, check_profile, check_request
from tui401.practice import PracticeThread
from tui401.vault import editing
from tui401.vault.store import SERVICE

pytest_plugins = ["pytester"]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Held:
    backend = Held()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    monkeypatch.setenv("TUI401_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("TUI401_CONFIG", str(tmp_path / "config"))
    monkeypatch.delenv("TUI401_CLIENT_SECRET", raising=False)
    return backend


@pytest.fixture
def world(held: Held, tmp_path: Path) -> Iterator[Any]:
    with PracticeThread() as running:
        values = {
            "origins": running.api,
            "issuer": running.issuer,
            "client_id": running.client.id,
            "audience": running.audience,
            "scopes": "orders:read",
        }
        editing.add(tmp_path / "config" / "config.toml", "prod", values)
        held.entries[SERVICE, f"client secret of {running.client.id} at {running.issuer}"] = running.client.secret
        yield running


def test_a_client_gets_its_token_and_sends_it(world: Any, held: Held) -> None:
    with httpx.Client(auth=GuardedAuth("prod"), trust_env=False) as client:
        assert client.get(world.url("/v1/orders")).status_code == 200
        assert client.get(world.url("/v1/orders")).status_code == 200
    assert [record.method for record in world.requests.issuer].count("POST") == 1
    assert "prod" in {name for _, name in held.entries}


async def test_an_asynchronous_client_does_the_same(world: Any) -> None:
    async with httpx.AsyncClient(auth=GuardedAuth("prod"), trust_env=False) as client:
        answers = await asyncio.gather(*(client.get(world.url("/v1/orders")) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize(
    ("claims", "cause"),
    [
        ({"exp": 1}, "token-expired"),
        ({"aud": "https://billing.example"}, "audience-mismatch"),
        ({"scope": "profile"}, "scope-insufficient"),
        ({"iss": "https://other.example"}, "issuer-mismatch"),
    ],
)
def test_a_request_that_would_be_refused_is_not_sent(world: Any, claims: dict[str, Any], cause: str) -> None:
    token = world.token(**claims)
    headers = {"Authorization": f"Bearer {token}"}
    with (
        httpx.Client(auth=GuardedAuth("prod"), trust_env=False) as client,
        pytest.raises(GuardError, match="was not sent") as caught,
    ):
        client.get(world.url("/v1/orders"), headers=headers)
    assert cause in {finding.cause for finding in caught.value.findings}
    assert token.split(".")[2][:8] not in str(caught.value)
    assert not world.requests.api


def test_another_origin_never_gets_the_token(world: Any) -> None:
    with (
        httpx.Client(auth=GuardedAuth("prod"), trust_env=False) as client,
        pytest.raises(GuardError, match="the origins of your profile prod are"),
    ):
        client.get("http://127.0.0.1:1/v1/orders")
    assert not world.requests.issuer


def test_a_request_of_another_library_is_judged_and_filled_as_well(world: Any) -> None:
    request = SimpleNamespace(method="GET", url=world.url("/v1/orders"), headers={})
    assert GuardedAuth("prod")(request) is request
    assert request.headers["Authorization"].startswith("Bearer ey")
    with pytest.raises(GuardError, match="carries no credential"):
        check_request(SimpleNamespace(method="GET", url=world.url("/v1/orders"), headers={}), profile="prod")


def test_a_kept_token_is_judged_by_its_profile(world: Any, held: Held) -> None:
    with pytest.raises(GuardError, match="Nothing is kept as prod"):
        check_profile("prod")
    held.entries[SERVICE, "prod"] = world.token()
    check_profile("prod", min_lifetime="5m")
    with pytest.raises(GuardError, match="are wanted"):
        check_profile("prod", min_lifetime="52w")
    assert not world.requests.api


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: check_profile("pord"), "There is no profile 'pord'"),
        (lambda: GuardedAuth("prod", min_lifetime="soon"), "min_lifetime: A time is a number"),
        (lambda: check_request(SimpleNamespace(method="GET", url="ftp://x", headers={})), "none of http or https"),
    ],
)
def test_what_is_not_there_is_told(world: Any, call: Any, says: str) -> None:
    assert world
    with pytest.raises(GuardError, match=says):
        call()


def test_a_locked_vault_is_told(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world
    monkeypatch.setattr(keyring, "get_keyring", Locked)
    with pytest.raises(GuardError, match="KeyringLocked"):
        check_profile("prod")


def test_the_public_names_are_these() -> None:
    assert guarded.__all__ == ["GuardError", "GuardedAuth", "check_profile", "check_request"]


def test_the_fixture_fails_a_test_before_anything_is_sent(
    pytester: pytest.Pytester, held: Held, tmp_path: Path
) -> None:
    editing.add(tmp_path / "config" / "config.toml", "prod", {"origins": "https://api.example.com", "scopes": "a"})
    now = int(time.time())
    for name, scope in (("prod", "a"),):
        held.entries[SERVICE, name] = jwt.encode({"scope": scope, "iat": now, "exp": now + 600}, "k" * 32)
    pytester.makeconftest('pytest_plugins = ["tui401.testing"]')
    pytester.makepyfile(
        """
        from types import SimpleNamespace

        def test_good(tui401_guard):
            tui401_guard.profile("prod", min_lifetime="5m")

        def test_short(tui401_guard):
            tui401_guard.profile("prod", min_lifetime="1h")

        def test_bare(tui401_guard):
            tui401_guard.request(SimpleNamespace(method="GET", url="https://api.example.com/v1", headers={}))
        """
    )
    ran = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:asyncio")
    ran.assert_outcomes(passed=1, failed=2)
    ran.stdout.fnmatch_lines(["*GET https://api.example.com/ would be refused, and was not sent. It is valid for*"])
    ran.stdout.fnmatch_lines(["*carries no credential*"])
