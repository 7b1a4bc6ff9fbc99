"""The truth table of experiments (judging.md), as a table: what the answers to original, anonymous, garbage allow."""

from __future__ import annotations

import pytest

from tests.judge.builders import KEY, OPAQUE, Bench, bearer
from tui401.model.facts import Contrast
from tui401.model.verdict import Strength

ONE = '{"message": "one"}'
TWO = '{"message": "two"}'
THREE = '{"message": "three"}'
OK = '{"ok": true}'

TABLE = [
    # original, anonymous (status, body), garbage (status, body), what they say together
    (ONE, (401, ONE), (401, ONE), Contrast.ALL_ALIKE),
    (ONE, (401, TWO), (401, ONE), Contrast.READ_AND_REFUSED),
    (ONE, (401, ONE), (401, TWO), Contrast.NOT_READ),
    (ONE, (401, TWO), (401, TWO), Contrast.RECOGNISED),
    (ONE, (401, TWO), (401, THREE), Contrast.RECOGNISED),
    (ONE, (403, ONE), (401, ONE), Contrast.READ_AND_REFUSED),
    (ONE, (200, OK), (401, ONE), Contrast.PUBLIC),
    (ONE, (200, OK), None, Contrast.PUBLIC),
    (ONE, None, (401, ONE), Contrast.UNKNOWN),
    (ONE, (401, TWO), None, Contrast.UNKNOWN),
    (ONE, (401, TWO), (200, OK), Contrast.UNKNOWN),
]


@pytest.mark.parametrize(("original", "anonymous", "garbage", "expected"), TABLE)
def test_what_three_answers_say_together(
    original: str, anonymous: tuple[int, str] | None, garbage: tuple[int, str] | None, expected: Contrast
) -> None:
    bench = Bench(bearer(OPAQUE)).refused(original)
    if anonymous:
        bench.anonymous(*anonymous)
    if garbage:
        bench.garbage(*garbage)
    assert bench.facts().contrast is expected


ALLOWED = [
    # contrast by bodies of original, anonymous, garbage; the strength of: unrecognised, dropped
    (ONE, ONE, ONE, Strength.POSSIBLE),
    (ONE, TWO, ONE, Strength.LIKELY),
    (ONE, ONE, TWO, Strength.RULED_OUT),
    (ONE, TWO, THREE, Strength.RULED_OUT),
]


@pytest.mark.parametrize(("original", "anonymous", "garbage", "unrecognised"), ALLOWED)
def test_an_unknown_token_is_concluded_only_from_a_different_answer_to_none(
    original: str, anonymous: str, garbage: str, unrecognised: Strength
) -> None:
    bench = Bench(bearer(OPAQUE)).refused(original).anonymous(401, anonymous).garbage(401, garbage)
    assert bench.strength("token-unrecognised") is unrecognised
    assert bench.strength("header-dropped") < Strength.LIKELY


def test_one_refusal_for_every_request_never_says_that_something_was_dropped() -> None:
    body = '{"detail": "Authentication credentials were not provided."}'
    bench = Bench(bearer(OPAQUE)).refused(body).anonymous(401, body).garbage(401, body)
    assert bench.strength("header-dropped") <= Strength.POSSIBLE
    assert bench.diagnosis().outcome.value == "undetermined"


def test_ids_and_times_in_answers_do_not_make_them_differ() -> None:
    bench = Bench(bearer(OPAQUE))
    bench.refused('{"message": "no", "request_id": "6f1c2a34-9d0e-4b7a-8c11-5e2f3a4b5c6d"}')
    bench.anonymous(401, '{"message": "no", "request_id": "0b9f8e7d-6c5b-4a39-8281-706f5e4d3c2b"}')
    bench.garbage(401, '{"message": "no", "request_id": "aaaabbbb-cccc-4ddd-8eee-ffff00001111"}')
    assert bench.facts().contrast is Contrast.ALL_ALIKE


def test_a_read_and_refused_key_is_likely_and_never_confirmed() -> None:
    bench = Bench([("X-Api-Key", KEY)]).refused(ONE).anonymous(401, TWO).garbage(401, ONE)
    assert bench.root() == ("api-key-invalid", "likely")


def test_a_public_address_that_refuses_a_bad_token_blames_the_credential() -> None:
    bench = Bench(bearer(OPAQUE)).refused(ONE).anonymous(200, OK)
    assert bench.root() == ("token-unrecognised", "likely")


@pytest.mark.parametrize(("again", "strength"), [(401, "confirmed"), (None, "likely")])
def test_a_flip_proves_only_when_the_original_is_refused_again(again: int | None, strength: str) -> None:
    bench = Bench([("Authorization", f"Bearer  {OPAQUE}")]).refused(ONE)
    bench.answer(200, (), OK, label="canonical", varied="written exactly right")
    if again:
        bench.answer(again, (), ONE, label="original-again")
    assert bench.root() == ("header-malformed", strength)


def test_a_refusal_that_came_before_the_accepted_variant_proves_nothing() -> None:
    bench = Bench([("Authorization", f"Bearer  {OPAQUE}")]).refused(ONE)
    bench.answer(401, (), ONE, label="original-again").answer(200, (), OK, label="canonical")
    flip = bench.facts().flip("canonical")
    assert flip is not None
    assert not flip.proved


def test_an_api_that_refuses_at_random_is_intermittent_and_never_confirmed() -> None:
    bench = Bench([("Authorization", f"Bearer  {OPAQUE}")]).refused(ONE)
    bench.answer(200, (), OK, label="canonical").answer(200, (), OK, label="original-again")
    diagnosis = bench.diagnosis()
    assert diagnosis.outcome.value == "intermittent"
    assert all(r.verdict.strength < Strength.CONFIRMED for r in diagnosis.causes)
