"""The first twelve lines: enough to know what happened, why, how sure that is, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui401.judge.mended import Mended, mended
from tui401.judge.often import how_often
from tui401.judge.unrefused import no_refusal
from tui401.model.cause import Cause
from tui401.model.facts import Facts
from tui401.model.verdict import Diagnosis, Outcome, Strength, Verdict
from tui401.model.view import CaseView
from tui401.report.clocks import in_one_line as clocks_in_one_line
from tui401.report.findings import proofs, ruled_out_slugs
from tui401.report.parts import Line, Section
from tui401.report.texts import ids_of, listed, sent_at, server_time, short, spoken, title, utc
from tui401.report.token import in_one_line

MOST: Final = 12
_MOST_IDS: Final = 4
_MOST_SLUGS: Final = 8
_MOST_LATER: Final = 4  # causes in a row


def summary(
    view: CaseView,
    facts: Facts,
    diagnosis: Diagnosis,
    causes: Mapping[str, Cause],
    *,
    outcome: Outcome,
    change: Line | None,
    questions: Section,
) -> tuple[Line, ...]:
    """At most twelve lines, each of use without the others; what happened, why, and how it stands come first."""
    lines = [Line(text=_what(facts))]
    lines += _cause(view, facts, diagnosis, causes, outcome)
    named = diagnosis.root is not None and diagnosis.root.strength >= Strength.LIKELY
    lines += [Line(text=f"{'Proved by' if named else 'What decides'}: {proof}") for proof in proofs(facts)[:1]]
    lines += [Line(text=f"Then, {m.verdict.strength.word}: {title(m.verdict.cause, causes)}") for m in _later(view)]
    lines.append(Line(text=_now(view, facts, outcome, _fix(diagnosis, causes))))
    found = ids_of(facts)
    if found:
        lines.append(Line(text="Identifiers: " + listed(f"{name} {short(v, 80)}" for name, v in found[:_MOST_IDS])))
    lines.append(Line(text=in_one_line(facts)))
    lines.append(Line(text=f"Clocks: {clocks_in_one_line(facts)}"))
    if change is not None:
        lines.append(Line(text=f"Last credential change: {change.text}", value=change.value))
    slugs = ruled_out_slugs(diagnosis)
    if slugs:
        lines.append(Line(text=f"Ruled out: {listed(slugs, _MOST_SLUGS)}"))
    asked = [line for line in questions.lines if line.level]
    if asked and len(lines) < MOST:
        lines.append(Line(text=f"To ask first: {asked[0].text}", value=asked[0].value))
    return tuple(lines[:MOST])


def _later(view: CaseView) -> tuple[Mended, ...]:
    """The causes that showed once the first one was mended."""
    return mended(view)[1:_MOST_LATER]


def _what(facts: Facts) -> str:
    address = short(facts.request.url)
    asked = f"{facts.request.method} {address}"
    at = sent_at(facts)
    when = f" at {utc(at)}" if at is not None else ""
    if facts.response is None:
        failure = facts.answer.failure if facts.answer is not None else None
        return f"{asked} brought no answer{when}" + (f": {failure.says}" if failure is not None else "")
    theirs = server_time(facts)
    if at is not None and theirs[:10] == utc(at)[:10]:
        theirs = theirs[11:]  # the same day
    return f"{asked} answered {facts.response.status}{when}" + (f" ({theirs} by the server's clock)" if theirs else "")


def _cause(
    view: CaseView, facts: Facts, diagnosis: Diagnosis, causes: Mapping[str, Cause], outcome: Outcome
) -> list[Line]:
    root = diagnosis.root
    if outcome is Outcome.INTERMITTENT:
        since = "the same request is refused at one time and not at another"
        return [Line(text=f"Cause: none can be named, since {since}{how_often(view)}")]
    if outcome is Outcome.SUCCEEDED:
        return [Line(text="Cause: none, the request succeeds as it was given")]
    other = no_refusal(facts)
    if root is None and other is not None:
        return [Line(text=f"Cause: undetermined, since {other[0]}"), Line(text=other[1], level=1)]
    if root is None:
        return [Line(text="Cause: undetermined; nothing points to one yet")]
    if root.strength < Strength.LIKELY:
        open_still = [r.verdict.cause for r in diagnosis.causes if r.verdict.strength is Strength.POSSIBLE]
        still = f"; still possible: {listed(open_still)}" if open_still else ""
        return [Line(text=f"Cause: undetermined{still}")]
    lines = [Line(text=f"Cause, {root.strength.word}: {title(root.cause, causes)}")]
    lines += [Line(text=_sentence(sentence), level=1) for sentence in root.because[:1]]
    told = " ".join(root.because[:1])
    if (root.expected or root.provided) and not (root.expected in told and root.provided in told):
        lines.append(Line(text=_compared(root), level=1))
    return lines


def _compared(root: Verdict) -> str:
    by = f", by {root.expected_by}," if root.expected_by else ""
    near = f" ({root.near_miss})" if root.near_miss else ""
    wanted, has = short(root.expected) or "is not known", short(root.provided) or "none"
    return f"Expected {wanted}{by} and the request has {has}{near}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _fix(diagnosis: Diagnosis, causes: Mapping[str, Cause]) -> str:
    root = diagnosis.root
    return causes[root.cause].fix if root is not None and root.cause in causes else ""


def _now(view: CaseView, facts: Facts, outcome: Outcome, fix: str) -> str:
    took = f" after {spoken(view.ended_at - view.opened_at)}" if view.ended_at is not None and view.opened_at else ""
    ways = [one.by for one in mended(view)] or [change.by for change in view.changes[-1:]]
    by = f", mended by: {'; then: '.join(ways)}" if ways else ""
    return {
        Outcome.RECOVERED: f"Now: the request succeeds{took}{by}",
        Outcome.SUCCEEDED: "Now: the request succeeds as it was given; the refusal did not come again",
        Outcome.DIAGNOSED: "Now: the refusal stands" + (f". What mends it: {fix}" if fix else ""),
        Outcome.UNDETERMINED: "Now: the refusal stands" if no_refusal(facts) is None else "Now: it still fails",
        Outcome.INTERMITTENT: "Now: the same request is sometimes refused and sometimes not",
        Outcome.UNREACHABLE: "Now: no answer can be had",
    }[outcome]
