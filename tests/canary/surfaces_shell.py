"""What the shell has of us: the talkative run, words before curl, and names for the tab key."""

from __future__ import annotations

from typing import cast

from canary_case import Laden
from program import Ran
from surfaces import surface
from surfaces_program import KEPT, fixed, once, world_of


@surface("diagnose -v behind an assignment and sudo: both outputs")
def talkative(loaded: Laden) -> bytes:
    world = world_of(loaded)
    secret = next(one.secret for one in loaded.canaries if one.place == "X-API-Key")

    def run(_: object) -> Ran:
        return world.run("diagnose", "-v", "--yes", *world.knows, f"KEY={secret}", "sudo", *world.command())

    ran = cast("Ran", once(loaded, "talkative", run))
    assert b"sudo was left out" in ran.err
    assert b"= sent: " in ran.err
    return ran.out + ran.err + b"".join(ran.processes)


@surface("completions: scripts, and names of cases")
def completions(loaded: Laden) -> bytes:
    fixed(loaded)
    world = world_of(loaded)
    ran = world.run("completions", "--names", "cases", state=KEPT)
    assert ran.out
    scripts = [world.run("completions", shell, state=KEPT) for shell in ("bash", "zsh", "fish")]
    return b"".join(one.out + one.err for one in (ran, *scripts))
