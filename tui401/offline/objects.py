"""A diagnosis as the object of ``explain --format json`` (design.md, "Commands"). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui401.causes import all_causes
from tui401.model.cause import Cause
from tui401.model.facts import Facts
from tui401.model.verdict import Diagnosis, Ranked, Strength, Verdict

SCHEMA = 1


def judged_object(
    facts: Facts, diagnosis: Diagnosis, causes: Mapping[str, Cause], *, everything: bool = False
) -> dict[str, Any]:
    """What explaining and diagnosing say alike of one exchange: from the request to the next experiment.

    Args:
        facts: Of the judged attempt.
        diagnosis: Of the same.
        causes: The catalogue.
        everything: Also the causes that were ruled out.
    """
    ranked = [r for r in diagnosis.causes if everything or r.verdict.strength is not Strength.RULED_OUT]
    return {
        "request": {"method": facts.request.method, "url": facts.request.url},
        "status": facts.response.status if facts.response is not None else None,
        "outcome": diagnosis.outcome.value,
        "verdict": verdict_object(diagnosis.root, causes),
        "causes": [ranked_object(r) for r in ranked],
        "steps": [{"step": s.step.value, "status": s.status.value, "why": s.why} for s in diagnosis.steps],
        "next": {"probe": diagnosis.next.probe, "why": diagnosis.next.why} if diagnosis.next is not None else None,
    }


def explained(entry: int | None, facts: Facts, diagnosis: Diagnosis, *, everything: bool = False) -> dict[str, Any]:
    """The whole object of one recorded exchange.

    Args:
        entry: Its index in the HAR; None where it comes from none.
        facts: Its facts.
        diagnosis: Its diagnosis.
        everything: Also the causes that were ruled out.
    """
    hops = facts.answer.hops if facts.answer is not None else ()
    attempts = [{"status": hop.response.status if hop.response is not None else None} for hop in hops]
    return {
        "schema": SCHEMA,
        **({"entry": entry} if entry is not None else {}),
        **judged_object(facts, diagnosis, all_causes(), everything=everything),
        "attempts": attempts,
        "requests_sent": {"api": 0, "issuer": 0},
    }


def verdict_object(root: Verdict | None, causes: Mapping[str, Cause]) -> dict[str, Any] | None:
    """The verdict that stands first, with its fix; None where there is none."""
    if root is None:
        return None
    made: dict[str, Any] = {
        "cause": root.cause,
        "strength": root.strength.word,
        "because": list(root.because),
        "fix": causes[root.cause].fix if root.cause in causes else "",
    }
    if root.expected or root.provided:
        made |= {"expected": root.expected, "provided": root.provided, "expected_by": root.expected_by}
    return made


def ranked_object(ranked: Ranked) -> dict[str, Any]:
    """One cause in its place."""
    verdict = ranked.verdict
    return {
        "cause": verdict.cause,
        "step": ranked.step.value,
        "strength": verdict.strength.word,
        "because": list(verdict.because),
        "explained_by": ranked.explained_by,
    }
