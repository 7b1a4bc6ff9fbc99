"""``tui401 diagnose``: a live diagnosis without a screen, with ``--fix`` a recovery."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui401.causes import all_causes
from tui401.cli import build, journals, output, reports, vaults
from tui401.cli.arguments import UsageError
from tui401.cli.changelog import tell_changes
from tui401.cli.foreground import CUT, in_background
from tui401.cli.from_vault import filled
from tui401.cli.guards import hide_arguments, part_quickly
from tui401.cli.headless import Listener, Policy
from tui401.cli.judged import judged_first
from tui401.cli.kept_here import KeptHere, kept_here, telling
from tui401.cli.kept_secrets import with_kept
from tui401.cli.places import state_folder
from tui401.cli.recording_names import is_recording, recording_of
from tui401.cli.recordings import OpenRecording
from tui401.cli.successor import rotation_for
from tui401.cli.warm import warm_up
from tui401.intake import Intake, IntakeError, fill, read_files
from tui401.intake.called import called
from tui401.intake.unquoted import cut_short
from tui401.model.case import Case, Known
from tui401.model.events import Event
from tui401.model.secret import Secret
from tui401.model.verdict import Outcome
from tui401.recovery import recover
from tui401.recovery.afterwards import least_scopes
from tui401.wire.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui401.vault import Vault


def run(options: argparse.Namespace) -> int:
    """Diagnoses, prints the result on standard output, and gives the exit code.

    Raises:
        UsageError: for a command line that is not understood.
        IntakeError: for a command that is not understood.
    """
    if not options.command:
        raise UsageError("Give the command that failed: tui401 diagnose curl … , or a file, or - for a pipe.")
    if options.passive and options.fix:
        raise UsageError("--passive sends the original once and nothing else, so it cannot be used with --fix.")
    if options.passive and options.least:
        raise UsageError("--passive sends the original once and nothing else, so it cannot be used with --least.")
    hide_arguments()  # before anything that waits for the person
    part_quickly()
    report = reports.path_of(options.report) if options.report else None
    intake = _intake(options)
    if options.verbose:
        for noticed in intake.notes:
            print(visible(f"· {noticed.says}"), file=sys.stderr)  # noqa: T201 - talk goes there
    in_prefix_form = intake.via == "curl"
    known = build.known_from(options, os.environ, intake.request.origin)
    # The vault first, then the person.
    vault = vaults.opened() if known.profile else None
    if vault is not None:
        known = asyncio.run(with_kept(known, vault))
    if options.fix or options.least:
        known = _with_secret(known)
    allowed = build.options_from(options, send_consented=in_prefix_form or options.yes)
    case = build.case_from(intake, known, allowed, build.requirements_from(options.openapi))
    progress = None if options.quiet else sys.stderr
    journal = journals.at_hand()
    build.count_passwords(case, journal)
    build.remember_scopes(case, journal)
    tell_changes(case, journal)
    kept = asyncio.run(kept_here(vault)) if vault is not None else KeptHere()
    case.known = dataclasses.replace(case.known, also_kept=kept.of_request(case.request, case.names))
    listener = Listener(case.id, journal, progress, known.profile, verbose=options.verbose)
    attended = options.fix and not options.quiet and sys.stdin.isatty() and sys.stderr.isatty()
    policy = Policy(
        fix=options.fix, yes=options.yes, least=options.least, view=lambda: listener.view, attended=attended
    )
    try:
        # A debug switch of the environment would log callbacks with their arguments.
        told = telling(listener, case, kept, lambda: listener.view)
        asyncio.run(_recover(case, policy, listener, told, vault), debug=False)
    finally:
        if journal is not None:
            journal.close()
    return _finish(options, case, listener, report)


async def _recover(
    case: Case, policy: Policy, listener: Listener, tell: Callable[[Event], None], vault: Vault | None
) -> None:
    keyring = vaults.at_hand if vault is None else lambda: vault
    rotation = await rotation_for(keyring, case, state_folder()) if policy.fix or policy.least else None
    warming = asyncio.ensure_future(warm_up())
    try:
        outcome = await recover(case, ask=policy, emit=tell, rotation=rotation)
    finally:
        warming.cancel()
    if policy.least and outcome in (Outcome.RECOVERED, Outcome.SUCCEEDED) and listener.view.least_scopes is None:
        await least_scopes(case, listener.view, ask=policy, emit=listener, rotation=rotation)


def _finish(options: argparse.Namespace, case: Case, listener: Listener, report: Path | None) -> int:
    causes, view = all_causes(), listener.view
    facts, diagnosis = judged_first(view)
    if options.format == "json":
        made = output.as_object(view, facts, diagnosis, causes, everything=options.all)
        sys.stdout.buffer.write(output.as_json(made))
    else:
        sys.stdout.write(output.as_text(view, facts, diagnosis, causes, everything=options.all))
    sys.stdout.flush()
    if report is not None:
        reports.write(report, view)
    if not options.quiet and listener.keeps:
        print(f"case {case.id}: tui401 open {case.id}", file=sys.stderr)  # noqa: T201 - talk goes there
    return output.EXIT[view.outcome or Outcome.UNDETERMINED]


def _intake(options: argparse.Namespace) -> Intake:
    command = options.command
    if called(command) is not None:
        intake = build.read_argv(command)
        if in_background() and cut_short(intake.request.url.reveal()):
            print(f"! This runs in the background: {CUT}", file=sys.stderr)  # noqa: T201 - talk goes there
    elif len(command) == 1:
        recorded = _recorded(options, command[0])
        if recorded is not None:
            return recorded
        text = build.text_of(command[0])
        data = text.encode("utf-8", "surrogateescape")
        if is_recording(data):
            piped = OpenRecording("standard input", options, data)
            return piped.intake(piped.only())
        intake = build.read_text(text)
    else:
        raise UsageError(
            f"{command[0]!r} is no option of tui401 diagnose and no curl command. Options stand before curl."
        )
    if intake.via != "curl":
        intake = allowed(intake, yes=options.yes)
    return filled_in(intake)


def _recorded(options: argparse.Namespace, what: str) -> Intake | None:
    """The exchange of a recording that a word names; None where it names no recording."""
    named = recording_of(what)
    if named is None:
        return None
    name, entry = named
    recording = OpenRecording(name, options)
    return recording.intake(recording.only() if entry is None else entry)


def filled_in(intake: Intake) -> Intake:
    """The intake with every value that only the person has, asked for masked on the terminal.

    Raises:
        IntakeError: where there is no terminal to ask on.
    """
    intake = asyncio.run(filled(intake, lambda: vaults.said().profiles, vaults.opened, build.read_argv))
    for name in (*intake.unfilled, *intake.prompts):
        intake = fill(intake, name, _value(name))
    return intake


def allowed(intake: Intake, *, yes: bool) -> Intake:
    """The intake of a text with its files read, after all that it takes from this machine was listed.

    Raises:
        UsageError: when there are files to read and nobody allowed it.
    """
    listed: list[str] = []
    while True:
        fresh = [name for name in (*intake.reads, *(f"${name}" for name in intake.variables)) if name not in listed]
        if intake.pending and not yes:
            names = ", ".join(intake.reads)
            raise UsageError(f"This text would read files of yours: {names}. Look at it, then add --yes to allow that.")
        if fresh:
            print(visible(f"This text uses, of this machine: {', '.join(fresh)}"), file=sys.stderr)  # noqa: T201 - talk
        if not intake.pending:
            return intake
        listed += fresh
        intake = read_files(intake)


def _with_secret(known: Known) -> Known:
    """Asks for the client's secret, masked, where there is a client, no secret and somebody to ask."""
    lacking = known.issuer and known.client_id and known.client_secret is None and known.refresh_token is None
    # Whoever signs in or signs an assertion needs none.
    other = known.private_key or known.sign_in in ("browser", "device", "command") or known.client_auth == "none"
    if not lacking or other or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return known
    prompt = f"Secret of client {visible(known.client_id, 60)} (masked; Enter means none): "
    given = getpass.getpass(prompt, stream=sys.stderr)
    return dataclasses.replace(known, client_secret=Secret(given)) if given else known


def _value(name: str) -> Secret[str]:
    """A value that only the person has, asked for masked on the terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise IntakeError(f"The command needs a value for {name}, and there is no terminal to ask for it.")
    return Secret(getpass.getpass(f"{name} (masked): ", stream=sys.stderr))
