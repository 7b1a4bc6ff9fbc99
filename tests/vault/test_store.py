from __future__ import annotations

import time

import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.backend import KeyringBackend

from tests.vault.backends import RAW, Failing, Hanging, Held, Locked
from tui401.model.secret import Secret
from tui401.vault import Vault, VaultError
from tui401.vault.pieces import PIECE
from tui401.vault.store import SERVICE


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


async def test_a_write_that_fails_half_way_leaves_the_older_credential_whole() -> None:
    backend = Failing(writes=100)
    vault = Vault(backend)
    await vault.store("token", Secret("o" * 5_000))
    for writes in range(6):
        backend.left = writes
        with pytest.raises(VaultError, match="PasswordSetError") as caught:
            await vault.store("token", Secret("n" * 5_000))
        assert "nnnn" not in str(caught.value)
        assert await vault.take("token") == Secret("o" * 5_000)
    backend.left = 100
    await vault.store("token", Secret("n" * 3_000))
    assert await vault.take("token") == Secret("n" * 3_000)
    await vault.delete("token")
    assert {name for _, name in backend.entries} == {"tui401:names"}


async def test_a_credential_that_could_not_be_stored_is_not_listed() -> None:
    backend = Failing(writes=1)
    vault = Vault(backend)
    with pytest.raises(VaultError, match="stays in this session's memory"):
        await vault.store("prod", Secret(RAW))
    assert await vault.take("prod") is None
    backend.left = 9
    await vault.store("other", Secret(RAW))
    assert "other" in await vault.names()


async def test_many_names_fit_into_a_store_of_short_entries() -> None:
    backend = Held()
    vault = Vault(backend)
    names = tuple(f"the access token of environment {number}" for number in range(60))
    for name in names:
        await vault.store(name, Secret(name), kind="access-token", expires=1.7e9, profile="prod")
    assert await vault.names() == names
    assert all(len(entry) <= 1_280 for entry in backend.entries.values())


async def test_what_is_known_of_a_credential_is_listed_and_names_of_an_older_version_are_read() -> None:
    backend = Held()
    vault = Vault(backend)
    backend.set_password(SERVICE, "tui401:names", '["old", 3, {"name": 4}, {"name": "odd", "kind": "x", "at": "y"}]')
    await vault.store("prod", Secret(RAW), kind="api-key", expires=5.0, profile="prod")
    old, odd, prod = await vault.entries()
    assert (old.name, old.kind, old.at, old.expires) == ("old", "other", 0.0, None)
    assert (odd.kind, odd.at) == ("other", 0.0)
    assert (prod.kind, prod.expires, prod.profile) == ("api-key", 5.0, "prod")
    assert prod.at > 1.7e9


async def test_all_that_hold_the_same_credential_are_found() -> None:
    vault = Vault(Held())
    for name, value in (("prod", RAW), ("jobs", RAW), ("stage", f"{RAW}x"), ("long", RAW * 100)):
        await vault.store(name, Secret(value))
    assert [kept.name for kept in await vault.same_as(Secret(RAW))] == ["prod", "jobs"]
    assert [kept.name for kept in await vault.same_as(Secret(RAW * 100))] == ["long"]


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 201, "tui401:names"])
async def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(VaultError, match="Choose another name"):
        await Vault(Held()).store(name, Secret(RAW))


async def test_a_value_that_looks_like_a_count_of_pieces_comes_back_as_it_is() -> None:
    vault = Vault(Held())
    await vault.store("odd", Secret("tui401:parts:2"))
    assert await vault.take("odd") == Secret("tui401:parts:2")
