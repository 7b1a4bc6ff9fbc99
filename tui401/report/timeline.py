"""What happened, in order, with the identifiers by which the other side finds it in its logs. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui401.model.events import Sent
from tui401.model.shown import AnswerSeen, Evidence, GrantSeen, IntrospectionSeen, PersonSaid, ResponseShown
from tui401.model.view import CaseView
from tui401.report.history import grant_in_words
from tui401.report.parts import Section
from tui401.report.texts import clock_time, date_of, exact, listed, short, spoken
from tui401.wire.ids import identifiers

_NEAR: Final = 1.0  # seconds between what is told of a send and the hop that was kept of it
_MOST_IDS: Final = 4

Row = tuple[float, str, str, str]


def timeline(view: CaseView) -> Section:
    """Every request with its answer, every token that was asked for, every change, oldest first."""
    rows = [_sent(view, sent) for sent in view.sends]
    rows += [row for piece in view.evidence for row in _besides(piece)]
    for change in view.changes:
        first = next((sent.at for sent in view.sends if sent.attempt == change.attempt), None)
        if first is not None:
            # What was sent next is the first that is known of it, and it came before that.
            rows.append((first - 1e-6, f"the request was changed: {change.by}", "", ""))
    rows.sort(key=lambda row: row[0])
    return Section(
        title="Timeline",
        head=("when (UTC)", "what", "answer", "the other side's time and identifiers"),
        rows=tuple((exact(at), *rest) for at, *rest in rows),
    )


def _sent(view: CaseView, sent: Sent) -> Row:
    what = f"request {sent.number} to the API, {sent.method}, {sent.varied or sent.label}"
    if not sent.attempt:
        what += ", in the search for the least scopes"
    status = str(sent.status) if sent.status is not None else "no answer"
    return sent.at, what, f"{status} after {spoken(sent.elapsed)}", _theirs(_answer_to(view, sent))


def _answer_to(view: CaseView, sent: Sent) -> ResponseShown | None:
    """The answer to this send, None where it was not kept: of two sends alike the later answer is."""
    for piece in view.evidence:
        content = piece.content
        if not isinstance(content, AnswerSeen) or content.label != sent.label or not content.hops:
            continue
        if piece.subject != f"attempt:{sent.attempt}":
            continue
        at = content.hops[0].started_at
        alike = [one for one in view.sends if (one.label, one.attempt) == (sent.label, sent.attempt)]
        if abs(at - sent.at) <= min(_NEAR, *(abs(at - one.at) for one in alike)):
            return content.response
    return None


def _theirs(response: ResponseShown | None) -> str:
    """The server's time and identifiers, "" where the answer has none."""
    if response is None:
        return ""
    given = next(iter(response.values("date")), "")
    moment = date_of(given) if given else None
    told = [f"{clock_time(moment)} by its clock"] if moment is not None else []
    found = identifiers((h.name, h.value) for h in response.headers)
    return listed([*told, *(f"{name} {short(value, 80)}" for name, value in found)], _MOST_IDS + len(told))


def _besides(piece: Evidence) -> Iterator[Row]:
    """What else happened: at the issuer, and what the person said."""
    content = piece.content
    if isinstance(content, GrantSeen):
        answer = f"{content.status}" if content.status is not None else ""
        at = content.exchange.started_at if content.exchange is not None else piece.at
        theirs = _theirs(content.exchange.response if content.exchange is not None else None)
        yield at or piece.at, f"the issuer was asked: {grant_in_words(content)}", answer, theirs
    elif isinstance(content, IntrospectionSeen):
        said = {True: "active", False: "not active", None: "no usable answer"}[content.active]
        what = f"introspection of {content.credential or 'the token'} at {content.endpoint}"
        yield piece.at, what, said, ""
    elif isinstance(content, PersonSaid):
        yield piece.at, f"asked “{content.question}”, the person said “{content.answer}”", "", ""
