"""How the app starts, ends, breaks, and stays quick while much happens."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import recording
from rich.console import Console
from support import FakeReader, FakeVault, Forever, Kit, settle, text_of, until

from tui401.model.case import Case
from tui401.model.secret import Secret
from tui401.model.verdict import Outcome, Step
from tui401.ui.app import Wizard, fault_sentence
from tui401.ui.ports import Reading
from tui401.ui.screens.recovery import RecoveryScreen
from tui401.ui.screens.start import StartScreen

HEAVY = ("httpx", "keyring", "jwt", "re2", "cryptography", "ntplib", "sqlite3", "tui401.judge", "tui401.recovery")


async def spin(true: Callable[[], bool]) -> None:
    """Lets the loop run, without the pauses of a pilot, until something holds."""
    while not true():  # noqa: ASYNC110 - what is waited for is a picture, which has no event
        await asyncio.sleep(0)


async def left(app: Wizard) -> None:
    await spin(lambda: not app.is_running)


def test_the_screens_load_nothing_heavy() -> None:
    code = f"import sys, tui401.ui.app; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_causes_are_not_loaded_before_the_first_frame() -> None:
    code = (
        "import sys, tui401.ui.app; "
        "print([m for m in sys.modules if m.startswith('tui401.causes.') and m != 'tui401.causes.steps'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_a_fault_of_the_recovery_is_a_sentence_and_what_was_found_stays() -> None:
    secret = recording.TOKEN

    async def breaks(case: Case, *, ask: object, emit: object) -> Outcome:  # noqa: ARG001 - the protocol's
        for event in recording.RUNNING:
            emit(event)  # type: ignore[operator]
        raise KeyError(secret)

    kit = Kit(recording.mismatch())
    app = kit.app()
    object.__setattr__(app.ports, "recover", breaks)
    async with app.run_test() as pilot:
        while app.session is None or not app.session.fault:
            await pilot.pause()
        await settle(pilot)
        shown = text_of(app)
        assert "STOPPED" in shown
        assert "KeyError in" in shown
        assert secret[-12:] not in shown
        assert "401 as sent" in shown
        await pilot.press("r")
        await settle(pilot)
        assert "Report · case" in text_of(app)


async def test_a_fault_of_a_reader_is_a_sentence_too() -> None:
    class Breaks(FakeReader):
        async def read(self, text: Secret[str]) -> Reading:
            raise KeyError(text.reveal())

    app = Kit(recording.mismatch(), reader=Breaks()).app(start=True)
    async with app.run_test(notifications=True) as pilot:
        await settle(pilot)
        await pilot.press(*"curl x", "enter")
        await until(pilot, lambda: "KeyError" in text_of(app))
        assert app.is_running


async def test_a_crash_of_a_screen_ends_in_a_sentence_without_locals() -> None:
    app = Kit(recording.mismatch()).app()
    out = io.StringIO()
    app.error_console = Console(file=out, width=200)
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - it comes out where the app ends
        async with app.run_test() as pilot:
            await until(pilot, lambda: app.session is not None and bool(app.session.choices))
            held = recording.TOKEN

            def breaks() -> float:
                return len(held) / 0

            app.call_later(breaks)
            await pilot.pause()
    app._print_error_renderables()
    said = out.getvalue()
    assert "ZeroDivisionError" in said
    assert f"tui401 open {recording.CASE}" in said
    assert recording.TOKEN[-12:] not in said
    assert "Traceback" not in said


async def test_news_of_a_recovery_that_was_left_meet_no_screen_that_is_half_gone() -> None:
    app = Kit(recording.mismatch()).app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        screen = app.screen
        assert isinstance(screen, RecoveryScreen)
        screen.note()
        screen.dismiss(None)
        for _ in range(300):
            screen.note()
            await asyncio.sleep(0)
        await settle(pilot)
        assert isinstance(app.screen, StartScreen)


def test_a_fault_sentence_holds_no_message() -> None:
    with pytest.raises(ValueError, match="invalid literal") as caught:
        int(recording.TOKEN)
    said = fault_sentence(caught.value)
    assert said.startswith("tui401 met a fault of its own: ValueError in test_app.py")
    assert recording.TOKEN[:8] not in said


@pytest.mark.parametrize("key", ["q", "ctrl+q", "ctrl+c"])
async def test_leaving_cancels_the_recovery(key: str) -> None:
    kit = Kit(recording.Replay(beats=(*recording.RUNNING, recording.Gate())))
    app = kit.app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.view.sends))
        await pilot.press(key)
        await left(app)
    assert kit.replay.cancelled
    assert app.return_code == 0


async def test_leaving_does_not_wait_for_a_keyring_that_hangs() -> None:
    kit = Kit(recording.Replay(beats=(*recording.RUNNING, recording.CREDENTIAL)), vault=FakeVault(hangs=True))
    app = kit.app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: "Another credential" in text_of(app))
        await pilot.press("tab", "tab", "tab", "enter")
        await pilot.pause()
        await pilot.press("ctrl+q")
        await left(app)
    assert app.return_code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
async def test_a_signal_ends_the_app_in_order(name: str) -> None:
    number = getattr(signal, name)
    kit = Kit(recording.Replay(beats=(*recording.RUNNING, recording.Gate())))
    app = kit.app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.view.sends))
        os.kill(os.getpid(), number)
        await left(app)
    assert app.return_code == 128 + number
    assert kit.replay.cancelled


async def test_keys_are_painted_while_events_stream_without_end() -> None:
    forever = Forever()
    app = Kit(recording.mismatch()).app()
    object.__setattr__(app.ports, "recover", forever)
    async with app.run_test():
        await spin(lambda: app.session is not None and bool(app.session.view.sends))
        screen = app.screen
        assert isinstance(screen, RecoveryScreen)
        for key, step in (("4", Step.CLOCK), ("6", Step.SERVER), ("2", Step.HEADER)):
            app.simulate_key(key)
            before = forever.emitted
            mark = f"▸{key}"
            await spin(lambda mark=mark: mark in text_of(app))  # type: ignore[misc]
            assert screen.step is step
            # As many events as the loop let through meanwhile, but no queue of drawings had to be worked off first.
            assert forever.emitted - before < 2_000
        app.exit()


async def test_many_events_make_few_drawings() -> None:
    events = (*recording.RUNNING, *recording.CLOCKS * 400, *recording.SETTLED)
    app = Kit(recording.Replay(beats=events)).app()
    drawings = 0
    whole = RecoveryScreen._update

    async def counted(self: RecoveryScreen) -> None:
        nonlocal drawings
        drawings += 1
        await whole(self)

    RecoveryScreen._update = counted  # type: ignore[method-assign]
    try:
        async with app.run_test() as pilot:
            await until(pilot, lambda: app.session is not None and bool(app.session.choices))
    finally:
        RecoveryScreen._update = whole  # type: ignore[method-assign]
    assert drawings < len(events)


async def test_the_token_counts_down_by_the_clock_that_was_given() -> None:
    kit = Kit(recording.mismatch())
    app = kit.app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        assert "41:07 left" in text_of(app)
        kit.now += 60
        assert isinstance(app.screen, RecoveryScreen)
        app.screen.note()
        await settle(pilot)
        assert "40:07 left" in text_of(app)
        kit.now += 3_600
        app.screen.note()
        await settle(pilot)
        assert "ended   19:53 ago" in text_of(app)


async def test_light_and_dark_change_colours_only() -> None:
    app = Kit(recording.mismatch()).app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        dark = text_of(app)
        await pilot.press("L")
        await settle(pilot)
        assert app.theme == "tui401-light"
        assert text_of(app) == dark


async def test_without_keyring_and_journal_the_screens_leave_them_out() -> None:
    kit = Kit(recording.mismatch(), vault=None, journal=None)
    app = kit.app(start=True)
    async with app.run_test() as pilot:
        await settle(pilot)
        assert isinstance(app.screen, StartScreen)
        assert "Recent" not in text_of(app)
        assert "Practise" not in text_of(app)


def test_the_app_takes_its_folder_from_where_it_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    kit = Kit(recording.mismatch())
    assert Wizard(kit.app().ports).save_folder == tmp_path
