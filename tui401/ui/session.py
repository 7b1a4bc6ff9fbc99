"""One recovery as the screens see it: its view, the question that waits, and how it stands. Knows no widget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tui401.model.case import Case
from tui401.model.events import Event
from tui401.model.facts import Facts
from tui401.model.fix import Answer, Asks, Choice, Question
from tui401.model.secret import Secret
from tui401.model.shown import Evidence
from tui401.model.verdict import Outcome
from tui401.model.view import CaseView, apply
from tui401.ui.findings import credential_of
from tui401.ui.ports import Derive, Lesson, Recover
from tui401.ui.strokes import Strokes

if TYPE_CHECKING:
    from tui401.ui.draft import Draft


def _nothing() -> None:
    """Nobody listens yet."""


@dataclass(slots=True, kw_only=True)
class Session:
    """Runs a recovery and holds what its events amount to.

    Attributes:
        case: The live case; None for one that was opened from disk. No screen reads it.
        recover: The loop.
        derive: From evidence to facts, or None.
        changed: Called after each event and question; it should only note that something is new.
        lesson: The exercise that it is, None outside practice.
        declines_send: The person chose to judge without sending, so the first question to send is answered no.
        view: What the events amount to.
        question: The question that waits.
        running: The loop runs.
        fault: A sentence when the loop ended by a fault of this program; else "".
        kept: It is a case of this machine's journal that can be made alive again.
        draft: The request as the person left it in the editor; None where it was sent, or never edited.
        strokes: What the person strikes out of the report.
    """

    case: Case | None = None
    recover: Recover | None = None
    derive: Derive | None = None
    changed: Callable[[], None] = _nothing
    lesson: Lesson | None = None
    declines_send: bool = False
    view: CaseView = field(default_factory=CaseView)
    question: Question | None = None
    running: bool = False
    fault: str = ""
    kept: bool = False
    draft: Draft | None = None
    strokes: Strokes = field(default_factory=Strokes)
    _waiting: asyncio.Future[Answer] | None = None
    _facts: tuple[tuple[Evidence, ...], int, Facts | None] | None = None

    @classmethod
    def replayed(cls, events: Iterable[Event], *, derive: Derive | None = None, kept: bool = False) -> Session:
        """A session of events that were saved; nothing runs in it. ``kept``: in this machine's journal."""
        session = cls(derive=derive, kept=kept)
        for event in events:
            session.view = apply(session.view, event)
        # Where the program was cut off something ran or was asked; nothing does any more.
        session.view = replace(session.view, running=(), question=None)
        return session

    async def run(self) -> Outcome | None:
        """Runs the loop to its end; None where there is none to run."""
        if self.case is None or self.recover is None:
            return None
        self.running = True
        self.changed()
        try:
            return await self.recover(self.case, ask=self.ask, emit=self.emit)
        finally:
            self.running = False
            self.question = None
            self.changed()

    def emit(self, event: Event) -> None:
        """Takes an event in."""
        self.view = apply(self.view, event)
        self.changed()

    async def ask(self, question: Question) -> Answer:
        """Puts a question to the person and waits for what they choose."""
        if self.declines_send and question.asks is Asks.SEND:
            self.declines_send = False
            refusal = self._refusal(question)
            if refusal is not None:
                return Answer(key=refusal.key)
        self._waiting = asyncio.get_running_loop().create_future()
        self.question = question
        self.changed()
        try:
            return await self._waiting
        finally:
            self.question = None
            self._waiting = None
            self.changed()

    def answer(self, answer: Answer) -> bool:
        """Answers the question that waits; False when none does any more."""
        if self._waiting is None or self._waiting.done():
            return False
        self._waiting.set_result(answer)
        self.question = None
        return True

    @staticmethod
    def _refusal(question: Question) -> Choice | None:
        return next((c for c in question.choices if c.key == "no"), None)

    def secret(self) -> Secret[str] | None:
        """The credential that the current request carries; None when it is not in memory."""
        if self.case is None:
            return None
        credential = credential_of(self.view)
        name = credential.name if credential is not None else ""
        return next((s for s in self.case.names.known() if name and self.case.names.name(s) == name), None)

    def redacted(self, text: str) -> str:
        """A person's words without the case's secrets and without what looks like one."""
        from tui401.model.names import Names  # noqa: PLC0415 - when words are given
        from tui401.wire import redact  # noqa: PLC0415 - when words are given

        return redact.text(text, self.case.names if self.case is not None else Names())

    def going_on(self, case: Case, by: str) -> Case:
        """A case that goes on where this one ended, here or in another run of the program.

        Args:
            case: The case, its secrets filled in.
            by: What the next attempt is for a person.
        """
        from dataclasses import replace as with_  # noqa: PLC0415 - when a case goes on

        from tui401.model.case import Earlier  # noqa: PLC0415 - the same
        from tui401.recovery import lately  # noqa: PLC0415 - the same

        view = self.view
        told = lately.answered(view.evidence)
        earlier = Earlier(attempts=view.attempt, sends=len(view.sends), by=by, told_lately=told)
        return with_(case, earlier=earlier)

    @property
    def learnt(self) -> bool:
        """The exercise is done: its cause was found, or the request succeeds."""
        root = self.view.diagnosis.root if self.view.diagnosis is not None else None
        found = self.lesson is not None and root is not None and root.cause == self.lesson.exercise.slug
        return found or self.view.outcome is Outcome.RECOVERED

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be done now, the obvious thing first; () while nothing is asked."""
        question = self.question
        return question.choices if question is not None and question.asks is Asks.NEXT else ()

    @property
    def facts(self) -> Facts | None:
        """The facts of the current attempt, derived once for each state of the evidence; None before any answer."""
        view = self.view
        if self.derive is None or not view.evidence:
            return None
        held = self._facts
        if held is not None and held[0] is view.evidence and held[1] == view.attempt:
            return held[2]
        facts = self.derive(view.evidence, view.attempt)
        self._facts = (view.evidence, view.attempt, facts)
        return facts
