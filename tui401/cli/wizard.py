"""Opens the wizard on what the person gave, and says three lines when it has closed."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Final

from tui401.cli import adapters, adapters_home
from tui401.cli.arguments import UsageError, parser_for
from tui401.cli.foreground import need_the_foreground
from tui401.cli.guards import FAULT, hide_arguments, part_quickly
from tui401.cli.hangup import leave_with_the_terminal
from tui401.cli.lesson import Lesson
from tui401.cli.places import state_folder
from tui401.cli.resume import Resume
from tui401.model.secret import Secret
from tui401.ui.app import Wizard
from tui401.ui.ports import Ports

# Whatever is not needed to draw the first frame is imported where it is used.
if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui401.cli.recordings import OpenRecording
    from tui401.intake import Intake
    from tui401.model.case import Case, Known, Options
    from tui401.model.http import Origin
    from tui401.model.saved import SavedCase
    from tui401.model.view import CaseView


DUMB: Final = "dumb"
"""The kind of a terminal that only writes lines (``TERM``)."""
_NOT_PLAIN: Final = ("", "0", "no", "false")
_NOT_KEPT = "This case could not be kept, so it cannot be opened again."


def run(options: argparse.Namespace, curl: list[str] | None) -> int:
    """The wizard on the person's ``curl …`` with what stands before it, or on an empty form."""
    if curl is None:
        return show(options, given=_piped())
    hide_arguments()  # before anything that waits for the person
    from tui401.cli import build  # noqa: PLC0415 - see above

    intake = build.read_argv(curl)
    if any("{{" in word for word in curl):
        intake = _from_vault(intake)
    known = build.known_from(options, os.environ, intake.request.origin)
    if not intake.ready:
        # A value is missing that only the person has; the start screen asks for it, masked.
        return show(options, given=Secret(_as_text(curl)))
    allowed = build.options_from(options, send_consented=True)
    return show(options, case=build.case_from(intake, known, allowed, build.requirements_from(options.openapi)))


def _from_vault(intake: Intake) -> Intake:
    """The command with what it asks of the vault, whose passphrase is asked for before the screen is drawn."""
    import asyncio  # noqa: PLC0415 - only where a command asks the vault

    from tui401.cli import build, vaults  # noqa: PLC0415 - the same
    from tui401.cli.from_vault import filled  # noqa: PLC0415 - the same

    return asyncio.run(filled(intake, lambda: vaults.said().profiles, vaults.opened, build.read_argv))


def open_what(options: argparse.Namespace) -> int:
    """The wizard on a file, a pipe, or a case that was kept."""
    from tui401.cli import build, recording_names  # noqa: PLC0415 - see above

    what = options.what
    named = recording_names.recording_of(what)
    if named is not None:
        return _open_recording(options, *named)
    if what != "-" and not os.path.exists(what):  # noqa: PTH110 - a name that no Path can hold is no file either
        return show(options, saved=_kept(what), kept=True)
    from tui401.cli import opened  # noqa: PLC0415 - see above

    held = opened.read_document(what)
    if held is not None and opened.is_document(what, held):
        return show(options, saved=opened.document(what, held))
    text = build.text_of(what)
    data = text.encode("utf-8", "surrogateescape")
    if recording_names.is_recording(data):
        return _open_recording(options, "standard input", None, data)
    name = "standard input" if what == "-" else what
    if opened.is_document(name, data):
        return show(options, saved=opened.document(name, data))
    return show(options, given=Secret(text))


def _open_recording(options: argparse.Namespace, name: str, entry: int | None, data: bytes | None = None) -> int:
    """The wizard on a recording: on the entry that was named, on the one that was refused, or on all to choose from."""
    from tui401.cli.recordings import OpenRecording  # noqa: PLC0415 - only for recordings

    recording = OpenRecording(name, options, data)
    if entry is None:
        recording.read()
        if len(recording.refused) > 1:
            return show(options, recording=recording)
        entry = recording.refused[0].entry
    return show(options, case=recording.case_of(entry))


def show(
    options: argparse.Namespace,
    *,
    case: Case | None = None,
    given: Secret[str] | None = None,
    saved: SavedCase | None = None,
    kept: bool = False,
    exercise: str | None = None,
    recording: OpenRecording | None = None,
    terse: bool = False,
    tour: bool = False,
) -> int:
    """Runs the app until the person leaves it; the exit code.

    Args:
        options: What the command line says.
        case: Begins with this case.
        given: A text for the start screen.
        saved: Begins with a saved case.
        kept: It is of this machine's journal, so it can go on.
        exercise: Begins with practice: with that fault, "" to choose one.
        recording: Begins with the refused exchanges of a recording.
        terse: The practice server gives no reasons.
        tour: Begins with the tour.
    """
    need_the_foreground()
    if plain_wanted(options, os.environ):
        from tui401.cli import plain  # noqa: PLC0415 - only where lines are wanted in place of screens

        return plain.show(
            options,
            case=case,
            given=given,
            saved=saved,
            kept=kept,
            exercise=exercise,
            recording=recording,
            terse=terse,
            tour=tour,
        )
    _need_a_terminal()
    leave_with_the_terminal()
    part_quickly()
    shelf, lesson = adapters.Shelf(state_folder), Lesson(terse=terse)
    app = Wizard(
        ports_of(options, shelf, lesson),
        case=case,
        given=given,
        saved=saved,
        kept=kept,
        exercise=exercise,
        recording=recording,
        tour=tour,
    )
    try:
        app.run()
    finally:
        lesson.end()
        shelf.close()
    session = app.session
    if session is not None and session.view.case:
        from tui401.wire.visible import visible  # noqa: PLC0415 - see above

        try:
            for line in leaving_lines(session.view, kept=shelf.keeps):
                print(visible(line), file=sys.stderr, flush=True)  # noqa: T201 - talk
        except OSError:
            sys.stderr = None  # the terminal is gone, and nobody reads it
    # Textual's own code for a crash is 1, which here means that a refusal stands.
    return FAULT if app.return_code == 1 else app.return_code or 0


def plain_wanted(options: argparse.Namespace, environ: Mapping[str, str]) -> bool:
    """Whether lines are wanted in place of screens: by the option, by ``TUI401_PLAIN``, or by the terminal's kind."""
    by_name = environ.get("TUI401_PLAIN", "").strip().lower() not in _NOT_PLAIN
    return options.plain or by_name or environ.get("TERM", "") == DUMB


def ports_of(options: argparse.Namespace, shelf: adapters.Shelf, lesson: Lesson) -> Ports:
    """The rest of the program behind the wizard's ports."""

    def known(origin: Origin) -> Known:
        from tui401.cli.build import known_from  # noqa: PLC0415 - see above

        return known_from(options, os.environ, origin)

    def known_with(changed: argparse.Namespace, origin: Origin) -> Known:
        from tui401.cli.build import known_from  # noqa: PLC0415 - see above

        return known_from(changed, os.environ, origin)

    def allowed() -> Options:
        from tui401.cli.build import options_from  # noqa: PLC0415 - see above

        return options_from(options, send_consented=False)

    keyring = adapters_home.Keyrings()
    return Ports(
        reader=adapters.Reader(known, allowed, options.openapi),
        recover=adapters.Recover(shelf, keyring),
        least=adapters.Least(shelf, keyring),
        reporter=adapters.Reporter(shelf),
        derive=adapters.derive,
        vault=adapters_home.Vault(keyring),
        sealed=adapters_home.Sealed(keyring),
        profiles=adapters_home.Profiles(),
        journal=adapters.Cases(shelf),
        resume=Resume(shelf, options, known_with, allowed),
        practise=lesson,
    )


def bare_options() -> argparse.Namespace:
    """The wizard's options when none were given."""
    return parser_for("").parse_args([])


def leaving_lines(view: CaseView, *, kept: bool = True) -> tuple[str, ...]:
    """Three redacted lines for the shell: what was asked, what was found, how to come back, or why nobody can."""
    request = view.requests[0] if view.requests else None
    sent = next((s.status for s in reversed(view.sends) if s.status is not None), None)
    what = f"{request.method} {request.url}" if request is not None else "no request"
    root = view.diagnosis.root if view.diagnosis is not None else None
    ended = view.outcome
    if ended is None and view.diagnosis is not None and view.diagnosis.outcome.value == "succeeded":
        ended = view.diagnosis.outcome  # it waits for what the person may want of a request that is not refused
    outcome = ended.value if ended is not None else "open"
    found = f"{outcome}: {root.strength.word} {root.cause}" if root is not None else outcome
    return (
        f"{what}  {sent if sent is not None else 'not sent'}",
        found,
        f"tui401 open {view.case}" if kept else _NOT_KEPT,
    )


def _kept(what: str) -> SavedCase:
    """A case of the journal by the beginning of its name."""
    from tui401.cli import journals  # noqa: PLC0415 - only for kept cases
    from tui401.journal import JournalError  # noqa: PLC0415 - the same

    try:
        with journals.opened(reading=True) as journal:
            return journal.load(what)
    except JournalError as error:
        raise UsageError(f"There is no file {what!r}. {error}") from error


def _need_a_terminal() -> None:
    """Gives the app a terminal to read from, also when standard input was a pipe, and one to draw on.

    Raises:
        UsageError: when there is none.
    """
    open_the_terminal()
    if not sys.stderr.isatty():
        raise UsageError("The wizard draws on standard error, and that is no terminal. Use `tui401 diagnose` instead.")


def open_the_terminal() -> None:
    """Makes standard input the terminal where it was a pipe.

    Raises:
        UsageError: when there is none.
    """
    if not sys.stdin.isatty():
        name = "CON" if os.name == "nt" else "/dev/tty"
        try:
            descriptor = os.open(name, os.O_RDWR)
        except OSError as error:
            raise UsageError(
                "There is no terminal for the wizard here. `tui401 diagnose` does the same without one."
            ) from error
        os.dup2(descriptor, 0)
        os.close(descriptor)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - it lives as long as the program


def _piped() -> Secret[str] | None:
    """What stands on standard input when it is a pipe."""
    if sys.stdin.isatty():
        return None
    from tui401.cli import build  # noqa: PLC0415 - see above

    try:
        text = build.text_of("-")
    except UsageError:
        return None
    return Secret(text) if text.strip() else None


def _as_text(argv: list[str]) -> str:
    import shlex  # noqa: PLC0415 - only where a value is missing

    from tui401.intake.called import is_curl  # noqa: PLC0415 - the same

    at = next(place for place, word in enumerate(argv) if is_curl(word))
    return " ".join([*argv[:at], "curl", *map(shlex.quote, argv[at + 1 :])])
