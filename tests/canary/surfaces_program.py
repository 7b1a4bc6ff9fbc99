"""What the whole program lets out when it is run on a laden command, and who receives what."""

from __future__ import annotations

import base64
import os
import re
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, cast
from unittest.mock import patch

from canary_case import Laden
from program import Ran, World, once, world_of
from surfaces import surface
from textual import events
from textual.pilot import Pilot
from textual.widgets import Static
from wizard import lines_of, settle, until

from tui401.cli import adapters
from tui401.cli.arguments import parser_for
from tui401.cli.guards import FAULT
from tui401.cli.lesson import Lesson
from tui401.cli.places import state_folder
from tui401.cli.wizard import ports_of
from tui401.model.secret import Secret
from tui401.ui.app import Wizard
from tui401.ui.screens.failing import FailingScreen
from tui401.ui.screens.recovery import RecoveryScreen
from tui401.ui.screens.report import ReportScreen
from tui401.ui.screens.solved import SolvedScreen
from tui401.ui.widgets.pastebox import PasteBox

KEPT = "kept"  # the state folder of the run whose case is looked at later

MOST_FIXES = 4

# -- headless ----------------------------------------------------------------------------------------------------


def fixed(loaded: Laden) -> Ran:
    """A recovery to its end: the token endpoint echoes, too, and the API takes what it gave."""

    def run(world: World) -> Ran:
        options = ["--all", "--yes", "--fix", "--report", "written.html", *world.knows]
        ran = world.run("diagnose", *options, *world.command(), state=KEPT)
        assert ran.code == 0, ran.err
        assert b"RECOVERED" in ran.out
        return ran

    return cast("Ran", once(loaded, "fixed", run))


def as_json(loaded: Laden) -> Ran:
    def run(world: World) -> Ran:
        ran = world.run("diagnose", "--format", "json", "--all", "--yes", *world.knows, *world.command())
        assert ran.code in (1, 3), ran.err
        return ran

    return cast("Ran", once(loaded, "json", run))


@surface("diagnose --fix --all: standard output")
def fixed_out(loaded: Laden) -> bytes:
    return fixed(loaded).out


@surface("diagnose --fix --all: standard error")
def fixed_err(loaded: Laden) -> bytes:
    return fixed(loaded).err


@surface("diagnose --fix --least: both outputs, with every token of the search echoed")
def searched(loaded: Laden) -> bytes:
    def run(world: World) -> Ran:
        options = ["--yes", "--fix", "--least", "--scope", "orders:read orders:write", *world.knows]
        ran = world.run("diagnose", *options, *world.command("-X", "GET"))
        assert ran.code == 0, ran.err
        assert b"LEAST SCOPE" in ran.out, ran.out + ran.err
        return ran

    ran = cast("Ran", once(loaded, "searched", run))
    return ran.out + ran.err


@surface("diagnose --format json --all --yes")
def json_out(loaded: Laden) -> bytes:
    return as_json(loaded).out + as_json(loaded).err


@surface("diagnose --report: the file written beside")
def report_beside(loaded: Laden) -> bytes:
    fixed(loaded)
    return (world_of(loaded).home / "written.html").read_bytes()


@surface("diagnose of a text on standard input")
def piped(loaded: Laden) -> bytes:
    world = world_of(loaded)
    text = shlex.join(world.command()).encode()
    ran = world.run("diagnose", "--all", "--yes", *world.knows, "-", given=text)
    assert b" 401" in ran.out, ran.err
    return ran.out + ran.err


@surface("diagnose through a proxy that echoes")
def proxied(loaded: Laden) -> bytes:
    world = world_of(loaded)
    proxy = loaded.request.transport.proxy
    assert proxy is not None
    assert proxy.credential is not None
    through = ["-x", f"http://{proxy.credential.reveal()}@127.0.0.1:{world.api.port}"]
    ran = world.run("diagnose", "--all", *world.knows, *world.command(*through))
    assert b" 401" in ran.out, ran.err
    return ran.out + ran.err


@surface("the process list when a request arrives")
def process_list(loaded: Laden) -> bytes:
    seen = fixed(loaded).processes
    assert len(seen) >= 4
    assert all(b"tui401" in one for one in seen)
    return b"\n".join(seen)


@surface("the journal's files while it runs and after")
def journal_files(loaded: Laden) -> bytes:
    ran = fixed(loaded)
    assert b"-wal" in ran.state[-1]
    after = world_of(loaded).on_disk()
    assert b"journal.sqlite3" in after
    return b"\n".join([*ran.state, after])


@surface("what the programs that it starts are given")
def children(loaded: Laden) -> bytes:
    fixed(loaded)
    given = world_of(loaded).started()
    assert b"PATH=" in given
    assert b"TUI401" not in given
    return given


# -- what was kept -----------------------------------------------------------------------------------------------


def kept_case(loaded: Laden) -> str:
    found = re.search(rb"tui401 open ([0-9a-f]{8})", fixed(loaded).err)
    assert found is not None
    return found[1].decode()


@surface("cases, as text and as JSON")
def cases(loaded: Laden) -> bytes:
    case = kept_case(loaded)
    world = world_of(loaded)
    out = world.run("cases", state=KEPT).out + world.run("cases", "--format", "json", state=KEPT).out
    assert case.encode() in out
    return out


@surface("report .md")
def report_markdown(loaded: Laden) -> bytes:
    ran = world_of(loaded).run("report", kept_case(loaded), state=KEPT)
    assert ran.out.startswith(b"#"), ran.err
    return ran.out + ran.err


@surface("report .json")
def report_json(loaded: Laden) -> bytes:
    world = world_of(loaded)
    ran = world.run("report", kept_case(loaded), "-o", "kept.json", state=KEPT)
    assert ran.code == 0, ran.err
    return (world.home / "kept.json").read_bytes() + ran.err


@surface("report .html")
def report_html(loaded: Laden) -> bytes:
    return written_as(loaded, "kept.html")


@surface("report .har")
def report_har(loaded: Laden) -> bytes:
    made = written_as(loaded, "kept.har")
    # What stands in for a token is base64 of what may be seen of it; a secret in there would not show as it is.
    parts = {part for token in re.findall(rb"eyJ[\w.-]+", made) for part in token.split(b".")}
    assert parts
    return made + b"\n".join(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)) for part in sorted(parts))


def written_as(loaded: Laden, name: str) -> bytes:
    """The report of the kept case in the form that the name asks for."""
    world = world_of(loaded)
    ran = world.run("report", kept_case(loaded), "-o", name, state=KEPT)
    assert ran.code == 0, ran.err
    return (world.home / name).read_bytes() + ran.err


# -- who receives what -------------------------------------------------------------------------------------------


@surface("what another origin receives after a redirect")
def other_origin(loaded: Laden) -> bytes:
    world = world_of(loaded)
    command = world.command("-L", "--location-trusted", target="/elsewhere")
    ran = world.run("diagnose", "--yes", "--all", *world.knows, *command)
    assert world.other.seen, ran.err
    return world.other.received


@surface("diagnose of a request that is redirected to another origin")
def redirected(loaded: Laden) -> bytes:
    world = world_of(loaded)
    ran = world.run("diagnose", "--all", *world.knows, *world.command("-L", "--location-trusted", target="/elsewhere"))
    assert b"401" in ran.out
    return ran.out + ran.err


@surface("what time servers receive")
def time_server(loaded: Laden) -> bytes:
    fixed(loaded)
    return b"".join(world_of(loaded).time.received)


@surface("what the issuer receives, but for its token endpoint")
def issuer(loaded: Laden) -> bytes:
    fixed(loaded)
    asked = [one for one in world_of(loaded).issuer.seen if one.target != "/token"]
    assert all(one.method == "GET" for one in asked)
    return b"\n".join(one.raw for one in asked)


@surface("what the token endpoint receives, but for the client's secret")
def token_endpoint(loaded: Laden) -> bytes:
    fixed(loaded)
    asked = [one for one in world_of(loaded).issuer.seen if one.target == "/token"]
    secret = loaded.case.known.client_secret
    assert secret is not None
    left = b"\n".join(re.sub(rb"(?im)^authorization:.*$", b"", one.raw) for one in asked)
    return left.replace(secret.reveal().encode(), b"")


# -- the wizard --------------------------------------------------------------------------------------------------


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

    def take(self) -> None:
        self.names.append(type(self._app.screen).__name__)
        self.text.append("\n".join(lines_of(self._app)))
        self.svg.append(self._app.export_screenshot())
        for widget in self._app.screen.walk_children(with_self=True):
            for name, value in widget.__dict__.items():
                if name not in _OF_TEXTUAL:
                    self.held[f"{type(widget).__name__}.{name} {value!r}"] = None


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
    assert shown | {"ReportScreen", "LatelyScreen", "FailingScreen"} <= set(camera.names), camera.names
    return "\n".join(camera.text)


@surface("every screen as SVG")
async def screens_svg(loaded: Laden) -> str:
    camera, _ = await recorded(loaded)
    return "\n".join(camera.svg)


@surface("what widgets, undo history and clipboard hold")
async def screens_hold(loaded: Laden) -> str:
    camera, held = await recorded(loaded)
    return held + "\n".join(camera.held)


@surface("reports that the wizard saved")
async def wizard_reports(loaded: Laden) -> bytes:
    await recorded(loaded)
    saved = sorted(world_of(loaded).home.glob("tui401-*"))
    assert {path.suffix for path in saved} == {".md", ".html", ".json", ".har"}
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


# -- a real terminal ---------------------------------------------------------------------------------------------


@surface("the terminal's bytes, from the paste to the report and out")
def terminal_stream(loaded: Laden) -> bytes:
    world = world_of(loaded)
    terminal = world.terminal(*world.knows)
    terminal.until("Paste what answers 401")
    terminal.paste(shlex.join(world.command()))
    terminal.until("will ask")
    terminal.keys("\r")
    terminal.until("Show the fix")
    for _ in range(MOST_FIXES):
        terminal.keys("f")
        terminal.until("Fix and send")
        terminal.keys("s")
        if terminal.until("Write the report", "Show the fix") == "Write the report":
            break
    terminal.keys("c")
    terminal.until("Copied")
    terminal.keys("r")
    terminal.until("Save .md")
    terminal.keys("mc")
    terminal.until("saved")
    terminal.keys("\x1b")
    terminal.until("Write the report")
    terminal.keys("q")
    out = terminal.end()
    assert terminal.code == 0
    assert b"\x1b]52;" in out
    assert b"tui401 open" in out
    return out


@surface("the wizard on a laden command line: terminal and process list")
def terminal_argv(loaded: Laden) -> bytes:
    world = world_of(loaded)
    terminal = world.terminal(*world.knows, *world.command())
    terminal.until("Show the fix")
    terminal.keys("q")
    out = terminal.end()
    assert len(terminal.ran.processes) >= 2, out[-500:]
    return out + b"\n".join(terminal.ran.processes)


# -- crashes -----------------------------------------------------------------------------------------------------

_BROKEN = """
import sys
def broken(*given, **more):
    secret = " ".join(sys.argv)
    held = [secret, given]
    raise RuntimeError(f"it broke at {secret}", held)
"""
_RUN = "from tui401.cli.run import run\nsys.exit(run(sys.argv[1:]))\n"
IN_THE_LOOP = f"{_BROKEN}\nfrom tui401.judge import rank\nrank.diagnose = broken\n{_RUN}"
IN_A_GATHERER = f"{_BROKEN}\nfrom tui401.probes import machine\nmachine.look = broken\n{_RUN}"
IN_A_THREAD = f"""{_BROKEN}
import threading
from tui401.judge import plan
real = plan.choose
def choose(*given, **more):
    started = threading.Thread(target=broken, args=(sys.argv,))
    started.start()
    started.join()
    return real(*given, **more)
plan.choose = choose
{_RUN}"""
IN_A_SCREEN = f"""{_BROKEN}
from tui401.ui.screens.recovery import RecoveryScreen
RecoveryScreen.action_experiments = broken
{_RUN}"""
IN_A_DRAWING = f"""{_BROKEN}
from tui401.ui.screens import recovery
recovery.step_page = broken
{_RUN}"""


def crashed(ran: Ran) -> bytes:
    """What a crash lets out, after a look at whether it was told as it should be."""
    assert ran.code == FAULT, (ran.code, ran.err)
    assert b"Traceback" not in ran.err
    assert ran.err.count(b"met a fault of its own") == 1
    return ran.out + ran.err + b"".join(ran.state)


@surface("a crash inside the recovery")
def crash_in_loop(loaded: Laden) -> bytes:
    world = world_of(loaded)
    ran = world.run("diagnose", *world.knows, *world.command(), program=IN_THE_LOOP, state="crash")
    found = re.search(rb"RuntimeError", ran.err)
    assert found is not None, ran.err
    out = crashed(ran)
    assert b" open " in world.run("cases", state="crash").out
    return out


@surface("a crash inside a gatherer")
def crash_in_gatherer(loaded: Laden) -> bytes:
    world = world_of(loaded)
    ran = world.run("diagnose", *world.knows, *world.command(), program=IN_A_GATHERER)
    assert ran.code == 1
    assert b"met a fault of its own (RuntimeError)" in ran.err
    assert b" 401" in ran.out  # the recovery went on without it
    return ran.out + ran.err


@surface("a crash inside a thread")
def crash_in_thread(loaded: Laden) -> bytes:
    world = world_of(loaded)
    ran = world.run("diagnose", *world.knows, *world.command(), program=IN_A_THREAD)
    assert ran.code in (1, 3)
    assert b"Traceback" not in ran.err
    assert b"met a fault of its own" in ran.err
    return ran.out + ran.err


@surface("a crash inside a screen")
def crash_in_screen(loaded: Laden) -> bytes:
    world = world_of(loaded)
    terminal = world.terminal(*world.knows, *world.command(), program=IN_A_SCREEN)
    terminal.until("Show the fix")
    terminal.keys("x")
    out = terminal.end()
    after = out.rpartition(b"\x1b[?1049l")[2]
    assert terminal.code == FAULT
    assert b"met a fault of its own" in after, after
    assert b"Traceback" not in out
    assert b"tui401 open" in after
    return out + b"\n".join(terminal.ran.processes)


@surface("a crash while a screen is drawn")
def crash_in_drawing(loaded: Laden) -> bytes:
    world = world_of(loaded)
    terminal = world.terminal(*world.knows, *world.command(), program=IN_A_DRAWING)
    out = terminal.end()
    assert terminal.code == FAULT
    assert b"met a fault of its own" in out
    assert b"Traceback" not in out
    return out
