"""Evidence judged again: the events that a saved case without events would have had."""

from __future__ import annotations

from tui401.judge.facts import derive
from tui401.judge.rank import diagnose
from tui401.model.events import CaseOpened, Ended, Event, Found, Judged, Sent
from tui401.model.saved import SavedCase
from tui401.model.shown import AnswerSeen, KnownSeen


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


def _attempt(subject: str) -> int:
    digits = subject.rpartition(":")[2]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 7 else 1
