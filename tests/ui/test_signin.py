"""Signing in elsewhere, a token command, a search for the least scopes: shown before anything happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import recording
from support import Kit, settle, text_of, until

from tui401.model.case import Case
from tui401.model.events import Answered, Asked, Event
from tui401.model.fix import Answer, Asks, Choice, Question
from tui401.model.shown import Redacted
from tui401.model.verdict import Outcome
from tui401.ui.screens.question import QuestionScreen
from tui401.ui.screens.recovery import RecoveryScreen
from tui401.ui.screens.signin import SignInScreen

ADDRESS = f"{recording.ISSUER}/oauth/device?tenant=9188040d-6c67-4c5b-b112-36a304b66dad&client_id=svc-orders&x=1"
SIGN_IN = Question(
    asks=Asks.SIGN_IN,
    title=f"Sign in at {recording.ISSUER}",
    lines=(Redacted("Open the address on any device and type the code."),),
    choices=(Choice(key="open", label="Open the browser"), Choice(key="no", label="Give up")),
    address=Redacted(ADDRESS),
    code="WDJB-MJHT",
    until=recording.T0 + 899,
)
COMMAND = Question(
    asks=Asks.COMMAND,
    title="Run this command for a token?",
    lines=(Redacted("az account get-access-token --query accessToken -o tsv"), Redacted("What it prints is masked.")),
    choices=(Choice(key="yes", label="Run it"), Choice(key="no", label="Leave it")),
)
SCOPES = Question(
    asks=Asks.SCOPES,
    title="Search for the least scopes that work?",
    lines=(Redacted("At most 7 tokens of login.example.com."), Redacted("At most 7 times GET, one after another.")),
    choices=(Choice(key="yes", label="Search"), Choice(key="no", label="Leave it")),
)


@dataclass
class Waits:
    """A recovery that asks for a sign-in until it is done, given up, or opened so many times."""

    done: asyncio.Event = field(default_factory=asyncio.Event)
    keys: list[str] = field(default_factory=list)

    async def __call__(
        self,
        case: Case,  # noqa: ARG002 - the protocol's
        *,
        ask: Callable[[Question], Awaitable[Answer]],
        emit: Callable[[Event], None],
    ) -> Outcome:
        for event in recording.RUNNING:
            emit(event)
        waiting = asyncio.create_task(self.done.wait())
        while not self.done.is_set():
            emit(Asked(question=SIGN_IN))
            asked = asyncio.ensure_future(ask(SIGN_IN))
            await asyncio.wait({asked, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                asked.cancel()
                emit(Answered(key=""))
                break
            emit(Answered(key=asked.result().key))
            self.keys.append(asked.result().key)
            if asked.result().key == "no":
                break
        waiting.cancel()
        return Outcome.DIAGNOSED


def waiting() -> tuple[Waits, Kit]:
    return Waits(), Kit(recording.mismatch())


def text_squeezed(app: object) -> str:
    return "".join(line.strip() for line in text_of(app).splitlines())  # type: ignore[arg-type]


async def test_address_code_and_time_are_shown_whole() -> None:
    waits, kit = waiting()
    app = kit.app()
    object.__setattr__(app.ports, "recover", waits)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        shown = text_of(app)
        assert "W D J B - M J H T" in shown
        assert "14:59 left" in shown
        assert ADDRESS in text_squeezed(app)
        kit.now += 850
        assert isinstance(app.screen, SignInScreen)
        app.screen._count()
        await settle(pilot)
        assert "0:49 left" in text_of(app)


async def test_the_browser_is_opened_again_and_giving_up_goes_back() -> None:
    waits, kit = waiting()
    app = kit.app()
    object.__setattr__(app.ports, "recover", waits)
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        await pilot.press("enter")
        await until(pilot, lambda: waits.keys == ["open"] and isinstance(app.screen, SignInScreen))
        await pilot.press("o")
        await until(pilot, lambda: waits.keys == ["open", "open"] and isinstance(app.screen, SignInScreen))
        assert "esc give up" in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RecoveryScreen))
    assert waits.keys == ["open", "open", "no"]


async def test_when_the_person_has_signed_in_the_screen_goes_by_itself() -> None:
    waits, kit = waiting()
    app = kit.app()
    object.__setattr__(app.ports, "recover", waits)
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        waits.done.set()
        await until(pilot, lambda: isinstance(app.screen, RecoveryScreen))
    assert waits.keys == []


async def test_address_and_code_are_copied_without_what_stands_around_them() -> None:
    waits, kit = waiting()
    app = kit.app()
    object.__setattr__(app.ports, "recover", waits)
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        await pilot.press("k")
        assert app.clipboard == "WDJB-MJHT"
        await pilot.press("c")
        assert app.clipboard == ADDRESS


async def test_a_command_is_shown_as_it_runs_and_runs_only_after_a_yes() -> None:
    kit = Kit(recording.mismatch(COMMAND))
    app = kit.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
        shown = text_of(app)
        assert "$ az account get-access-token --query accessToken -o tsv" in shown
        assert "no shell reads it" in shown
        assert "without TUI401_*" in shown
        assert "nothing is run until you choose" in shown
        await pilot.press("escape")
        await until(pilot, lambda: bool(kit.replay.answers))
    assert kit.replay.answers[0].key == "no"


async def test_the_cost_of_a_search_stands_before_its_button() -> None:
    kit = Kit(recording.mismatch(SCOPES))
    app = kit.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
        shown = text_of(app)
        assert shown.index("At most 7 tokens") < shown.index("Search\n")
        await pilot.press("enter")
        await until(pilot, lambda: bool(kit.replay.answers))
    assert kit.replay.answers[0].key == "yes"
