"""What the editor, the comparison and a case that goes on let out, when they hold a secret in every place."""

from __future__ import annotations

import os
import shlex
import shutil
from contextlib import suppress
from unittest.mock import patch

from camera import Camera, wizard
from canary_case import Laden
from program import World, world_of
from surfaces import surface
from surfaces_program import KEPT, kept_case
from textual import events
from textual.pilot import Pilot
from wizard import lines_of, settle, until

from tui401.cli import adapters
from tui401.cli.places import state_folder
from tui401.model.secret import Secret
from tui401.ui.app import Wizard
from tui401.ui.screens.compare import CompareScreen
from tui401.ui.screens.credential import CredentialScreen
from tui401.ui.screens.edit import EditScreen
from tui401.ui.screens.question import QuestionScreen
from tui401.ui.screens.recovery import RecoveryScreen
from tui401.ui.widgets.valuefield import ValueField

MOST_LINES = 60
GOES_ON = "goes-on"
_WALKS: dict[int, tuple[Camera, str]] = {}


async def begun(world: World, app: Wizard, pilot: Pilot[None]) -> None:
    """The laden command, sent once and refused."""
    await settle(pilot)
    app.post_message(events.Paste(shlex.join(world.command())))
    await until(pilot, lambda: "will ask" in "\n".join(lines_of(app)))
    await pilot.press("enter")
    await until(pilot, lambda: app.session is not None and bool(app.session.choices))


async def written(app: Wizard, pilot: Pilot[None], camera: Camera, typed: str, pasted: str) -> None:
    """Three new headers: two whose secret is typed, one of them looked at after each letter, one with it pasted."""
    for begins, value in (("Authorization: Bearer ", typed), ("X-Anything: ", typed), ("X-API-Key: ", pasted)):
        await pilot.press("a", *("space" if sign == " " else sign for sign in begins))
        if value is pasted:
            app.post_message(events.Paste(f"{value}\r"))
            await settle(pilot)
        elif begins.startswith("X-"):
            await pilot.press(*value)
        else:
            for sign in value:
                await pilot.press(sign)
                camera.take(whole=False)
        await settle(pilot)
        camera.take()
        await pilot.press("enter")
        await settle(pilot)
        camera.take()


def _waits(app: Wizard) -> bool:
    return app.session is not None and bool(app.session.choices)


async def edited(loaded: Laden) -> tuple[Camera, str]:
    """A walk through every line of the editor, each edited, one typed, one pasted, changes undone; and a comparison."""
    if id(loaded) in _WALKS:
        return _WALKS[id(loaded)]
    world = world_of(loaded)
    typed, pasted = world.secret("typed into a header"), world.secret("pasted into a header")
    async with wizard(world) as (app, pilot):
        camera = Camera(app)
        await begun(world, app, pilot)
        await pilot.press("e")
        await settle(pilot)
        assert isinstance(app.screen, EditScreen)
        camera.take()
        for _ in range(MOST_LINES):
            if not isinstance(app.focused, ValueField):
                break
            await pilot.press("enter", "home", "space", "backspace", "end")
            await settle(pilot)
            camera.take()
            await pilot.press("escape", "down")
            await settle(pilot)
        await pilot.press("b")
        await settle(pilot)
        camera.take()
        await pilot.press("enter", *"&client_secret=", *typed)
        await settle(pilot)
        camera.take()
        await pilot.press("escape")
        await written(app, pilot, camera, typed, pasted)
        await pilot.press("u", "u", "U", "question_mark")
        await settle(pilot)
        camera.take()
        await pilot.press("escape", "s")
        await until(pilot, lambda: app.session is not None and app.session.view.attempt == 2 and _waits(app))
        camera.take()
        await pilot.press("d")
        await settle(pilot)
        assert isinstance(app.screen, CompareScreen)
        for key in ("left", "v", "v"):
            camera.take()
            await pilot.press(key)
            await settle(pilot)
        await pilot.press("escape", "c", "y")
        await settle(pilot)
        camera.take()
        held = app.clipboard + repr(app.session)
    _WALKS[id(loaded)] = (camera, held)
    return _WALKS[id(loaded)]


@surface("the editor and the comparison: text")
async def editor_text(loaded: Laden) -> str:
    camera, _ = await edited(loaded)
    assert {"EditScreen", "CompareScreen", "CopiedScreen", "HelpScreen"} <= set(camera.names)
    return "\n".join(camera.text)


@surface("the editor and the comparison: SVG")
async def editor_svg(loaded: Laden) -> str:
    camera, _ = await edited(loaded)
    return "\n".join(camera.svg[::5])


@surface("the editor: what widgets, drafts and the clipboard hold")
async def editor_holds(loaded: Laden) -> str:
    camera, held = await edited(loaded)
    return held + "\n".join(camera.held)


@surface("a kept case that goes on: what is asked for again, and before it is sent")
async def goes_on(loaded: Laden) -> str:
    case, world = kept_case(loaded), world_of(loaded)
    shutil.copytree(world.states / KEPT, world.states / GOES_ON)  # others look at the case as it was
    with patch.dict(os.environ, world.env(GOES_ON)):
        shelf = adapters.Shelf(state_folder)
        assert shelf.journal is not None
        saved = shelf.journal.load(case)
        shelf.close()
    async with wizard(world, saved=saved, kept=True, state=GOES_ON) as (app, pilot):
        camera = Camera(app)
        await until(pilot, lambda: app.session is not None)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RecoveryScreen) and "Go on from here" in screen(app))
        await pilot.press("g")
        for _ in range(MOST_LINES):
            await until(pilot, lambda: isinstance(app.screen, CredentialScreen | QuestionScreen))
            if isinstance(app.screen, QuestionScreen):
                break
            value = loaded.request.url.reveal() if "address" in screen(app) else world.secret("given again")
            app.post_message(events.Paste(value))
            await settle(pilot)
            camera.take()
            before = app.screen
            await pilot.press("enter")
            await until(pilot, lambda before=before: app.screen is not before)  # type: ignore[misc]
        camera.take()
        assert camera.names[-1] == "QuestionScreen", camera.names
        assert len(camera.names) > 5
        await pilot.press("escape")
        with suppress(AssertionError):
            await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        camera.take()
    return "\n".join([*camera.text, *camera.svg, *camera.held])


def screen(app: Wizard) -> str:
    return "\n".join(lines_of(app))


@surface("real values before the yes that copies them")
async def before_the_yes(loaded: Laden) -> str:
    world = world_of(loaded)
    async with wizard(world) as (app, pilot):
        camera = Camera(app)
        await begun(world, app, pilot)
        await pilot.press("C")
        await settle(pilot)
        camera.take()
        assert camera.names[-1] == "QuestionScreen"
        assert Secret(app.clipboard) == Secret("")
        await pilot.press("escape")
        await settle(pilot)
        camera.take()
        held = app.clipboard
    return held + "\n".join([*camera.text, *camera.svg, *camera.held])
