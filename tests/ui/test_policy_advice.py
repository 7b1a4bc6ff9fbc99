"""A profile's policy as advice: on the pages of the steps and in the report."""

from __future__ import annotations

import pytest

from tests.judge.builders import KEY, NOW, Bench, bearer, invalid_token, jwt
from tests.ui.pages import text_of
from tui401.model.policy import Policy
from tui401.model.shown import KeptSeen
from tui401.model.verdict import Step
from tui401.report.token import token_state

DAY = 86_400.0
POLICY = Policy(longest_lifetime=600.0, rotation_age=90 * DAY, least_scopes=(("GET /v1", ("orders:read",)),))
WIDE = {"iat": NOW - 60, "exp": NOW + 3540, "scope": "orders:read admin"}


def reported(bench: Bench) -> str:
    return " ".join(line.text for line in token_state(bench.facts()).lines)


def of_key(credential: str, at: float) -> Bench:
    kept = KeptSeen(credential=credential, name="prod", profile="prod", at=at)
    bench = Bench([("X-Api-Key", KEY)]).refused()
    return bench.known(profile="prod", policy=POLICY, also_kept=(kept,))


def test_a_token_that_lives_too_long_and_may_do_too_much_is_told_where_it_belongs() -> None:
    bench = Bench(bearer(jwt(**WIDE))).refused(headers=invalid_token()).known(profile="prod", policy=POLICY)
    token, permissions = text_of(bench, Step.TOKEN), text_of(bench, Step.PERMISSIONS)
    assert "! Shorten its life: it is valid for 60 min, and your profile allows 10 min." in token
    assert "Narrow" not in token
    assert "! Narrow it: admin is more than the endpoints of your profile need (orders:read)." in permissions
    assert "Shorten" not in permissions
    for verb in ("Shorten its life", "Narrow it"):
        assert f"By the policy of the profile prod: {verb}" in reported(bench)


def test_a_token_within_the_policy_and_a_case_without_one_have_no_advice() -> None:
    for policy, claims in (
        (POLICY, {"exp": NOW + 500, "scope": "orders:read"}),
        (Policy(), WIDE),
    ):
        bench = Bench(bearer(jwt(**claims))).refused().known(profile="prod", policy=policy)
        said = f"{text_of(bench, Step.TOKEN)} {text_of(bench, Step.PERMISSIONS)} {reported(bench)}"
        for verb in ("Shorten", "Narrow", "Rotate", "By the policy"):
            assert verb not in said


def test_a_key_that_was_stored_long_ago_is_to_be_rotated() -> None:
    bench = of_key("secret-1", NOW - 120 * DAY)
    assert "! Rotate it: it is" in text_of(bench, Step.TOKEN)
    assert "By the policy of the profile prod: Rotate it" in reported(bench)


@pytest.mark.parametrize(("credential", "at"), [("secret-1", NOW - DAY), ("secret-1", 0.0), ("secret-9", NOW / 2)])
def test_a_key_that_is_young_of_unknown_age_or_another_one_is_not(credential: str, at: float) -> None:
    bench = of_key(credential, at)
    assert "Rotate" not in f"{text_of(bench, Step.TOKEN)} {reported(bench)}"
