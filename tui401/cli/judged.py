"""What a recovery that has ended says of the request that the person sent. Pure."""

from __future__ import annotations

from tui401.judge.facts import derive
from tui401.judge.rank import diagnose as judge
from tui401.model.facts import Facts
from tui401.model.verdict import Diagnosis, Outcome, Strength
from tui401.model.view import CaseView


def judged(view: CaseView) -> tuple[Facts, Diagnosis]:
    """The facts and the diagnosis of the attempt that counts: the last that was refused."""
    attempt = view.diagnosis.attempt if view.diagnosis is not None else max(1, view.attempt)
    facts = derive(view.evidence, attempt)
    return facts, view.diagnosis or judge(facts)


def judged_first(view: CaseView) -> tuple[Facts, Diagnosis]:
    """The facts and the diagnosis of what the person sent, as far as it was settled; else of the latest attempt.

    A fix may uncover another fault, or be one: what was asked is why the person's own request is refused.
    """
    sure = (d for d in view.judgements if d.root is not None and d.root.strength >= Strength.LIKELY)
    first = next(sure, None)
    recovered = view.outcome is Outcome.RECOVERED
    if first is None and recovered:
        first = next((d for d in view.judgements if d.outcome is not Outcome.SUCCEEDED), None)
    return judged(view) if first is None else (derive(view.evidence, first.attempt), first)
