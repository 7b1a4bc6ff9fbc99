"""A case is left, or cut off, and goes on live from the journal with its secrets given again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from tui401.cli import adapters, build
from tui401.cli.arguments import parser_for
from tui401.cli.lesson import Lesson, case_on
from tui401.cli.resume import Resume
from tui401.cli.wizard import ports_of
from tui401.model.case import Case, Options
from tui401.model.saved import SavedCase
from tui401.model.secret import Secret
from tui401.model.verdict import Outcome
from tui401.practice import PracticeThread
from tui401.practice.running import World
from tui401.ui.app import Wizard
from tui401.ui.ports import PortError
from tui401.ui.screens.solved import SolvedScreen


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    practice = PracticeThread("audience-mismatch")
    try:
        yield practice.start()
    finally:
        practice.stop()


async def until(pilot: Pilot[None], true: object) -> None:
    for _ in range(1_500):
        if true():  # type: ignore[operator]
            await pilot.pause()
            return
        await pilot.pause(0.01)
    raise AssertionError(screen_of(pilot.app))


def screen_of(app: object) -> str:
    strips = app.screen._compositor.render_strips(app.screen.size)  # type: ignore[attr-defined]
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def wizard(folder: Path, **given: object) -> tuple[Wizard, adapters.Shelf]:
    shelf = adapters.Shelf(lambda: folder)
    ports = ports_of(parser_for("").parse_args([]), shelf, Lesson())
    return Wizard(ports, guard_seconds=0.0, burst_seconds=0.0, save_folder=folder, **given), shelf  # type: ignore[arg-type]


def kept(folder: Path, case: str) -> SavedCase:
    shelf = adapters.Shelf(lambda: folder)
    assert shelf.journal is not None
    saved = shelf.journal.load(case[:4])
    shelf.close()
    return saved


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def cut_off_at(folder: Path) -> None:
    """As if the program had been killed: the end was never written."""
    with closing(sqlite3.connect(folder / "journal.sqlite3")) as db, db:
        db.execute("DELETE FROM events WHERE number > (SELECT max(number) - 3 FROM events)")


def token_of(case: Case) -> str:
    return case.request.values("Authorization")[0].reveal().partition(" ")[2]


@pytest.mark.parametrize("cut_off", [False, True], ids=["left", "cut off"])
async def test_a_case_that_was_left_goes_on_live_until_it_is_solved(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, cut_off: bool
) -> None:
    case = case_on(world)
    token, secret = token_of(case), case.known.client_secret
    assert secret is not None
    app, shelf = wizard(tmp_path, case=case)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
    shelf.close()
    if cut_off:
        cut_off_at(tmp_path)
    assert token[-12:].encode() not in on_disk(tmp_path)

    monkeypatch.setenv(build.CLIENT_SECRET, secret.reveal())
    saved = kept(tmp_path, case.id)
    app, shelf = wizard(tmp_path, saved=saved, kept=True)
    async with app.run_test() as pilot:
        await until(pilot, lambda: "Go on from here" in screen_of(app))
        await pilot.press("g")
        await until(pilot, lambda: "The secret in the header Authorization" in screen_of(app))
        app.post_message(events.Paste(token))
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: "Send this request?" in screen_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        assert app.session is not None
        assert app.session.view.attempt == 2
        assert app.session.view.requests[0] == app.session.view.requests[1]  # the same secret under the same name
        root = app.session.view.diagnosis.root if app.session.view.diagnosis else None
        assert root is not None
        assert root.cause == "audience-mismatch"
        await pilot.press("f", "enter")
        await until(pilot, lambda: isinstance(app.screen, SolvedScreen))
    shelf.close()
    again = kept(tmp_path, case.id)
    assert again.attempt >= 2
    shelf = adapters.Shelf(lambda: tmp_path)
    assert shelf.journal is not None
    (line,) = shelf.journal.cases()
    shelf.close()
    assert (line.id, line.outcome) == (case.id, Outcome.RECOVERED.value)


def test_what_is_not_in_the_journal_does_not_go_on(tmp_path: Path) -> None:
    shelf = adapters.Shelf(lambda: tmp_path)
    resume = Resume(shelf, parser_for("").parse_args([]), lambda _o, _origin: build.Known(), Options)
    try:
        with pytest.raises(PortError, match="There is no case"):
            resume.needs("7f3a09c2")
        with pytest.raises(PortError, match="There is no case"):
            resume.case("7f3a09c2", {"secret-1": Secret("x")})
    finally:
        shelf.close()


async def test_a_client_secret_that_is_known_no_more_is_asked_for_and_may_be_left_out(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(build.CLIENT_SECRET, raising=False)
    case = case_on(world)
    case = replace(case, options=replace(case.options, passive=True))
    app, shelf = wizard(tmp_path, case=case)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and app.session.view.outcome is not None)
    resume = app.ports.resume
    assert resume is not None
    token, client = resume.needs(case.id)
    assert (token.key, client.key, client.optional) == ("secret-1", "client-secret", True)
    without = resume.case(case.id, {"secret-1": Secret(token_of(case))})
    assert without.known.client_secret is None
    assert without.known.issuer == case.known.issuer
    made = resume.case(case.id, {"secret-1": Secret(token_of(case)), "client-secret": Secret("given-again")})
    assert made.known.client_secret == Secret("given-again")
    assert not made.options.send_consented
    assert made.request.values("Authorization") == case.request.values("Authorization")
    assert made.names.name(Secret(token_of(case))) == "secret-1"
    other = resume.case(case.id, {"secret-1": Secret("another-token-0000")})
    assert other.names.name(Secret("another-token-0000")) != "secret-1"
    shelf.close()
