"""What a report is made of: lines, sections, and all that judges it again. Renderers only draw these."""

from __future__ import annotations

from tui401.model.events import Changed, Sent, StruckOut
from tui401.model.shown import Evidence, KnownSeen, RequestShown, Shown, WayShown
from tui401.model.verdict import Diagnosis


class Line(Shown, frozen=True, kw_only=True):
    """One statement.

    Attributes:
        text: A sentence or a label; it may quote words from outside.
        value: What the label names, exactly as it is: an address, a claim, a header's value. "" for none.
        level: How far it is set in: 1 says more about the last line of level 0.
    """

    text: str
    value: str = ""
    level: int = 0


class Section(Shown, frozen=True, kw_only=True):
    """A titled part: lines, then rows of a table under a head, then lines of code to copy."""

    title: str
    lines: tuple[Line, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    code: tuple[str, ...] = ()


class Report(Shown, frozen=True, kw_only=True):
    """A whole report: what a person reads, and what the same judgement can be made from again.

    Attributes:
        case: The case's id.
        version: Of the program that wrote it.
        made_at: When, in seconds since the epoch.
        outcome: As in the JSON output.
        summary: At most twelve lines that can stand alone.
        sections: The rest, in order, the empty ones left out.
        attempt: The attempt that was judged.
        diagnosis: Of that attempt.
        evidence: All of it, redacted.
        opened_at: When the case began; ``ended_at`` when it ended, None while it runs.
        known: What the person or a profile knew.
        requests: The request of each attempt, ``changes`` what led from one to the next, ``ways`` how each travelled.
        sends: Every request that went to the API.
        struck: What whoever wrote the report struck out, None for nothing.
    """

    case: str
    version: str
    made_at: float
    outcome: str
    summary: tuple[Line, ...]
    sections: tuple[Section, ...]
    attempt: int
    diagnosis: Diagnosis
    evidence: tuple[Evidence, ...]
    opened_at: float = 0.0
    ended_at: float | None = None
    known: KnownSeen = KnownSeen()
    requests: tuple[RequestShown, ...] = ()
    ways: tuple[WayShown, ...] = ()
    changes: tuple[Changed, ...] = ()
    sends: tuple[Sent, ...] = ()
    struck: StruckOut | None = None
    schema: int = 1
