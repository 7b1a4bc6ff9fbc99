"""The wizard in plain lines, on a real terminal: what is typed out of sight, and all that is said of it."""

from __future__ import annotations

import re
import shlex

from canary_case import Laden
from program import Terminal, world_of
from surfaces import surface

_MOST_FIXES = 4


def choose(terminal: Terminal, way: str, *then: str) -> str:
    """Types the number of the way that begins so, among those that were listed last."""
    listed = re.findall(rb"(\d+)\. ([^\r\n]*)", bytes(terminal.stream))
    number = next(number for number, label in reversed(listed) if label.decode().startswith(way))
    terminal.keys(f"{number.decode()}\n")
    return terminal.until(*then)


@surface("the plain walk's bytes, from the paste to the report and out")
def plain_paste(loaded: Laden) -> bytes:
    world = world_of(loaded)
    terminal = world.terminal("--plain", *world.knows)
    terminal.until("q to leave: ")
    choose(terminal, "Paste a call", "empty line:")
    for part in (shlex.join(world.command()), "\n", "\n"):
        terminal.type(part)
    terminal.until("q to leave: ")
    choose(terminal, "Find out why", "q to leave: ")
    for _ in range(_MOST_FIXES):
        terminal.keys("\n")  # the first way, shown
        terminal.until("q to leave: ")
        choose(terminal, "Fix and send", "The case has ended.", "End this case.")
        if b"The case has ended." in terminal.stream:
            break
    choose(terminal, "Print the request", "q to leave: ")
    choose(terminal, "Write the report", "q to leave: ")
    choose(terminal, "Read it here", "q to leave: ")
    choose(terminal, "Read the page of a step", "q to leave: ")
    choose(terminal, "All six", "q to leave: ")
    terminal.keys("q\n")
    out = terminal.end()
    assert terminal.code == 0
    assert b"tui401 open" in out
    assert b"\x1b[" not in out
    return out


@surface("the plain walk on a laden command line: terminal, process list, and a credential typed out of sight")
def plain_argv(loaded: Laden) -> bytes:
    world = world_of(loaded)
    secret = world.secret("credential typed in the plain walk")
    terminal = world.terminal("--plain", *world.knows, *world.command())
    terminal.until("q to leave: ")
    choose(terminal, "Paste another", "q to leave: ")
    choose(terminal, "Paste another", "goes back: ")
    terminal.keys(f"Bearer {secret}\n")
    terminal.until("q to leave: ")
    choose(terminal, "Change the request by hand", "q to leave: ")
    choose(terminal, "Add a header", "for none): ")
    terminal.keys("X-Typed\n")
    terminal.until("while you type): ")
    terminal.keys(f"{world.secret('header typed in the plain walk')}\n")
    terminal.until("q to leave: ")
    terminal.keys("q\n")
    out = terminal.end()
    assert len(terminal.ran.processes) >= 2, out[-500:]
    return out + b"\n".join(terminal.ran.processes)
