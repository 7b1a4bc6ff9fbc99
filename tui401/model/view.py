"""The state of a case as its listeners see it: ``apply(view, event)`` is pure, so events replay."""

from __future__ import annotations

from msgspec.structs import replace

from tui401.model.events import (
    Answered,
    Asked,
    CaseOpened,
    Changed,
    Ended,
    Event,
    Found,
    Judged,
    ProbeEnded,
    ProbeStarted,
    Refused,
    Sent,
    Spent,
    StruckOut,
    Told,
)
from tui401.model.fix import Question
from tui401.model.shown import Evidence, KnownSeen, LeastScopesSeen, Redacted, RequestShown, Shown, WayShown
from tui401.model.verdict import Diagnosis, Outcome


class CaseView(Shown, frozen=True, kw_only=True):
    """All that the events so far amount to.

    Attributes:
        evidence: The latest of each key, in order of first arrival.
        running: Probes that run.
        requests: The request of each attempt, the last one being the current.
        way: How the current one travels; ``ways`` how that of each attempt did.
        question: The one that waits, or None.
        diagnosis: The latest.
        judgements: The latest of each attempt, in order of the attempts.
        struck: What the person struck out, None for nothing.
        lasting: What was told that a person still has to know once the case has ended; it stands in ``told``, too.
    """

    case: str = ""
    opened_at: float = 0.0
    known: KnownSeen = KnownSeen()
    hints: dict[str, str] = {}
    attempt: int = 0
    requests: tuple[RequestShown, ...] = ()
    way: WayShown = WayShown()
    ways: tuple[WayShown, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    sends: tuple[Sent, ...] = ()
    changes: tuple[Changed, ...] = ()
    running: tuple[ProbeStarted, ...] = ()
    problems: dict[str, str] = {}
    diagnosis: Diagnosis | None = None
    judgements: tuple[Diagnosis, ...] = ()
    question: Question | None = None
    spent: Spent = Spent(api=0, issuer=0, budget=8)
    told: tuple[Redacted, ...] = ()
    lasting: tuple[Redacted, ...] = ()
    struck: StruckOut | None = None
    outcome: Outcome | None = None
    ended_at: float | None = None

    @property
    def request(self) -> RequestShown | None:
        """The current attempt's request."""
        return self.requests[-1] if self.requests else None

    @property
    def least_scopes(self) -> LeastScopesSeen | None:
        """What the latest search for the least scopes found, None where there was none."""
        kept = (piece.content for piece in reversed(self.evidence))
        return next((content for content in kept if isinstance(content, LeastScopesSeen)), None)


def apply(view: CaseView, event: Event) -> CaseView:
    """The view after the event."""
    match event:
        case CaseOpened():
            return replace(
                view,
                case=event.case,
                opened_at=event.at,
                known=event.known,
                hints=event.hints,
                attempt=1,
                requests=(event.request,),
                way=event.way,
                ways=(event.way,),
            )
        case ProbeStarted():
            others = tuple(p for p in view.running if p.probe != event.probe)
            return replace(view, running=(*others, event))
        case ProbeEnded():
            left = tuple(p for p in view.running if p.probe != event.probe)
            problems = {**view.problems, event.probe: event.problem} if event.problem else view.problems
            return replace(view, running=left, problems=problems)
        case Found():
            return replace(view, evidence=with_evidence(view.evidence, event.evidence))
        case Sent():
            return replace(view, sends=(*view.sends, event))
        case Refused():
            return view  # the journal counts it
        case Judged():
            earlier = (d for d in view.judgements if d.attempt != event.diagnosis.attempt)
            judgements = tuple(sorted((*earlier, event.diagnosis), key=lambda d: d.attempt))
            return replace(view, diagnosis=event.diagnosis, judgements=judgements)
        case Changed():
            return replace(
                view,
                attempt=event.attempt,
                requests=(*view.requests, event.request),
                changes=(*view.changes, event),
                hints={**view.hints, **event.hints},
                way=event.way or view.way,
                ways=(*view.ways, event.way or view.way),
                outcome=None,  # a case that had ended goes on, or one that was cut off
                ended_at=None,
                running=(),
                question=None,
            )
        case Asked():
            return replace(view, question=event.question)
        case Answered():
            return replace(view, question=None)
        case Spent():
            return replace(view, spent=event)
        case Told():
            lasting = (*view.lasting, event.text) if event.lasting else view.lasting
            return replace(view, told=(*view.told, event.text), lasting=lasting)
        case StruckOut():
            return replace(view, struck=event)
        case Ended():
            return replace(view, outcome=event.outcome, ended_at=event.at, running=(), question=None)


def with_evidence(held: tuple[Evidence, ...], new: Evidence) -> tuple[Evidence, ...]:
    """The evidence with the new piece in the place of the one of its key, or at the end."""
    for place, old in enumerate(held):
        if old.key == new.key:
            return (*held[:place], new, *held[place + 1 :])
    return (*held, new)
