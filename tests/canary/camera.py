"""The wizard on the real program, drawn into memory, and a camera that keeps what every screen shows."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

import seen
from program import World
from textual.pilot import Pilot
from textual.widgets import Static
from wizard import lines_of

from tui401.cli import adapters
from tui401.cli.arguments import parser_for
from tui401.cli.lesson import Lesson
from tui401.cli.places import state_folder
from tui401.cli.wizard import ports_of
from tui401.ui.app import Wizard


@asynccontextmanager
async def wizard(world: World, *, state: str = "", **given: Any) -> AsyncIterator[tuple[Wizard, Pilot[None]]]:
    """The real wizard on the real program, drawn into memory."""
    options = parser_for("").parse_args(world.knows)
    with patch.dict(os.environ, world.env(state)):
        shelf, lesson = adapters.Shelf(state_folder), Lesson()
        app = Wizard(
            ports_of(options, shelf, lesson), burst_seconds=0.0, guard_seconds=0.0, save_folder=world.home, **given
        )
        try:
            async with app.run_test(size=(120, 40), notifications=True) as pilot:
                yield app, pilot
        finally:
            lesson.end()
            shelf.close()


_OF_TEXTUAL = frozenset(vars(Static())) - {"_content", "_Static__content", "_Static__visual", "name"}


class Camera:
    """Keeps what every screen shows: as text, as the SVG that a person may export, and in its widgets."""

    def __init__(self, app: Wizard) -> None:
        self._app = app
        self.names: list[str] = []
        self.text: list[str] = []
        self.svg: list[str] = []
        self.held: dict[str, None] = {}

    def take(self, *, whole: bool = True) -> None:
        """Keeps what is shown; without ``whole`` its text alone, for what changes by a letter."""
        self.names.append(type(self._app.screen).__name__)
        seen.SCREENS.add(self.names[-1])
        self.text.append("\n".join(lines_of(self._app)))
        if not whole:
            return
        self.svg.append(self._app.export_screenshot())
        for widget in self._app.screen.walk_children(with_self=True):
            for name, value in widget.__dict__.items():
                if name not in _OF_TEXTUAL:
                    self.held[f"{type(widget).__name__}.{name} {value!r}"] = None
