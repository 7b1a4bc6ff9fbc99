from __future__ import annotations

import threading
import time

import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from tui401.model.secret import Secret
from tui401.vault import Vault, VaultError
from tui401.vault.store import PIECE, SERVICE

RAW = "canary-4f9d2a7c81be5f3a"


class Held(KeyringBackend):
    """A backend that keeps entries in memory and, like Windows' store, refuses long ones."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password) > 1_280:
            raise ValueError(f"too long: {password}")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


class Locked(Held):
    def get_password(self, service: str, username: str) -> str | None:  # noqa: ARG002 - the backend's signature
        raise KeyringLocked(f"locked while {RAW} was asked for")


class Hanging(Held):
    released = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:  # noqa: ARG002 - the same
        self.released.wait(60)
        return None


async def test_what_is_stored_is_taken_listed_and_deleted() -> None:
    vault = Vault(Held())
    await vault.store("prod", Secret(RAW))
    assert await vault.take("prod") == Secret(RAW)
    assert await vault.names() == ("prod",)
    assert await vault.delete("prod")
    assert await vault.take("prod") is None
    assert await vault.names() == ()
    assert not await vault.delete("prod")


@pytest.mark.parametrize("length", [PIECE, PIECE + 1, 5_000])
async def test_a_long_credential_is_split_and_comes_back_whole(length: int) -> None:
    backend = Held()
    vault = Vault(backend)
    value = "".join(chr(97 + n % 26) for n in range(length))
    await vault.store("long", Secret(value))
    assert await vault.take("long") == Secret(value)
    assert all(len(entry) <= 1_280 for entry in backend.entries.values())
    assert await vault.delete("long")
    assert all(name == "tui401:names" for _, name in backend.entries)


async def test_a_shorter_successor_leaves_no_piece_of_the_longer_one() -> None:
    backend = Held()
    vault = Vault(backend)
    await vault.store("token", Secret("x" * 5_000))
    await vault.store("token", Secret("short"))
    assert await vault.take("token") == Secret("short")
    assert set(backend.entries) == {(SERVICE, "token"), (SERVICE, "tui401:names")}


async def test_a_half_stored_credential_is_told_not_returned() -> None:
    backend = Held()
    vault = Vault(backend)
    await vault.store("token", Secret("x" * 5_000))
    del backend.entries[SERVICE, "token#2"]
    with pytest.raises(VaultError, match="only a part"):
        await vault.take("token")


async def test_a_locked_keyring_is_told_apart_from_an_empty_one_and_its_words_are_not_repeated() -> None:
    with pytest.raises(VaultError) as caught:
        await Vault(Locked()).take("prod")
    assert "KeyringLocked" in str(caught.value)
    assert RAW not in str(caught.value)


async def test_a_keyring_that_hangs_costs_its_limit_and_no_more() -> None:
    started = time.monotonic()
    with pytest.raises(VaultError, match="did not answer"):
        await Vault(Hanging(), limit=0.2).take("prod")
    assert time.monotonic() - started < 5
    Hanging.released.set()


@pytest.mark.parametrize(
    ("backend", "words"),
    [(keyring.backends.fail.Keyring(), "No keyring was found"), (keyring.backends.null.Keyring(), "switched off")],  # type: ignore[no-untyped-call]
)
async def test_where_there_is_no_keyring_the_person_is_told_why(backend: KeyringBackend, words: str) -> None:
    vault = Vault(backend)
    assert words in await vault.why_not()
    with pytest.raises(VaultError, match=words):
        await vault.store("prod", Secret(RAW))


async def test_a_usable_keyring_has_no_reason_against_it() -> None:
    assert await Vault(Held()).why_not() == ""
