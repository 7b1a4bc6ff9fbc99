"""What it says of a credential that a method that can change nothing is accepted with it, and refused without."""

from __future__ import annotations

import pytest

from tests.judge.builders import OPAQUE, Bench, bearer
from tui401.model.verdict import Strength
from tui401.probes import safe, specs

ONE = '{"message": "Unauthorized"}'


def bench(status: int, *, without: int = 401, by_get: int = 200) -> Bench:
    refused = Bench(bearer(OPAQUE), method="POST").refused(ONE, status=status).anonymous(401, ONE).garbage(401, ONE)
    refused.answer(without, body=ONE, label="stand-in", substitute=True)
    return refused.answer(by_get, body="[]", label="by-get", substitute=True)


@pytest.mark.parametrize(("status", "denied"), [(401, Strength.POSSIBLE), (403, Strength.LIKELY)])
def test_a_token_that_is_accepted_by_get_is_known_to_the_server(status: int, denied: Strength) -> None:
    found = bench(status)
    assert found.strength("token-unrecognised") is Strength.RULED_OUT
    assert found.strength("permission-denied") is denied
    assert found.root()[0] == "permission-denied"


def test_an_address_that_anyone_may_read_tells_nothing_of_a_token() -> None:
    found = bench(401, without=200)
    assert found.strength("token-unrecognised") is Strength.POSSIBLE
    assert found.strength("permission-denied") < Strength.POSSIBLE


def test_a_token_that_is_refused_by_get_too_tells_nothing_more() -> None:
    assert bench(401, by_get=401).strength("token-unrecognised") is Strength.POSSIBLE


def test_a_session_is_asked_for_by_get_once_whichever_experiment_it_was() -> None:
    session = [("Cookie", "sessionid=abc123def456ghi789")]
    forged = '{"message": "CSRF token missing"}'
    bench = Bench(session, method="POST", body="a=1").refused(forged, status=403)
    assert specs.READ.applies(bench.facts())
    assert safe.SPEC.applies(bench.facts())
    read = Bench(session, method="POST", body="a=1").refused(forged, status=403).answer(200, label="read")
    assert not safe.SPEC.applies(read.facts())
    by_get = Bench(session, method="POST", body="a=1").refused(forged, status=403).answer(401, label="stand-in")
    by_get.answer(200, (), "{}", label="by-get", substitute=True)
    assert not specs.READ.applies(by_get.facts())
    assert by_get.root() == ("csrf-token-missing", "confirmed")
