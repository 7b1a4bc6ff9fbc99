"""The harness itself: whatever leaks is caught, and what does not is left alone."""

from __future__ import annotations

import pytest
from canary_case import Laden, laden
from canary_search import SPELLINGS, Canary, Search, leaks
from surfaces import SURFACES, surface

SECRET = "kQ7xV2mPq9LwZ3bT5hRd"


@pytest.mark.parametrize("spelling", sorted(set(SPELLINGS) - {"base64 of base64"}))
def test_a_surface_that_leaks_is_caught_in_every_spelling(spelling: str) -> None:
    out = f'{{"said": "before {SPELLINGS[spelling](SECRET)} after"}}'
    assert leaks(out, SECRET)
    assert leaks(out.encode(), SECRET)


@pytest.mark.parametrize("at", range(len(SECRET) - 7))
@pytest.mark.parametrize(
    "spelling", ["raw", "upper case", "base64", "base64, one further", "base64, two further", "hexadecimal"]
)
def test_any_eight_characters_of_it_are_enough(spelling: str, at: int) -> None:
    assert leaks(SPELLINGS[spelling](SECRET[at : at + 8]), SECRET)


def test_seven_characters_and_the_name_of_a_secret_are_no_leak() -> None:
    assert not leaks(f"‹secret-1› ●●●● {SECRET[:7]} {SECRET[-4:]}", SECRET)


def test_a_reversed_secret_and_one_in_utf_16_are_caught() -> None:
    assert leaks(SECRET[::-1], SECRET)
    assert leaks(SECRET.encode("utf-16"), SECRET)


def test_a_secret_that_a_terminal_draws_in_pieces_is_caught() -> None:
    assert leaks("\x1b[1m".join(SECRET), SECRET)


def test_a_short_secret_is_looked_for_as_a_whole() -> None:
    search = Search([Canary("pin", "x9!kz", whole=True)])
    assert {leak.place for leak in search.leaks("your x9!kz is wrong")} == {"pin"}
    assert not search.leaks("your x9!k is wrong")


@pytest.mark.parametrize("place", range(len(laden(401).canaries)))
def test_each_canary_of_the_case_is_caught_where_it_leaks(place: int, loaded: Laden) -> None:
    canary = loaded.canaries[place]
    assert canary.place in {leak.place for leak in loaded.search.leaks(f"so: {canary.secret}!")}


def test_the_case_has_a_canary_in_thirty_places_at_least(loaded: Laden) -> None:
    assert len({canary.place for canary in loaded.canaries}) >= 30


def test_a_surface_is_entered_once_under_its_name() -> None:
    @surface("leaky")
    def leaky(loaded: Laden) -> str:
        return loaded.request.target.reveal()

    try:
        with pytest.raises(ValueError, match="two surfaces"):
            surface("leaky")(leaky)
        assert laden(1).search.leaks(str(SURFACES["leaky"](laden(1))))
    finally:
        del SURFACES["leaky"]
