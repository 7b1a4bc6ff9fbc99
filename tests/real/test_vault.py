"""The vault on a real Secret Service, in a process that finds it as any program of the session would."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.real.parts.process import MissingPartError
from tests.real.parts.secret_service import SecretService, start_secret_service

ROOT = Path(__file__).parents[2]
NAME = "the token of prod"

KEEP = """\
import asyncio, json, sys
from tui401.model.secret import Secret
from tui401.vault import Vault, VaultError

async def main():
    vault, name, value = Vault(), sys.argv[1], sys.stdin.read()
    told = {"why_not": await vault.why_not()}
    try:
        before = await vault.take(name)
        await vault.store(name, Secret(value))
        taken = await vault.take(name)
        told |= {"before": before is not None, "same": taken is not None and taken.reveal() == value}
        told |= {"listed": name in await vault.names()}
        if "delete" in sys.argv:
            told |= {"deleted": await vault.delete(name), "gone": await vault.take(name) is None}
            told |= {"again": await vault.delete(name), "left": name in await vault.names()}
    except VaultError as error:
        told["problem"] = str(error)
    print(json.dumps(told))

asyncio.run(main())
"""

LOCK = """\
import contextlib, secretstorage
with contextlib.closing(secretstorage.dbus_init()) as bus:
    secretstorage.get_default_collection(bus).lock()
"""


def run(service: Mapping[str, str], code: str, *argv: str, stdin: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *argv],
        input=stdin,
        env={**os.environ, **service},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def kept(service: SecretService, value: str, *more: str, name: str = NAME) -> dict[str, Any]:
    made = json.loads(run(service.environment, KEEP, name, *more, stdin=value))
    assert isinstance(made, dict)
    return made


@pytest.mark.parametrize("length", [1, 1_200, 5_000])
def test_a_credential_is_stored_taken_and_deleted(secret_service: SecretService, length: int) -> None:
    value = secrets.token_hex(length)[:length]
    assert kept(secret_service, value, "delete") == {
        "why_not": "",
        "before": False,
        "same": True,
        "listed": True,
        "deleted": True,
        "gone": True,
        "again": False,
        "left": False,
    }


def test_another_process_finds_what_was_stored_and_a_shorter_one_replaces_it_whole(
    secret_service: SecretService,
) -> None:
    assert kept(secret_service, secrets.token_hex(2_500))["before"] is False
    shorter = kept(secret_service, "short", "delete")
    assert (shorter["before"], shorter["same"], shorter["gone"]) == (True, True, True)


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[SecretService]:
    try:
        with start_secret_service(tmp_path / "locked") as service:
            run(service.environment, LOCK)
            yield service
    except MissingPartError as missing:
        pytest.skip(str(missing))


def test_a_locked_keyring_is_told_in_a_sentence(locked: SecretService) -> None:
    value = secrets.token_hex(20)
    told = kept(locked, value)
    assert told.keys() == {"why_not", "problem"}
    assert "keyring" in told["problem"]
    assert "session's memory" in told["problem"]
    assert value not in told["problem"]


def test_without_a_secret_service_the_person_is_told_which_are_missing(tmp_path: Path) -> None:
    nowhere = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path / 'nobody'}", "HOME": str(tmp_path)}
    told = json.loads(run({**nowhere, "XDG_DATA_HOME": str(tmp_path)}, KEEP, NAME, stdin="x"))
    assert "No keyring was found on this machine" in told["why_not"]
    assert "No keyring was found on this machine" in told["problem"]


def test_the_command_stores_moves_to_the_encrypted_file_and_back(secret_service: SecretService, tmp_path: Path) -> None:
    value = secrets.token_hex(2_500)
    mine = {
        **secret_service.environment,
        "TUI401_STATE": str(tmp_path / "state"),
        "TUI401_CONFIG": str(tmp_path / "config"),
        "TUI401_VAULT_PASSPHRASE": secrets.token_hex(8),
    }
    name = f"token {tmp_path.name}"

    def tui401(*argv: str, stdin: str = "") -> str:
        return run(mine, "import sys\nfrom tui401.cli import main\nsys.exit(main())", *argv, stdin=stdin)

    def listed() -> list[dict[str, Any]]:
        return [one for one in json.loads(tui401("vault", "list", "--format", "json")) if one["name"] == name]

    tui401("vault", "store", name, "--kind", "api-key", stdin=value)
    (before,) = listed()
    assert before["kind"] == "api-key"
    assert "moved" in tui401("vault", "move", "--to", "file")
    assert listed() == [before]
    assert json.loads(run(secret_service.environment, KEEP, name, "delete", stdin="x"))["before"] is False
    assert "moved" in tui401("vault", "move", "--to", "keyring")
    assert listed() == [before]
    assert kept(secret_service, value, "delete", name=name) | {"before": None} == {
        **dict.fromkeys(("same", "listed", "deleted", "gone"), True),
        **dict.fromkeys(("again", "left"), False),
        "why_not": "",
        "before": None,
    }
