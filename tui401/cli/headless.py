"""A recovery without a screen: a policy answers the questions, events become lines of progress."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TextIO

from tui401.cli.changelog import changed_by
from tui401.journal import Journal, JournalError
from tui401.model.events import Asked, Changed, Ended, Event, Judged, ProbeEnded, ProbeStarted, Sent, Told
from tui401.model.fix import Answer, Asks, Fix, FixKind, Question
from tui401.model.names import chips
from tui401.model.verdict import Diagnosis, Outcome, Strength
from tui401.model.view import CaseView, apply
from tui401.probes.tokens import WANTED
from tui401.recovery.searching import KEY as SEARCH
from tui401.wire.visible import visible

_DONE: Final = frozenset({FixKind.REWRITE, FixKind.NEW_TOKEN})
PROOF: Final = f"probe:{WANTED.name}"
MOST_FIXES: Final = 4  # attempts to mend in one run
BY_A_PERSON: Final = frozenset({"authorization_code", "device_code"})
_MAX_LINE: Final = 300
_MAX_ADDRESS: Final = 8_192  # an address that is cut cannot be opened


@dataclass(slots=True)
class Policy:
    """Answers for a person who is not there.

    Attributes:
        fix: Apply fixes.
        yes: Give the consents of judging.md; never those that safety.md withholds.
        least: Search the least scopes, at the cost that is shown.
        view: The case as it stands.
        attended: Somebody sits at the terminal and can sign in elsewhere; progress tells them where.
        unsent: The request was not consented to at all, so no fix sends it either.
    """

    fix: bool
    yes: bool
    view: Callable[[], CaseView]
    applied: set[str] = field(default_factory=set)
    unsent: bool = False
    least: bool = False
    attended: bool = False

    async def __call__(self, question: Question) -> Answer:
        """The answer to one question."""
        if question.asks is Asks.NEXT:
            return Answer("stop" if self.unsent else self._next(question))
        if question.asks is Asks.SCOPES and self.least:
            return Answer("yes")
        if question.asks is Asks.SIGN_IN and self.attended:
            withdrawn: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
            return await withdrawn  # the sign-in cancels it when it is done
        if question.firm or question.secret or not self.yes:
            self.unsent = self.unsent or question.asks is Asks.SEND
            return Answer("no")
        return Answer("yes")

    def _next(self, question: Question) -> str:
        if self.yes and self._open():
            mine = (c for c in question.choices if c.key.startswith("probe:") and (self.attended or not c.grant))
            probe = next((choice.key for choice in mine), None)
            if probe is not None and probe not in self.applied:
                self.applied.add(probe)
                return probe
        if not self.fix and self._provable(question):
            self.applied.add(PROOF)
            return PROOF
        if not self.fix or len(self.applied) >= MOST_FIXES:
            return self._search(question)
        for key, fix in _by_consent(question):
            if key in self.applied or (fix.grant in BY_A_PERSON and not self.attended):
                continue
            if fix.grant == "command" and not self.yes:
                continue
            self.applied.add(key)
            return key
        return self._search(question)

    def _provable(self, question: Question) -> bool:
        """Whether a token of the client's own can prove what is only likely yet; a fix would prove as much by itself.

        The client and its secret were given for that, nobody is asked for anything, and nothing is used up by it.
        """
        diagnosis = self.view().diagnosis
        root = diagnosis.root if diagnosis is not None else None
        if root is None or PROOF in self.applied or root.strength not in {Strength.POSSIBLE, Strength.LIKELY}:
            return False
        return root.cause in WANTED.separates and any(choice.key == PROOF for choice in question.choices)

    def _search(self, question: Question) -> str:
        """The search for the least scopes once, where it was asked for and can be made; else the end."""
        if not self.least or SEARCH in self.applied or all(choice.key != SEARCH for choice in question.choices):
            return "stop"
        self.applied.add(SEARCH)
        return SEARCH

    def _open(self) -> bool:
        """Whether the diagnosis is still short of confirmed, so that another experiment may be worth a request."""
        diagnosis = self.view().diagnosis
        return diagnosis is None or diagnosis.root is None or diagnosis.root.strength < Strength.LIKELY


def _by_consent(question: Question) -> list[tuple[str, Fix]]:
    """The fixes that a program can do, as offered; of those that mend the same the one with the least consent first."""
    offered = [(c.key, c.fix) for c in question.choices if c.fix is not None and c.fix.kind in _DONE]
    order = list(dict.fromkeys(fix.causes for _, fix in offered))

    def asks(fix: Fix) -> tuple[int, bool, bool]:
        return order.index(fix.causes), bool(fix.consent), fix.grant in BY_A_PERSON

    return sorted(offered, key=lambda pair: asks(pair[1]))


class Listener:
    """Keeps the view, the journal and the lines of progress up to date with a recovery's events.

    Args:
        case: The case's id.
        journal: Where events are kept, None for nowhere.
        progress: Where lines of progress go, None for nowhere.
        profile: Whose change log gets what is changed; "" for nobody's.
        verbose: Each check with its time, each request with its origin and time, and how many were sent.
        trouble: Hears why events are no longer kept.
    """

    def __init__(
        self,
        case: str,
        journal: Journal | None,
        progress: TextIO | None,
        profile: str = "",
        *,
        verbose: bool = False,
        trouble: Callable[[str], None] | None = None,
    ) -> None:
        self.view = CaseView()
        self._profile = profile
        self._case = case
        self._journal = journal
        self._trouble = trouble
        self._progress = progress
        self._thought = ""
        self._verbose = verbose
        self._began: dict[str, float] = {}

    def __call__(self, event: Event) -> None:
        """Takes one event."""
        self.view = apply(self.view, event)
        if self._journal is not None:
            try:
                self._journal.record(self._case, event)
                for change in changed_by(event, self._profile):
                    self._journal.note(change)
            except JournalError as error:
                self._journal = None
                self._say(str(error), _MAX_ADDRESS)
                if self._trouble is not None:
                    self._trouble(str(error))
        if isinstance(event, ProbeStarted):
            self._began[event.probe] = event.at
        line = self._line(event)
        if line:
            self._say(f"{line}{self._took(event)}" if self._verbose else line)
        elif self._verbose:
            self._say_more(event)
        if isinstance(event, Asked):
            self._show(event.question)

    def _took(self, event: Event) -> str:
        match event:
            case Sent():
                return f"  {event.origin}  {event.elapsed:.2f} s"
            case ProbeStarted():
                return f"  at most {event.limit:g} s"
            case ProbeEnded():
                return f"  {event.at - self._began.get(event.probe, event.at):.2f} s"
            case _:
                return ""

    def _say_more(self, event: Event) -> None:
        match event:
            case ProbeEnded():
                self._say(f"✓ {event.probe}{self._took(event)}")
            case Ended():
                spent = self.view.spent
                self._say(f"= sent: {spent.api} of {spent.budget} to the API, {spent.issuer} to the issuer")
            case _:
                pass

    @property
    def keeps(self) -> bool:
        """Whether all events until now were kept."""
        return self._journal is not None

    def _line(self, event: Event) -> str:
        match event:
            case ProbeStarted():
                return f"⋯ {event.title}"
            case ProbeEnded(problem=problem) if problem:
                return f"! {event.probe}: {problem}"
            case Sent():
                status = event.status if event.status is not None else "no answer"
                return f"● {event.number} {event.method} {status} {event.varied}"
            case Changed():
                return f"→ {event.by}"
            case Told():
                return f"! {event.text}"
            case Asked(question=question) if question.asks in (Asks.SIGN_IN, Asks.COMMAND):
                return f"? {question.title}"
            case Judged(diagnosis=diagnosis) if diagnosis.outcome in (Outcome.DIAGNOSED, Outcome.UNDETERMINED):
                return self._so_far(diagnosis)
            case _:
                return ""

    def _so_far(self, diagnosis: Diagnosis) -> str:
        """What is thought by now, told once and not with each piece of evidence."""
        root = diagnosis.root
        thought = f"  so far: {root.strength.word} {root.cause}" if root is not None else ""
        if thought == self._thought:
            return ""
        self._thought = thought
        return thought

    def _show(self, question: Question) -> None:
        """What a person has to see whole: where to sign in with which code, or the command that is run."""
        if question.asks is Asks.COMMAND:
            self._say(f"    {next(iter(question.lines), '')}", _MAX_ADDRESS)
        if question.asks is Asks.SIGN_IN:
            self._say(f"    {question.address}", _MAX_ADDRESS)
            if question.code:
                self._say(f"    code: {question.code}")

    def _say(self, line: str, most: int = _MAX_LINE) -> None:
        if self._progress is not None:
            # A closed pipe behind standard error must not end a recovery.
            with contextlib.suppress(OSError, ValueError):
                self._progress.write(visible(chips(line, self.view.hints), most) + "\n")
                self._progress.flush()
