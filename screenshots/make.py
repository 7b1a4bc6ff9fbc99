"""Makes the pictures of the README from the running app, on the embedded practice server.

    python screenshots/make.py [FOLDER]

Each is written as SVG, at 80×24 and at 120×40, with fonts of the reader's machine; nothing in them is fetched.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import socket
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from textual import events
from textual.pilot import Pilot

from tui401.cli import adapters
from tui401.cli.lesson import Lesson, case_on
from tui401.cli.wizard import bare_options, ports_of
from tui401.model.case import Case, Options
from tui401.model.secret import Secret
from tui401.practice import PracticeThread
from tui401.ui.app import Wizard
from tui401.ui.screens.fix import FixScreen
from tui401.ui.screens.solved import SolvedScreen

SIZES = ((80, 24), (120, 40))
FAULT = "audience-mismatch"


def app_on(case: Case | None, known: Case, folder: Path) -> Wizard:
    """The app as the command line builds it, its journal in a folder that does not last."""
    real = ports_of(bare_options(), adapters.Shelf(lambda: folder), Lesson())
    ports = replace(real, reader=adapters.Reader(lambda _origin: known.known, Options), journal=None, practise=None)
    return Wizard(ports, case=case, save_folder=folder)


async def until(pilot: Pilot[None], true: Callable[[], bool]) -> None:
    """Lets the app work until something holds, for half a minute at most."""
    async with asyncio.timeout(30):
        while not true():
            await pilot.pause(0.02)
    await pilot.pause(0.2)


def command_of(case: Case) -> Secret[str]:
    """The failing command, as a person would paste it."""
    request = case.request
    headers = "".join(f" \\\r  -H {shlex.quote(f'{h.name}: {h.value.reveal()}')}" for h in request.headers)
    return Secret(f"curl {shlex.quote(request.url.reveal())}{headers}")


async def running(case: Case, size: tuple[int, int], scratch: Path, keep: Callable[[Wizard, str], None]) -> None:
    """Keeps a picture of a recovery that waits: its time server is a socket that never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        known = replace(case.known, ntp=f"127.0.0.1:{silent.getsockname()[1]}")
        app = app_on(replace(case, known=known), case, scratch)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.session is not None and app.session.view.diagnosis is not None)
            keep(app, "running")


async def pictures(case: Case, size: tuple[int, int], folder: Path, scratch: Path) -> None:
    """Walks the wizard once and keeps a picture of each screen."""

    def keep(app: Wizard, name: str) -> None:
        path = folder / f"{name}-{size[0]}x{size[1]}.svg"
        path.write_text(app.export_screenshot(title="tui401"), encoding="utf-8")
        print(path)

    app = app_on(None, case, scratch)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.post_message(events.Paste(command_of(case).reveal()))
        await until(pilot, lambda: "ways" in {w.id for w in app.focused.ancestors} if app.focused else False)
        keep(app, "start")
    await running(case, size, scratch, keep)
    app = app_on(case, case, scratch)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        keep(app, "found")
        await pilot.press("e")
        await pilot.pause(0.3)
        # Two spaces behind the scheme: marked as they are typed, and told as the difference.
        at = next(n for n, h in enumerate(case.request.headers) if h.named("Authorization"))
        await pilot.press(*["down"] * (at + 1), "enter", "home", *["right"] * len("Authorization: Bearer "), "space")
        await pilot.pause(0.3)
        keep(app, "edit")
        await pilot.press("escape", "u", "escape", "f")
        await until(pilot, lambda: isinstance(app.screen, FixScreen) and app.screen.armed)
        keep(app, "fix")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SolvedScreen))
        keep(app, "solved")
        await pilot.press("escape", "d")
        await pilot.pause(0.3)
        keep(app, "compare")
        await pilot.press("escape", "r")
        await pilot.pause(0.5)
        keep(app, "report")


def main() -> None:
    """Makes all of them."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    folder.mkdir(exist_ok=True)
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}  # all colours, wherever it is run
    os.environ.pop("NO_COLOR", None)
    for size in SIZES:
        practice = PracticeThread(FAULT)
        try:
            with tempfile.TemporaryDirectory() as scratch:
                asyncio.run(pictures(case_on(practice.start()), size, folder, Path(scratch)))
        finally:
            practice.stop()


if __name__ == "__main__":
    main()
