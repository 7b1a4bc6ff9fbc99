"""The tour, by keys alone and by the mouse alone, over the real recovery on the practice server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import recording
from support import FakeSchool, Kit, lines_of, settle, text_of
from textual.pilot import Pilot

from tui401.cli import adapters
from tui401.cli.lesson import Lesson
from tui401.cli.wizard import bare_options, ports_of
from tui401.model.verdict import STEPS, Outcome
from tui401.ui.app import Wizard
from tui401.ui.screens.start import StartScreen
from tui401.ui.tour import STAGES, Scene, Tour
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.rail import Rail
from tui401.ui.widgets.valuefield import ValueField

WIDTH = 78  # cells of a line of the tour at 80×24
LIMIT = 60  # seconds; the walk takes a tenth of it


def far(app: Wizard) -> int:
    return app.tour.at + 1 if app.tour is not None else 0


async def reaches(pilot: Pilot[None], stage: int, then: Callable[[], bool] = lambda: True) -> None:
    """Lets the real servers answer until the tour has come so far."""
    app = pilot.app
    assert isinstance(app, Wizard)
    while far(app) != stage or not then():
        assert app.session is None or not app.session.fault, app.session.fault
        await pilot.pause(0.02)
    await settle(pilot)
    shown = lines_of(app)
    assert len(shown) == 24
    at = next(number for number, line in enumerate(shown) if line.strip().startswith(f"Tour, {stage} of {len(STAGES)}"))
    assert "".join(" ".join(shown[at + 1 : at + 3]).split()) == "".join(STAGES[stage - 1].says.split())
    assert app.screen.query_one(KeyBar).region.bottom == 24


async def begins(pilot: Pilot[None]) -> None:
    """Waits until the first screen stands again."""
    while not isinstance(pilot.app.screen, StartScreen):
        await pilot.pause(0.02)
    await settle(pilot)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Wizard]:
    shelf, lesson = adapters.Shelf(lambda: tmp_path / "state"), Lesson()
    yield Wizard(
        ports_of(bare_options(), shelf, lesson),
        tour=True,
        burst_seconds=0.0,
        guard_seconds=0.0,
        save_folder=tmp_path,
    )
    lesson.end()
    shelf.close()


@pytest.mark.timeout(LIMIT)
async def test_the_whole_tour_by_keys_alone_at_80_by_24(app: Wizard) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await reaches(pilot, 2)
        for number in range(1, len(STEPS) + 1):
            await pilot.press(str(number))
            await reaches(pilot, 2 + number)
        await pilot.press("f")
        await reaches(pilot, 9)
        await pilot.press("enter")
        await reaches(pilot, 10)
        await pilot.press("e")
        await reaches(pilot, 11)
        while "▸ Authorization" not in text_of(app):
            await pilot.press("down")
            await settle(pilot)
        await pilot.press("d")
        await reaches(pilot, 12)
        await pilot.press("s")
        await reaches(pilot, 14)
        assert app.session is not None
        root = app.session.view.diagnosis.root if app.session.view.diagnosis is not None else None
        assert root is not None
        assert root.cause == "header-missing"
        await pilot.press("f")
        await reaches(pilot, 15)
        await pilot.press("enter")
        await reaches(pilot, len(STAGES))
        assert app.session.view.outcome is Outcome.RECOVERED
        await pilot.press("d")
        await begins(pilot)
        assert app.tour is None
        assert "Tour, " not in text_of(app)


async def click(pilot: Pilot[None], label: str) -> None:
    await pilot.click(next(a for a in pilot.app.screen.query(Action).results(Action) if a.label == label and a.display))
    await settle(pilot)


async def click_key(pilot: Pilot[None], words: str) -> None:
    await pilot.click(KeyBar, offset=(lines_of(pilot.app)[-1].index(words), 0))
    await settle(pilot)


@pytest.mark.timeout(LIMIT)
async def test_the_whole_tour_by_the_mouse_alone(app: Wizard) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await reaches(pilot, 2)
        for number in range(1, len(STEPS) + 1):
            await pilot.click(Rail, offset=(4, number - 1))
            await reaches(pilot, 2 + number)
        await click(pilot, "Show the fix")
        await reaches(pilot, 9)
        await click(pilot, "Fix and send")
        await reaches(pilot, 10)
        await click_key(pilot, "e edit")
        await reaches(pilot, 11)
        row = next(number for number, line in enumerate(lines_of(app)) if line.startswith("   Authorization"))
        field = next(f for f in app.screen.query(ValueField).results(ValueField) if f.region.y == row)
        await pilot.click(field, offset=(6, 0))
        await settle(pilot)
        await click_key(pilot, "esc done")
        await click_key(pilot, "d remove")
        await reaches(pilot, 12)
        await click(pilot, "Send")
        await reaches(pilot, 14)
        await click(pilot, "Show the fix")
        await reaches(pilot, 15)
        await click(pilot, "Fix and send")
        await reaches(pilot, len(STAGES))
        await click(pilot, "Leave the tour: T")
        assert app.tour is None
        assert "Tour, " not in text_of(app)


def kit() -> Kit:
    return Kit(recording.mismatch(), school=FakeSchool())


async def test_the_first_screen_offers_the_tour_and_forces_nobody() -> None:
    app = kit().app(start=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert app.tour is None
        assert "[ Tour ]" in text_of(app)
        await pilot.press("escape", "o")
        await settle(pilot)
        while far(app) != 2:
            await pilot.pause()
        await pilot.press("T")
        await settle(pilot)
        assert app.tour is None
        assert "Tour, " not in text_of(app)
        assert "CONFIRMED" in text_of(app)  # the person stays where they are


async def test_leaving_the_case_ends_the_tour() -> None:
    app = kit().app(start=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("escape", "o")
        while far(app) != 2:
            await pilot.pause()
        await pilot.press("escape")
        await begins(pilot)
        assert app.tour is None


async def test_a_way_beside_the_tour_is_told_as_such_and_it_waits() -> None:
    app = kit().app(start=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("escape", "o")
        while far(app) != 2:
            await pilot.pause()
        await pilot.press("r")
        await settle(pilot)
        assert "beside the tour" in text_of(app)
        await pilot.press("escape")
        await settle(pilot)
        assert "Press 1" in text_of(app)


def test_no_stage_needs_more_than_two_lines_and_no_scene_has_two_stages() -> None:
    from tui401.ui.text import wrap

    assert all(len(wrap(stage.says, WIDTH)) <= 2 for stage in STAGES)
    scenes = [
        Scene(screen, attempt, waiting, step, moved, bare)
        for screen in ("Recovery", "Fix", "Solved", "Edit", "Report")
        for attempt in range(6)
        for waiting in (False, True)
        for step in STEPS
        for moved in (False, True)
        for bare in (False, True)
    ]
    assert all(sum(stage.here(scene) for stage in STAGES) <= 1 for scene in scenes)
    assert all(any(stage.here(scene) for scene in scenes) for stage in STAGES)


def test_whoever_goes_back_is_led_from_there() -> None:
    tour = Tour()
    ahead = tour.look(Scene("Recovery", 1, waiting=True, step=STEPS[3], moved=True))
    assert (tour.at, ahead) == (5, STAGES[5].says)
    back = tour.look(Scene("Recovery", 1, waiting=True, step=STEPS[1], moved=True))
    assert (tour.at, back) == (3, STAGES[3].says)
