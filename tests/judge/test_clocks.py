from __future__ import annotations

import pytest

from tests.judge.builders import NOW, OPAQUE, Bench, bearer, jwt
from tui401.judge import clocks
from tui401.model.shown import ClockSeen, MachineSeen
from tui401.model.verdict import Strength


def read(who: str, offset: float | None, uncertainty: float = 0.5, *, cached: bool = False) -> ClockSeen:
    return ClockSeen(who=who, source=who, offset=offset, uncertainty=uncertainty, cached=cached)


CHOICES = [
    # readings, whether this machine synchronises, source, seconds from local, uncertainty
    ((read("ntp", 7, 0.1), read("api", 0), read("issuer", 0)), None, "ntp", 7, 0.1),
    ((read("api", 120, 1), read("issuer", 120.5, 1)), None, "api", 120, 1),
    ((read("api", 120, 1), read("issuer", 0, 1)), None, "local", 0, 120),
    ((read("api", 120, 1),), None, "local", 0, 120),
    ((read("api", 1, 1),), None, "local", 0, clocks.LOCAL_UNCERTAINTY),
    ((read("api", 120, 1),), True, "local", 0, clocks.SYNCHRONISED),
    ((read("ntp", None), read("api", 3, 1, cached=True), read("issuer", 3)), None, "local", 0, 5),
    ((), None, "local", 0, clocks.LOCAL_UNCERTAINTY),
]


@pytest.mark.parametrize(("readings", "synchronised", "source", "offset", "uncertainty"), CHOICES)
def test_which_time_is_trusted(
    readings: tuple[ClockSeen, ...],
    synchronised: bool | None,  # noqa: FBT001 - a column of the table above
    source: str,
    offset: float,
    uncertainty: float,
) -> None:
    now = clocks.trusted(NOW, readings, MachineSeen(synchronised=synchronised), recorded=False)
    assert (now.source, now.at - NOW, now.uncertainty) == (source, offset, uncertainty)


def test_a_recordings_own_moment_is_its_time() -> None:
    now = clocks.trusted(NOW, (read("ntp", 900),), None, recorded=True)
    assert (now.source, now.at) == ("recording", NOW)


def test_the_date_of_the_answer_itself_is_a_reading_of_the_apis_clock() -> None:
    api = Bench(bearer(OPAQUE)).refused(server_clock=420).facts().clock("api")
    assert api is not None
    assert api.offset == pytest.approx(420, abs=1.5)


def test_a_probes_reading_of_the_apis_clock_is_preferred_to_the_answers_date() -> None:
    api = Bench(bearer(OPAQUE)).refused(server_clock=420).clock("api", 419.7, 0.2).facts().clock("api")
    assert api is not None
    assert api.offset == 419.7


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Foo 2026 99:99:99 GMT", "9" * 400])
def test_a_date_of_nonsense_is_no_reading(date: str) -> None:
    bench = Bench(bearer(OPAQUE)).answer(401, [("Date", date)], "", server_clock=None)
    assert bench.facts().clock("api") is None


def test_one_foreign_date_alone_never_convicts_a_clock() -> None:
    bench = Bench(bearer(jwt(exp=NOW + 600))).refused(server_clock=7200)
    assert bench.strength("clock-skew-client") is Strength.UNKNOWN
    assert bench.strength("clock-skew-server") is Strength.UNKNOWN
    assert bench.verdict("clock-skew-server").needs == "clock"


def test_an_expiry_within_the_clocks_doubt_is_possible_only() -> None:
    bench = Bench(bearer(jwt(exp=NOW - 1))).refused().clock("ntp", 0.0, 3.0)
    assert bench.strength("token-expired") is Strength.POSSIBLE


@pytest.mark.parametrize(("ntp", "strength"), [(None, "likely"), (-7200.0, "confirmed")])
def test_a_token_that_has_begun_by_one_of_two_clocks_is_not_certainly_early(ntp: float | None, strength: str) -> None:
    """Nobody has said which of the two is wrong until a time server does."""
    said = '{"message": "The token is not yet valid (nbf)"}'
    bench = Bench(bearer(jwt(nbf=NOW - 60, iat=NOW - 60))).refused(said).clock("api", -7200.0)
    bench.clock("issuer", -7200.0).clock("ntp", ntp)
    assert bench.strength("token-not-yet-valid").word == strength
