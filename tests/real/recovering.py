"""A recovery against real servers, driven by a test that answers what a person would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.real.parts.provider import ORDERS, Provider
from tui401.intake import from_argv
from tui401.model.case import Case, Known, Options
from tui401.model.events import Event
from tui401.model.fix import Answer, Asks, Question
from tui401.model.saved import encode
from tui401.model.secret import Secret
from tui401.model.shown import AnswerSeen, GrantSeen
from tui401.model.verdict import Outcome
from tui401.model.view import CaseView, apply
from tui401.recovery import recover
from tui401.recovery.rotation import Rotation

Elsewhere = Callable[[Question], Awaitable[object]]


@dataclass
class Ended:
    """A recovery that has ended."""

    outcome: Outcome
    view: CaseView
    questions: list[Question] = field(default_factory=list)
    kept: list[Secret[str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that was shown or may be saved of it."""
        return encode(self.view).decode()

    @property
    def grants(self) -> dict[str, GrantSeen]:
        """The latest answer of the issuer to each grant."""
        seen = [piece.content for piece in self.view.evidence if isinstance(piece.content, GrantSeen)]
        return {one.grant: one for one in seen}

    @property
    def answers(self) -> list[AnswerSeen]:
        """All answers of the API."""
        return [piece.content for piece in self.view.evidence if isinstance(piece.content, AnswerSeen)]

    @property
    def first(self) -> str:
        """The cause of the first refusal, with its strength."""
        root = next((d.root for d in self.view.judgements if d.root is not None), None)
        return f"{root.strength.word} {root.cause}" if root is not None else ""

    @property
    def causes(self) -> dict[str, str]:
        """All causes of the last judgement with their strength, but for what was ruled out."""
        last = self.view.diagnosis
        return {r.verdict.cause: r.verdict.strength.word for r in last.causes} if last is not None else {}

    @property
    def statuses(self) -> list[int | None]:
        """What the API answered to each attempt's own request."""
        return [sent.status for sent in self.view.sends if sent.label == "original"]


def known_of(provider: Provider, client: str, **more: Any) -> Known:
    """What a person knows who uses a client of the provider."""
    who = provider.clients[client]
    given = {
        "issuer": provider.issuer,
        "client_id": who.id,
        "client_secret": Secret(who.secret) if who.auth.startswith("client_secret") else None,
        "audience": ORDERS,
        "scopes": ("orders:read",),
        "redirect_uri": who.redirect,
        "source": "your options",
        "ntp": "127.0.0.1:9",
        **more,
    }
    return Known(**given)


async def nobody(question: Question) -> object:
    raise AssertionError(f"nobody is there to sign in: {question.title}")


async def recovered(
    command: Sequence[str],
    known: Known,
    *,
    fix: str = "",
    elsewhere: Elsewhere = nobody,
    answers: dict[Asks, str] | None = None,
    **options: Any,
) -> Ended:
    """Runs a recovery that takes each fix whose id begins with ``fix``, once, and then stops.

    Args:
        command: The curl command.
        known: What the person knows.
        fix: How the fixes' ids begin.
        elsewhere: What the person does when they are shown where to sign in.
        answers: How questions of a kind are answered; ``yes`` where nothing is said.
        options: As in ``Options``.
    """
    intake = from_argv(["-q", *command[1:]], env={}, home="/", cwd="/")
    case = Case(
        id="7f3a0003",
        request=intake.request,
        known=known,
        intake=intake.shown(),
        options=Options(**{"send_consented": True, **options}),
    )
    ended = Ended(Outcome.UNDETERMINED, CaseView())
    taken: list[str] = []
    signing_in: set[asyncio.Task[object]] = set()

    async def ask(question: Question) -> Answer:
        ended.questions.append(question)
        if question.asks is Asks.SIGN_IN:
            signing_in.add(asyncio.create_task(elsewhere(question)))  # type: ignore[arg-type] # a coroutine function's
            await asyncio.get_running_loop().create_future()
        if question.asks is not Asks.NEXT:
            return Answer((answers or {}).get(question.asks, "yes"))
        key = next((c.key for c in question.choices if fix and c.key.startswith(f"fix:{fix}")), "stop")
        if key in taken:
            return Answer("stop")
        taken.append(key)
        return Answer(key)

    async def keep(secret: Secret[str]) -> str:
        ended.kept.append(secret)
        return ""

    def emit(event: Event) -> None:
        ended.view = apply(ended.view, event)

    ended.outcome = await recover(case, ask=ask, emit=emit, rotation=Rotation(keep=keep))
    await asyncio.gather(*signing_in)
    return ended


def claims_in(ended: Ended, grant: str) -> dict[str, Any]:
    """The claims of the token that a grant brought, as they are shown."""
    token = ended.grants[grant].token
    assert token is not None, json.dumps(ended.grants[grant].problem)
    return token.claims
