"""A finished case as JSON (design.md, "Commands") and as text for a terminal. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from tui401.judge.often import how_often
from tui401.judge.unrefused import no_refusal
from tui401.model.cause import Cause
from tui401.model.facts import Facts
from tui401.model.names import chips
from tui401.model.shown import AnswerSeen, RequestShown
from tui401.model.verdict import Diagnosis, Outcome, Ranked, Strength
from tui401.model.view import CaseView
from tui401.offline.objects import SCHEMA, judged_object
from tui401.wire.visible import visible

EXIT: Final = {
    Outcome.RECOVERED: 0,
    Outcome.SUCCEEDED: 0,
    Outcome.DIAGNOSED: 1,
    Outcome.UNDETERMINED: 3,
    Outcome.INTERMITTENT: 3,
    Outcome.UNREACHABLE: 3,
}
"""The exit code of each outcome."""

_GLYPHS: Final = {"passed": "✓", "failed": "✗", "unknown": "?", "skipped": "–"}
_WIDTH: Final = 400


def as_object(
    view: CaseView, facts: Facts, diagnosis: Diagnosis, causes: Mapping[str, Cause], *, everything: bool = False
) -> dict[str, Any]:
    """One finished case as the object of ``--format json``, schema 1.

    Args:
        view: The case.
        facts: Of the judged attempt.
        diagnosis: Of the judged attempt.
        causes: The catalogue.
        everything: Also the causes that were ruled out.
    """
    outcome = view.outcome or diagnosis.outcome
    request = _request(view, facts)
    judged = judged_object(facts, diagnosis, causes, everything=everything)
    if outcome is Outcome.SUCCEEDED:
        judged["verdict"] = None
    return {
        "schema": SCHEMA,
        "case": view.case,
        **judged,
        "request": {"method": request.method, "url": request.url},
        "outcome": outcome.value,
        "attempts": [
            {
                "number": sent.number,
                "attempt": sent.attempt,
                "what": sent.varied,
                "method": sent.method,
                "status": sent.status,
                "at": sent.at,
                "seconds": round(sent.elapsed, 3),
            }
            for sent in view.sends
        ],
        "requests_sent": {"api": view.spent.api, "issuer": view.spent.issuer},
        **_least_object(view),
    }


def _least_object(view: CaseView) -> dict[str, Any]:
    """What a search for the least scopes found; nothing where there was none."""
    found = view.least_scopes
    if found is None:
        return {}
    told = {"endpoint": found.endpoint, "smallest": list(found.smallest), "culprits": list(found.culprits)}
    return {"least_scopes": {**told, "settled": found.settled, "tokens": len(found.tried), "problem": found.problem}}


def _least_line(view: CaseView) -> list[str]:
    found = view.least_scopes
    if found is None:
        return []
    lines = []
    if found.settled:
        lines.append(
            f"LEAST SCOPE  {' '.join(found.smallest) or 'none need be asked for'}  ({len(found.tried)} tokens)"
        )
    lines += [f"  {culprit} turns success into a refusal" for culprit in found.culprits]
    return lines + ([f"  {found.problem}"] if found.problem else [])


def as_json(made: dict[str, Any]) -> bytes:
    """The object's JSON, indented; ends with a line break."""
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"


def as_text(
    view: CaseView, facts: Facts, diagnosis: Diagnosis, causes: Mapping[str, Cause], *, everything: bool
) -> str:
    """One finished case for a terminal; text from outside has its control characters made visible."""
    outcome = view.outcome or diagnosis.outcome
    lines = [*_headline(view, facts, diagnosis, causes, outcome), "", "Steps"]
    lines += [
        f"  {_GLYPHS.get(s.status.value, '?')} {s.step.value:<12} {s.status.value:<8} {s.why}" for s in diagnosis.steps
    ]
    others = [
        r
        for r in diagnosis.causes
        if (diagnosis.root is None or r.verdict.cause != diagnosis.root.cause)
        and (r.verdict.strength >= Strength.POSSIBLE or (everything and r.verdict.because))
    ]
    if others:
        lines += ["", "Also looked at" if everything else "Also seen"]
        lines += [f"  {r.verdict.strength.word:<10} {r.verdict.cause}{_because(r)}" for r in others]
    if view.sends:
        lines += ["", "Sent"]
        lines += [f"  {s.number} {s.method} {s.status or 'no answer'}  {s.varied}" for s in view.sends]
    if diagnosis.next is not None and outcome is not Outcome.RECOVERED:
        lines += ["", f"To settle more: {diagnosis.next.probe}; it {diagnosis.next.why}"]
    lines += [visible(told, _WIDTH) for told in view.told]
    return "\n".join(visible(chips(line, view.hints), _WIDTH * 2) for line in lines) + "\n"


def _because(ranked: Ranked) -> str:
    if ranked.explained_by:
        return f"  (a symptom of {ranked.explained_by})"
    return f"  {ranked.verdict.because[0]}" if ranked.verdict.because else ""


def _headline(
    view: CaseView, facts: Facts, diagnosis: Diagnosis, causes: Mapping[str, Cause], outcome: Outcome
) -> list[str]:
    status = facts.response.status if facts.response is not None else None
    request = _request(view, facts)
    lines = [f"{request.method} {request.url}  {status if status is not None else 'no answer'}"]
    if outcome is Outcome.SUCCEEDED:
        return [
            *lines,
            "NOT REPRODUCED  It succeeds now. What may differ from your failing call:",
            "  the variable's value, netrc, the network or proxy, the time.",
            *_least_line(view),
        ]
    if outcome is Outcome.UNREACHABLE:
        return [*lines, f"UNREACHABLE  {_failure(facts.answer)}"]
    if outcome is Outcome.INTERMITTENT:
        often = how_often(view)
        return [*lines, f"INTERMITTENT  The same request is sometimes refused and sometimes not{often}."]
    root = diagnosis.root
    if root is None:
        other = no_refusal(facts)
        if facts.answer is None:
            return [*lines, "UNDETERMINED  Nothing was sent, so only the request itself could be looked at."]
        if other is not None:
            return [*lines, f"UNDETERMINED  {other[0]}.", f"  {other[1]}"]
        return [*lines, "UNDETERMINED  Nothing points to a cause yet."]
    word = root.strength.word.upper() if root.strength >= Strength.LIKELY else "UNDETERMINED"
    cause = causes.get(root.cause)
    title = cause.title if cause is not None else root.cause
    lines.append(f"{word}  {title}  ({root.cause})")
    lines += [f"  {sentence}" for sentence in root.because]
    if root.expected or root.provided:
        by = f"   ({root.expected_by})" if root.expected_by else ""
        lines += [f"  expected  {root.expected or '(unknown)'}{by}", f"  provided  {root.provided or '(nothing)'}"]
    if root.near_miss:
        lines.append(f"  {root.near_miss}")
    if outcome is Outcome.RECOVERED:
        by = view.changes[-1].by if view.changes else "sending it again"
        last = view.sends[-1].status if view.sends else None
        accepted = next((s.status for s in reversed(view.sends) if s.status is not None and s.status < 400), last)
        lines.append(f"RECOVERED  It answers {accepted} now: {by}")
    elif cause is not None:
        lines.append(f"FIX  {cause.fix}")
    return [*lines, *_least_line(view)]


def _request(view: CaseView, facts: Facts) -> RequestShown:
    """The judged request; the one that was given where nothing was sent."""
    return facts.request if facts.request.url or view.request is None else view.request


def _failure(answer: AnswerSeen | None) -> str:
    return answer.failure.says if answer is not None and answer.failure is not None else "No answer came."
