"""A program that refreshes one session again and again until it is killed; many of it are forked from one that is warm.

Run as a script: ``rotating.py FOLDER ISSUER``. Each line on standard input starts one, whose process id is printed.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from keyring.backend import KeyringBackend

from tui401.journal.intents import Intents
from tui401.model.case import Known
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import IssuerMetadataSeen
from tui401.oauth import refresh
from tui401.probes import client as _loaded  # noqa: F401 - before the fork, not after each
from tui401.probes.send import Client
from tui401.recovery.rotation import Rotation
from tui401.recovery.tools import Granted
from tui401.vault import Vault
from tui401.vault.fingerprints import name_key

SESSION = "svc-orders at the issuer"
SLOT = "refresh token"


class FileKeyring(KeyringBackend):
    """A keyring in a file of the test's own, written whole or not at all, as a real one is."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, path: Path) -> None:
        self.path = path

    def _read(self) -> dict[str, str]:
        return json.loads(self.path.read_text()) if self.path.exists() else {}  # type: ignore[no-any-return] # ours

    def _write(self, entries: dict[str, str]) -> None:
        new = self.path.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(entries))
        new.replace(self.path)

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self._read(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        entries = self._read()
        del entries[f"{service}/{username}"]
        self._write(entries)


def vault_in(folder: Path) -> Vault:
    return Vault(FileKeyring(folder / "keyring.json"))


async def rotation_in(folder: Path) -> Rotation:
    vault = vault_in(folder)

    async def keep(secret: Secret[str]) -> str:
        await vault.store(SLOT, secret)
        return ""

    key = await name_key(vault, folder)
    assert key is not None
    return Rotation(
        lock=folder,
        intents=Intents(folder / "journal.sqlite3"),
        key=key,
        keep=keep,
        stored=lambda: vault.take(SLOT),
    )


async def once(folder: Path, client: Client, issuer: str, first: str) -> tuple[Any, list[str]]:
    """One refresh as a run of the program makes it that has ``first`` from the environment."""
    told: list[str] = []
    metadata = IssuerMetadataSeen(asked=issuer, issuer=issuer, token_endpoint=f"{issuer}/token", confirmed=True)

    async def send(token: Secret[str]) -> Granted:
        known = Known(issuer=issuer, client_id="svc-orders", refresh_token=token)
        return await refresh.request(client, metadata, known, audience="", scopes=(), names=Names())

    rotation = await rotation_in(folder)
    return await rotation.refresh(Secret(first), SESSION, send, told.append), told


async def for_ever(folder: Path, issuer: str) -> None:
    first = (folder / "first").read_text()
    async with Client() as client:
        while True:
            made, told = await once(folder, client, issuer, first)
            with (folder / "log").open("a") as log:
                got = made is not None and made.granted.access_token is not None
                log.write(json.dumps({"got": got, "told": told}) + "\n")


def main(folder: Path, issuer: str) -> None:
    for _line in sys.stdin:
        process = os.fork()
        if process == 0:
            asyncio.run(for_ever(folder, issuer))
        sys.stdout.write(f"{process}\n")
        sys.stdout.flush()
        os.waitpid(process, 0)
        sys.stdout.write("gone\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
