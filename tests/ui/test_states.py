"""States that are no diagnosis, on the screen: what each says, and what can be done next."""

from __future__ import annotations

import msgspec
import pytest
import recording
from support import Kit, settle, text_of, until
from textual import events
from textual.pilot import Pilot

from tests.judge.builders import ISSUER, KEY, OPAQUE, Bench, bearer, jwt
from tests.ui.pages import view_of
from tui401.judge.facts import derive
from tui401.model.events import Changed, Event, Judged
from tui401.model.fix import Asks, Question
from tui401.model.http import FailureKind
from tui401.model.shown import AnswerSeen, FailureShown, HopShown, Redacted
from tui401.model.verdict import Diagnosis, Outcome, Status, Step
from tui401.ui.app import Wizard
from tui401.ui.blocks import Para, Row
from tui401.ui.headline import headline
from tui401.ui.screens.compare import CompareScreen
from tui401.ui.screens.failing import FailingScreen
from tui401.ui.screens.recovery import RecoveryScreen
from tui401.ui.states import intermittent, nobody_to_ask, unreachable

SUCCEEDS = Question(asks=Asks.NEXT, title="What next?", choices=(recording.MORE, recording.EDIT, recording.STOP))


def judged(outcome: Outcome) -> Judged:
    return Judged(diagnosis=Diagnosis(attempt=1, outcome=outcome, steps=recording.steps()))


def kit(beats: tuple[Event, ...], question: Question | None, **branches: tuple[Event, ...]) -> Kit:
    return Kit(recording.Replay(beats=beats, question=question, branches=branches, final=Outcome.SUCCEEDED))


async def waiting(pilot: Pilot[None]) -> Wizard:
    app = pilot.app
    assert isinstance(app, Wizard)
    await until(pilot, lambda: app.session is not None and (bool(app.session.choices) or not app.session.running))
    return app


# -- it works now ------------------------------------------------------------------------------------------------


async def test_not_reproduced_offers_to_compare_and_to_send_more_which_finds_what_comes_by_turns() -> None:
    again = (
        recording.sent(2, 401, "as it is, once more", label="again-1"),
        recording.sent(3, 200, "as it is, once more", label="again-2"),
        judged(Outcome.INTERMITTENT),
    )
    made = kit(recording.NOT_REPRODUCED, SUCCEEDS, more=again)
    async with made.app().run_test(size=(80, 24)) as pilot:
        app = await waiting(pilot)
        shown = text_of(app)
        assert "NOT REPRODUCED  It answers 200 now" in shown
        assert "▸ Compare with the failing one ◂ [ Send 5 more ]" in shown
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "INTERMITTENT" in text_of(app))
        assert "1 of 3 refused" in " ".join(text_of(app).replace("│", " ").split())
    assert [answer.key for answer in made.replay.answers][:1] == ["more"]


async def test_the_failing_call_is_pasted_compared_and_sent_from_here() -> None:
    made = kit(recording.NOT_REPRODUCED, SUCCEEDS)
    async with made.app().run_test(size=(80, 24)) as pilot:
        app = await waiting(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, FailingScreen)
        app.post_message(events.Paste(f'curl {recording.URL} -H "Authorization: Bearer {recording.TOKEN}"'))
        await settle(pilot)
        assert "api.example.com" in text_of(app)
        await pilot.press("enter")
        await settle(pilot)
        assert "Nothing: the two calls are alike" in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: bool(made.replay.answers))
        assert isinstance(app.screen, RecoveryScreen)
    (answer,) = made.replay.answers[:1]
    assert answer.key == "edit"
    assert answer.request == recording.case().request
    assert not any(recording.TOKEN[-12:] in repr(text) for text in made.reader.started)


async def test_what_cannot_be_read_is_said_and_nothing_is_sent() -> None:
    made = kit(recording.NOT_REPRODUCED, SUCCEEDS)
    async with made.app().run_test(size=(80, 24), notifications=True) as pilot:
        app = await waiting(pilot)
        await pilot.press("enter")
        await settle(pilot)
        app.post_message(events.Paste("Unauthorized"))
        await settle(pilot)
        assert "No address is in it" in text_of(app)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, RecoveryScreen)
        assert not isinstance(app.screen, CompareScreen)
    assert made.replay.answers == []


# -- by turns ----------------------------------------------------------------------------------------------------


def test_the_rate_counts_the_same_request_only() -> None:
    base = view_of(Bench(bearer(OPAQUE)).refused())
    sends = (
        recording.sent(1, 401, "as sent"),
        recording.sent(2, 401, "without its credential", label="anonymous"),
        recording.sent(3, 200, "once more", label="original-again"),
        recording.sent(4, None, "once more", label="again-2"),
        recording.sent(5, 401, "another token", attempt=2),
    )
    assert intermittent(msgspec.structs.replace(base, sends=sends)).title.endswith("1 of 2 refused")
    again = Changed(attempt=2, request=recording.request(), by="sent again")
    second = msgspec.structs.replace(base, sends=sends, attempt=2, changes=(again,))
    assert intermittent(second).title.endswith("2 of 3 refused")
    edited = Changed(attempt=2, request=recording.request(), by="edited by hand")
    other = msgspec.structs.replace(base, sends=sends, attempt=2, changes=(edited,))
    assert intermittent(other).title.endswith("1 of 1 refused")


# -- no answer ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FailureKind)
def test_each_way_to_fail_has_its_own_title_and_keeps_its_sentence(kind: FailureKind) -> None:
    failure = FailureShown(kind=kind.value, says=Redacted("This very thing happened; check that."))
    hop = HopShown(request=recording.request())
    view = view_of(Bench(bearer(OPAQUE)).add(AnswerSeen(label="original", hops=(hop,), failure=failure), "attempt:1"))
    found = unreachable(view)
    others = {
        unreachable(
            view_of(
                Bench(bearer(OPAQUE)).add(
                    AnswerSeen(
                        label="original", hops=(hop,), failure=FailureShown(kind=other.value, says=Redacted(""))
                    ),
                    "attempt:1",
                )
            )
        ).title
        for other in FailureKind
        if other is not kind
    }
    assert found.title not in others
    assert found.title != "No answer came"
    assert Para("This very thing happened; check that.") in found.blocks
    assert any(
        "The credential was judged by nobody." in block.text for block in found.blocks if isinstance(block, Para)
    )


async def test_no_answer_offers_another_try_the_question_and_the_report() -> None:
    failure = FailureShown(kind="tls", says=Redacted("The certificate has ended."))
    seen = AnswerSeen(label="original", hops=(HopShown(request=recording.request()),), failure=failure)
    beats = (
        recording.OPENED,
        recording.credential(),
        recording.found(seen, "attempt:1"),
        recording.sent(1, None, "as sent"),
        judged(Outcome.UNREACHABLE),
    )
    choices = (recording.AGAIN, recording.CHANGED, recording.STOP)
    question = Question(asks=Asks.NEXT, title="What now?", choices=choices)
    async with kit(beats, question).app().run_test(size=(80, 24)) as pilot:
        shown = text_of(await waiting(pilot))
    assert "UNREACHABLE  The two sides did not agree on TLS" in shown
    assert "no credential" in shown
    assert "Send it again" in shown
    assert "What changed lately?" in shown
    assert "Report" in shown


# -- nobody to ask, no OAuth --------------------------------------------------------------------------------------


def issuer_line(bench: Bench) -> str:
    blocks = list(nobody_to_ask(view_of(bench), bench.facts()))
    return " ".join(block.value for block in blocks if isinstance(block, Row))


def test_no_known_issuer_says_how_to_name_one() -> None:
    assert "none is known" in issuer_line(Bench(bearer(OPAQUE)).refused())
    assert "--issuer URL" in issuer_line(Bench(bearer(OPAQUE)).refused())
    named = issuer_line(Bench(bearer(jwt())).refused())
    assert named == f"{ISSUER} is named, and nobody vouches for it; to ask it: --issuer {ISSUER}"
    assert issuer_line(Bench(bearer(OPAQUE)).refused().known(issuer=ISSUER)) == ""
    assert issuer_line(Bench([("X-API-Key", KEY)]).refused()) == ""


def test_an_undetermined_case_says_so_in_its_headline() -> None:
    bench = Bench(bearer(OPAQUE)).refused()
    found = headline(view_of(bench, "again"), bench.facts(), running=False, waiting=True)
    assert found.word == "UNDETERMINED"
    assert any(isinstance(block, Row) and "--issuer URL" in block.value for block in found.blocks)


@pytest.mark.parametrize(
    ("headers", "what"),
    [
        ([("X-API-Key", KEY)], "an API key"),
        ([("Authorization", "Basic YWRhOnNlY3JldA==")], "a password"),
        ([("Cookie", "session=9f8e7d6c5b4a39281706f5e4d3c2b1a0")], "a cookie"),
    ],
)
def test_what_is_no_oauth_has_steps_that_say_so(headers: list[tuple[str, str]], what: str) -> None:
    statuses = {s.step: s for s in Bench(headers).refused().diagnosis().steps}
    for step in (Step.TOKEN, Step.AUDIENCE, Step.PERMISSIONS):
        assert statuses[step].status is Status.SKIPPED
        assert statuses[step].why == f"not applicable: {what} carries no claims"


# -- a server that wants to be left alone -------------------------------------------------------------------------


def test_a_server_that_locks_out_is_a_verdict_with_the_time_to_wait() -> None:
    bench = Bench(bearer(OPAQUE)).answer(429, [("Retry-After", "30")], "{}")
    found = headline(view_of(bench, "again"), bench.facts(), running=False, waiting=True)
    assert found.word == "CONFIRMED"
    assert "Too many attempts" in found.title
    assert any("wait 30 s" in block.text for block in found.blocks if isinstance(block, Para))


# -- where the screen goes ----------------------------------------------------------------------------------------


def failing(*steps: Step) -> Judged:
    states = {step.value: (Status.FAILED, "It fails.") for step in steps}
    return Judged(diagnosis=Diagnosis(attempt=1, outcome=Outcome.DIAGNOSED, steps=recording.steps(**states)))  # type: ignore[arg-type]


async def test_the_screen_goes_to_the_first_failing_step_once() -> None:
    made = kit((*recording.RUNNING[:-1], failing(Step.CLOCK, Step.SERVER)), SUCCEEDS, more=(failing(Step.TOKEN),))
    async with made.app().run_test(size=(80, 24)) as pilot:
        app = await waiting(pilot)
        screen = app.screen
        assert isinstance(screen, RecoveryScreen)
        assert screen.step is Step.CLOCK
        app.session.emit(failing(Step.TOKEN))  # type: ignore[union-attr]
        await settle(pilot)
        assert screen.step is Step.CLOCK  # it was led once


async def test_a_step_that_the_person_chose_stays_whatever_fails_meanwhile() -> None:
    gate = recording.Gate()
    made = Kit(recording.Replay(beats=(*recording.RUNNING[:-1], gate, failing(Step.TOKEN)), question=SUCCEEDS))
    async with made.app().run_test(size=(80, 24)) as pilot:
        app = pilot.app
        assert isinstance(app, Wizard)
        await until(pilot, lambda: app.session is not None and bool(app.session.view.sends))
        await pilot.press("4")
        await settle(pilot)
        screen = app.screen
        assert isinstance(screen, RecoveryScreen)
        gate.open.set()
        await waiting(pilot)
        await settle(pilot)
        assert screen.step is Step.CLOCK
        app.session.emit(failing(Step.SERVER))  # type: ignore[union-attr]
        await settle(pilot)
        assert screen.step is Step.CLOCK


async def test_nobody_is_led_while_evidence_still_comes_in() -> None:
    gate = recording.Gate()
    made = Kit(recording.Replay(beats=(*recording.RUNNING[:-1], failing(Step.SERVER), gate), question=SUCCEEDS))
    async with made.app().run_test(size=(80, 24)) as pilot:
        app = pilot.app
        assert isinstance(app, Wizard)
        await until(pilot, lambda: app.session is not None and app.session.view.diagnosis is not None)
        screen = app.screen
        assert isinstance(screen, RecoveryScreen)
        assert screen.step is Step.TOKEN
        gate.open.set()
        await waiting(pilot)
        await settle(pilot)
        assert screen.step is Step.SERVER


async def test_enter_next_and_previous_walk_the_steps_and_enter_shows_long_values_first() -> None:
    async with Kit(recording.mismatch()).app().run_test(size=(120, 40)) as pilot:
        app = await waiting(pilot)
        screen = app.screen
        assert isinstance(screen, RecoveryScreen)
        screen.query_one("#body").focus()
        await pilot.press("1", "n")
        assert screen.step is Step.HEADER
        await pilot.press("p")
        assert screen.step is Step.TOKEN
        await pilot.press("enter")
        await settle(pilot)
        assert screen.step is Step.HEADER
        await pilot.press("enter", "enter", "enter", "enter", "enter")
        await settle(pilot)
        assert screen.step is Step.SERVER


async def test_what_is_left_of_a_token_counts_by_the_clock_that_can_be_trusted() -> None:
    clock = recording.ClockSeen(who="ntp", source="time.example.net", offset=7200.0, uncertainty=0.1, at=recording.T0)
    beats = (*recording.RUNNING, recording.found(clock, "machine"))
    app = kit(beats, SUCCEEDS).app()
    object.__setattr__(app.ports, "derive", derive)
    async with app.run_test(size=(80, 24)) as pilot:
        await waiting(pilot)
        # It ends 41 min 7 s from now by this machine's clock, which is two hours behind.
        assert "ended   1:18 h ago" in text_of(app).replace("1:19", "1:18")
        assert "left" not in text_of(app).split("Server")[1].split("API")[0]


async def test_the_status_on_top_is_that_of_the_request_itself_and_not_of_a_variant() -> None:
    beats = (
        recording.OPENED,
        recording.credential(),
        recording.answer("original", 403, body="no"),
        recording.sent(1, 403, "as sent"),
        recording.sent(2, 401, "without its credential", label="anonymous"),
        judged(Outcome.UNDETERMINED),
    )
    async with kit(beats, SUCCEEDS).app().run_test(size=(80, 24)) as pilot:
        top = text_of(await waiting(pilot)).split("\n")[0]
    assert top.endswith("· 403")
