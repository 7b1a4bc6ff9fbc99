"""The status of a step (judging.md, "Steps"): a tick is earned, and what does not apply says why."""

from __future__ import annotations

import pytest

from tests.judge.builders import KEY, NOW, Bench, bearer, invalid_token, jwt
from tui401.causes import all_causes
from tui401.judge import rank
from tui401.model.facts import Facts
from tui401.model.shown import Verified
from tui401.model.verdict import Diagnosis, Ranked, Status, Step, StepStatus, Strength, Verdict

TWO = ("clock-skew-client", "clock-skew-server")


def of(diagnosis: Diagnosis, step: Step) -> StepStatus:
    return next(s for s in diagnosis.steps if s.step is step)


def refused() -> Facts:
    return Bench(bearer(jwt())).refused(headers=invalid_token()).facts()


def clock_step(
    facts: Facts, *strengths: Strength, applies: tuple[bool, ...] = (True, True), explained: str | None = None
) -> StepStatus:
    """The clock step, both of whose causes came to these strengths."""
    ranked = [
        Ranked(
            verdict=Verdict(cause=slug, strength=strength, because=(f"{slug} looked at",), applies=fits),
            step=Step.CLOCK,
            explained_by=explained if strength >= Strength.POSSIBLE else None,
        )
        for slug, strength, fits in zip(TWO, strengths, applies, strict=True)
    ]
    return rank._step(facts, Step.CLOCK, ranked, all_causes())


@pytest.mark.parametrize(
    ("strengths", "explained", "status", "counts"),
    [
        ((Strength.RULED_OUT, Strength.RULED_OUT), None, Status.PASSED, (2, 2)),
        ((Strength.RULED_OUT, Strength.UNKNOWN), None, Status.UNKNOWN, (1, 2)),
        ((Strength.UNKNOWN, Strength.UNKNOWN), None, Status.UNKNOWN, (0, 2)),
        ((Strength.RULED_OUT, Strength.POSSIBLE), None, Status.UNKNOWN, (1, 2)),
        ((Strength.RULED_OUT, Strength.LIKELY), None, Status.FAILED, (2, 2)),
        ((Strength.UNKNOWN, Strength.CONFIRMED), None, Status.FAILED, (1, 2)),
        ((Strength.RULED_OUT, Strength.LIKELY), "token-expired", Status.UNKNOWN, (2, 2)),
    ],
)
def test_the_table_of_statuses(
    strengths: tuple[Strength, Strength], explained: str | None, status: Status, counts: tuple[int, int]
) -> None:
    step = clock_step(refused(), *strengths, explained=explained)
    assert step.status is status
    assert (step.checked, step.checks) == counts


def test_a_symptom_says_what_explains_it_in_place_of_a_tick() -> None:
    step = clock_step(refused(), Strength.RULED_OUT, Strength.LIKELY, explained="token-expired")
    assert step.why == "2 of 2 checked; clock-skew-server, explained by token-expired"


def test_a_likely_fault_of_an_answer_that_refused_nothing_earns_no_tick() -> None:
    step = clock_step(Bench(bearer(jwt())).answer(200).facts(), Strength.RULED_OUT, Strength.LIKELY)
    assert step.status is Status.UNKNOWN
    assert "clock-skew-server, which refused nothing here" in step.why


def test_a_step_without_any_check_that_applies_is_skipped_with_the_reason() -> None:
    step = clock_step(refused(), Strength.RULED_OUT, Strength.RULED_OUT, applies=(False, False))
    assert (step.status, step.why) == (Status.SKIPPED, "clock-skew-client looked at")


@pytest.mark.parametrize("step", [Step.TOKEN, Step.AUDIENCE, Step.PERMISSIONS])
def test_an_api_key_carries_no_claims(step: Step) -> None:
    status = of(Bench([("X-API-Key", KEY)]).refused().diagnosis(), step)
    assert (status.status, status.why) == (Status.SKIPPED, "not applicable: an API key carries no claims")


@pytest.mark.parametrize("step", [Step.HEADER, Step.CLOCK, Step.SERVER])
def test_the_other_steps_concern_an_api_key_too(step: Step) -> None:
    assert of(Bench([("X-API-Key", KEY)]).refused().diagnosis(), step).status is not Status.SKIPPED


def test_an_expired_token_fails_its_step_and_no_other() -> None:
    bench = Bench(bearer(jwt(exp=NOW - 3000, iat=NOW - 6000))).refused(headers=invalid_token("expired"))
    bench.clock("ntp", 0.0).clock("api", 0.0).keys(Verified.GOOD).issuer().resource()
    statuses = {s.step: s.status for s in bench.diagnosis().steps}
    assert statuses[Step.TOKEN] is Status.FAILED
    assert statuses[Step.CLOCK] is Status.PASSED
    assert Status.FAILED not in {status for step, status in statuses.items() if step is not Step.TOKEN}


def test_the_audience_step_passes_where_issuer_audience_and_scope_are_those_expected() -> None:
    bench = Bench(bearer(jwt())).refused(headers=[("WWW-Authenticate", 'Bearer scope="orders:read"')])
    bench.resource().keys(Verified.GOOD).issuer()
    step = of(bench.diagnosis(), Step.AUDIENCE)
    assert bench.strength("environment-mismatch") is Strength.RULED_OUT
    assert step.status is Status.PASSED, step.why


def test_one_mark_of_another_environment_earns_no_tick() -> None:
    bench = Bench(bearer(jwt(aud="https://staging.example.com"))).refused(headers=invalid_token()).resource()
    assert bench.strength("environment-mismatch") is not Strength.RULED_OUT
    assert of(bench.diagnosis(), Step.AUDIENCE).status is not Status.PASSED
