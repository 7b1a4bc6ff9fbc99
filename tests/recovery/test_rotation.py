"""Refresh tokens that rotate: the order of things, two programs, doubt, and a program that is killed at any moment."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pytest

from tests.probes.server import serve
from tests.recovery import rotating
from tests.recovery.rotating import SESSION, SLOT, rotation_in, vault_in
from tests.recovery.scoped import World, world
from tui401.locking import held_async
from tui401.model.secret import Secret
from tui401.model.shown import GrantSeen
from tui401.probes.send import Client
from tui401.recovery import rotation
from tui401.recovery.rotation import Refreshed, Rotation

OLD, NEW = Secret("refresh-old-77aa10c4e2b95d38"), Secret("refresh-new-9c1f7e4ab2d85063")


@dataclass
class Gave:
    """What a token endpoint gave."""

    seen: GrantSeen
    access_token: Secret[str] | None = None
    refresh_token: Secret[str] | None = None
    earlier: tuple[GrantSeen, ...] = ()


def gave(successor: Secret[str] | None = None, **more: Any) -> Gave:
    seen = {"grant": "refresh_token", "endpoint": "https://issuer.example/token", "ok": True, "status": 200, **more}
    return Gave(GrantSeen(**seen), Secret("access-1"), successor)


async def run(
    made: Rotation, granted: Gave, *, token: Secret[str] = OLD
) -> tuple[Refreshed | None, list[str], list[Secret[str]]]:
    told: list[str] = []
    sent: list[Secret[str]] = []

    async def send(one: Secret[str]) -> Gave:
        sent.append(one)
        return granted

    return await made.refresh(token, SESSION, send, told.append), told, sent


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("journal*"))


def has_log(folder: Path) -> bool:
    return (folder / "log").exists()


def locks(folder: Path) -> list[Path]:
    return list(folder.glob("refresh-*.lock"))


async def test_the_intent_is_on_disk_before_it_is_sent_and_gone_when_the_successor_is_stored(tmp_path: Path) -> None:
    made = await rotation_in(tmp_path)
    states: list[str] = []

    async def send(_token: Secret[str]) -> Gave:
        states.append((await rotation_in(tmp_path)).intents.state(SESSION, made.name(OLD)))
        return gave(NEW)

    keep, before = made.keep, made.intents

    async def keeps(secret: Secret[str]) -> str:
        states.append(before.state(SESSION, made.name(OLD)))
        return await keep(secret) if keep is not None else ""

    made.keep = keeps
    refreshed = await made.refresh(OLD, SESSION, send, lambda _text: None)
    assert refreshed is not None
    assert refreshed.token == NEW
    assert states == ["begun", "begun"]
    assert before.state(SESSION, made.name(OLD)) == "used-up"
    assert await vault_in(tmp_path).take(SLOT) == NEW


async def test_nothing_that_tells_of_a_token_stands_in_the_journal(tmp_path: Path) -> None:
    await run(await rotation_in(tmp_path), gave(NEW))
    data = on_disk(tmp_path)
    assert SESSION.encode() in data
    assert OLD.reveal().encode() not in data
    assert NEW.reveal().encode() not in data


async def test_a_token_that_was_replaced_gives_way_to_its_stored_successor(tmp_path: Path) -> None:
    await run(await rotation_in(tmp_path), gave(NEW))
    _, told, sent = await run(await rotation_in(tmp_path), gave())
    assert sent == [NEW]
    assert told == [rotation.NEWER]


async def test_a_token_that_was_replaced_is_not_sent_where_its_successor_is_gone(tmp_path: Path) -> None:
    await run(await rotation_in(tmp_path), gave(NEW))
    await vault_in(tmp_path).delete(SLOT)
    refreshed, told, sent = await run(await rotation_in(tmp_path), gave())
    assert refreshed is None
    assert not sent
    assert told == [rotation.SPENT]


async def test_a_token_that_the_person_has_anew_goes_before_what_was_stored(tmp_path: Path) -> None:
    await run(await rotation_in(tmp_path), gave(NEW))
    signed_in_again = Secret("refresh-anew-5d1e77aa09c4b382")
    _, told, sent = await run(await rotation_in(tmp_path), gave(), token=signed_in_again)
    assert sent == [signed_in_again]
    assert not told


async def test_what_is_stored_of_an_older_sign_in_does_not_go_before_a_token_in_doubt(tmp_path: Path) -> None:
    await run(await rotation_in(tmp_path), gave(NEW))
    signed_in_again = Secret("refresh-anew-5d1e77aa09c4b382")
    await run(await rotation_in(tmp_path), gave(ok=False, status=None), token=signed_in_again)
    _, told, sent = await run(await rotation_in(tmp_path), gave(), token=signed_in_again)
    assert sent == [signed_in_again]
    assert told == [rotation.IN_DOUBT]


async def test_an_answer_that_never_came_leaves_doubt_which_is_told_and_the_old_token_is_tried_once(
    tmp_path: Path,
) -> None:
    await run(await rotation_in(tmp_path), gave(ok=False, status=None, problem="No answer."))
    refreshed, told, sent = await run(await rotation_in(tmp_path), gave(NEW))
    assert refreshed is not None
    assert sent == [OLD]
    assert told == [rotation.IN_DOUBT]
    _, told, _ = await run(await rotation_in(tmp_path), gave())
    assert rotation.IN_DOUBT not in told


async def test_a_refusal_after_doubt_says_that_the_session_is_lost(tmp_path: Path) -> None:
    await run(await rotation_in(tmp_path), gave(ok=False, status=None))
    refused = Gave(GrantSeen(grant="refresh_token", endpoint="e", ok=False, status=400, error="invalid_grant"))
    _, told, _ = await run(await rotation_in(tmp_path), refused)
    assert told == [rotation.IN_DOUBT, rotation.LOST]


@pytest.mark.parametrize(
    "described",
    [
        "Token reuse detected",
        "Refresh token has already been used",
        "The refresh token was already redeemed.",
        "refresh token was used before",
    ],
)
async def test_reuse_that_the_issuer_saw_is_told_with_its_cause(tmp_path: Path, described: str) -> None:
    seen = GrantSeen(
        grant="refresh_token",
        endpoint="e",
        ok=False,
        status=400,
        error="invalid_grant",
        description=described,  # type: ignore[arg-type] # a redacted text
    )
    _, told, _ = await run(await rotation_in(tmp_path), Gave(seen))
    assert told == [rotation.REUSED]


async def test_a_token_that_does_not_rotate_stays_as_it_is(tmp_path: Path) -> None:
    for _turn in range(2):
        refreshed, told, sent = await run(await rotation_in(tmp_path), gave())
        assert refreshed is not None
        assert refreshed.token == OLD
        assert sent == [OLD]
        assert not told


async def test_another_program_that_holds_the_session_is_waited_for(tmp_path: Path) -> None:
    made = await rotation_in(tmp_path)
    await run(made, gave(ok=False, status=500))
    (lock,) = locks(tmp_path)
    async with held_async(lock):
        waiting = asyncio.create_task(run(made, gave(NEW)))
        await asyncio.sleep(0.1)
        assert not waiting.done()
    _, _, sent = await asyncio.wait_for(waiting, 5)
    assert sent == [OLD]


async def test_two_programs_at_once_use_each_token_once(tmp_path: Path) -> None:
    async with world() as shop, Client() as client:
        first = shop.give_refresh("a")
        await asyncio.gather(*(rotating.once(tmp_path, client, shop.issuer, first) for _program in range(6)))
        used = [form["refresh_token"][0] for form in shop.asked]
    assert len(used) == len(set(used)) == 6


async def test_a_session_that_cannot_be_locked_is_not_refreshed(tmp_path: Path) -> None:
    blocked = tmp_path / "a-file"
    blocked.write_text("")
    refreshed, told, sent = await run(Rotation(lock=blocked), gave(NEW))
    assert refreshed is None
    assert not sent
    assert told[0].startswith("Nothing was refreshed")


async def test_leaving_while_the_answer_is_on_its_way_loses_no_successor() -> None:
    kept: list[Secret[str]] = []
    sent = asyncio.Event()

    async def keep(secret: Secret[str]) -> str:
        kept.append(secret)
        return ""

    async def send(_token: Secret[str]) -> Gave:
        sent.set()
        await asyncio.sleep(0.02)
        return gave(NEW)

    task = asyncio.create_task(Rotation(keep=keep).refresh(OLD, SESSION, send, lambda _text: None))
    await sent.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert kept == [NEW]


async def test_leaving_does_not_wait_for_an_answer_that_does_not_come() -> None:
    made = Rotation()
    sent = asyncio.Event()

    async def send(_token: Secret[str]) -> Gave:
        sent.set()
        await asyncio.Event().wait()
        return gave()

    told: list[str] = []
    task = asyncio.create_task(made.refresh(OLD, SESSION, send, told.append))
    await sent.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    _, told, _ = await run(made, gave())
    assert told == [rotation.IN_DOUBT]


# -- killed at any moment ----------------------------------------------------------------------------------------------

KILLS = int(os.environ.get("TUI401_TEST_KILLS", "25"))
"""Programs that are killed in each of the two tests; ``TUI401_TEST_KILLS=100`` is the long run, for a change here."""


@dataclass
class Rotates(World):
    """An issuer that replaces each refresh token.

    Attributes:
        lenient: It takes a token again until its successor was used, as issuers do that reckon with lost answers.
        generation: Of each refresh token that was ever given.
        youngest: The youngest that was used.
        refused: Tokens that it did not take.
    """

    lenient: bool = True
    generation: dict[str, int] = field(default_factory=dict)
    youngest: int = 0
    refused: list[str] = field(default_factory=list)

    def sign_in(self) -> str:
        token = self.give_refresh("a")
        self.generation[token] = self.youngest = self.youngest + 1
        return token

    def _grant(self, form: dict[str, list[str]], writer: asyncio.StreamWriter) -> None:
        (old,) = form["refresh_token"]
        mine = self.generation[old]
        if mine < self.youngest or (old in self.used and not self.lenient):
            self.refused.append(old)
            self._json(writer, "400 Bad Request", {"error": "invalid_grant", "error_description": "token reuse"})
            return
        self.youngest = mine
        self.used.add(old)
        successor = self.give_refresh("a")
        self.generation[successor] = mine + 1
        given = {"access_token": self.give("a"), "token_type": "Bearer", "refresh_token": successor}
        self._json(writer, "200 OK", given)


@asynccontextmanager
async def rotates(*, lenient: bool) -> AsyncIterator[Rotates]:
    made = Rotates(lenient=lenient)
    async with serve(made.handle) as server:
        made.server = server
        yield made


class Killed:
    """Programs that refresh again and again, each killed at a moment of its own."""

    def __init__(self, folder: Path, shop: Rotates, moments: random.Random) -> None:
        self.folder, self.shop, self.moments = folder, shop, moments

    async def __aenter__(self) -> Self:
        self.warm = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.recovery.rotating", str(self.folder), self.shop.issuer),
            cwd=Path(__file__).parents[2],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return self

    async def __aexit__(self, *_ended: object) -> None:
        assert self.warm.stdin is not None
        self.warm.stdin.close()
        await asyncio.wait_for(self.warm.wait(), 20)

    async def one(self, share: float) -> None:
        """Starts one, and kills it at work, when this share of the time that a refresh may take has passed."""
        assert self.warm.stdin is not None
        assert self.warm.stdout is not None
        before = len(self.shop.asked)
        self.warm.stdin.write(b"go\n")
        process = int(await asyncio.wait_for(self.warm.stdout.readline(), 20))
        for _wait in range(20_000):
            if len(self.shop.asked) > before:
                break
            await asyncio.sleep(0.001)
        await asyncio.sleep((share + self.moments.random() / KILLS) * 0.04)
        os.kill(process, signal.SIGKILL)
        assert await asyncio.wait_for(self.warm.stdout.readline(), 20) == b"gone\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the program is forked")
@pytest.mark.parametrize("lenient", [True, False])
async def test_killed_at_any_moment_of_the_refresh_no_received_token_is_lost(tmp_path: Path, *, lenient: bool) -> None:
    seed = random.randrange(1 << 30)
    doubts = losses = 0
    async with rotates(lenient=lenient) as shop, Client() as client:
        first = shop.sign_in()
        (tmp_path / "first").write_text(first)
        async with Killed(tmp_path, shop, random.Random(seed)) as killed:
            for kill in range(KILLS):
                await killed.one(kill / KILLS)
                made, told = await rotating.once(tmp_path, client, shop.issuer, first)
                got = made is not None and made.granted.access_token is not None
                doubts += rotation.IN_DOUBT in told
                if not got:
                    # Only where the answer itself went down with the program, which is known and told.
                    assert told[-2:] == [rotation.IN_DOUBT, rotation.LOST], f"seed {seed}: {told}"
                    losses += 1
                    first = shop.sign_in()
                    (tmp_path / "first").write_text(first)
    log = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()] if has_log(tmp_path) else []
    assert all(line["got"] for line in log)
    assert doubts, "no kill fell into a refresh, so this showed nothing"
    if lenient:
        assert not losses
        assert not shop.refused
