"""Two requests side by side, and one made a step more like the other."""

from __future__ import annotations

import pytest

from tests.judge.builders import AUDIENCE, KEY, OPAQUE, bearer, jwt, request
from tui401.model.http import Request
from tui401.model.names import Names
from tui401.recovery.becoming import Step, carries_only_its_own, steps
from tui401.recovery.differences import Difference, between, side

API = "https://api.example.com/v1/orders"
STAGE = "https://api.stage.example.com/v1/orders"
OTHER = "Zq8Lw3Xn5Rt7Yb9Ud2Fg4Ha6Jc1Kv0Me"


def differing(works: Request, fails: Request) -> tuple[Difference, ...]:
    names = Names()
    return between(side("one", works, names), side("other", fails, names))


def titles(works: Request, fails: Request) -> list[str]:
    return [d.title for d in differing(works, fails)]


def test_equal_requests_do_not_differ_and_equal_secrets_are_told_from_other_ones() -> None:
    assert titles(request(bearer(OPAQUE)), request(bearer(OPAQUE))) == []
    assert titles(request(bearer(OPAQUE)), request(bearer(OTHER))) == ["header Authorization"]
    assert not any(OPAQUE in d.works + d.fails for d in differing(request(bearer(OPAQUE)), request(bearer(OTHER))))


def test_what_is_weightiest_stands_first_and_what_seldom_matters_last() -> None:
    works = request([("User-Agent", "a"), ("X-Tenant", "one"), *bearer(OPAQUE)], API + "?page=1&size=2")
    fails = request([("User-Agent", "b"), ("x-tenant", "two"), *bearer(OTHER)], API + "/?page=1&size=3", "POST")
    found = differing(works, fails)
    assert [d.title for d in found] == [
        "header Authorization",
        "path",
        "method",
        "query size",
        "header X-Tenant",
        "header User-Agent",
    ]
    assert [d.matters for d in found] == [True] * 5 + [False]
    assert found[1].says == ("only the trailing slash differs",)


def test_two_tokens_are_told_apart_by_their_claims() -> None:
    works, fails = jwt(aud=AUDIENCE, scope="a b"), jwt(aud=AUDIENCE + "/", scope="a", header={"kid": "k2"})
    (found,) = differing(request(bearer(works)), request(bearer(fails)))
    assert found.says == (
        f"aud {AUDIENCE}/; the one that works has {AUDIENCE} (only the trailing slash differs)",
        "scope a; the one that works has a b",
        "kid k2; the one that works has k1",
    )


def test_the_form_of_a_header_is_a_difference_too() -> None:
    (found,) = differing(request(bearer(OPAQUE)), request([("Authorization", f"Token  {OPAQUE}")]))
    assert found.says[0] == "scheme Token; the one that works has Bearer"
    assert len(found.says) > 1


def test_cookies_parameters_and_bodies_differ_one_by_one() -> None:
    works = request([("Cookie", f"a=1; session={OPAQUE}")], API + f"?key={KEY}", "POST", "x=1")
    fails = request([("Cookie", f"a=2; session={OTHER}; b=3")], API, "POST", "x=2")
    found = differing(works, fails)
    assert {d.title for d in found} == {"query key", "cookie session", "cookie a", "cookie b", "body"}
    assert [d.title for d in found if not d.matters] == ["cookie a", "cookie b"]


def made(works: Request, fails: Request) -> tuple[Step, ...]:
    return steps(works, fails, differing(works, fails))


def test_each_step_takes_one_thing_over_and_all_of_them_make_the_request_that_works() -> None:
    works = request([("X-A", "1"), *bearer(OPAQUE), ("Cookie", "s=1; t=2")], API + "/2?a=1&b=2", "POST", "x")
    fails = request([("X-A", "2"), ("Cookie", "t=3"), ("X-B", "3")], API + "?b=3&c=4", "PUT", "y")
    request_ = fails
    for step in made(works, fails):
        before, request_ = request_, step.apply(request_)
        assert before != request_
    assert titles(works, request_) == []
    assert request_.method == "POST"
    assert sorted(request_.target.reveal().split("?")[1].split("&")) == ["a=1", "b=2"]
    assert request_.target.reveal().startswith("/v1/orders/2?")
    assert sorted(h.value.reveal() for h in request_.headers) == sorted(h.value.reveal() for h in works.headers)


def test_a_step_changes_nothing_else() -> None:
    works, fails = request(bearer(OPAQUE), API + "?a=1"), request([("X-B", "3"), *bearer(OTHER)], API + "?a=2")
    by_title = {step.title: step for step in made(works, fails)}
    changed = by_title["query a"].apply(fails)
    assert changed.target.reveal() == "/v1/orders?a=1"
    assert changed.headers == fails.headers


# -- origins -----------------------------------------------------------------------------------------------------------


def test_where_the_origins_differ_they_change_with_everything_that_may_be_a_secret() -> None:
    works = request([*bearer(OPAQUE), ("X-Tenant", "a"), ("X-Partner", KEY), ("Cookie", "t=1")], STAGE + "?page=1")
    fails = request([*bearer(OTHER), ("X-Tenant", "b")], API + "?page=2")
    first, *rest = made(works, fails)
    assert {d.title for d in first.differences} == {
        "header Authorization",
        "header X-Partner",
        "cookie t",
        "origin",
    }
    assert [step.title for step in rest] == ["query page", "header X-Tenant"]
    for step in rest:
        assert carries_only_its_own(step.apply(fails), (works, fails))


def test_a_credential_of_the_one_origin_at_the_other_is_found_out() -> None:
    works, fails = request(bearer(OPAQUE), STAGE), request(bearer(OTHER), API)
    assert carries_only_its_own(works, (works, fails))
    crossed = request(bearer(OPAQUE), API)
    assert not carries_only_its_own(crossed, (works, fails))
    assert carries_only_its_own(crossed, (works, request(bearer(OPAQUE), API)))


@pytest.mark.parametrize("place", ["?api_key=", "/token/"])
def test_a_key_in_the_address_changes_with_the_origin(place: str) -> None:
    works, fails = request((), f"https://stage.example.com/v1{place}{KEY}"), request((), f"{API}{place}{KEY[::-1]}")
    first, *_ = made(works, fails)
    assert {"origin"} < {d.title for d in first.differences}
