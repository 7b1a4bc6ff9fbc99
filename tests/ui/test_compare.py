"""Any two attempts beside one another."""

from __future__ import annotations

import recording
from support import Kit, settle, text_of, until

from tui401.model.view import CaseView, apply
from tui401.ui.compare_page import answer_of
from tui401.ui.screens.compare import CompareScreen
from tui401.ui.screens.recovery import RecoveryScreen


async def test_the_latest_two_are_compared_and_any_other_two_can_be_chosen() -> None:
    app = Kit(recording.mismatch()).app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        await pilot.press("f", "enter")
        await until(pilot, lambda: "in 4 requests to the API" in text_of(app))
        await pilot.press("escape", "d")
        await settle(pilot)
        assert isinstance(app.screen, CompareScreen)
        shown = text_of(app)
        assert "[x] 3  200" in shown
        assert "[x] 2  401" in shown
        assert "- status 401" in shown
        assert "+ status 200" in shown
        await pilot.press("left")
        await settle(pilot)
        shown = text_of(app)
        assert "[ ] 3  200" in shown
        assert '- {"error":"invalid_token"}' in shown
        await pilot.press("enter")  # the arrow is on the third: it comes in for the first
        await settle(pilot)
        assert "- first   2  401" in text_of(app)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, RecoveryScreen)


async def test_with_one_send_there_is_nothing_to_compare() -> None:
    app = Kit(recording.Replay(beats=recording.RUNNING)).app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        await pilot.press("d")
        await settle(pilot)
        assert isinstance(app.screen, RecoveryScreen)


def test_a_send_whose_answer_is_held_no_more_is_not_offered() -> None:
    held = CaseView()
    for event in (*recording.RUNNING, recording.sent(7, 503, "gone", label="bare")):
        held = apply(held, event)
    assert answer_of(held, held.sends[0]) is not None
    assert answer_of(held, held.sends[-1]) is None
