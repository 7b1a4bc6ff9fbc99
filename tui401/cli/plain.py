"""Runs the wizard in plain lines: for screen readers, and where the terminal cannot move its cursor."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tui401.cli import adapters, wizard
from tui401.cli.lesson import Lesson
from tui401.cli.places import state_folder
from tui401.ui.plain.start import PlainWizard
from tui401.ui.plain.terminal import Stream
from tui401.ui.tour import FAULT
from tui401.wire.visible import visible

if TYPE_CHECKING:
    from tui401.cli.recordings import OpenRecording
    from tui401.model.case import Case
    from tui401.model.saved import SavedCase
    from tui401.model.secret import Secret


def show(
    options: argparse.Namespace,
    *,
    case: Case | None = None,
    given: Secret[str] | None = None,
    saved: SavedCase | None = None,
    kept: bool = False,
    exercise: str | None = None,
    recording: OpenRecording | None = None,
    terse: bool = False,
    tour: bool = False,
) -> int:
    """Walks until the person leaves; the exit code. The arguments are those of ``wizard.show``."""
    gc.enable()  # it was put off for a first frame, and there is none
    if os.environ.get("TERM", "") == wizard.DUMB and not options.plain:
        says = "This terminal (TERM=dumb) cannot show screens, so the wizard goes on in plain lines."
        print(says, file=sys.stderr)  # noqa: T201 - talk
    if given is not None or getattr(options, "what", "") == "-":
        wizard.open_the_terminal()  # the pipe was the call; answers come from the person
    if tour:
        exercise = FAULT
        says = "The tour leads over screens; in plain lines the exercise that it is made on teaches the same."
        print(says, file=sys.stderr)  # noqa: T201 - talk
    shelf, lesson = adapters.Shelf(state_folder), Lesson(terse=terse)
    stream = Stream()
    walk = PlainWizard(stream, wizard.ports_of(options, shelf, lesson), clock=time.time, folder=Path.cwd())
    try:
        asyncio.run(walk.run(case=case, given=given, saved=saved, kept=kept, exercise=exercise, recording=recording))
    finally:
        lesson.end()
        shelf.close()
        session = walk.session
        if session is not None and session.view.case:
            stream.say("", *map(visible, wizard.leaving_lines(session.view)))
    return 0
