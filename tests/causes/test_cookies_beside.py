"""A cookie of an unknown name may be a session: nothing is said for sure of a request that carries one."""

from __future__ import annotations

import pytest

from tests.judge.builders import Bench

VALUE = "a8K2mP9xW4vR8tY1uI6oL3aZ5sD0fGhJ"


@pytest.mark.parametrize("name", ["unifises", "connect", "PVE", "kanboard", "adminer", "JSID2x"])
def test_an_unknown_cookie_may_be_the_session(name: str) -> None:
    bench = Bench([("Cookie", f"lang=en; {name}={VALUE}")]).refused('{"error": "login required"}')
    assert bench.strength("header-missing") is not None
    assert bench.root()[1] != "confirmed"


@pytest.mark.parametrize("cookie", ["lang=en", f"_ga={VALUE}", f"csrf_token={VALUE}", f"AWSALB={VALUE}", "theme=dark"])
def test_cookies_that_let_nobody_in_change_nothing(cookie: str) -> None:
    bench = Bench([("Cookie", cookie)]).refused('{"error": "login required"}')
    assert bench.root() == ("header-missing", "confirmed")
