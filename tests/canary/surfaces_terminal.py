"""The wizard on a real terminal: every byte that it writes there, and the process list meanwhile."""

from __future__ import annotations

import shlex

from canary_case import Laden
from program import world_of
from surfaces import surface
from surfaces_program import KEPT, MOST_FIXES, kept_case

TALKATIVE = {
    "TEXTUAL": "debug,devtools",
    "TEXTUAL_DEBUG": "1",
    "TEXTUAL_SHOW_RETURN": "1",
    "PYTHONASYNCIODEBUG": "1",
    "PYTHONTRACEMALLOC": "1",
    "PYTHONFAULTHANDLER": "1",
    "HTTPX_LOG_LEVEL": "trace",
    "HTTPCORE_LOG_LEVEL": "trace",
}
"""Switches of the environment that make libraries say more."""


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
    log = world.home / "textual.log"
    terminal = world.terminal(*world.knows, *world.command(), **TALKATIVE, TEXTUAL_LOG=str(log))
    terminal.until("Show the fix")
    terminal.keys("q")
    out = terminal.end()
    assert len(terminal.ran.processes) >= 2, out[-500:]
    assert not log.exists()
    return out + b"\n".join(terminal.ran.processes)


@surface("open, practice and tour on a terminal, each to its first screen and out")
def terminal_others(loaded: Laden) -> bytes:
    world = world_of(loaded)
    out = b""
    for argv in (("open", kept_case(loaded)), ("practice",), ("tour",)):
        terminal = world.terminal(*argv, state=KEPT)
        terminal.until("quit", "commands", "begin")
        terminal.keys("\x11")
        out += terminal.end()
    return out
