"""What every screen of the wizard shows, and what its widgets, the clipboard and saved reports hold."""

from __future__ import annotations

import os
import shlex
from functools import partial
from unittest.mock import patch

from camera import Camera, wizard
from canary_case import Laden
from program import world_of
from surfaces import surface
from surfaces_program import KEPT, MOST_FIXES, kept_case
from textual import events
from textual.pilot import Pilot
from wizard import lines_of, settle, until

from tui401.cli import adapters
from tui401.cli.places import state_folder
from tui401.model.secret import Secret
from tui401.ui.app import Wizard
from tui401.ui.screens.failing import FailingScreen
from tui401.ui.screens.practice import PracticeScreen
from tui401.ui.screens.recovery import RecoveryScreen
from tui401.ui.screens.report import ReportScreen
from tui401.ui.screens.solved import SolvedScreen
from tui401.ui.widgets.pastebox import PasteBox


async def recorded(loaded: Laden) -> tuple[Camera, str]:
    """A walk through every screen from a paste to a saved report; the camera, and what widgets and clipboard held."""
    world = world_of(loaded)
    if "walk" in _WALKS.setdefault(id(loaded), {}):
        return _WALKS[id(loaded)]["walk"]
    async with wizard(world) as (app, pilot):
        camera = Camera(app)
        await settle(pilot)
        app.post_message(events.Paste(shlex.join(world.command())))
        await until(pilot, lambda: "will ask" in "\n".join(lines_of(app)))
        camera.take()
        box = app.screen.query_one(PasteBox)
        held = [box.text, repr(box.history.__dict__), repr(box.document), app.clipboard]
        await pilot.press("enter")
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        for key in "123456v":
            await pilot.press(key)
            await settle(pilot)
            camera.take()
        for key in ("question_mark", "x", "colon", "r"):
            await pilot.press(key)
            await settle(pilot)
            camera.take()
            await pilot.press("escape")
            await settle(pilot)
        held.append(await _checklist(app, pilot, camera))
        await _say_what_changed(app, pilot, camera, shlex.join(world.command()))
        await _compare_with_itself(app, pilot, camera, shlex.join(world.command()))
        await pilot.press("c", "f")
        await settle(pilot)
        camera.take()
        held.append(app.clipboard)
        for _ in range(MOST_FIXES):
            fixed = app.session.view.attempt if app.session is not None else 0
            await pilot.press("s")
            await until(pilot, partial(_after, app, fixed))
            if isinstance(app.screen, SolvedScreen):
                break
            await pilot.press("f")
            await settle(pilot)
        camera.take()
        await pilot.press("c", "r")
        await until(pilot, lambda: isinstance(app.screen, ReportScreen))
        camera.take()
        await pilot.press("m", "h", "j", "a", "c")
        await settle(pilot)
        camera.take()
        held += [app.clipboard, repr(app.session)]
    _WALKS[id(loaded)]["walk"] = (camera, "\n".join(held))
    return _WALKS[id(loaded)]["walk"]


async def _checklist(app: Wizard, pilot: Pilot[None], camera: Camera) -> str:
    """Opens the checklist, saves and copies it; what the clipboard holds then."""
    await pilot.press("k")
    await settle(pilot)
    await pilot.press("s", "c")
    await settle(pilot)
    camera.take()
    await pilot.press("escape")
    await settle(pilot)
    return app.clipboard


async def _say_what_changed(app: Wizard, pilot: Pilot[None], camera: Camera, pasted: str) -> None:
    """Gives words with the whole command in them; they are kept, and stand on the last step's page."""
    await pilot.press("w")
    await settle(pilot)
    app.post_message(events.Paste(f"we changed {pasted} on Monday"))
    await settle(pilot)
    camera.take()
    await pilot.press("enter")
    await until(pilot, partial(_told, app))
    await pilot.press("6")
    await settle(pilot)
    camera.take()


async def _compare_with_itself(app: Wizard, pilot: Pilot[None], camera: Camera, pasted: str) -> None:
    """Gives the command as the one that fails elsewhere; what differs is shown, and nothing is sent."""
    assert app.session is not None
    assert app.session.case is not None
    await app.push_screen(FailingScreen(app.session.case))
    app.post_message(events.Paste(pasted.replace("https", "http", 1)))
    await settle(pilot)
    camera.take()
    await pilot.press("enter")
    await settle(pilot)
    camera.take()
    await pilot.press("escape")
    await settle(pilot)


def _told(app: Wizard) -> bool:
    """Whether the person's words were kept, and the recovery waits again."""
    session = app.session
    kinds = {piece.kind for piece in session.view.evidence} if session is not None and session.choices else set()
    return any(kind.startswith("person/") for kind in kinds)


def _after(app: Wizard, attempt: int) -> bool:
    """Whether the attempt after this one ended: solved, or with another question what to do."""
    session = app.session
    if session is None or session.view.attempt <= attempt:
        return False
    return isinstance(app.screen, SolvedScreen) or (isinstance(app.screen, RecoveryScreen) and bool(session.choices))


_WALKS: dict[int, dict[str, tuple[Camera, str]]] = {}


@surface("the text of every screen")
async def screens_text(loaded: Laden) -> str:
    camera, _ = await recorded(loaded)
    shown = {"StartScreen", "RecoveryScreen", "HelpScreen", "ExperimentsScreen", "FixScreen", "SolvedScreen"}
    assert shown | {"ReportScreen", "LatelyScreen", "FailingScreen", "ChecklistScreen"} <= set(camera.names), (
        camera.names
    )
    return "\n".join(camera.text)


@surface("every screen as SVG")
async def screens_svg(loaded: Laden) -> str:
    camera, _ = await recorded(loaded)
    return "\n".join(camera.svg)


@surface("what widgets, undo history and clipboard hold")
async def screens_hold(loaded: Laden) -> str:
    camera, held = await recorded(loaded)
    return held + "\n".join(camera.held)


@surface("reports and the checklist that the wizard saved")
async def wizard_reports(loaded: Laden) -> bytes:
    await recorded(loaded)
    saved = sorted(world_of(loaded).home.glob("tui401-*"))
    assert {path.suffix for path in saved} == {".md", ".html", ".json", ".har", ".txt"}
    return b"\n".join(path.read_bytes() for path in saved)


@surface("a kept case opened again")
async def opened(loaded: Laden) -> str:
    case, world = kept_case(loaded), world_of(loaded)
    with patch.dict(os.environ, world.env(KEPT)):
        shelf = adapters.Shelf(state_folder)
        assert shelf.journal is not None
        saved = shelf.journal.load(case)
        shelf.close()
    async with wizard(world, saved=saved) as (app, pilot):
        camera = Camera(app)
        await until(pilot, lambda: isinstance(app.screen, SolvedScreen))
        camera.take()
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RecoveryScreen))
        for key in "123456r":
            await pilot.press(key)
            await settle(pilot)
            camera.take()
    assert camera.names[-1] == "ReportScreen"
    return "\n".join([*camera.text, *camera.svg[::3]])


@surface("a credential typed by hand, and one pasted in place of another")
async def typed(loaded: Laden) -> str:
    world = world_of(loaded)
    secret = world.secret("typed credential")
    async with wizard(world, given=Secret(f'curl {world.api.origin}/v1 -H "Authorization: Bearer $TOKEN"')) as (
        app,
        pilot,
    ):
        camera = Camera(app)
        await until(pilot, lambda: "asks you" in "\n".join(lines_of(app)))
        await pilot.press("enter")
        await until(pilot, lambda: "A value for" in "\n".join(lines_of(app)))
        await pilot.press(*secret)
        await settle(pilot)
        camera.take()
        app.post_message(events.Paste(world.secret("pasted credential")))
        await settle(pilot)
        camera.take()
    return "\n".join([*camera.text, *camera.svg])


@surface("practice: the choice of an exercise")
async def practised(loaded: Laden) -> str:
    world = world_of(loaded)
    async with wizard(world, exercise="") as (app, pilot):
        camera = Camera(app)
        await until(pilot, lambda: isinstance(app.screen, PracticeScreen))
        camera.take()
    assert camera.names == ["PracticeScreen"]
    return "\n".join([*camera.text, *camera.svg, *camera.held])
