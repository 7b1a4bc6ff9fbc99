"""A report as JSON that can be judged again: it carries its evidence and the events that led to it."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from tui401.model.events import CaseOpened, Ended, Event, Found
from tui401.model.saved import SavedCase, encode
from tui401.model.shown import Redacted, RequestShown, WayShown
from tui401.model.verdict import Outcome
from tui401.report.parts import Report
from tui401.wire.visible import is_visible

SCHEMA: Final = 1
"""The version of the format that is written and read."""

_OUTSIDE: Final = re.compile(r"[^\n -~]")


def as_json(report: Report) -> bytes:
    """The report's JSON, indented, ending with a line break.

    Characters that would act on a terminal or reorder a line stand as JSON escapes, so the text is safe to look at
    and reads back exactly.

    Raises:
        TypeError: for a report that holds something that may not be seen.
    """
    made = msgspec.json.decode(encode(report))
    # A format names its version even where that is the one that a reader takes for granted.
    versioned = {"type": made.pop("type"), "schema": report.schema, **made}
    return readable(msgspec.json.format(msgspec.json.encode(versioned), indent=2).decode())


def readable(text: str) -> bytes:
    """The text of a JSON document as bytes that are safe to look at; ends with a line break."""
    return _OUTSIDE.sub(_escaped, text).encode() + b"\n"


def _escaped(found: re.Match[str]) -> str:
    sign = found[0]
    if is_visible(sign):
        return sign
    units = sign.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def read(data: bytes) -> Report:
    """A JSON report as it was written.

    Raises:
        ValueError: with a sentence on what is wrong with the document.
    """
    try:
        if _schema(data) != SCHEMA:
            raise ValueError(
                f"This report has schema {_schema(data)}, and this version of tui401 reads schema {SCHEMA}. "
                "Open it with the version that wrote it."
            )
        return msgspec.json.decode(data, type=Report)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error).rstrip(".")
        raise ValueError(f"This is not a JSON report of tui401: {why}.") from error


class _Versioned(msgspec.Struct):
    """What every version of the format has; one that does not say its schema is of the first."""

    schema: int = SCHEMA


def _schema(data: bytes) -> int:
    return msgspec.json.decode(data, type=_Versioned).schema


def from_json(data: bytes) -> SavedCase:
    """The evidence of a JSON report to judge it again, and the events to build the same report from.

    The diagnosis that the document claims is left out on purpose: whoever opens it judges by the evidence.

    Raises:
        ValueError: with a sentence on what is wrong with the document.
    """
    return saved_of(read(data))


def saved_of(report: Report) -> SavedCase:
    """The evidence of a report, and the events that led to it; without the diagnosis that it claims."""
    return SavedCase(case=report.case, attempt=report.attempt, evidence=report.evidence, events=_events(report))


def _events(report: Report) -> tuple[Event, ...]:
    first = report.requests[0] if report.requests else RequestShown(method="GET", url=Redacted(""))
    way = report.ways[0] if report.ways else WayShown()
    events: list[Event] = [
        CaseOpened(case=report.case, request=first, known=report.known, at=report.opened_at, way=way)
    ]
    events += [Found(evidence=piece) for piece in report.evidence]
    events += report.changes
    events += report.sends
    events += [report.struck] if report.struck is not None else []
    if report.ended_at is not None and report.outcome in set(Outcome):
        events.append(Ended(outcome=Outcome(report.outcome), at=report.ended_at))
    return tuple(events)
