from __future__ import annotations

import pytest

from tui401.judge.advice import Life, advice
from tui401.model.policy import Policy

DAY = 86_400.0
NOW = 1.79e9
POLICY = Policy(
    longest_lifetime=3_600.0, rotation_age=90 * DAY, least_scopes=(("GET /a", ("a", "b")), ("GET /b", ("b", "c")))
)


@pytest.mark.parametrize(
    ("life", "verbs"),
    [
        (Life(stored=NOW - 89 * DAY), []),
        (Life(stored=NOW - 91 * DAY), ["rotate"]),
        (Life(stored=NOW - 91 * DAY, renewed=True), []),
        (Life(stored=NOW, issued=NOW - 91 * DAY), ["rotate"]),
        (Life(), []),
        (Life(issued=NOW, expires=NOW + 3_650), []),
        (Life(issued=NOW, expires=NOW + 7_200), ["shorten"]),
        (Life(stored=NOW, expires=NOW + 7_200), ["shorten"]),
        (Life(expires=NOW + 7_200), []),
        (Life(scopes=("a", "b", "c")), []),
        (Life(scopes=("a", "admin")), ["narrow"]),
        (Life(stored=NOW - 91 * DAY, expires=NOW, scopes=("admin",)), ["rotate", "shorten", "narrow"]),
    ],
)
def test_what_a_policy_wishes_otherwise(life: Life, verbs: list[str]) -> None:
    assert [one.verb for one in advice(POLICY, life, NOW)] == verbs


def test_without_a_policy_there_is_no_advice() -> None:
    assert advice(Policy(), Life(stored=1.0, issued=1.0, expires=9e9, scopes=("admin",)), NOW) == ()


def test_each_advice_says_what_is_and_what_is_wished() -> None:
    rotate, shorten, narrow = advice(POLICY, Life(stored=NOW - 91 * DAY, expires=NOW, scopes=("admin",)), NOW)
    assert "91 days old" in rotate.says
    assert "after 90 days" in rotate.says
    assert "allows 60 min" in shorten.says
    assert narrow.says.startswith("Narrow it: admin is more than")
    assert "(a b c)" in narrow.says
