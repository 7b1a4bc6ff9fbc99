"""Another credential than the one that was meant: what the request shows of it, and what an experiment proves."""

from __future__ import annotations

import pytest

from tests.judge.builders import NOW, Bench, bearer, invalid_token, jwt, note, request
from tui401.model.http import From
from tui401.model.verdict import Strength
from tui401.wire import redact

SLUG = "credential-overridden"
BASIC = [("Authorization", "Basic b2xkOnBhc3N3b3Jk")]
ASKS_BASIC = [("WWW-Authenticate", 'Basic realm="files"')]
REPLACED = note("netrc-overrides", "~/.netrc put another password in place of yours", SLUG)


def replaced(origin: From = From.NETRC) -> Bench:
    bench = Bench()
    bench.request = request(BASIC, origin=origin)
    bench.evidence.clear()
    bench.add(redact.credentials(bench.request, bench.names), "attempt:1")
    return bench.intake(REPLACED).refused("no", ASKS_BASIC)


def test_a_replaced_password_is_likely_and_the_one_that_was_named_proves_it() -> None:
    bench = replaced()
    assert bench.root() == (SLUG, "likely")
    assert bench.verdict(SLUG).needs == "named"
    proved = replaced().answer(200, (), "{}", label="named").answer(401, ASKS_BASIC, "no", label="original-again")
    assert proved.root() == (SLUG, "confirmed")


def test_a_named_password_that_is_refused_too_acquits_the_other_source() -> None:
    bench = replaced().answer(401, ASKS_BASIC, "no", label="named")
    assert bench.strength(SLUG) is Strength.POSSIBLE
    assert bench.root()[0] == "basic-credentials-invalid"


@pytest.mark.parametrize(("past", "strength"), [(90_000, Strength.POSSIBLE), (-3000, Strength.RULED_OUT)])
def test_a_variable_that_holds_a_token_of_yesterday_is_told_beside_the_expiry(past: float, strength: Strength) -> None:
    holds = note("variable-holds", "What stands in Authorization is what $API_TOKEN holds.", "")
    bench = Bench(bearer(jwt(exp=NOW - past))).intake(holds).refused(headers=invalid_token()).clock("ntp", 0.0)
    assert bench.strength(SLUG) is strength
    if strength is Strength.POSSIBLE:
        assert bench.root() == ("token-expired", "confirmed")
        assert "$API_TOKEN holds, a token that ended 25 h ago" in bench.verdict(SLUG).because[0]


def test_an_empty_value_says_what_may_have_left_it_so() -> None:
    left = note(
        "value-empty", "Nothing stands in Authorization. A keyring that could not be read.", "credential-placeholder"
    )
    bench = Bench([("Authorization", "Bearer ")]).intake(left).refused()
    assert bench.root() == ("credential-placeholder", "confirmed")
    assert "keyring" in " ".join(bench.verdict("credential-placeholder").because)
