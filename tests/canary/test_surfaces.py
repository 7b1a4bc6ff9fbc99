from __future__ import annotations

import inspect

import pytest
from canary_case import Laden, laden
from surfaces import every_surface

SURFACES = every_surface()


@pytest.mark.parametrize("name", SURFACES)
async def test_no_canary_leaves_by(name: str, loaded: Laden) -> None:
    out = SURFACES[name](loaded)
    data = await out if inspect.isawaitable(out) else out
    assert data, "a surface that gives nothing shows nothing"
    assert loaded.search.leaks(data) == []


@pytest.mark.parametrize("seed", range(3))
async def test_no_canary_leaves_a_saved_case_whatever_the_secrets_are(seed: int) -> None:
    loaded = laden(seed)
    out = SURFACES["saved case"](loaded)
    assert isinstance(out, bytes)
    assert loaded.search.leaks(out) == []
