from __future__ import annotations

import inspect
import sys

import pytest
import required
import seen
from canary_case import Laden, laden
from surfaces import every_surface
from surfaces_crash import ROOMS

SURFACES = every_surface()
DONE: set[str] = set()
LEAST_SURFACES, LEAST_PLACES = 40, 30


@pytest.mark.parametrize("name", SURFACES)
async def test_no_canary_leaves_by(name: str, loaded: Laden) -> None:
    out = SURFACES[name](loaded)
    data = await out if inspect.isawaitable(out) else out
    assert data, "a surface that gives nothing shows nothing"
    assert loaded.search.leaks(data) == []
    DONE.add(name)


@pytest.mark.parametrize("seed", range(3))
async def test_no_canary_leaves_a_saved_case_whatever_the_secrets_are(seed: int) -> None:
    loaded = laden(seed)
    out = SURFACES["saved case"](loaded)
    assert isinstance(out, bytes)
    assert loaded.search.leaks(out) == []


def of_all_surfaces() -> None:
    """What was met says nothing when only some surfaces ran here, as in one of several processes."""
    if set(SURFACES) - DONE:
        pytest.skip(f"{len(DONE)} of {len(SURFACES)} surfaces ran in this process")


def test_every_command_verb_and_format_has_a_surface() -> None:
    of_all_surfaces()
    assert sorted(required.commands() - seen.COMMANDS_MET) == []


def test_every_screen_has_a_surface() -> None:
    of_all_surfaces()
    assert sorted(required.screens_of_the_wizard() - seen.SCREENS) == []


def test_every_room_of_the_program_has_a_crash() -> None:
    assert required.rooms() == set(ROOMS)


def test_there_are_as_many_surfaces_and_places_as_the_contract_wants(
    loaded: Laden, capfd: pytest.CaptureFixture[str]
) -> None:
    surfaces, places = len(SURFACES), len({canary.place for canary in loaded.canaries})
    with capfd.disabled():
        sys.stdout.write(f"\ncanaries: 0 found on {surfaces} surfaces × {places} places ")
    assert surfaces >= LEAST_SURFACES
    assert places >= LEAST_PLACES
