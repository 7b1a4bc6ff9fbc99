"""What changed lately, on the screen: asked once, without a secret, sent nowhere."""

from __future__ import annotations

import pytest
import recording
from support import Kit, check_snapshot, settle, text_of, until
from textual import events
from textual.pilot import Pilot

from tui401.model.fix import Asks, Choice, Question
from tui401.model.shown import PersonSaid, Redacted
from tui401.ui.app import Wizard
from tui401.ui.screens.lately import LatelyScreen
from tui401.ui.screens.recovery import RecoveryScreen
from tui401.ui.widgets.words import LONGEST, WordsField

SIGNATURE = recording.TOKEN.rpartition(".")[2]


def asking(*more: Choice) -> Question:
    fixes = (recording.fix_choice(recording.PASTE), recording.PROBE, recording.AGAIN)
    return Question(asks=Asks.NEXT, title="What now?", choices=(*fixes, *more, recording.STOP))


def kit() -> Kit:
    """An undetermined case that offers the question."""
    said = PersonSaid(question="what changed lately?", answer=Redacted("a new gateway rule"))
    return Kit(
        recording.Replay(
            beats=recording.UNDETERMINED,
            question=asking(recording.CHANGED),
            branches={"changed": (recording.found(said, "case", by="you"),)},
            final=recording.Outcome.UNDETERMINED,
        )
    )


async def opened(pilot: Pilot[None]) -> Wizard:
    app = pilot.app
    assert isinstance(app, Wizard)
    await until(pilot, lambda: app.session is not None and bool(app.session.choices))
    await pilot.press("w")
    await settle(pilot)
    assert isinstance(app.screen, LatelyScreen)
    return app


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
async def test_it_looks_as_it_is_kept(size: tuple[int, int]) -> None:
    async with kit().app().run_test(size=size) as pilot:
        check_snapshot(await opened(pilot), "lately")


async def test_words_are_given_by_keyboard_alone_and_stand_on_the_server_page() -> None:
    made = kit()
    async with made.app().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot)
        await pilot.press(*"a new gateway rule", "enter")
        await until(pilot, lambda: isinstance(app.screen, RecoveryScreen) and bool(app.session.choices))  # type: ignore[union-attr]
        (answer,) = made.replay.answers
        assert answer.key == "changed"
        assert answer.secret is not None
        assert answer.secret.reveal() == "a new gateway rule"
        await pilot.press("6", "v", "tab", "tab", "tab", "tab", "tab", "end")
        await settle(pilot)
        view = app.session.view  # type: ignore[union-attr]
        assert any(isinstance(e.content, PersonSaid) for e in view.evidence)


async def test_an_undetermined_case_offers_it_as_a_button() -> None:
    async with kit().app().run_test(size=(80, 24)) as pilot:
        app = pilot.app
        await until(pilot, lambda: "What changed lately?" in text_of(app))
        assert "[ What changed lately? ]" in text_of(app)


async def test_knowing_of_nothing_is_an_answer_and_going_back_is_none() -> None:
    made = kit()
    async with made.app().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert made.replay.answers == []
        await pilot.press("w", "tab", "tab", "enter")  # the field, "Keep it", "Nothing that I know of"
        await until(pilot, lambda: bool(made.replay.answers))
        assert isinstance(app.screen, RecoveryScreen)
    assert made.replay.answers[0].secret is not None
    assert made.replay.answers[0].secret.reveal() == ""


async def test_no_words_at_all_are_not_kept_by_accident() -> None:
    made = kit()
    async with made.app().run_test(size=(80, 24), notifications=True) as pilot:
        app = await opened(pilot)
        await pilot.press("space", "enter")
        await settle(pilot)
        assert isinstance(app.screen, LatelyScreen)
        assert "Nothing is written yet" in text_of(app)
    assert made.replay.answers == []


async def test_a_pasted_secret_never_reaches_the_field_and_a_typed_one_does_not_stay() -> None:
    made = kit()
    async with made.app().run_test(size=(120, 40)) as pilot:
        app = await opened(pilot)
        field = app.screen.query_one(WordsField)
        app.post_message(events.Paste(f"we sent Bearer {recording.TOKEN}\rsince Monday"))
        await settle(pilot)
        shown = text_of(app)
        assert "since Monday" in shown
        assert not any(SIGNATURE[at : at + 8] in shown + field.value for at in range(len(SIGNATURE) - 7))
        field.value = f"{field.value} and {recording.FRESH}"
        await pilot.press("tab")
        await settle(pilot)
        assert recording.FRESH[:8] not in field.value + text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: bool(made.replay.answers))
    secret = made.replay.answers[0].secret
    assert secret is not None
    assert recording.FRESH[:8] not in secret.reveal()
    assert SIGNATURE[:8] not in secret.reveal()


async def test_hostile_and_endless_text_is_made_visible_and_bounded() -> None:
    async with kit().app().run_test(size=(80, 24)) as pilot:
        app = await opened(pilot)
        app.post_message(events.Paste("\x1b[31mred\u202e" + "x" * 5_000))
        await settle(pilot)
        value = app.screen.query_one(WordsField).value
        assert "\x1b" not in value
        assert "\u202e" not in value
        assert "red" in value
        assert len(value) == LONGEST


async def test_once_answered_it_is_no_choice_any_more() -> None:
    made = Kit(recording.Replay(beats=recording.UNDETERMINED, question=asking(), final=recording.Outcome.UNDETERMINED))
    async with made.app().run_test(size=(80, 24)) as pilot:
        app = pilot.app
        assert isinstance(app, Wizard)
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        await pilot.press("w")
        await settle(pilot)
        assert isinstance(app.screen, RecoveryScreen)
        assert "What changed lately?" not in text_of(app)


async def test_among_the_other_ways_it_asks_for_words_too() -> None:
    made = kit()
    async with made.app().run_test(size=(80, 24)) as pilot:
        app = pilot.app
        assert isinstance(app, Wizard)
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        app.screen._choose("changed")  # type: ignore[attr-defined]
        await settle(pilot)
        assert isinstance(app.screen, LatelyScreen)
    assert made.replay.answers == []
