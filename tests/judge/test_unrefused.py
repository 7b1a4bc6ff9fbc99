"""An answer that is neither a success nor a refusal of a credential blames nothing by itself."""

from __future__ import annotations

import pytest

from tests.judge.builders import KEY, NOW, OPAQUE, Bench, bearer, jwt
from tui401.judge.rank import diagnose
from tui401.judge.unrefused import no_refusal
from tui401.model.verdict import Outcome, Strength

CARRIED = {
    "nothing": [],
    "an expired token": bearer(jwt(exp=NOW - 4000)),
    "a placeholder": bearer("<token>"),
    "a token in quotes": [("Authorization", 'Bearer "abc"')],
    "a token without its scheme": [("Authorization", OPAQUE)],
    "a key": [("X-API-Key", KEY)],
}


@pytest.mark.parametrize("status", [400, 404, 405, 409, 410, 500, 503])
@pytest.mark.parametrize("carried", CARRIED)
def test_no_cause_is_named_for_an_answer_that_refuses_no_credential(carried: str, status: int) -> None:
    facts = Bench(CARRIED[carried]).answer(status, body='{"message": "no"}').facts()
    diagnosis = diagnose(facts)
    assert (diagnosis.outcome, diagnosis.root) == (Outcome.UNDETERMINED, None)
    other = no_refusal(facts)
    assert other is not None
    assert other[0] == f"{status} is no refusal of a credential"
    assert other[1].endswith(".")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_that_nobody_followed_is_no_success(status: int) -> None:
    facts = Bench(bearer(jwt())).answer(status, headers=[("Location", "/elsewhere")]).facts()
    diagnosis = diagnose(facts)
    assert diagnosis.outcome is Outcome.UNDETERMINED
    other = no_refusal(facts)
    assert other is not None
    assert "was not followed" in other[0]


def test_what_the_request_shows_is_still_told_as_possible() -> None:
    diagnosis = Bench(bearer(jwt(exp=NOW - 4000))).answer(404).diagnosis()
    found = {ranked.verdict.cause: ranked.verdict.strength for ranked in diagnosis.causes}
    assert found["token-expired"] is Strength.POSSIBLE


@pytest.mark.parametrize("status", [400, 500])
def test_words_make_a_refusal_of_any_status(status: int) -> None:
    facts = Bench(bearer(jwt(exp=NOW - 4000))).answer(status, body='{"error": "jwt expired"}').facts()
    diagnosis = diagnose(facts)
    assert no_refusal(facts) is None
    assert diagnosis.root is not None
    assert diagnosis.root.cause == "token-expired"


@pytest.mark.parametrize("status", [200, 204, 304, 401, 403, 407])
def test_successes_and_refusals_are_called_what_they_are(status: int) -> None:
    assert no_refusal(Bench(bearer(OPAQUE)).answer(status).facts()) is None


def test_a_success_blames_nothing() -> None:
    diagnosis = Bench(CARRIED["an expired token"]).answer(200).diagnosis()
    assert (diagnosis.outcome, diagnosis.root) == (Outcome.SUCCEEDED, None)


PAGE = "<html><head><title>400 Bad Request</title></head><body><h1>400 Bad Request</h1></body></html>"


@pytest.mark.parametrize(
    ("headers", "body", "root"),
    [
        ([("Authorization", OPAQUE)], "Bad Request", "scheme-missing"),
        ([("Authorization", "Basic cmVhZGVy")], PAGE, "basic-malformed"),
        ([("Authorization", "Basic cmVhZGVy")], "", "basic-malformed"),
        ([("Authorization", "Basic cmVhZGVy")], '{"message": "no such order"}', ""),
        ([("Authorization", "Basic cmVhZGVyOm5vdGhpbmc=")], PAGE, ""),
        (bearer(OPAQUE), "Bad Request", ""),
        ([], "Bad Request", ""),
    ],
)
def test_a_bare_400_refuses_a_credential_that_is_none_of_any_scheme(
    headers: list[tuple[str, str]], body: str, root: str
) -> None:
    """Some servers parse the header before they ask who it is."""
    found = diagnose(Bench(headers).answer(400, body=body).facts()).root
    assert (found.cause if found is not None else "") == root
    assert found is None or found.strength < Strength.CONFIRMED
