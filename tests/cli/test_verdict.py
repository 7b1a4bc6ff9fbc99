"""The verdict of a headless run is about what the person sent, whatever came to light while it was mended."""

from __future__ import annotations

from tui401.cli.judged import judged_first
from tui401.model.events import Judged
from tui401.model.verdict import Diagnosis, Outcome, Strength, Verdict
from tui401.model.view import CaseView, apply


def judged(attempt: int, cause: str, strength: Strength = Strength.CONFIRMED) -> Judged:
    root = Verdict(cause=cause, strength=strength)
    outcome = Outcome.DIAGNOSED if strength >= Strength.LIKELY else Outcome.UNDETERMINED
    return Judged(diagnosis=Diagnosis(attempt=attempt, outcome=outcome, root=root))


def after(*events: Judged, outcome: Outcome = Outcome.RECOVERED) -> str:
    view = CaseView(outcome=outcome)
    for event in events:
        view = apply(view, event)
    root = judged_first(view)[1].root
    return root.cause if root is not None else ""


def test_a_fault_that_a_fix_uncovered_does_not_take_the_first_ones_place() -> None:
    assert after(judged(1, "audience-mismatch"), judged(2, "scope-insufficient")) == "audience-mismatch"


def test_the_latest_judgement_of_an_attempt_counts() -> None:
    said = (
        judged(1, "token-unrecognised", Strength.LIKELY),
        judged(2, "scope-insufficient"),
        judged(1, "token-revoked"),
    )
    assert after(*said) == "token-revoked"


def test_an_attempt_that_nothing_settled_gives_way_unless_it_was_mended() -> None:
    events = (judged(1, "token-unrecognised", Strength.POSSIBLE), judged(2, "permission-denied"))
    assert after(*events, outcome=Outcome.DIAGNOSED) == "permission-denied"
    assert after(judged(1, "token-unrecognised", Strength.POSSIBLE)) == "token-unrecognised"
