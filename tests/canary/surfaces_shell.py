"""What the shell has of us: the talkative run, words before curl, and names for the tab key."""

from __future__ import annotations

import shutil
from typing import cast

from canary_case import Laden
from program import Ran, once, world_of
from surfaces import surface
from surfaces_program import KEPT, fixed, kept_case
from surfaces_terminal import TALKATIVE


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


@surface("with every debug switch of the environment: both outputs and the files that they would write")
def debugged(loaded: Laden) -> bytes:
    world = world_of(loaded)
    kept = {name: str(world.home / f"debug-{name.lower()}") for name in ("TEXTUAL_LOG", "SSLKEYLOGFILE")}
    program = f"import os, sys; os.environ.update({ {**TALKATIVE, **kept}!r}); " + _LOUD
    ran = world.run("diagnose", "-v", "--all", "--only-api", *world.command(), program=program)
    assert b" 401" in ran.out, ran.err
    written = b"".join(path.read_bytes() for path in world.home.glob("debug-*"))
    return ran.out + ran.err + written


_LOUD = "import logging; logging.getLogger().setLevel(1); from tui401.cli.run import run; sys.exit(run(sys.argv[1:]))"


@surface("what only reads: why, lists, schemas, a case that is deleted, and a secret where a name belongs")
def reading(loaded: Laden) -> bytes:
    fixed(loaded)
    world = world_of(loaded)
    secret = next(one.secret for one in loaded.canaries if one.place == "X-API-Key")
    shutil.copytree(world.states / KEPT, world.states / "deleted")
    ran = [
        *(world.run("why", *more) for more in (("token-expired",), ("--dialects",), (secret,))),
        *(world.run("practice", *more) for more in (("--list",), (secret,))),
        *(world.run("profile", "list", "--format", form) for form in ("text", "json")),
        *(world.run("report", *more) for more in (("--schema",), (secret,))),
        world.run("cases", "--delete", kept_case(loaded), state="deleted"),
    ]
    assert [one.code for one in ran] == [0, 0, 2, 0, 2, 0, 0, 0, 2, 0], [(one.code, one.err[-200:]) for one in ran]
    return b"".join(one.out + one.err for one in ran)
