"""``tui401 practice``: the embedded practice server, with the wizard on it or by itself."""

from __future__ import annotations

import argparse
import contextlib
import shlex
import sys
import threading
from typing import TYPE_CHECKING

from tui401.cli import build
from tui401.cli.arguments import UsageError
from tui401.model.case import Case, Known, Options
from tui401.model.secret import Secret
from tui401.practice import Fault, PracticeError, PracticeThread, catalogue

if TYPE_CHECKING:
    from tui401.practice.running import World

DEFAULT = "token-expired"


def run(options: argparse.Namespace) -> int:
    """Starts the practice server, then the wizard on it; ``--serve`` prints the failing command and waits."""
    if options.list:
        for fault in catalogue():
            print(f"{fault.slug:<28} {fault.title}")  # noqa: T201 - the output
        return 0
    try:
        practice = PracticeThread(options.cause or DEFAULT, terse=options.terse)
    except ValueError as error:
        raise UsageError(str(error)) from error
    try:
        world = practice.start()
    except PracticeError as error:
        raise UsageError(str(error)) from error
    try:
        if options.serve:
            return _serve(world)
        from tui401.cli import wizard  # noqa: PLC0415 - the screens are loaded only where they are shown

        return wizard.show(wizard.bare_options(), case=case_on(world))
    finally:
        practice.stop()


def case_on(world: World) -> Case:
    """The case of the practice world's failing command, with what a person would know of it."""
    knows = world.knows
    known = Known(
        issuer=knows.issuer or "",
        client_id=knows.client_id or "",
        client_secret=Secret(knows.client_secret) if knows.client_secret else None,
        refresh_token=Secret(knows.refresh_token) if knows.refresh_token else None,
        audience=knows.audience or "",
        scopes=tuple((knows.scope or "").split()),
        ntp=knows.ntp or "",
        source="the practice server",
    )
    # -q: what stands in the person's own .curlrc has no place in a lesson.
    intake = build.read_argv(["-q", *world.argv[1:]])
    return build.case_from(intake, known, Options(send_consented=True))


def _serve(world: World) -> int:
    """Prints the command that fails here and how to diagnose it, then serves until it is interrupted."""
    fault: Fault | None = world.fault
    if fault is not None:
        print(f"# {fault.slug}: {fault.title}")  # noqa: T201 - the output
        print(f"# {fault.how}")  # noqa: T201 - the output
    print(diagnose_line(world), flush=True)  # noqa: T201 - the output
    print("# serving on 127.0.0.1 until ctrl+c", file=sys.stderr)  # noqa: T201 - talk
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
    return 0


def diagnose_line(world: World) -> str:
    """A line for a shell that diagnoses the practice world's failing command.

    The credentials in it are made up, live on loopback and die with the server, so they may be printed.
    """
    knows = world.knows
    words: list[str] = []
    for name, value in ((build.CLIENT_SECRET, knows.client_secret), (build.REFRESH_TOKEN, knows.refresh_token)):
        if value:
            words.append(f"{name}={shlex.quote(value)}")
    words += ["tui401", "diagnose", "--fix"]
    for option, value in (
        ("--issuer", knows.issuer),
        ("--client-id", knows.client_id),
        ("--audience", knows.audience),
        ("--scope", knows.scope),
        ("--ntp", knows.ntp),
    ):
        if value:
            words += [option, shlex.quote(value)]
    return " ".join([*words, *(shlex.quote(word) for word in world.argv)])
