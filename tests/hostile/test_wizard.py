"""The wizard while a hostile answer drips, floods or never ends: a key is answered, and it can be left."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

import tui401.probes.client
from tests.hostile import answers_framing as framing
from tests.hostile.kit import Hostile, Play, hostile
from tests.hostile.running import case_of
from tests.idle import by_the_loop
from tui401.cli import adapters
from tui401.cli.arguments import parser_for
from tui401.cli.lesson import Lesson
from tui401.cli.wizard import ports_of
from tui401.model.verdict import Step
from tui401.ui.app import Wizard
from tui401.ui.screens.help import HelpScreen
from tui401.ui.screens.recovery import RecoveryScreen

DRIPPING: dict[str, Play] = {
    "a head that drips": framing.SLOW["a short header now and then"],
    "a body that drips": framing.SLOW_BODIES["a body of a byte at a time"],
    "interim answers without end": framing.ENDLESS_HEADS["interim answers without end"],
}


async def until(pilot: Pilot[None], true: Callable[[], bool]) -> None:
    """Handles messages until something holds; the test's own limit ends it otherwise."""
    while not true():
        app = pilot.app
        assert isinstance(app, Wizard)
        assert app.session is None or not app.session.fault, app.session.fault
        await pilot.pause()
        await asyncio.sleep(0.005)


def still_asked(app: Wizard, api: Hostile) -> bool:
    """Whether the answer is still on its way: it was asked for, and nothing was judged of it."""
    session = app.session
    return bool(api.arrived) and session is not None and session.view.outcome is None and not session.choices


@pytest.mark.parametrize("name", DRIPPING)
async def test_a_key_is_answered_while_the_answer_is_on_its_way(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUI401_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("TUI401_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setattr(tui401.probes.client, "BODY_LIMIT", 100.0)  # long enough for the keys on any machine
    shelf = adapters.Shelf(lambda: tmp_path / "state")
    options = parser_for("").parse_args([])
    async with hostile(DRIPPING[name]) as api:
        app = Wizard(
            ports_of(options, shelf, Lesson()),
            case=case_of(api.url(), limit=100.0),
            burst_seconds=0.0,
            guard_seconds=0.0,
        )
        with by_the_loop():
            async with app.run_test(size=(120, 40)) as pilot:
                await until(pilot, lambda: bool(api.arrived))
                await pilot.press("2")
                screen = app.screen
                assert isinstance(screen, RecoveryScreen)
                assert screen.step is Step.HEADER
                await pilot.press("question_mark")
                shown: list[object] = [app.screen]
                await pilot.press("escape")
                shown.append(app.screen)
                assert isinstance(shown[0], HelpScreen)
                assert shown[1] is screen
                assert still_asked(app, api), "it was over before the keys: the test proves nothing"
                await pilot.press("ctrl+q")
        assert app.return_code in (0, None)
    shelf.close()
