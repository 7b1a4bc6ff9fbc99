"""Exchanges made to mislead (honesty.jsonl): words said of anything, several faults at once, values with two readings.

A line names the causes that a careful reader could call true (none, where the exchange cannot tell) and those that it
must not call certain. Each is judged as a recording: nothing but the one exchange is known.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.judge.builders import NOW, Bench, bearer, jwt
from tui401.model.verdict import Strength

FILE: Final = Path(__file__).with_name("honesty.jsonl")
CASES: Final[list[dict[str, Any]]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
FEWEST: Final = 120
RIGHT: Final = 0.85  # of those that have a cause; raise it, never lower it
TIMES: Final = ("iat", "nbf", "exp")


def judged(case: dict[str, Any]) -> Bench:
    """The exchange, its times counted from now; a time in a list is meant as it stands."""
    made = case.get("token", {"header": {}, "claims": {}})
    claims = {
        name: (value[0] if isinstance(value, list) else NOW + value) if name in TIMES and value is not None else value
        for name, value in made["claims"].items()
    }
    token = jwt(header=made["header"], **claims)
    asked, came = case["request"], case["response"]
    headers = [(name, value.replace("{jwt}", token)) for name, value in asked["headers"]]
    body = asked.get("body")
    bench = Bench(
        headers, url=asked["url"], method=asked["method"], body=body.replace("{jwt}", token) if body else None
    )
    bench.answer(came["status"], [(name, value) for name, value in came["headers"]], came["body"])
    return bench.intake(recorded=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_nothing_is_certain_that_may_be_otherwise(case: dict[str, Any]) -> None:
    diagnosis = judged(case).diagnosis()
    certain = {ranked.verdict.cause for ranked in diagnosis.causes if ranked.verdict.strength is Strength.CONFIRMED}
    assert not certain & set(case["never"])
    if diagnosis.root is not None and diagnosis.root.strength is Strength.CONFIRMED:
        assert diagnosis.root.cause in case["causes"]


def test_most_are_read_right_all_the_same() -> None:
    told = [case for case in CASES if case["causes"]]
    roots = [judged(case).root()[0] for case in told]
    right = sum(root in case["causes"] for root, case in zip(roots, told, strict=True))
    assert len(CASES) >= FEWEST
    assert right >= RIGHT * len(told)


def test_every_line_has_a_name_of_its_own() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)


SESSION: Final = [("Cookie", "sessionid=abc123def456ghi789")]


def test_a_bare_401_to_a_sessions_write_is_no_likely_forgery_check_even_where_the_session_reads() -> None:
    bench = Bench(SESSION, method="POST", body="a=1").refused("")
    assert bench.strength("csrf-token-missing") is Strength.POSSIBLE
    bench.answer(200, (), "{}", label="read", substitute=True)
    assert bench.strength("csrf-token-missing") is Strength.POSSIBLE


def test_a_bare_403_to_a_sessions_write_leaves_rights_and_a_forgery_check_open() -> None:
    bench = Bench(SESSION, method="POST", body="a=1").refused("", status=403).anonymous(401).garbage(401)
    assert bench.strength("permission-denied") is Strength.POSSIBLE
    assert bench.strength("csrf-token-missing") is Strength.POSSIBLE


def test_what_a_gateway_handed_on_may_be_the_word_of_what_stands_behind() -> None:
    own = Bench(bearer(jwt())).refused('{"message": "Invalid signature"}', [("Server", "kong/3.4")])
    assert own.root() == ("token-signature-invalid", "confirmed")
    handed = [("Via", "kong/3.4"), ("X-Kong-Upstream-Latency", "12")]
    behind = Bench(bearer(jwt())).refused('{"message": "Invalid signature"}', handed)
    assert behind.root() == ("token-signature-invalid", "likely")
