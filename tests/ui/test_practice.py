"""Practice: from the list of exercises to the next one."""

from __future__ import annotations

import recording
from support import EXERCISES, FakeSchool, Kit, settle, text_of, until
from textual.pilot import Pilot

from tui401.ui.app import Wizard
from tui401.ui.screens.fix import FixScreen
from tui401.ui.screens.practice import PracticeScreen, following
from tui401.ui.screens.recovery import RecoveryScreen
from tui401.ui.screens.solved import SolvedScreen
from tui401.ui.screens.start import StartScreen


def kit() -> Kit:
    return Kit(recording.mismatch(), school=FakeSchool())


def begun(made: Kit) -> list[str]:
    assert made.school is not None
    return made.school.begun


async def waiting(pilot: Pilot[None]) -> Wizard:
    app = pilot.app
    assert isinstance(app, Wizard)
    await until(pilot, lambda: app.session is not None and bool(app.session.choices))
    return app


async def test_the_exercises_stand_under_their_step_and_say_what_they_are_about() -> None:
    made = kit()
    async with made.app(exercise="").run_test() as pilot:
        await settle(pilot)
        shown = text_of(pilot.app)
        assert shown.index("Token") < shown.index(EXERCISES[0].title) < shown.index("Header")
        assert EXERCISES[0].how in shown
        await pilot.press("down")
        await settle(pilot)
        assert f"▸   {EXERCISES[1].title}" in text_of(pilot.app)
        assert EXERCISES[1].how in text_of(pilot.app)
    assert begun(made) == []


async def test_after_one_is_solved_the_next_is_offered_and_the_first_is_ticked() -> None:
    made = kit()
    async with made.app(exercise="").run_test() as pilot:
        await settle(pilot)
        await pilot.press("enter")
        app = await waiting(pilot)
        assert "practice · prod · 1st · 401" in text_of(app)
        await pilot.press("f", "enter")
        await until(pilot, lambda: isinstance(app.screen, SolvedScreen))
        assert f"▸ Next exercise: {EXERCISES[1].title} ◂" in text_of(app)
        made.replay = recording.mismatch()
        object.__setattr__(app.ports, "recover", made.replay)
        await pilot.press("enter")
        await until(pilot, lambda: len(begun(made)) == 2)
        await waiting(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PracticeScreen))
        assert f"✓ {EXERCISES[0].title}" in text_of(app)
        assert "1 of 3 done" in text_of(app)
    assert begun(made) == ["token-expired", "api-key-invalid"]


async def test_one_that_no_client_can_mend_leads_back_to_the_others() -> None:
    async with kit().app(exercise="audience-mismatch").run_test() as pilot:
        app = await waiting(pilot)
        assert "Other exercises" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, PracticeScreen))
        assert f"✓ {EXERCISES[2].title}" in text_of(app)  # its cause was found
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, StartScreen))


async def test_a_credential_that_only_a_person_could_fetch_is_at_hand_and_never_printed() -> None:
    made = kit()
    async with made.app(exercise="api-key-invalid").run_test() as pilot:
        app = await waiting(pilot)
        await pilot.press("f", "o", "enter", "enter")
        await until(pilot, lambda: "Take the one that the practice server accepts" in text_of(app))
        await pilot.press("down", "down", "enter")
        await settle(pilot)
        assert recording.FRESH[:8] not in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: len(made.replay.answers) == 2)
    given = made.replay.answers[1].secret
    assert given is not None
    assert given.reveal() == recording.FRESH


async def test_a_server_that_does_not_start_is_told_and_another_can_be_chosen() -> None:
    made = kit()
    assert made.school is not None
    made.school.problem = "The practice server did not start. No port could be opened."
    async with made.app(exercise="token-expired").run_test() as pilot:
        await until(pilot, lambda: "No port could be opened" in text_of(pilot.app))
        made.school.problem = ""
        await pilot.press("enter")
        app = await waiting(pilot)
        assert isinstance(app.screen, RecoveryScreen)


async def test_practice_opens_from_the_start_screen() -> None:
    async with kit().app(start=True).run_test() as pilot:
        await settle(pilot)
        await pilot.press("escape", "t")
        await until(pilot, lambda: isinstance(pilot.app.screen, PracticeScreen))


async def test_arrows_move_the_focus_also_where_a_page_scrolls() -> None:
    async with Kit(recording.mismatch()).app().run_test(size=(60, 15)) as pilot:
        await waiting(pilot)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, FixScreen))
        before = pilot.app.focused
        await pilot.press("down")
        assert pilot.app.focused is not before


def test_the_next_exercise_goes_round_and_ends() -> None:
    assert following(EXERCISES, "audience-mismatch", ()) == EXERCISES[0]
    assert following(EXERCISES, "token-expired", {"api-key-invalid"}) == EXERCISES[2]
    assert following(EXERCISES, "token-expired", {"api-key-invalid", "audience-mismatch"}) is None
