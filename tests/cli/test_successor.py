"""A refresh token of the environment is used up only where its successor has a place."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from tests.recovery.driving import case_of, fix_first
from tui401.cli.adapters import Recover, Shelf
from tui401.cli.successor import place_for, rotation_for
from tui401.model.events import Event, Told
from tui401.model.fix import Answer, Question
from tui401.model.verdict import Outcome
from tui401.practice import Practice
from tui401.recovery.rotation import NEWER
from tui401.vault import Vault
from tui401.vault.store import SERVICE


class Held(KeyringBackend):
    """A backend in this process's memory."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.entries[service, username]


class Hanging(Held):
    """A backend that waits for a person who is not there."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.released.wait(60)
        return super().get_password(service, username)


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    made = Hanging()
    yield made
    made.released.set()


async def test_the_successor_rests_in_the_keyring_when_the_recovery_has_ended(tmp_path: Path) -> None:
    backend = Held()
    events: list[Event] = []
    async with Practice("token-expired") as world:
        refresh = world.refresh_token("ada")
        case = case_of(world, refresh=refresh)
        choose = fix_first("new-token:refresh_token")

        async def ask(question: Question) -> Answer:
            return choose(question)

        shelf = Shelf(lambda: tmp_path)
        try:
            outcome = await Recover(shelf, lambda: Vault(backend))(case, ask=ask, emit=events.append)
        finally:
            shelf.close()
        name = f"refresh token of {case.known.client_id} at {case.known.issuer}"
    assert outcome is Outcome.RECOVERED
    assert backend.entries[SERVICE, name] not in ("", refresh)


async def test_a_keyring_that_hangs_is_no_place_for_a_successor(hanging: Hanging) -> None:
    async with Practice("token-expired") as world:
        case = case_of(world, refresh=world.refresh_token("ada"))
        assert await place_for(Vault(hanging, limit=0.05), case) is None


async def test_what_is_no_token_of_the_environment_is_not_kept_in_the_persons_keyring(tmp_path: Path) -> None:
    backend = Held()
    async with Practice("token-expired") as world:
        case = case_of(world, refresh=world.refresh_token("ada"))
        case.known = dataclasses.replace(case.known, token_from_environment=False)
        assert await rotation_for(lambda: Vault(backend), case, tmp_path) is None
    assert not backend.entries


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_a_token_of_the_environment_that_was_replaced_is_not_sent_again(tmp_path: Path) -> None:
    """The second run has the same environment: its token is spent by then, and its successor in the keyring."""
    backend = Held()
    told: list[str] = []
    async with Practice("token-expired") as world:
        refresh = world.refresh_token("ada")
        for _run in range(2):
            case = case_of(world, refresh=refresh)
            choose = fix_first("new-token:refresh_token")

            async def ask(question: Question, choose: Callable[[Question], Answer] = choose) -> Answer:
                return choose(question)

            events: list[Event] = []
            shelf = Shelf(lambda: tmp_path)
            outcome = await Recover(shelf, lambda: Vault(backend))(case, ask=ask, emit=events.append)
            shelf.close()
            assert outcome is Outcome.RECOVERED
            told += [event.text for event in events if isinstance(event, Told)]
        carried = [record for record in world.requests.issuer if record.carried(refresh)]
    assert len(carried) == 1
    assert told == [NEWER]
    assert refresh.encode() not in on_disk(tmp_path)
