"""Somebody signs in elsewhere, or runs a command, while the recovery waits; a headless run does so at a terminal."""

from __future__ import annotations

import asyncio
import dataclasses
import io
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.oauth.issuing import comes_back, gives, issuing
from tests.probes.server import Arrived, Handler, response, serve
from tests.recovery.driving import case_of, plain_case, told
from tests.timeless import timeless
from tui401.cli.headless import Listener, Policy
from tui401.model.demands import Elsewhere
from tui401.model.events import Answered, Asked, Event
from tui401.model.fix import Answer, Asks, Choice, Fix, FixKind, Question
from tui401.model.secret import Secret
from tui401.model.verdict import Outcome
from tui401.model.view import CaseView, apply
from tui401.practice import Practice
from tui401.recovery import recover
from tui401.recovery.sign_in import SignIn

TOKEN = "tok-0123456789abcdef-ABCDEF"


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)


def elsewhere(**more: Any) -> Elsewhere:
    return Elsewhere(**{"issuer": "https://login.example", "address": Secret("https://login.example/a"), **more})


async def test_the_browser_is_opened_again_as_often_as_it_is_wanted_and_no_gives_up() -> None:
    opened: list[str] = []
    answers = iter(["open", "open", "no"])

    async def ask(_question: Question) -> Answer:
        return Answer(next(answers))

    async def opens(address: Secret[str]) -> str:
        opened.append(address.reveal())
        return "" if len(opened) < 3 else "No browser."

    said: list[str] = []
    await SignIn(ask, said.append, opens).show(elsewhere(opened=True))
    assert opened == ["https://login.example/a"] * 3
    assert said == ["No browser."]


async def test_no_browser_opens_by_itself_for_a_code() -> None:
    opened: list[str] = []

    async def ask(question: Question) -> Answer:
        assert (question.code, question.address) == ("WDJB", "https://login.example/a")
        return Answer("no")

    async def opens(address: Secret[str]) -> str:
        opened.append(address.reveal())
        return ""

    await SignIn(ask, lambda _text: None, opens).show(elsewhere(code="WDJB"))
    assert not opened


METADATA = {
    "token_endpoint": "/token",
    "authorization_endpoint": "/authorize",
    "device_authorization_endpoint": "/device",
}


def takes(token: str) -> Handler:
    """An API that takes one token."""

    async def handle(arrived: Arrived, writer: asyncio.StreamWriter) -> None:
        if arrived.values("authorization") == [f"Bearer {token}"]:
            writer.write(response("200 OK"))
        else:
            writer.write(response("401 Unauthorized", 'WWW-Authenticate: Bearer error="invalid_token"'))

    return handle


async def by_browser(ask: Callable[[Question], Awaitable[Answer]]) -> tuple[CaseView, list[Event], list[bytes]]:
    """A recovery whose first fix is to sign in by browser, its question answered by a test."""
    async with issuing({"/token": [gives()]}) as issuer, serve(takes("acc-0123456789abcdef")) as api:
        made = {"issuer": issuer.address, **{name: issuer.address + path for name, path in METADATA.items()}}
        issuer.replies["/.well-known/oauth-authorization-server"] = [("200 OK", made)]
        case = plain_case(f"{api.origin}/v1", "-H", "Authorization: Bearer old-0011223344556677", only_api=False)
        case.known = issuer.known(ntp=timeless())
        events: list[Event] = []
        await recover(case, ask=ask, emit=events.append)
    view = CaseView()
    for event in events:
        view = apply(view, event)
    return view, events, [one.everything for one in api.arrived]


async def test_the_question_is_withdrawn_when_the_sign_in_is_done() -> None:
    doing: list[asyncio.Task[None]] = []

    async def ask(question: Question) -> Answer:
        if question.asks is Asks.SIGN_IN:
            address = elsewhere(address=Secret(str(question.address)))
            doing.append(asyncio.create_task(comes_back()(address)))
            await asyncio.get_running_loop().create_future()
        return first(question)

    first = chooses("fix:new-token:authorization_code")
    view, events, received = await by_browser(ask)
    await asyncio.gather(*doing)
    assert view.outcome is Outcome.RECOVERED
    assert [one for one in received if b"Bearer acc-0123456789abcdef" in one]
    asked = [event for event in events if isinstance(event, Asked | Answered)]
    place = next(n for n, e in enumerate(asked) if isinstance(e, Asked) and e.question.asks is Asks.SIGN_IN)
    assert asked[place + 1] == Answered(key="")
    assert view.question is None


async def test_who_gives_up_is_asked_what_now() -> None:
    first = chooses("fix:new-token:authorization_code")

    async def ask(question: Question) -> Answer:
        return Answer("no") if question.asks is Asks.SIGN_IN else first(question)

    view, _, received = await by_browser(ask)
    assert view.outcome is not Outcome.RECOVERED
    assert not [one for one in received if b"acc-0123456789abcdef" in one]
    assert any("gave up" in str(piece.content) for piece in view.evidence)


def chooses(key: str) -> Any:
    """Chooses the first choice that begins so, once; then stops. Consents to all else."""
    done: list[str] = []

    def answer(question: Question) -> Answer:
        if question.asks is not Asks.NEXT:
            return Answer("yes")
        found = next((choice.key for choice in question.choices if choice.key.startswith(key)), None)
        if found is None or done:
            return Answer("stop")
        done.append(found)
        return Answer(found)

    return answer


@pytest.mark.parametrize("says", ["yes", "no"])
async def test_a_token_command_runs_only_after_it_was_shown(says: str) -> None:
    async with serve(takes(TOKEN)) as api:
        case = plain_case(f"{api.origin}/v1", "-H", "Authorization: Bearer old-0011223344556677", only_api=False)
        command = (sys.executable, "-c", f"print({TOKEN!r})")
        case.known = dataclasses.replace(case.known, token_command=command, ntp=timeless())
        first = chooses("fix:new-token:command")
        ran = await told(case, lambda q: Answer(says) if q.asks is Asks.COMMAND else first(q))
        received = b"".join(one.everything for one in api.arrived)
    question = next(q for q in ran.questions if q.asks is Asks.COMMAND)
    assert "-c 'print(" in question.lines[0]
    assert (f"Bearer {TOKEN}".encode() in received) is (says == "yes")
    assert (ran.outcome is Outcome.RECOVERED) is (says == "yes")


# -- headless ----------------------------------------------------------------------------------------------------------


def what_now(*grants: str) -> Question:
    made = [
        Fix(id=f"new-token:{grant}", kind=FixKind.NEW_TOKEN, causes=(), title=grant, grant=grant) for grant in grants
    ]
    choices = [Choice(key=f"fix:{fix.id}", label=fix.title, fix=fix) for fix in made]
    return Question(asks=Asks.NEXT, title="What now?", choices=(*choices, Choice(key="stop", label="Stop")))


@pytest.mark.parametrize(
    ("attended", "yes", "taken"),
    [
        (False, False, "stop"),
        (False, True, "fix:new-token:command"),
        (True, False, "fix:new-token:authorization_code"),
        (True, True, "fix:new-token:command"),
    ],
)
async def test_nobody_is_waited_for_who_is_not_there(taken: str, *, attended: bool, yes: bool) -> None:
    policy = Policy(fix=True, yes=yes, view=CaseView, attended=attended)
    answer = await policy(what_now("authorization_code", "device_code", "command"))
    assert answer.key == taken


async def test_at_a_terminal_the_sign_in_is_waited_for_and_elsewhere_given_up() -> None:
    question = Question(asks=Asks.SIGN_IN, title="Sign in")
    waiting = asyncio.create_task(Policy(fix=True, yes=True, view=CaseView, attended=True)(question))
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()
    assert (await Policy(fix=True, yes=False, view=CaseView)(question)).key == "no"


def test_progress_shows_the_whole_address_and_the_code() -> None:
    out = io.StringIO()
    address = "https://login.example/authorize?" + "x" * 1_000 + "&end=1"
    question = Question(asks=Asks.SIGN_IN, title="Sign in", address=address, code="WDJB-MJHT")  # type: ignore[arg-type]
    Listener("7f3a", None, out)(Asked(question=question))
    lines = out.getvalue().splitlines()
    assert f"    {address}" in lines
    assert "    code: WDJB-MJHT" in lines


async def test_what_the_issuer_says_of_a_token_counts_refusals_of_the_client() -> None:
    async with Practice("token-unrecognised", terse=True) as world:
        case = case_of(world)
        case.known = dataclasses.replace(case.known, client_secret=Secret("wrong-0011223344556677"))
        ran = await told(case)
        asked = [record for record in world.requests.issuer if record.target.startswith("/introspect")]
    assert len(asked) == 1
    assert [type(event).__name__ for event in ran.events].count("Refused") == 1
