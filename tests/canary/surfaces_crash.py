"""What a fault of ours lets out, in whichever room of the program it happens: a sentence, and no value."""

from __future__ import annotations

import re

from canary_case import Laden
from program import Ran, world_of
from surfaces import Surface, surface
from surfaces_explain import recording

from tui401.cli.guards import FAULT

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


# -- in every room ---------------------------------------------------------------------------------------------------

IN_A_ROOM = """
import sys
from tui401.cli.run import run
room, left = sys.argv.pop(1), int(sys.argv.pop(1))
def breaking(frame, event, arg):
    global left
    name = frame.f_globals.get("__name__") or ""
    if event == "call" and name.startswith(f"tui401.{room}.") and not frame.f_code.co_name.startswith("<"):
        left -= 1
        if left == 0:
            sys.setprofile(None)
            raise RuntimeError("it broke at " + " ".join(sys.argv), dict(frame.f_locals))
sys.setprofile(breaking)
code = run(sys.argv[1:])
sys.setprofile(None)
sys.exit(code if left <= 0 else 99)
"""
"""Raises at the call of so many functions of a package, with all that the function was given."""
NOT_REACHED = 99

ROOMS: dict[str, tuple[int, tuple[str, ...]]] = {
    "causes": (60, ("diagnose", "-v")),
    "cli": (40, ("diagnose", "-v")),
    "dialects": (20, ("diagnose", "-v")),
    "intake": (25, ("diagnose", "-v")),
    "journal": (12, ("diagnose", "-v")),
    "judge": (30, ("diagnose", "-v")),
    "model": (300, ("diagnose", "-v")),
    "oauth": (8, ("diagnose", "--fix", "--yes")),
    "offline": (20, ("explain", "--format", "json", "-")),
    "practice": (1, ("practice", "--list")),
    "probes": (40, ("diagnose", "-v")),
    "recovery": (60, ("diagnose", "-v")),
    "report": (10, ("diagnose", "--report", "broken.html")),
    "ui": (2, ("practice", "--plain")),
    "vault": (4, ("guard", "--profile", "laden")),
    "wire": (400, ("diagnose", "-v")),
}
"""Each package of the program: at which call something breaks there, and the command that gets so far."""


def crash_in(room: str) -> Surface:
    def crashing(loaded: Laden) -> bytes:
        world = world_of(loaded)
        calls, (command, *options) = ROOMS[room]
        given, more = b"", []
        if command == "explain":
            given = recording(loaded)
        elif command in ("diagnose", "guard"):
            more = [*world.knows, *world.command()] if "--fix" in options else ["--only-api", *world.command()]
            more = world.command() if command == "guard" else more
        ran = world.run(room, str(calls), command, *options, *more, program=IN_A_ROOM, given=given)
        assert ran.code != NOT_REACHED, f"{calls} calls into {room} were not made"
        assert b"Traceback" not in ran.err
        assert b"a fault of its own" in ran.err, ran.err
        return ran.out + ran.err + b"".join((*ran.processes, *ran.state[-1:]))

    return crashing


for _room in ROOMS:
    surface(f"a crash in {_room}")(crash_in(_room))
