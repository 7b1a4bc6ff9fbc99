"""Step 5 as a person reads it: bare request, narrower token, and 401 against 403 in this very case."""

from __future__ import annotations

import pytest

from tests.judge.builders import OPAQUE, Bench, bearer, jwt
from tests.ui.pages import text_of
from tui401.model.later import LeastScopesSeen, ScopesTried
from tui401.model.shown import Redacted
from tui401.model.verdict import Step
from tui401.ui.findings.permissions import meaning

STEP = Step.PERMISSIONS


def compared(status: int, anonymous: tuple[int, str], garbage: tuple[int, str]) -> str:
    bench = Bench(bearer(OPAQUE)).refused("o", status=status)
    return meaning(bench.anonymous(*anonymous).garbage(*garbage).facts())


def test_the_bare_request_is_told_beside_the_one_as_sent() -> None:
    bench = Bench(bearer(OPAQUE)).refused().answer(200, (), "{}", label="bare", varied="barest")
    text = text_of(bench.refused(label="original-again"), STEP)
    assert "as sent 401 bare request 200, accepted as sent, again 401" in text


def test_a_bare_request_that_is_refused_alike_says_so() -> None:
    bench = Bench(bearer(OPAQUE)).refused().refused(label="bare")
    assert "bare request 401, the same answer" in text_of(bench, STEP)
    bench = Bench(bearer(OPAQUE)).refused().answer(403, (), "no", label="bare")
    assert "bare request 403, another answer" in text_of(bench, STEP)


def test_a_bare_request_that_was_not_sent_says_what_it_would_tell() -> None:
    assert "? bare request Not sent: it tells whether a cookie" in text_of(Bench(bearer(OPAQUE)).refused(), STEP)


def test_a_narrower_token_is_told_with_its_scopes_and_what_was_granted() -> None:
    seen = LeastScopesSeen(
        endpoint=Redacted("GET https://api.example.com/v1/orders"),
        smallest=("orders:read",),
        culprits=("admin",),
        settled=True,
        tried=(
            ScopesTried(asked=("orders:read", "admin"), granted=("orders:read",), status=200),
            ScopesTried(asked=("admin",), error="invalid_scope"),
            ScopesTried(asked=(), status=401),
        ),
    )
    text = text_of(Bench(bearer(jwt())).refused().add(seen), STEP)
    assert "token with orders:read admin (granted: orders:read) 200" in text
    assert "token with admin invalid_scope" in text
    assert "token with no scope 401" in text
    assert "✓ least scopes orders:read, for GET https://api.example.com/v1/orders" in text
    assert "✗ too many Refused because of admin" in text


def test_a_search_that_did_not_end_says_why() -> None:
    seen = LeastScopesSeen(endpoint=Redacted("GET x"), problem="The issuer gives no narrower token.")
    text = text_of(Bench(bearer(jwt())).refused().add(seen), STEP)
    assert "? least scopes The issuer gives no narrower token." in text


def test_no_scope_needed_is_an_answer() -> None:
    seen = LeastScopesSeen(endpoint=Redacted("GET x"), settled=True)
    assert "✓ least scopes none at all, for GET x" in text_of(Bench(bearer(jwt())).refused().add(seen), STEP)


@pytest.mark.parametrize(
    ("status", "anonymous", "garbage", "says"),
    [
        (401, (401, "a"), (401, "g"), "It is told apart from a made-up one here"),
        (401, (200, "a"), (401, "g"), "Without any it succeeds here"),
        (401, (401, "a"), (401, "o"), "refused as a made-up one is"),
        (401, (401, "o"), (401, "g"), "it was not even read"),
        (401, (401, "o"), (401, "o"), "Rights come after that"),
        (403, (401, "a"), (401, "g"), "so this one was accepted: a right lacks"),
        (403, (403, "o"), (403, "o"), "a firewall, an allowlist, or a server that says 403 where it means 401"),
        (403, (200, "a"), (403, "g"), "this caller is the one that is refused"),
    ],
)
def test_401_and_403_are_told_apart_by_what_this_server_answers_otherwise(
    status: int, anonymous: tuple[int, str], garbage: tuple[int, str], says: str
) -> None:
    assert says in compared(status, anonymous, garbage)


def test_a_401_that_speaks_of_rights_means_403() -> None:
    challenge = [("WWW-Authenticate", 'Bearer error="insufficient_scope", scope="orders:write"')]
    says = meaning(Bench(bearer(jwt())).refused(headers=challenge).facts())
    assert "this server says 401 where it means 403" in says
    assert "insufficient_scope" in says


def test_a_403_with_words_of_rights_quotes_them() -> None:
    body = '{"message": "User jane does not have the role orders-admin"}'
    says = meaning(Bench(bearer(jwt())).refused(body, status=403).facts())
    assert "the role orders-admin" in says
    assert "a new token helps only where it carries more rights" in says


@pytest.mark.parametrize(
    ("status", "says"),
    [(403, "Whether the credential was accepted is open"), (407, "a proxy's"), (200, "a success"), (500, "neither of")],
)
def test_a_bare_status_claims_no_more_than_it_says(status: int, says: str) -> None:
    assert says in meaning(Bench(bearer(OPAQUE)).answer(status, (), "").facts())
