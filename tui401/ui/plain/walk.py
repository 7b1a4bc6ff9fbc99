"""The recovery of one case in plain lines: its questions are numbered, its findings are sentences."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui401.model.fix import Answer, Asks, Choice, Question
from tui401.model.secret import Secret
from tui401.model.verdict import Outcome
from tui401.ui.asking_page import question_blocks, refusal_of
from tui401.ui.credential import understood
from tui401.ui.headline import ranked_fixes
from tui401.ui.plain.afterwards import Afterwards
from tui401.ui.plain.asking import Asker, GoneError, Way
from tui401.ui.plain.giving import failing
from tui401.ui.plain.hand import by_hand
from tui401.ui.plain.lines import lines, spoken
from tui401.ui.plain.looking import Looking, looking
from tui401.ui.plain.telling import Teller, standing
from tui401.ui.session import Session
from tui401.ui.ways_page import button_of, choice_blocks, is_advice, label_of

if TYPE_CHECKING:
    from tui401.model.case import Case
    from tui401.model.events import Event
    from tui401.ui.ports import Lesson, Ports

_NO_WAYS: Final = ("stop",)
_SECRETS: Final = (Asks.CREDENTIAL, Asks.VALUE)


class Walk:
    """One case from its first request to the person's last word on it.

    Args:
        asker: The terminal.
        ports: The rest of the program.
        clock: This machine's clock, seconds since the epoch.
        folder: Where reports go.

    Attributes:
        session: The recovery that runs or ran last; None before any.
    """

    def __init__(self, asker: Asker, ports: Ports, *, clock: Callable[[], float], folder: Path) -> None:
        self._asker, self._ports, self._clock = asker, ports, clock
        self._looking = Looking(asker, ports.reporter, clock, folder)
        self._afterwards = Afterwards(asker, ports, self._looking, clock=clock, ask=self._ask, emit=self._emit)
        self._teller = Teller()
        self._gone = False
        self._done = False  # the person has ended the case by themselves
        self.session: Session | None = None

    async def case(self, case: Case, *, send: bool = True, lesson: Lesson | None = None) -> None:
        """Walks a case to its end, and any that the person makes of it.

        Args:
            case: The case.
            send: Without it, a question to send is answered no, once.
            lesson: The exercise that it is.

        Raises:
            GoneError: where the person left, or there is no more input.
        """
        await self._from(self._new(case, lesson=lesson, declines_send=not send))

    async def saved(self, session: Session) -> None:
        """A case that was kept: what was found stands, and the person may go on with it.

        Raises:
            GoneError: as above.
        """
        await self._from(session)

    async def _from(self, session: Session) -> None:
        while True:
            self.session, self._done = session, False
            await self._run(session)
            following = None if self._done else await self._afterwards.following(session)
            if self._gone:
                raise GoneError
            if following is None:
                return
            session = self._new(following.case, lesson=session.lesson)
            if following.view is not None:
                session.view = following.view

    def _new(self, case: Case, *, lesson: Lesson | None, declines_send: bool = False) -> Session:
        return Session(
            case=case,
            recover=self._ports.recover,
            derive=self._ports.derive,
            lesson=lesson,
            declines_send=declines_send,
        )

    # -- the recovery --------------------------------------------------------------------------------------------

    async def _run(self, session: Session) -> None:
        if session.case is None or session.recover is None:
            return
        session.running = True
        try:
            await session.recover(session.case, ask=self._ask, emit=self._emit)
        finally:
            session.running = False
            session.question = None
        if self._gone:
            raise GoneError

    def _emit(self, event: Event) -> None:
        session = self._now
        session.emit(event)
        self._asker.say(self._teller.told(event, session))

    @property
    def _now(self) -> Session:
        if self.session is None:
            raise RuntimeError("no case is open")
        return self.session

    async def _ask(self, question: Question) -> Answer:
        session = self._now
        if session.declines_send and question.asks is Asks.SEND and not self._gone:
            session.declines_send = False
            if any(choice.key == "no" for choice in question.choices):
                return Answer("no")
        session.question = question
        try:
            return await self._answer(question)
        except GoneError:
            # It ends as by Escape and leaving: nothing more is sent, and what was found is kept.
            self._gone = True
            return Answer("stop" if question.asks is Asks.NEXT else refusal_of(question))
        finally:
            session.question = None

    async def _answer(self, question: Question) -> Answer:
        if self._gone:
            raise GoneError
        if question.asks is Asks.NEXT:
            return await self._next(question)
        hints = self._now.view.hints
        self._asker.say(["", *lines(question_blocks(question), hints)])
        if question.asks in _SECRETS or question.secret:
            return await self._credential(question)
        if question.asks is Asks.SIGN_IN:
            self._asker.say([f"Open: {spoken(question.address)}"] if question.address else [])
            self._asker.say([f"The code to type there: {spoken(' '.join(question.code))}"] if question.code else [])
        ways = [Way(f"{c.label}: {c.detail}" if c.detail else c.label, c.key) for c in question.choices]
        return Answer(await self._asker.choose("Your answer", ways, hints=hints))

    async def _credential(self, question: Question) -> Answer:
        keys = [choice.key for choice in question.choices]
        lesson = self._now.lesson
        if lesson is not None and lesson.paste is not None and question.asks is Asks.CREDENTIAL:
            ways = [Way("Take the one that the practice server accepts", "ready"), Way("Type or paste one", "type")]
            if await self._asker.choose("Which credential?", ways) == "ready":
                return Answer(keys[0] if keys else "yes", secret=lesson.paste)
        given = await self._asker.secret("Type or paste it; it is not shown. Empty goes back: ")
        read = understood(given.reveal())
        self._asker.say(f"Note: {spoken(note)}" for note in read.notes)
        if not read.secret:
            return Answer(refusal_of(question))
        return Answer(keys[0] if keys else "yes", secret=read.secret)

    # -- what now? -----------------------------------------------------------------------------------------------

    async def _next(self, question: Question) -> Answer:
        self._asker.say(standing(self._now, self._clock()))
        while True:
            chosen = await self._asker.choose(
                question.title, self._ways(question), obvious=True, hints=self._now.view.hints
            )
            answer = await self._made(chosen, question)
            if answer is not None:
                return answer

    def _ways(self, question: Question) -> list[Way[Choice | str]]:
        choices = [choice for choice in question.choices if choice.key not in _NO_WAYS]
        mending = ranked_fixes(self._now.view, choices)
        others = [choice for choice in choices if choice not in mending]
        ways: list[Way[Choice | str]] = [Way(label_of(choice, choices), choice) for choice in (*mending, *others)]
        if self._now.lesson is None and self._now.view.outcome is None and not mending and self._succeeds:
            ways.append(Way("Compare with the call that fails", "failing"))
        return [*ways, *looking(self._now.view), Way("End this case", "stop")]

    @property
    def _succeeds(self) -> bool:
        diagnosis = self._now.view.diagnosis
        return diagnosis is not None and diagnosis.outcome is Outcome.SUCCEEDED

    async def _made(self, chosen: Choice | str, question: Question) -> Answer | None:
        """The answer that a way amounts to; None where it is none, or the person went back from it."""
        if isinstance(chosen, str):
            if chosen == "stop":
                self._done = True
                return Answer("stop")
            if chosen == "failing":
                return await self._failing()
            await self._looking.at(chosen, self._now)
            return None
        match chosen.key:
            case "edit":
                return await by_hand(self._asker, self._now)
            case "changed":
                return await self._changed()
            case _:
                return await self._show(chosen, question)

    async def _show(self, choice: Choice, question: Question) -> Answer | None:
        """What a way would do, before it is done."""
        hints = self._now.view.hints
        self._asker.say(["", *lines(choice_blocks(choice), hints)])
        if is_advice(choice):
            again = any(other.key == "again" for other in question.choices)
            ways = [Way("Write the report", "report"), *([Way(button_of(choice), "again")] if again else [])]
            key = await self._asker.choose("What now?", [*ways, Way("Not now", "")])
            if key == "report":
                await self._looking.at("report", self._now)
            return Answer("again") if key == "again" else None
        ways = [Way(button_of(choice), choice.key), Way("Not now", "")]
        key = await self._asker.choose("Go ahead?", ways, hints=hints)
        return Answer(key) if key else None

    async def _changed(self) -> Answer | None:
        self._asker.say(
            [
                "What was changed before the first refusal? A rotated secret, a deploy, a new gateway, a role, a host?",
                "Your words stand in this case and in its report, without secrets. Nothing is sent.",
            ]
        )
        words = await self._asker.words("In a few words (empty goes back, “nothing” for nothing that you know of): ")
        if not words:
            return None
        return Answer("changed", secret=Secret("" if words.lower().strip("“”.") == "nothing" else words))

    async def _failing(self) -> Answer | None:
        case = self._now.case
        there = await failing(self._asker, self._ports.reader, case) if case is not None else None
        return Answer("edit", request=there.request) if there is not None else None
