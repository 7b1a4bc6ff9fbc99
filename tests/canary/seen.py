"""Which commands, screens and files the surfaces of this process have met."""

from __future__ import annotations

from collections.abc import Sequence

from tui401.cli.arguments import COMMANDS, UsageError, parser_for

COMMANDS_MET: set[str] = set()
SCREENS: set[str] = set()


def command(argv: Sequence[str]) -> None:
    """Notes a command line: the command, its verb, its format, the endings of the files that it writes."""
    name, rest = (argv[0], list(argv[1:])) if argv and argv[0] in COMMANDS else ("", list(argv))
    COMMANDS_MET.add(name)
    try:
        options, _ = parser_for(name).parse_known_args(rest)
    except (UsageError, SystemExit):
        return
    for key in ("verb", "format", "shell"):
        if getattr(options, key, None):
            COMMANDS_MET.add(f"{name} {getattr(options, key)}")
    if getattr(options, "output", ""):
        COMMANDS_MET.add(f"{name} .{options.output.rpartition('.')[2]}")
