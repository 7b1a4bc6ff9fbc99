"""Evidence judged again: the events that a saved case without events would have had."""

from __future__ import annotations

from msgspec.structs import replace

from tui401.judge.facts import derive
from tui401.judge.rank import diagnose
from tui401.model.events import CaseOpened, Ended, Event, Found, Judged, Sent, Told
from tui401.model.saved import SavedCase
from tui401.model.shown import AnswerSeen, KnownSeen, Redacted
from tui401.model.verdict import Diagnosis
from tui401.report.document import saved_of
from tui401.report.parts import Report
from tui401.report.struck import named, took_away


def events_of(saved: SavedCase) -> tuple[Event, ...]:
    """The events that tell what the evidence holds, and the diagnosis that it gives now."""
    facts = derive(saved.evidence, saved.attempt)
    known = facts.known or KnownSeen()
    first = min((piece.at for piece in saved.evidence), default=0.0)
    told: list[Event] = [CaseOpened(case=saved.case, request=facts.request, known=known, at=first)]
    told += [Found(evidence=piece) for piece in saved.evidence]
    number = 0
    for piece in saved.evidence:
        if not isinstance(piece.content, AnswerSeen) or not piece.content.hops:
            continue
        number += 1
        answer, hop = piece.content, piece.content.hops[-1]
        told.append(
            Sent(
                number=number,
                attempt=_attempt(piece.subject),
                label=answer.label,
                varied=answer.varied,
                method=hop.request.method,
                status=answer.status,
                at=hop.started_at,
                elapsed=hop.elapsed,
            )
        )
    diagnosis = diagnose(facts)
    last = max((piece.at for piece in saved.evidence), default=first)
    return (*told, Judged(diagnosis=diagnosis), Ended(outcome=diagnosis.outcome, at=last))


def events_again(report: Report) -> tuple[Event, ...]:
    """The events of a report with the diagnoses that its evidence gives now, in the place of those that it claims.

    Where the first of them is another than the report claims, a sentence says so.
    """
    saved = saved_of(report)
    if not report.requests:
        return events_of(saved)
    attempts = sorted({_attempt(p.subject) for p in saved.evidence if p.kind == "answer/original"} or {saved.attempt})
    judged = [_judged(report, diagnose(derive(saved.evidence, attempt))) for attempt in attempts]
    ended = [event for event in saved.events if isinstance(event, Ended)]
    told = [event for event in saved.events if not isinstance(event, Ended)]
    told += [Judged(diagnosis=diagnosis) for diagnosis in judged]
    says = difference(report, next((d for d in judged if d.attempt == saved.attempt), judged[0]))
    told += [Told(text=Redacted(says), lasting=True)] if says else []
    return (*told, *(ended or [Ended(outcome=judged[-1].outcome, at=report.made_at)]))


def _judged(report: Report, now: Diagnosis) -> Diagnosis:
    """A diagnosis with the advice on what to try next, which hangs on what could be tried then and not on evidence."""
    if now.attempt != report.attempt or named(now) != named(report.diagnosis):
        return now
    return replace(now, next=report.diagnosis.next)


def difference(report: Report, now: Diagnosis) -> str:
    """A sentence where the evidence of a report gives another diagnosis than the report claims; "" elsewhere."""
    if report.struck is not None:
        return "" if report.struck.was == named(now) else f"{took_away(report.struck, now)}."
    claimed = named(report.diagnosis)
    if claimed == named(now):
        return ""
    return (
        f"The report says {claimed or 'that no cause is known'}; judged again by this version of tui401, "
        f"its evidence gives {named(now) or 'none'}."
    )


def _attempt(subject: str) -> int:
    digits = subject.rpartition(":")[2]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 7 else 1
