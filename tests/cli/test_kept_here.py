"""What else holds the credential of a case: compared in memory, said once, by names and never by values."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import keyring
import pytest

from tests.canary.loopback import Loopback, Seen, response
from tests.cli.conftest import Ran
from tests.vault.backends import Held, Locked
from tui401.cli.kept_here import kept_here
from tui401.model.http import Header, Origin, Request
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.vault import Vault

OLD, NEW = "old-4f9d2a7c81be5f3a-old", "new-77b1e2d3c4a5f607-new"


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    backend = Held()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


def keep(backend: Held, *names: str, value: str) -> None:
    async def all_of_them() -> None:
        for name in names:
            await Vault(backend).store(name, Secret(value), kind="access-token", expires=None, profile=name)

    asyncio.run(all_of_them())


def answer(seen: Seen) -> bytes:
    good = seen.value("Authorization") == f"Bearer {NEW}"
    return (
        response("200 OK", [], "{}")
        if good
        else response("401 Unauthorized", [("WWW-Authenticate", 'Bearer error="invalid_token"')], "no")
    )


@pytest.fixture
def diagnosed(tui401: Callable[..., Ran], tmp_path: Path) -> Callable[..., Ran]:
    def ran(*options: str, bearer: str = OLD) -> Ran:
        folder = tmp_path / "config"
        folder.mkdir(exist_ok=True)
        with Loopback(answer) as server:
            text = f'[profile.prod]\norigins = ["{server.origin}"]\n'
            (folder / "config.toml").write_text(text, encoding="utf-8")
            header = f"Authorization: Bearer {bearer}"
            return tui401("diagnose", "--quiet", *options, "curl", "-q", f"{server.origin}/v1", "-H", header)

    return ran


def test_the_refused_one_and_the_one_that_works_are_named_where_they_are_kept(
    diagnosed: Callable[..., Ran], held: Held, tui401: Callable[..., Ran]
) -> None:
    keep(held, "stage", "batch", value=OLD)
    keep(held, "prod", "nightly", value=NEW)
    ran = diagnosed("--fix", "--yes")
    assert ran.code == 0, ran.out + ran.err
    assert "The credential that was refused is still kept as stage and batch: update these, too." in ran.out
    assert "The one that works now is kept as prod and nightly." in ran.out
    assert OLD not in ran.out + ran.err
    assert NEW not in ran.out + ran.err
    case = json.loads(tui401("cases", "--format", "json").out)[0]["id"]
    report = tui401("report", case)
    assert "still kept as stage and batch" in report.out.replace("\\", "")


def test_a_refusal_that_stays_says_where_the_credential_is_kept(diagnosed: Callable[..., Ran], held: Held) -> None:
    keep(held, "prod", value=OLD)
    ran = diagnosed()
    assert "The credential is kept as prod: replace it there, too, if you replace it." in ran.out


def test_what_is_not_kept_or_succeeds_is_not_spoken_of(diagnosed: Callable[..., Ran], held: Held) -> None:
    keep(held, "stage", value="another-one-0123456789")
    assert "kept as" not in diagnosed().out
    keep(held, "prod", value=NEW)
    assert "kept as" not in diagnosed(bearer=NEW).out


def test_a_vault_that_cannot_be_read_costs_nothing() -> None:
    request = Request(
        "GET", Origin("https", "api.example", 443), Secret("/"), (Header("Authorization", Secret(f"Bearer {OLD}")),)
    )
    kept = asyncio.run(kept_here(Vault(Locked())))
    assert kept.of_request(request, Names()) == ()
    assert OLD not in repr(kept)


def test_a_fix_that_keeps_the_credential_asks_for_no_update(diagnosed: Callable[..., Ran], held: Held) -> None:
    keep(held, "stage", value=NEW)
    ran = diagnosed("--fix", "--yes", bearer=f'"{NEW}"')
    assert ran.code == 0, ran.out + ran.err
    assert "kept as" not in ran.out
