"""A kept case goes on: its secrets are asked for again, masked, and nothing is sent before a yes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import recording
from support import Kit, settle, text_of, until
from test_secrets import check
from textual import events

from tui401.model.case import Case
from tui401.model.saved import SavedCase
from tui401.model.secret import Secret
from tui401.ui.ports import Need, PortError
from tui401.ui.screens.credential import CredentialScreen
from tui401.ui.screens.recovery import RecoveryScreen


@dataclass
class FakeResume:
    needed: tuple[Need, ...] = (
        Need("secret-1", "The secret in the header Authorization", ("It ended in 5f3a.",)),
        Need("body", "The body", whole=True),
        Need("client-secret", "The secret of the client svc", optional=True),
    )
    given: list[Mapping[str, Secret[str]]] = field(default_factory=list)
    problem: str = ""

    def needs(self, case: str) -> Sequence[Need]:
        assert case == recording.CASE
        if self.problem:
            raise PortError(self.problem)
        return self.needed

    def case(self, case: str, given: Mapping[str, Secret[str]]) -> Case:
        assert case == recording.CASE
        self.given.append(given)
        return recording.case()


def saved() -> SavedCase:
    cut_off = (*recording.RUNNING, *recording.SETTLED, recording.Asked(question=recording.NEXT))
    return SavedCase(case=recording.CASE, attempt=1, evidence=(), events=cut_off)


def kit_with(resume: FakeResume) -> Kit:
    kit = Kit(recording.mismatch())
    kit.resume = resume
    return kit


async def test_what_was_not_kept_is_asked_for_masked_and_the_recovery_goes_on() -> None:
    resume = FakeResume()
    kit = kit_with(resume)
    begun: list[Case] = []

    async def recover(case: Case, *, ask: object, emit: object) -> recording.Outcome:  # noqa: ARG001
        begun.append(case)
        for event in recording.MENDED:
            emit(event)  # type: ignore[operator]
        return recording.Outcome.DIAGNOSED

    app = kit.app(saved=saved(), kept=True)
    object.__setattr__(app.ports, "recover", recover)
    async with app.run_test() as pilot:
        await until(pilot, lambda: "Go on from here" in text_of(app))
        assert "▸ Go on from here ◂" in text_of(app)
        await pilot.press("enter")
        await until(pilot, lambda: "The secret in the header Authorization" in text_of(app))
        app.post_message(events.Paste(f"Bearer {recording.TOKEN}\r"))
        await settle(pilot)
        check(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "The body" in text_of(app))
        app.post_message(events.Paste('{"a":\r "b"}'))
        await settle(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "The secret of the client svc" in text_of(app))
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: bool(begun))
        await until(pilot, lambda: isinstance(app.screen, RecoveryScreen))
        assert "2nd" in text_of(app)
        check(pilot)
    (given,) = resume.given
    assert given == {"secret-1": Secret(recording.TOKEN), "body": Secret('{"a":\n "b"}')}
    assert begun[0].earlier is not None
    assert (begun[0].earlier.attempts, begun[0].earlier.by) == (1, "opened again")
    assert app.session is not None
    assert [sent.number for sent in app.session.view.sends] == [1, 2, 3, 4]


async def test_going_back_leaves_the_case_as_it_was() -> None:
    resume = FakeResume()
    app = kit_with(resume).app(saved=saved(), kept=True)
    async with app.run_test() as pilot:
        await until(pilot, lambda: "Go on from here" in text_of(app))
        await pilot.press("g")
        await until(pilot, lambda: isinstance(app.screen, CredentialScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RecoveryScreen))
        assert "CONFIRMED" in text_of(app)
    assert resume.given == []


async def test_a_file_from_anybody_does_not_go_on() -> None:
    app = kit_with(FakeResume()).app(saved=saved())
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, RecoveryScreen))
        await settle(pilot)
        assert "Go on from here" not in text_of(app)
        await pilot.press("g", "a")
        await settle(pilot)
        assert isinstance(app.screen, RecoveryScreen)
        assert any("give the command again" in told.message for told in app._notifications)


async def test_what_cannot_go_on_is_told_in_a_sentence() -> None:
    app = kit_with(FakeResume(problem="Of this case no request is kept.")).app(saved=saved(), kept=True)
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: "Go on from here" in text_of(app))
        await pilot.press("g")
        await settle(pilot)
        assert any("no request is kept" in told.message for told in app._notifications)


async def test_nothing_runs_in_a_case_that_was_cut_off() -> None:
    events_ = (*recording.RUNNING,)  # its probes never ended
    app = kit_with(FakeResume()).app(
        saved=SavedCase(case=recording.CASE, attempt=1, evidence=(), events=events_), kept=True
    )
    async with app.run_test() as pilot:
        await until(pilot, lambda: "Go on from here" in text_of(app))
        assert "running" not in text_of(app)
