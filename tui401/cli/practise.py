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
from tui401.cli.lesson import DEFAULT
from tui401.practice import Fault, PracticeError, PracticeThread, catalogue

if TYPE_CHECKING:
    from tui401.practice.running import World


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
    if not options.serve:
        from tui401.cli import wizard  # noqa: PLC0415 - the screens are loaded only where they are shown

        # The screen stands first and starts the server itself; without a cause the person chooses one there.
        bare = wizard.bare_options()
        bare.plain = options.plain
        return wizard.show(bare, exercise=options.cause or "", terse=options.terse)
    try:
        return _serve(practice.start())
    except PracticeError as error:
        raise UsageError(str(error)) from error
    finally:
        practice.stop()


def tour(options: argparse.Namespace) -> int:
    """The tour: the wizard on one exercise, with a line that leads through it."""
    from tui401.cli import wizard  # noqa: PLC0415 - the screens are loaded only where they are shown

    bare = wizard.bare_options()
    bare.plain = options.plain
    return wizard.show(bare, tour=True)


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
