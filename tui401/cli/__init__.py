"""The command line: arguments to calls. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import sys


def main() -> int:
    """Runs the command of this process; its exit code (design.md, "Commands")."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Alone and first: a program that only prints its version has no business loading a parser.
        from tui401 import __version__  # noqa: PLC0415 - this path imports nothing else

        print(f"tui401 {__version__}")  # noqa: T201 - this is the output
        return 0
    from tui401.cli.run import run  # noqa: PLC0415 - see above

    return run(sys.argv[1:])
