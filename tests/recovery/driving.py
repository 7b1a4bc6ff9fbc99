from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tui401.intake import from_argv
from tui401.model.case import Case, Known, Options
from tui401.model.events import Event
from tui401.model.fix import Answer, Asks, Question
from tui401.model.secret import Secret
from tui401.model.verdict import Outcome
from tui401.model.view import CaseView, apply
from tui401.recovery import recover
from tui401.recovery.rotation import KeepSuccessor, Rotation


@dataclass
class Told:
    """A recovery that has ended: its outcome, its events, and the questions that it asked."""

    outcome: Outcome
    events: list[Event]
    questions: list[Question]
    view: CaseView = field(default_factory=CaseView)


def case_of(world: Any, *, argv: list[str] | None = None, refresh: str | None = None, **options: Any) -> Case:
    """The practice world's failing command, or another, with what a person would know."""
    knows = world.knows
    intake = from_argv(["-q", *(argv or world.argv[1:])], env={}, home="/", cwd="/")
    known = Known(
        issuer=knows.issuer or "",
        client_id=knows.client_id or "",
        client_secret=Secret(knows.client_secret) if knows.client_secret else None,
        refresh_token=Secret(refresh) if refresh else None,
        token_from_environment=refresh is not None,
        audience=knows.audience or "",
        scopes=tuple((knows.scope or "").split()),
        ntp=world.ntp or "",
    )
    allowed = Options(**{"send_consented": True, **options})
    return Case(id="7f3a0000", request=intake.request, known=known, intake=intake.shown(), options=allowed)


def plain_case(url: str, *more: str, **options: Any) -> Case:
    """A command on a server of the test's own; nobody but it is asked."""
    intake = from_argv(["-q", url, *more], env={}, home="/", cwd="/")
    allowed = Options(**{"send_consented": True, "only_api": True, **options})
    return Case(id="7f3a0001", request=intake.request, intake=intake.shown(), options=allowed)


async def told(
    case: Case,
    answer: Callable[[Question], Answer] = lambda _question: Answer("stop"),
    keep_successor: KeepSuccessor | None = None,
) -> Told:
    """Runs a recovery with these answers; what it would ask a person to send is refused unless they say otherwise."""
    events: list[Event] = []
    questions: list[Question] = []

    async def ask(question: Question) -> Answer:
        questions.append(question)
        return answer(question)

    outcome = await recover(case, ask=ask, emit=events.append, rotation=Rotation(keep=keep_successor))
    view = CaseView()
    for event in events:
        view = apply(view, event)
    return Told(outcome, events, questions, view)


def fix_first(kind: str, then: str = "stop") -> Callable[[Question], Answer]:
    """Chooses the first fix whose id begins so, once; consents to everything else."""
    done: list[str] = []

    def answer(question: Question) -> Answer:
        if question.asks is not Asks.NEXT:
            return Answer("yes")
        key = next((c.key for c in question.choices if c.key.startswith(f"fix:{kind}")), None)
        if key is None or done:
            return Answer(then)
        done.append(key)
        return Answer(key)

    return answer


@dataclass
class Scripted:
    """A server that gives these answers one after another, the last one for ever."""

    url: str = ""
    received: list[bytes] = field(default_factory=list)


@asynccontextmanager
async def scripted(*answers: bytes) -> AsyncIterator[Scripted]:
    made = Scripted()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            made.received.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answers[min(len(made.received), len(answers)) - 1])
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/orders"
    try:
        yield made
    finally:
        server.close()


def reply(status: str, *headers: str, body: str = "") -> bytes:
    """The bytes of an answer."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "Connection: close", "", body]
    return "\r\n".join(lines).encode()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
