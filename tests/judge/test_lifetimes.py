"""Lifetimes that make no sense, whatever the clock says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.judge.builders import NOW
from tui401.judge.lifetimes import senseless

DAY = 86_400


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"exp": NOW + 3600},
        {"iat": NOW, "exp": NOW + 60},
        {"iat": NOW, "nbf": NOW, "exp": NOW + 366 * DAY},
        {"iat": NOW, "nbf": 0, "exp": NOW + 3600},
        {"iat": NOW * 1000, "exp": (NOW + 3600) * 1000},
        {"iat": "yesterday", "exp": None},
    ],
)
def test_a_life_that_makes_sense_is_not_spoken_of(claims: dict[str, Any]) -> None:
    assert senseless(claims) == ()


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"iat": NOW, "exp": NOW - 300}, "its exp lies 5 min before its iat: it had ended before it was issued"),
        ({"iat": NOW, "exp": NOW}, "its exp equals its iat: it lives for no time at all"),
        ({"iat": NOW, "exp": NOW + 5}, "it lives for 5 s only: it may end on its way to the server"),
        ({"iat": NOW, "exp": NOW + 59}, "it lives for 59 s only: it may end on its way to the server"),
        (
            {"iat": NOW, "exp": NOW + 4000 * DAY},
            "it lives for 4000 days, and some servers refuse tokens of such an age",
        ),
        (
            {"nbf": NOW + 7200, "exp": NOW + 3600},
            "its nbf lies 60 min behind its exp: there is no moment at which it counts",
        ),
        ({"nbf": NOW, "exp": NOW}, "its nbf lies 0 s behind its exp: there is no moment at which it counts"),
        ({"exp": 3600}, "its exp lies before the year 2000, so it is hardly a time"),
        ({"iat": 0, "exp": NOW}, "its iat lies before the year 2000, so it is hardly a time"),
        ({"iat": NOW, "nbf": NOW + 400 * DAY}, "its nbf lies 400 days behind its iat"),
        ({"iat": str(NOW), "exp": str(NOW + 5)}, "it lives for 5 s only: it may end on its way to the server"),
    ],
)
def test_a_life_that_makes_none_is_a_sentence(claims: dict[str, Any], says: str) -> None:
    assert senseless(claims) == (says,)
