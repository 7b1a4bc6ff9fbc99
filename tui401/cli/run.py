"""Dispatch: which command, its errors as sentences, its exit code."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Final

from tui401.cli.arguments import COMMANDS, UsageError, parser_for
from tui401.cli.ending import unwinding
from tui401.cli.guards import FAULT, hurry, is_full, protect, sentence

BAD_INPUT: Final = 2
UNWRITTEN: Final = 74  # EX_IOERR of sysexits.h: what was asked for could not be written
_INTERRUPTED: Final = 130
_JUDGES_NOTHING: Final = frozenset({"profile", "vault", "cases", "completions"})


def run(argv: list[str]) -> int:
    """Runs one command line; its exit code. Bad usage and bad input are told in a sentence on standard error."""
    protect()
    with unwinding():
        return _told(argv)


def _told(argv: list[str]) -> int:
    try:
        code = _dispatch(argv)
        if sys.stdout is not None:
            sys.stdout.flush()  # while what goes wrong can still be told
    except UsageError as error:
        return _complain(str(error))
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away; what is left to write has no place to go.
        sys.stdout = None
        return 0
    except Exception as error:  # noqa: BLE001 - the last place where a fault of ours can be told without its values
        from tui401.intake import IntakeError  # noqa: PLC0415 - imported only where something went wrong

        if isinstance(error, IntakeError):
            return _complain(str(error))
        if isinstance(error, OSError) and is_full(error):
            _drop_output()
            print(f"tui401 cannot write its output: {error.strerror}.", file=sys.stderr)  # noqa: T201 - the same
            return UNWRITTEN
        print(sentence(error), file=sys.stderr)  # noqa: T201 - the last thing that can be said
        return FAULT
    return code


def _drop_output() -> None:
    """Lets what is left to write go nowhere: the interpreter would try it again as it ends, and tell it anew."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _complain(text: str) -> int:
    from tui401.model.names import Names, chips  # noqa: PLC0415 - only on this path
    from tui401.wire import redact  # noqa: PLC0415 - the same
    from tui401.wire.visible import visible  # noqa: PLC0415 - the same

    # It may quote a word of the command line, and that may be a credential in a wrong place.
    for line in chips(redact.text(text, Names()), {}).split("\n"):
        print(visible(line), file=sys.stderr)  # noqa: T201 - that is where talk goes
    return BAD_INPUT


def _dispatch(argv: list[str]) -> int:
    command, rest = _command(argv)
    if command == "":
        return _wizard(rest)
    if command not in _JUDGES_NOTHING:
        from tui401.cli.own_dialects import use_own  # noqa: PLC0415 - each command loads what it needs

        use_own()
    if command == "guard":
        from tui401.cli import guard  # noqa: PLC0415 - each command loads what it needs

        return guard.run(rest)
    options = parser_for(command).parse_args(rest)
    match command:
        case "diagnose":
            from tui401.cli import diagnose  # noqa: PLC0415 - each command loads what it needs

            return diagnose.run(options)
        case "explain":
            from tui401.cli import explain  # noqa: PLC0415 - the same

            return explain.run(options)
        case "compare":
            from tui401.cli import compare  # noqa: PLC0415 - the same

            return compare.run(options)
        case "why":
            from tui401.cli.why import page, steps_to_tick  # noqa: PLC0415 - the same

            if options.checklist:
                sys.stdout.write(steps_to_tick(options.topic))
                return 0
            if options.dialects:
                from tui401.cli.own_dialects import page as of_dialects  # noqa: PLC0415 - the same

                sys.stdout.write(of_dialects(options.topic))
                return 0
            sys.stdout.write(page(options.topic))
            return 0
        case "practice":
            hurry()
            from tui401.cli import practise  # noqa: PLC0415 - the same

            return practise.run(options)
        case "tour":
            hurry()
            from tui401.cli import practise  # noqa: PLC0415 - the same

            return practise.tour(options)
        case "open":
            hurry()
            from tui401.cli import wizard  # noqa: PLC0415 - the same

            return wizard.open_what(options)
        case "profile":
            from tui401.cli import profile  # noqa: PLC0415 - the same

            return profile.run(options)
        case "vault":
            from tui401.cli import vault  # noqa: PLC0415 - the same

            return vault.run(options)
        case "token":
            from tui401.cli import token  # noqa: PLC0415 - the same

            return token.run(options)
        case "doctor":
            from tui401.cli import doctor  # noqa: PLC0415 - the same

            return doctor.run(options)
        case "completions":
            from tui401.cli import completions  # noqa: PLC0415 - the same

            return completions.run(options)
        case "report":
            from tui401.cli import reports  # noqa: PLC0415 - the same

            return reports.run(options)
        case _:
            from tui401.cli import kept  # noqa: PLC0415 - the same

            return kept.cases(options)


def _command(argv: list[str]) -> tuple[str, list[str]]:
    """The command's name, "" for the wizard, and what belongs to it."""
    if argv and argv[0] in COMMANDS:
        return argv[0], argv[1:]
    if argv[:1] == ["--plain"] and argv[1:2] in (["open"], ["practice"], ["tour"]):
        return argv[1], ["--plain", *argv[2:]]
    return "", argv


def _wizard(argv: list[str]) -> int:
    parser = parser_for("")
    mine, command = argv, None
    if any("curl" in word.lower() for word in argv):
        from tui401.cli.behind import split  # noqa: PLC0415 - an empty form's first frame has no use for it

        mine, command = split(parser, argv)
    options, unknown = parser.parse_known_args(mine)
    if unknown:
        raise UsageError(f"There is no command or option {unknown[0]!r}. `tui401 --help` shows what there is.")
    hurry()
    from tui401.cli import wizard  # noqa: PLC0415 - each command loads what it needs

    return wizard.run(options, command)
