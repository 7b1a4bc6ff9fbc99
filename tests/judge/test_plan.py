from __future__ import annotations

from collections.abc import Collection

import pytest

from tests.judge.builders import KEY, NOW, OPAQUE, Bench, bearer, invalid_token, jwt
from tui401.judge.plan import choose, locked_out, settled
from tui401.model.facts import Facts
from tui401.model.probe import ProbeSpec, Touches
from tui401.model.verdict import Diagnosis, Outcome, Ranked, Step, Strength, Verdict


def spec(
    name: str, separates: Collection[str], *, sends: int = 0, consent: bool = False, applies: bool = True
) -> ProbeSpec:
    return ProbeSpec(
        name=name,
        title=name,
        why=f"why {name}",
        touches=Touches.API if sends else Touches.ISSUER,
        sends=sends,
        consent=consent,
        separates=frozenset(separates),
        applies=lambda _facts: applies,
    )


def diagnosis(*slugs: str, strength: Strength = Strength.POSSIBLE) -> Diagnosis:
    ranked = tuple(Ranked(verdict=Verdict(cause=slug, strength=strength), step=Step.TOKEN) for slug in slugs)
    return Diagnosis(attempt=1, outcome=Outcome.UNDETERMINED, root=ranked[0].verdict, causes=ranked)


@pytest.fixture
def facts() -> Facts:
    return Bench(bearer(OPAQUE)).refused().facts()


def chosen(facts: Facts, stands: Diagnosis, *specs: ProbeSpec, budget: int = 8, tried: Collection[str] = ()) -> str:
    found = choose(stands, facts, specs, budget=budget, tried=tried)
    return found.probe if found else ""


def test_the_one_that_separates_the_top_cause_from_most_of_the_next_three(facts: Facts) -> None:
    stands = diagnosis("a", "b", "c", "d")
    assert chosen(facts, stands, spec("narrow", {"a", "b", "c"}), spec("wide", {"a"}), spec("other", {"d"})) == "wide"


def test_a_tie_goes_to_the_cheaper(facts: Facts) -> None:
    stands = diagnosis("a", "b")
    assert chosen(facts, stands, spec("dear", {"a"}, sends=2), spec("cheap", {"a"}, sends=1)) == "cheap"
    assert chosen(facts, stands, spec("asks", {"a"}, sends=1, consent=True), spec("free", {"a"}, sends=2)) == "free"


def test_what_was_tried_costs_too_much_or_does_not_apply_is_not_chosen(facts: Facts) -> None:
    stands = diagnosis("a", "b")
    assert chosen(facts, stands, spec("one", {"a"}, sends=1), tried={"one"}) == ""
    assert chosen(facts, stands, spec("two", {"a"}, sends=2), budget=1) == ""
    assert chosen(facts, stands, spec("three", {"a"}, applies=False)) == ""


def test_nothing_is_asked_when_the_verdict_stands(facts: Facts) -> None:
    stands = diagnosis("a", "b", strength=Strength.CONFIRMED)
    assert settled(stands)
    assert chosen(facts, stands, spec("one", {"a"})) == ""


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (429, [], ""),
        (401, [("Retry-After", "30")], ""),
        (401, [], '{"message": "Too many failed login attempts, try again later"}'),
    ],
)
def test_a_limit_or_lockout_ends_everything_that_is_sent_to_the_api(
    status: int, headers: list[tuple[str, str]], body: str
) -> None:
    bench = Bench(bearer(OPAQUE)).refused(body, headers, status)
    facts, stands = bench.facts(), diagnosis("a", "b")
    assert locked_out(facts)
    assert chosen(facts, stands, spec("sends", {"a"}, sends=1)) == ""
    assert chosen(facts, stands, spec("asks-issuer", {"a"})) == "asks-issuer"


def test_the_choice_says_why_and_whether_it_asks(facts: Facts) -> None:
    found = choose(diagnosis("a", "b"), facts, [spec("one", {"a"}, consent=True)], budget=8, tried=())
    assert found is not None
    assert (found.probe, found.why, found.consent) == ("one", "why one", True)


LIBRARY = (
    spec("anonymous", {"token-unrecognised", "api-key-invalid", "header-dropped", "permission-denied"}, sends=1),
    spec("garbage", {"token-unrecognised", "api-key-invalid", "token-expired"}, sends=1),
    spec("canonical", {"header-malformed", "scheme-wrong"}, sends=2),
    spec("keys", {"token-signature-invalid", "signing-key-unknown"}),
    spec("resource-metadata", {"audience-mismatch", "issuer-mismatch"}),
)


@pytest.mark.parametrize(
    ("bench", "first"),
    [
        (Bench(bearer(OPAQUE)).refused(), {"garbage", "anonymous"}),
        (Bench([("X-Api-Key", KEY)]).refused(), {"garbage", "anonymous"}),
        (Bench(bearer(f" {jwt()}")).refused(), {"canonical"}),
        (Bench(bearer(jwt())).refused(headers=invalid_token("Invalid signature")), {"keys"}),
        (Bench(bearer(jwt(exp=NOW - 9000))).refused(headers=invalid_token()), {""}),
    ],
)
def test_the_first_probe_fits_the_case(bench: Bench, first: set[str]) -> None:
    assert chosen(bench.facts(), bench.diagnosis(), *LIBRARY) in first
