"""What a recovery says while it runs and where it stands, as sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from tui401.causes.steps import STEP_PAGES
from tui401.model.events import Asked, CaseOpened, Changed, Event, Judged, ProbeEnded, ProbeStarted, Sent, Told
from tui401.model.fix import Asks
from tui401.model.verdict import STEPS, Outcome, Status, Step, Strength
from tui401.ui import findings
from tui401.ui.blocks import WORDS, Lead
from tui401.ui.headline import headline
from tui401.ui.knowledge import title_of
from tui401.ui.pages import step_page
from tui401.ui.plain.lines import lines, spoken, stopped
from tui401.ui.sends import name_of
from tui401.ui.standing import own_words, standings
from tui401.ui.text import sentence, span

if TYPE_CHECKING:
    from tui401.ui.session import Session

_OPEN: Final = (Outcome.DIAGNOSED, Outcome.UNDETERMINED)


class Teller:
    """Tells events as they come, what is thought only when it changes."""

    def __init__(self) -> None:
        self._thought = ""

    def told(self, event: Event, session: Session) -> list[str]:
        """The lines for one event that the session has taken in."""
        hints = session.view.hints
        return [stopped(spoken(text, hints)) for text in self._told(event) if text]

    def _told(self, event: Event) -> Iterator[str]:
        match event:
            case CaseOpened():
                profile = f", profile {event.known.profile}" if event.known.profile else ""
                yield f"The request: {event.request.method} {event.request.url}{profile}"
            case ProbeStarted():
                limit = f", for {span(event.limit)} at most" if event.limit else ""
                yield f"Waiting for {event.title or event.probe}{limit}"
            case ProbeEnded(problem=problem) if problem:
                yield f"{sentence(event.probe.replace('-', ' '))} brought nothing: {problem}"
            case Sent():
                answer = f"answered {event.status}" if event.status is not None else "not answered"
                what = f"{event.method}, {name_of(event)}"
                yield f"Sent, number {event.number}: {what}; {answer} in {span(event.elapsed)}"
            case Changed():
                yield f"Attempt {event.attempt}: {event.by}"
            case Told():
                yield f"Note: {event.text}"
            case Judged() if event.diagnosis.outcome in _OPEN:
                root = event.diagnosis.root
                thought = f"So far: {root.strength.word}, {title_of(root.cause)}" if root is not None else ""
                if root is not None and root.strength >= Strength.POSSIBLE and thought != self._thought:
                    self._thought = thought
                    yield thought
            case Asked(question=question) if question.asks is Asks.NEXT:
                self._thought = ""
            case _:
                return


def standing(session: Session, now: float) -> list[str]:
    """The verdict, then each step with its status, and what was found where one failed."""
    view, facts = session.view, session.facts
    found = headline(view, facts, running=session.running, waiting=bool(session.choices), fault=session.fault)
    said = ["", *lines((Lead(found.word.capitalize(), found.title, found.tone), *found.blocks), view.hints)]
    for number, step in enumerate(standings(view, running=False), 1):
        checked = f", {step.aside} checked" if step.aside else ""
        head = f"Step {number} of {len(STEPS)}, {STEP_PAGES[step.step].name}: {WORDS[step.status]}{checked}"
        said.append(spoken(f"{stopped(head)} {stopped(own_words(step))}", view.hints))
        if step.status is Status.FAILED:
            said += lines(findings.of_step(step.step, view, facts, now, above=found.compares), view.hints)
    spent = view.spent
    said.append(f"Sent so far: {spent.api} of {spent.budget} requests to the API, {spent.issuer} to the issuer.")
    return said


def page(session: Session, step: Step, now: float) -> list[str]:
    """The whole page of a step."""
    view = session.view
    at = standings(view, running=False)[STEPS.index(step)]
    return ["", *lines(step_page(view, at, session.facts, now), view.hints)]
