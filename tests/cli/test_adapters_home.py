"""Vault, encrypted file and profiles as the wizard's screens use them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import keyring
import keyring.backends.fail
import pytest

from tests.vault.backends import RAW, Held
from tui401.cli import vaults
from tui401.cli.adapters_home import Keyrings, Profiles, Sealed, Vault
from tui401.model.secret import Secret
from tui401.ui.ports import PortError
from tui401.vault import editing, encrypted
from tui401.vault.profiles import load, settings
from tui401.vault.store import SERVICE

PASSPHRASE = Secret("correct horse")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tui401: Callable[..., Any]) -> Held:
    backend = Held()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    monkeypatch.setitem(encrypted._COST, "n", 1 << 10)  # type: ignore[arg-type]
    tui401("profile", "add", "prod", "credential=orders-key")
    assert (tmp_path / "config" / "config.toml").exists()
    return backend


async def test_a_profiles_credential_goes_where_the_profile_says_and_is_a_line_of_the_log(held: Held) -> None:
    vault = Vault(Keyrings())
    said = await vault.store("prod", Secret(RAW))
    assert said == "Stored in this machine's keyring as orders-key."
    assert held.entries[SERVICE, "orders-key"] == RAW
    assert await vault.store("api.example.com", Secret(RAW)) == (
        "Stored in this machine's keyring as api.example.com. The same credential is kept as orders-key (profile prod)."
    )
    assert [(line.profile, line.way) for line in vaults.latest(5)] == [("", "stored"), ("prod", "stored")]
    held.entries[SERVICE, "tui401 key of names"] = "0" * 64
    assert list(await vault.names()) == ["orders-key", "api.example.com"]
    assert await vault.take("orders-key") == Secret(RAW)
    with pytest.raises(PortError, match="holds nothing under stage"):
        await vault.take("stage")


async def test_where_there_is_no_keyring_every_reason_is_a_line_and_the_encrypted_file_takes_over(
    held: Held, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert held.entries == {}
    monkeypatch.setattr(keyring, "get_keyring", keyring.backends.fail.Keyring)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
    keyrings = Keyrings()
    vault, sealed = Vault(keyrings), Sealed(keyrings)
    with pytest.raises(PortError, match="stays in this session's memory") as caught:
        await vault.store("prod", Secret(RAW))
    assert "move --to" not in str(caught.value)
    assert RAW[:8] not in str(caught.value)
    assert sealed.new
    said = await sealed.store("prod", Secret(RAW), PASSPHRASE)
    assert said.startswith("Stored in the encrypted file ")
    assert said.endswith("New ones go there from now on.")
    assert not sealed.new
    assert settings(tmp_path / "config" / "config.toml").backend == "file"
    assert await vault.take("orders-key") == Secret(RAW)
    with pytest.raises(PortError, match="its passphrase was not given"):
        await Vault(Keyrings()).take("orders-key")
    with pytest.raises(PortError, match="does not open"):
        await sealed.store("prod", Secret("other"), Secret("wrong horse"))


async def test_a_profile_is_kept_and_a_second_of_its_name_is_told(held: Held, tmp_path: Path) -> None:
    assert held.entries == {}
    says = await Profiles().keep("api.example.com", {"origins": "https://api.example.com", "scopes": "a b"})
    assert "api.example.com stands in" in says
    assert load(tmp_path / "config" / "config.toml")["api.example.com"].scopes == ("a", "b")
    with pytest.raises(PortError, match="already"):
        await Profiles().keep("api.example.com", {})


async def test_what_the_profiles_policy_wishes_is_told_when_its_credential_is_kept(held: Held, tmp_path: Path) -> None:
    assert held.entries == {}
    wishes = {"longest_lifetime": "1h", "least_scopes.GET /v1": "a"}
    editing.amend(tmp_path / "config" / "config.toml", "prod", wishes)
    now = int(time.time())
    token = jwt.encode({"iat": now, "exp": now + 90_000, "scope": "a admin"}, "k" * 32)
    said = await Vault(Keyrings()).store("prod", Secret(token))
    assert "Shorten its life: it is valid for 25 h" in said
    assert "Narrow it: admin is more than" in said
