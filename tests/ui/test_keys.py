"""Every action of a screen stands in the palette, and the line of keys fits; a step has its number as a key."""

from __future__ import annotations

from pathlib import Path

import pytest
import recording
from support import Kit, lines_of, settle, text_of, until
from test_snapshots import SCREENS, waiting
from textual.binding import Binding
from textual.command import DiscoveryHit
from textual.pilot import Pilot

from tui401.model.verdict import STEPS
from tui401.ui.app import Wizard
from tui401.ui.commands import Actions
from tui401.ui.screens.base import WizardScreen
from tui401.ui.screens.recovery import RecoveryScreen
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.keybar import KeyBar

NAMES = [name for name in SCREENS if name != "palette"]
MOVING = ("app.focus_next", "app.focus_previous")  # of the hand, which needs no palette


def declared(screen: WizardScreen[object]) -> dict[str, str]:
    """The actions that the screen and the app have keys for and that can be done now, each with its words."""
    kinds = [kind for kind in (*type(screen).__mro__, Wizard) if issubclass(kind, (WizardScreen, Wizard))]
    made: dict[str, str] = {}
    for kind in kinds:
        for binding in kind.__dict__.get("BINDINGS", ()):
            assert isinstance(binding, Binding)
            name, _, rest = binding.action.partition("(")
            owner = screen.app if kind is Wizard else screen
            given = (int(rest[:-1]),) if rest[:-1].lstrip("-").isdigit() else (rest[:-1].strip("'"),) if rest else ()
            if binding.action not in MOVING and owner.check_action(name, given):
                made.setdefault(binding.action, binding.description)
    return made


async def palette(screen: WizardScreen[object]) -> list[str]:
    provider = Actions(screen)
    return [str(hit.text) async for hit in provider.discover() if isinstance(hit, DiscoveryHit)]


async def opened(name: str, pilot: Pilot[None]) -> WizardScreen[object]:
    await SCREENS[name][2](pilot)
    screen = pilot.app.screen
    assert isinstance(screen, WizardScreen)
    return screen


@pytest.mark.parametrize("name", NAMES)
async def test_the_palette_has_every_action_of_the_screen(name: str) -> None:
    make, start, _ = SCREENS[name]
    async with make().app(start=start, folder=Path("reports")).run_test(size=(80, 24)) as pilot:
        screen = await opened(name, pilot)
        listed = {words.casefold() for words in await palette(screen)}
        for action, says in declared(screen).items():
            assert screen.describe(action.partition("(")[0], says).casefold() in listed, action
        for button in screen.query(Action).results(Action):
            if button.display and button.region.width:
                assert button.label.strip().casefold() in listed, button.label


@pytest.mark.parametrize("name", NAMES)
async def test_no_key_in_the_last_line_is_cut_at_80_columns(name: str) -> None:
    make, start, _ = SCREENS[name]
    async with make().app(start=start, folder=Path("reports")).run_test(size=(80, 24)) as pilot:
        screen = await opened(name, pilot)
        bar = screen.query_one(KeyBar)
        shown = [f"{key} {says}" for key, says, active in bar.items() if active in [place[2] for place in bar._places]]
        line = lines_of(pilot.app)[-1]
        assert line.split("  ") == [part if number else f" {part}" for number, part in enumerate(_ordered(line, shown))]
        assert ": commands" in line or "ctrl+p commands" in line
        assert "enter " in line or name in ("help", "running") or "esc " in line


def _ordered(line: str, shown: list[str]) -> list[str]:
    return sorted(shown, key=line.index)


async def test_the_words_of_a_button_are_no_markup_in_the_palette() -> None:
    async with Kit(recording.mismatch()).app().run_test(size=(80, 24)) as pilot:
        await waiting(pilot)
        button = pilot.app.screen.query(Action).first(Action)
        button.label = "Open [bold]that[/bold]"
        provider = Actions(pilot.app.screen)
        hits = [hit async for hit in provider.search("bold")]
        assert [str(getattr(hit, "match_display", "")) for hit in hits] == [button.label]


async def test_a_button_is_pressed_from_the_palette() -> None:
    async with Kit(recording.mismatch()).app().run_test(size=(80, 24)) as pilot:
        await waiting(pilot)
        await pilot.press("colon", *"other way")
        await until(pilot, lambda: "Other ways" in text_of(pilot.app))
        await settle(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "Fix · audience-mismatch" in text_of(pilot.app))


async def test_each_step_has_its_number_as_a_key() -> None:
    async with Kit(recording.mismatch()).app().run_test(size=(80, 24)) as pilot:
        await waiting(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, RecoveryScreen)
        for number, step in enumerate(STEPS, 1):
            await pilot.press(str(number))
            await settle(pilot)
            assert screen.step is step
