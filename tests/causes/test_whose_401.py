"""Behind a plain-HTTP proxy the 401 may be the proxy's own (judging.md, "Precedence"): the API is not blamed."""

from __future__ import annotations

import pytest

from tests.judge.builders import NOW, OPAQUE, Bench, bearer, jwt, note
from tui401.model.verdict import Strength

PLAIN = "http://api.example.com/v1/orders"
PROXIED = note("proxy", "It goes through a proxy.", "")
SQUID = [("Server", "squid/5.7"), ("X-Squid-Error", "ERR_ACCESS_DENIED 0"), ("Via", "1.1 proxy (squid/5.7)")]
SLUG = "proxy-authentication-required"


def test_without_tls_a_bare_401_may_be_the_proxys() -> None:
    bench = Bench(url=PLAIN).intake(PROXIED).refused("")
    assert bench.strength(SLUG) is Strength.POSSIBLE
    assert bench.root() == ("header-missing", "likely")


def test_marks_of_a_proxy_make_it_likely() -> None:
    bench = Bench(url=PLAIN).intake(PROXIED).refused("<html>no</html>", SQUID)
    assert bench.strength(SLUG) is Strength.LIKELY


def test_an_expired_token_is_no_more_than_likely_until_it_is_known_whose_401_it_is() -> None:
    expired = bearer(jwt(exp=NOW - 7200))
    bench = Bench(expired, url=PLAIN).intake(PROXIED).refused("")
    assert bench.strength("token-expired") is Strength.LIKELY
    told = Bench(expired, url=PLAIN).intake(PROXIED).refused("", [("WWW-Authenticate", "Bearer")])
    assert told.strength("token-expired") is Strength.CONFIRMED
    assert told.strength(SLUG) < Strength.POSSIBLE


def test_what_answers_otherwise_to_a_made_up_token_has_read_it_and_is_no_proxy() -> None:
    bench = Bench(bearer(OPAQUE), url=PLAIN).intake(PROXIED).refused("one").anonymous(401, "two").garbage(401, "three")
    assert bench.strength(SLUG) < Strength.POSSIBLE


@pytest.mark.parametrize(("url", "proxied"), [("https://api.example.com/v1/orders", True), (PLAIN, False)])
def test_inside_tls_and_without_a_proxy_the_401_is_the_apis(url: str, proxied: bool) -> None:  # noqa: FBT001
    bench = Bench(url=url)
    bench = (bench.intake(PROXIED) if proxied else bench).refused("")
    assert bench.strength(SLUG) < Strength.POSSIBLE
    assert bench.root() == ("header-missing", "confirmed")
