"""The list of experiments says who receives what."""

from __future__ import annotations

import pytest
import recording
from support import Kit, settle, text_of, until

from tui401.model.events import Spent
from tui401.model.fix import Choice
from tui401.ui.screens.experiments import ExperimentsScreen


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("probe:anonymous",), "and nowhere else"),
        (("probe:anonymous", "probe:fresh"), "asks your issuer for it first"),
        ((), "No experiment is left"),
    ],
)
async def test_it_says_who_is_asked(keys: tuple[str, ...], said: str) -> None:
    choices = tuple(Choice(key=key, label=key, detail="It tells.") for key in keys)
    async with Kit(recording.mismatch()).app(start=True).run_test(size=(80, 24)) as pilot:
        await pilot.app.push_screen(ExperimentsScreen(choices, Spent(api=1, issuer=0, budget=8)))
        await until(pilot, lambda: isinstance(pilot.app.screen, ExperimentsScreen))
        await settle(pilot)
        assert said in " ".join(text_of(pilot.app).split())
