"""The vault and the change log around a recovery: secrets are found there first, and what changes is a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest

from tests.vault.backends import Hanging, Held
from tui401.practice import PracticeThread
from tui401.vault import store
from tui401.vault.store import SERVICE


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    backend = Held()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


@pytest.fixture
def world() -> Iterator[Any]:
    with PracticeThread("token-expired") as running:
        yield running


@pytest.fixture
def prod(tui401: Callable[..., Any], world: Any) -> Callable[..., Any]:
    tui401(
        *("profile", "add", "prod", f"origins={world.api}", f"issuer={world.issuer}", f"client_id={world.client.id}"),
        *(f"audience={world.audience}", "scopes=orders:read", f"ntp={world.ntp}"),
    )
    return tui401


def log(tui401: Callable[..., Any]) -> list[tuple[str, str, str]]:
    lines = json.loads(tui401("vault", "log", "--format", "json").out)
    return [(line["profile"], line["what"], line["way"]) for line in lines]


def test_a_fix_finds_the_clients_secret_in_the_vault_and_the_new_token_is_a_line_of_the_log(
    prod: Callable[..., Any], held: Held, world: Any
) -> None:
    held.entries[SERVICE, f"client secret of {world.client.id} at {world.issuer}"] = world.client.secret
    ran = prod("diagnose", "--fix", "--format", "json", *world.argv)
    assert (ran.code, ran.json["outcome"]) == (0, "recovered"), ran.err
    assert log(prod) == [("prod", "access-token", "client_credentials")]
    assert world.client.secret not in ran.out + ran.err


def test_a_refresh_token_of_the_vault_is_used_and_its_successor_goes_back(
    prod: Callable[..., Any], held: Held, world: Any
) -> None:
    slot = f"refresh token of {world.client.id} at {world.issuer}"
    held.entries[SERVICE, slot] = first = world.refresh_token("ada")
    held.entries[SERVICE, f"client secret of {world.client.id} at {world.issuer}"] = world.client.secret
    ran = prod("diagnose", "--fix", "--format", "json", *world.argv)
    assert ran.json["outcome"] == "recovered", ran.err
    assert held.entries[SERVICE, slot] != first
    assert log(prod) == [("prod", "refresh-token", "refresh"), ("prod", "access-token", "refresh")]


def test_what_changed_lately_is_told_and_stands_in_the_report(
    prod: Callable[..., Any], held: Held, world: Any, tmp_path: Path
) -> None:
    assert held.entries == {}
    prod("vault", "note", "ops rotated it", "--profile", "prod", "--kind", "client-secret")
    prod("vault", "note", "of another", "--profile", "stage", "--kind", "client-secret")
    report = tmp_path / "report.md"
    ran = prod("diagnose", "--report", str(report), *world.argv)
    assert "after the client secret of your profile prod changed (by hand, noted “ops rotated it”)." in ran.out
    text = report.read_text()
    assert "client-secret of profile prod changed (by hand)" in text
    assert "ops rotated it" in text
    assert "of another" not in text


def test_a_case_without_a_profile_changes_nothing_at_home(tui401: Callable[..., Any], held: Held, world: Any) -> None:
    assert held.entries == {}
    knows = ["--issuer", world.issuer, "--client-id", world.client.id, "--ntp", world.ntp]
    env = {"TUI401_CLIENT_SECRET": world.client.secret}
    ran = tui401("diagnose", "--fix", "--format", "json", *knows, *world.argv, env=env)
    assert ran.json["outcome"] == "recovered", ran.err
    assert log(tui401) == []


def test_a_keyring_that_hangs_costs_a_recovery_its_limit_and_no_more(
    prod: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, world: Any
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", Hanging)
    monkeypatch.setattr(store.Vault.__init__, "__defaults__", (None, 0.1))
    ran = prod("diagnose", "--fix", "--format", "json", *world.argv, env={"TUI401_CLIENT_SECRET": world.client.secret})
    Hanging.released.set()
    assert ran.json["outcome"] == "recovered", ran.err


def test_a_kept_token_is_tried_before_anybody_is_asked_for_another(
    prod: Callable[..., Any], held: Held, world: Any
) -> None:
    held.entries[SERVICE, "prod"] = world.token()
    ran = prod("diagnose", "--fix", "--format", "json", *world.argv, env={"TUI401_CLIENT_SECRET": world.client.secret})
    assert (ran.code, ran.json["outcome"]) == (0, "recovered"), ran.err
    assert "Use the credential that you keep for this API" in ran.err
    assert not [record for record in world.requests.issuer if record.carried("grant_type")]
    assert held.entries[SERVICE, "prod"].split(".")[2][:8] not in ran.out + ran.err


@pytest.mark.parametrize("kept", ["expired", "the same", "an opaque key", "of another origin"])
def test_a_kept_credential_that_cannot_help_is_not_offered(
    prod: Callable[..., Any], held: Held, world: Any, kept: str
) -> None:
    sent = next(word for word in world.argv if "Bearer " in word).partition("Bearer ")[2]
    if kept == "of another origin":
        prod("profile", "set", "prod", "origins=https://elsewhere.example")
    held.entries[SERVICE, "prod"] = {
        "expired": world.token(exp=1_000_000_000),
        "the same": sent,
        "an opaque key": "key-0123456789abcdef0123",
        "of another origin": world.token(),
    }[kept]
    env = {"TUI401_CLIENT_SECRET": world.client.secret}
    ran = prod("diagnose", "--fix", "--profile", "prod", "--format", "json", *world.argv, env=env)
    assert ran.json["outcome"] == "recovered", ran.err
    assert "that you keep" not in ran.err
    assert [record for record in world.requests.issuer if record.carried("grant_type")]
