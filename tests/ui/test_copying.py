"""Copying gives the source text, has a fallback, and takes a yes for real values."""

from __future__ import annotations

import base64
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import recording
from support import Kit, settle, text_of, until
from test_secrets import runs
from textual.app import App

from tui401.intake import from_argv
from tui401.model.http import Header, Origin, Request
from tui401.model.secret import Secret
from tui401.ui.copying import MOST, copy
from tui401.ui.curl import live
from tui401.ui.screens.copied import CopiedScreen
from tui401.ui.screens.question import QuestionScreen
from tui401.ui.screens.recovery import RecoveryScreen


@contextmanager
def terminal(app: App[None]) -> Iterator[list[str]]:
    """What the app writes to the terminal besides its pictures."""
    written: list[str] = []
    assert app._driver is not None
    app._driver.write = written.append  # type: ignore[method-assign]
    yield written


def copied(written: list[str]) -> list[str]:
    front = "\x1b]52;c;"
    return [base64.b64decode(w.removeprefix(front)[:-1]).decode() for w in written if w.startswith(front)]


async def test_the_source_is_copied_and_not_the_box_around_it() -> None:
    app = Kit(recording.mismatch()).app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        with terminal(app) as written:
            await pilot.press("r", "c")
            await settle(pilot)
        (text,) = copied(written)
    assert text.startswith(
        f"# tui401 report, case `{recording.CASE}`: diagnosed\n\n- GET `{recording.URL}` answered 401 at "
    )
    assert "│" not in text
    assert text.endswith("\n")


async def test_a_terminal_that_refuses_leaves_a_plain_text_and_a_file(tmp_path: Path) -> None:
    app = Kit(recording.mismatch()).app(folder=tmp_path)
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        await pilot.press("y")
        await settle(pilot)
        assert isinstance(app.screen, RecoveryScreen)  # nothing was copied yet
        await pilot.press("c")
        await settle(pilot)
        assert any("press y" in told.message for told in app._notifications)
        await pilot.press("y")
        await settle(pilot)
        assert isinstance(app.screen, CopiedScreen)
        lines = text_of(app).splitlines()
        assert "  -H 'Accept: application/json'" in lines  # from the left edge on, and nothing beside it
        await pilot.press("w", "y")
        await settle(pilot)
        assert isinstance(app.screen, CopiedScreen)
        await pilot.press("escape")
        await settle(pilot)
    (entry,) = os.scandir(tmp_path)
    assert entry.stat().st_mode & 0o777 == 0o600
    assert entry.stat().st_size == len(app.clipboard.encode())


async def test_real_values_are_copied_only_after_a_yes_and_kept_nowhere() -> None:
    app = Kit(recording.mismatch()).app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        with terminal(app) as written:
            await pilot.press("C")
            await settle(pilot)
            assert isinstance(app.screen, QuestionScreen)
            await pilot.press("enter")  # the safe way stands first
            await settle(pilot)
            assert copied(written) == []
            await pilot.press("C", "down", "enter")
            await settle(pilot)
            (text,) = copied(written)
        assert recording.TOKEN in text
        assert not runs(text_of(app))
        assert not runs(app.clipboard)
        await pilot.press("y")
        await settle(pilot)
        assert not runs(text_of(app))


def test_the_real_command_is_read_back_as_the_same_request() -> None:
    request = Request(
        "PUT",
        Origin("https", "api.example.com", 8443),
        Secret("/a?b=c&d='e'"),
        (Header("Authorization", Secret("Bearer  it's")), Header("X-Empty", Secret("")), Header("A", Secret("b"))),
        Secret(b'{"a": "$HOME"}\n'),
    )
    text = live(request)
    assert text is not None
    words = shlex.split(text.reveal().replace("\\\n", " "))
    again = from_argv(["-q", *words[1:]], env={}, home="/", cwd="/").request
    assert (again.method, again.origin, again.target, again.body) == (
        request.method,
        request.origin,
        request.target,
        request.body,
    )
    assert [(h.name, h.value) for h in again.headers if h.name in ("Authorization", "X-Empty", "A")] == [
        (h.name, h.value) for h in request.headers
    ]


def test_a_body_that_is_no_text_does_not_fit() -> None:
    assert live(Request("PUT", Origin("https", "a", 443), Secret("/"), (), Secret(b"\xff"))) is None


async def test_a_text_too_long_for_terminals_is_not_sent_to_one() -> None:
    app = Kit(recording.mismatch()).app()
    async with app.run_test():
        with terminal(app) as written:
            assert "too long" in copy(app, "a" * (MOST + 1))
        assert copied(written) == []


async def test_the_checklist_of_a_case_is_saved_and_copied_without_a_secret(tmp_path: Path) -> None:
    async with Kit(recording.mismatch()).app(folder=tmp_path).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(pilot.app.session.choices if pilot.app.session else ()))
        await pilot.press("k", "s", "c")
        await settle(pilot)
        saved = (tmp_path / f"tui401-{recording.CASE}-checklist.txt").read_text(encoding="utf-8")
        assert "[!] 3  Audience" in saved
        assert pilot.app.clipboard == saved
        assert recording.TOKEN[-12:] not in saved
