"""The whole recovery by keyboard alone and by mouse alone, on a recording."""

from __future__ import annotations

from pathlib import Path

import pytest
import recording
from msgspec.structs import replace
from support import SIZES, Kit, settle, text_of, until
from textual import events
from textual.pilot import Pilot

from tui401.model.fix import Choice
from tui401.model.verdict import Outcome, Step
from tui401.ui.app import Wizard
from tui401.ui.screens.fix import FixScreen
from tui401.ui.screens.recovery import RecoveryScreen
from tui401.ui.screens.report import ReportScreen
from tui401.ui.screens.solved import SolvedScreen
from tui401.ui.screens.start import StartScreen
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.rail import Rail
from tui401.ui.widgets.valuefield import ValueField

COMMAND = f'curl {recording.URL} \\\r  -H "Authorization: Bearer {recording.TOKEN}"\r'


async def paste(pilot: Pilot[None], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await settle(pilot)


async def click(pilot: Pilot[None], label: str) -> None:
    """Clicks the button with that label, as a person who sees it does."""
    button = next(a for a in pilot.app.screen.query(Action).results(Action) if a.label == label and a.display)
    await pilot.click(button)
    await settle(pilot)


def app_of(pilot: Pilot[None]) -> Wizard:
    assert isinstance(pilot.app, Wizard)
    return pilot.app


async def choices(pilot: Pilot[None]) -> None:
    app = app_of(pilot)
    await until(pilot, lambda: app.session is not None and bool(app.session.choices))


@pytest.mark.parametrize("size", SIZES)
async def test_from_a_paste_to_a_saved_report_by_keyboard_alone(size: tuple[int, int], tmp_path: Path) -> None:
    kit = Kit(recording.mismatch())
    async with kit.app(start=True, folder=tmp_path).run_test(size=size) as pilot:
        app = app_of(pilot)
        await settle(pilot)
        await paste(pilot, COMMAND)
        assert "will ask" in text_of(app)
        await pilot.press("enter")  # the focus went to the button
        await choices(pilot)
        assert isinstance(app.screen, RecoveryScreen)
        assert "CONFIRMED  The token is meant for another API" in text_of(app)
        await pilot.press("enter")  # and on to the fix
        await settle(pilot)
        assert isinstance(app.screen, FixScreen)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SolvedScreen))
        await pilot.press("r")
        await settle(pilot)
        assert isinstance(app.screen, ReportScreen)
        await pilot.press("m", "j")
        await settle(pilot)
        await pilot.press("escape", "enter")
        await settle(pilot)
        assert isinstance(app.screen, StartScreen)
    assert [answer.key for answer in kit.replay.answers] == ["fix:new-token"]
    assert (tmp_path / f"tui401-{recording.CASE}.md").read_text(encoding="utf-8").startswith("# tui401 report, case")
    assert (tmp_path / f"tui401-{recording.CASE}.json").stat().st_mode & 0o777 == 0o600
    (_text, filled, send), *_ = kit.reader.started
    assert send is True
    assert filled == {}


@pytest.mark.parametrize("size", SIZES)
async def test_from_a_paste_to_a_saved_report_by_mouse_alone(size: tuple[int, int], tmp_path: Path) -> None:
    kit = Kit(recording.mismatch())
    async with kit.app(start=True, folder=tmp_path).run_test(size=size) as pilot:
        app = app_of(pilot)
        await settle(pilot)
        await paste(pilot, COMMAND)
        await click(pilot, "Find out why")
        await choices(pilot)
        await pilot.click(Rail, offset=(4, 3))
        await settle(pilot)
        assert isinstance(app.screen, RecoveryScreen)
        assert app.screen.step is Step.CLOCK
        await click(pilot, "Show the fix")
        await click(pilot, "Fix and send")
        await until(pilot, lambda: isinstance(app.screen, SolvedScreen))
        await click(pilot, "Write the report")
        await click(pilot, "Save .md")
        await click(pilot, "Back")
        await click(pilot, "Done")
        assert isinstance(app.screen, StartScreen)
    assert app.session is not None
    assert app.session.view.outcome is Outcome.RECOVERED
    assert (tmp_path / f"tui401-{recording.CASE}.md").exists()


@pytest.mark.parametrize("size", SIZES)
async def test_through_the_editor_to_a_saved_report_by_keyboard_alone(size: tuple[int, int], tmp_path: Path) -> None:
    kit = Kit(recording.mismatch())
    async with kit.app(start=True, folder=tmp_path).run_test(size=size) as pilot:
        app = app_of(pilot)
        await settle(pilot)
        await paste(pilot, COMMAND)
        await pilot.press("enter")
        await choices(pilot)
        await pilot.press("e")
        await settle(pilot)
        await pilot.press("a", *"X-Tenant: blue", "enter")
        await settle(pilot)
        assert "+ X-Tenant: blue" in text_of(app)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, SolvedScreen))
        await pilot.press("escape")
        await settle(pilot)
        await pilot.press("d")
        await settle(pilot)
        assert "+ status 200" in text_of(app)
        await pilot.press("escape", "r", "m", "escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, StartScreen))
    (answer,) = kit.replay.answers
    assert answer.key == "edit"
    assert answer.request is not None
    assert [header.name for header in answer.request.headers] == ["Authorization", "X-Tenant"]
    assert (tmp_path / f"tui401-{recording.CASE}.md").exists()


@pytest.mark.parametrize("size", SIZES)
async def test_through_the_editor_to_a_saved_report_by_mouse_alone(size: tuple[int, int], tmp_path: Path) -> None:
    kit = Kit(recording.mismatch())
    async with kit.app(start=True, folder=tmp_path).run_test(size=size) as pilot:
        app = app_of(pilot)
        await settle(pilot)
        await paste(pilot, COMMAND)
        await click(pilot, "Find out why")
        await choices(pilot)
        await click_key(pilot, "e edit")
        lines = list(app.screen.query(ValueField).results(ValueField))
        await pilot.click(lines[1], offset=(3, 0))
        await settle(pilot)
        await paste(pilot, "X")
        await click_key(pilot, "esc done")
        assert "Since the last attempt" in text_of(app)
        await click(pilot, "Send")
        await until(pilot, lambda: isinstance(app.screen, SolvedScreen))
        await click(pilot, "Write the report")
        await click(pilot, "Save .md")
    (answer,) = kit.replay.answers
    assert answer.request is not None
    assert answer.request.headers[0].name == "XAuthorization"  # the click put the hand before its first letter
    assert (tmp_path / f"tui401-{recording.CASE}.md").exists()


async def test_every_way_to_a_credential_can_be_reached_at_80_by_24() -> None:
    grants = ("refresh_token", "client_credentials", "authorization_code", "device_code", "command", "jwt-bearer")
    fixes = [replace(recording.NEW_TOKEN, id=grant, grant=grant, title=f"By {grant}") for grant in grants]
    ways = [recording.fix_choice(fix) for fix in (*fixes, recording.PASTE, recording.ADVICE)]
    probes = [Choice(key=f"probe:{n}", label=f"experiment {n}") for n in range(6)]
    replay = recording.mismatch()
    replay.question = recording.Question(
        asks=recording.Asks.NEXT, title="?", choices=(*ways, *probes, recording.AGAIN, recording.EDIT)
    )
    async with Kit(replay).app().run_test(size=(80, 24)) as pilot:
        await choices(pilot)
        await pilot.press("f")
        await settle(pilot)
        seen: set[str] = set()
        for _ in range(24):
            focused = pilot.app.focused
            assert isinstance(focused, Action)
            assert focused.label in text_of(pilot.app)  # what has the focus is in sight
            seen.add(focused.label)
            await pilot.press("down")
            await settle(pilot)
        assert {f"By {grant}" for grant in grants[1:]} <= seen
        assert "Change the request by hand" in seen


async def click_key(pilot: Pilot[None], words: str) -> None:
    """Clicks a key in the last line."""
    last = text_of(pilot.app).splitlines()[-1]
    await pilot.click(KeyBar, offset=(last.index(words), 0))
    await settle(pilot)


async def test_a_key_in_the_last_line_can_be_clicked() -> None:
    async with Kit(recording.mismatch()).app().run_test() as pilot:
        await choices(pilot)
        row = text_of(pilot.app).splitlines()[23]
        await pilot.click(offset=(row.index("r report"), 23))
        await settle(pilot)
        assert isinstance(pilot.app.screen, ReportScreen)


async def test_pasting_another_credential_sends_it_masked() -> None:
    kit = Kit(recording.mismatch())
    async with kit.app().run_test() as pilot:
        await choices(pilot)
        await click(pilot, "Other ways")
        await click(pilot, "Paste another credential; it is masked")
        await click(pilot, "Paste another")
        await until(pilot, lambda: "Another credential" in text_of(pilot.app))
        await paste(pilot, f'"Bearer {recording.TOKEN[:80]}\r{recording.TOKEN[80:]}"')
        shown = text_of(pilot.app)
        assert "in front was left out" in shown
        assert recording.TOKEN[-12:] not in shown
        await pilot.press("enter")
        await until(pilot, lambda: len(kit.replay.answers) == 2)
    given = kit.replay.answers[1]
    assert given.key == "yes"
    assert given.secret is not None
    assert given.secret.reveal() == recording.TOKEN


async def test_escape_from_a_question_answers_no_and_nothing_is_sent() -> None:
    kit = Kit(recording.mismatch(recording.SEND))
    async with kit.app().run_test() as pilot:
        await until(pilot, lambda: "Send this request?" in text_of(pilot.app))
        assert "once, to this address, with this credential" in text_of(pilot.app)
        await pilot.press("escape")
        await choices(pilot)
    assert kit.replay.answers[0].key == "no"


async def test_judging_without_sending_answers_the_question_by_itself() -> None:
    kit = Kit(recording.mismatch(recording.SEND))
    async with kit.app(start=True).run_test() as pilot:
        await settle(pilot)
        await paste(pilot, COMMAND)
        await click(pilot, "Judge without sending")
        await choices(pilot)
    assert kit.replay.answers[0].key == "no"
    assert kit.reader.started[0][2] is False


async def test_a_question_that_came_by_itself_takes_no_key_at_first() -> None:
    kit = Kit(recording.mismatch(recording.SEND))
    app = kit.app()
    app.guard_seconds = 3600.0
    async with app.run_test() as pilot:
        await until(pilot, lambda: "Send this request?" in text_of(pilot.app))
        await pilot.press("enter")
        await settle(pilot)
        assert kit.replay.answers == []


@pytest.mark.parametrize("letter", ["f", "x"])
async def test_letters_of_a_paste_that_was_not_bracketed_send_nothing(letter: str) -> None:
    kit = Kit(recording.undetermined())
    app = kit.app()
    app.guard_seconds = 3600.0
    async with app.run_test() as pilot:
        await choices(pilot)
        await pilot.press(letter, "enter", "s", "enter")
        await settle(pilot)
        assert kit.replay.answers == []
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, RecoveryScreen)


async def test_the_screen_goes_to_the_failing_step_once_and_then_stays_with_the_person() -> None:
    gate = recording.Gate()
    kit = Kit(recording.mismatch())
    kit.replay = recording.Replay(beats=(*recording.RUNNING, gate, *recording.SETTLED))
    async with kit.app().run_test() as pilot:
        app = app_of(pilot)
        await until(pilot, lambda: app.session is not None and bool(app.session.view.sends))
        screen = app.screen
        assert isinstance(screen, RecoveryScreen)
        assert screen.step is Step.TOKEN
        await pilot.press("4")
        gate.open.set()
        await choices(pilot)
        assert screen.step is Step.CLOCK


async def test_what_is_found_does_not_take_a_screen_away_that_the_person_opened() -> None:
    gate = recording.Gate()
    kit = Kit(recording.mismatch())
    kit.replay = recording.Replay(beats=(*recording.RUNNING, gate, recording.SEND, *recording.SETTLED))
    async with kit.app().run_test() as pilot:
        app = app_of(pilot)
        await until(pilot, lambda: app.session is not None and bool(app.session.view.sends))
        await pilot.press("r")
        await settle(pilot)
        gate.open.set()
        await until(pilot, lambda: app.session is not None and app.session.question is not None)
        assert isinstance(app.screen, ReportScreen)
        await pilot.press("escape")
        await until(pilot, lambda: "Send this request?" in text_of(app))


async def test_escape_stops_what_runs_and_what_was_found_stays() -> None:
    kit = Kit(recording.Replay(beats=(*recording.RUNNING, recording.Gate())))
    async with kit.app().run_test() as pilot:
        app = app_of(pilot)
        await until(pilot, lambda: app.session is not None and bool(app.session.view.sends))
        assert "esc stop" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.session is not None and not app.session.running)
        assert isinstance(app.screen, RecoveryScreen)
        assert kit.replay.cancelled
        assert "esc leave" in text_of(app)
        assert "401 as sent" in text_of(app)


async def test_a_request_that_answers_now_is_called_not_reproduced() -> None:
    ended = recording.Replay(beats=recording.NOT_REPRODUCED, question=None, final=Outcome.SUCCEEDED)
    async with Kit(ended).app().run_test() as pilot:
        app = app_of(pilot)
        await until(pilot, lambda: app.session is not None and app.session.view.outcome is not None)
        assert "NOT REPRODUCED  It answers 200 now" in text_of(app)
        await click(pilot, "Send it again")
        await until(pilot, lambda: app.session is not None and app.session.view.outcome is not None)
        assert isinstance(app.screen, RecoveryScreen)
        assert len([s for s in app.screen_stack if isinstance(s, RecoveryScreen)]) == 1


async def test_a_placeholder_is_asked_for_masked_before_anything_starts() -> None:
    kit = Kit(recording.mismatch())
    kit.reader.unfilled = ("TOKEN",)
    async with kit.app(start=True).run_test() as pilot:
        await settle(pilot)
        await paste(pilot, f"curl {recording.URL} -H 'Authorization: Bearer $TOKEN'")
        await pilot.press("enter")
        await until(pilot, lambda: "A value for TOKEN" in text_of(pilot.app))
        await pilot.press(*"canary7Zq9Xv2Kp0")
        assert "●" * 16 in text_of(pilot.app)
        await pilot.press("enter")
        await choices(pilot)
    assert kit.reader.started[0][1]["TOKEN"].reveal() == "canary7Zq9Xv2Kp0"


async def test_a_saved_case_opens_from_the_list_and_sends_nothing() -> None:
    kit = Kit(recording.mismatch())
    assert kit.journal is not None
    kit.journal.events = (*recording.RUNNING, *recording.SETTLED)
    async with kit.app(start=True).run_test() as pilot:
        await settle(pilot)
        await pilot.press("escape", "down", "down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RecoveryScreen))
        assert "CONFIRMED" in text_of(pilot.app)
        await pilot.press("a")
        await settle(pilot)
    assert kit.replay.answers == []


async def test_every_action_stands_in_the_palette() -> None:
    async with Kit(recording.mismatch()).app().run_test(size=(120, 40)) as pilot:
        await choices(pilot)
        await pilot.press("colon")
        await until(pilot, lambda: "Experiments" in text_of(pilot.app))
        shown = text_of(pilot.app)
        for says in ("Fix", "Report", "Next", "Previous", "Send again", "Copy the request", "Help", "Quit"):
            assert says in shown
        await pilot.press(*"report", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReportScreen))


async def test_help_explains_the_step_and_the_cause() -> None:
    async with Kit(recording.mismatch()).app().run_test(size=(120, 60)) as pilot:
        await choices(pilot)
        await pilot.press("question_mark")
        await settle(pilot)
        shown = text_of(pilot.app)
        assert "Audience and scope" in shown
        assert "audience-mismatch" in shown
        assert "not applicable" in shown
        await pilot.press("question_mark")
        await settle(pilot)
        assert isinstance(pilot.app.screen, RecoveryScreen)


async def test_an_experiment_is_chosen_from_a_list_that_says_what_it_tells() -> None:
    kit = Kit(recording.undetermined())
    async with kit.app().run_test() as pilot:
        await choices(pilot)
        await pilot.press("x")
        await settle(pilot)
        assert "It tells whether the writing was at fault." in text_of(pilot.app)
        await pilot.press("enter")
        await until(pilot, lambda: len(kit.replay.answers) == 1)
    assert kit.replay.answers[0].key == "probe:canonical"
