"""The command line: arguments to calls. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import sys


def main() -> int:
    """Runs the command of this process; its exit code (design.md, "Commands")."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Alone and first: a program that only prints its version has no business loading a parser.
        from tui401 import __version__  # noqa: PLC0415 - this path imports nothing else

        try:
            print(f"tui401 {__version__}", flush=True)  # noqa: T201 - this is the output
        except OSError as error:
            sys.stdout = None  # or the interpreter tries it again as it ends
            print(f"tui401 cannot write its output: {error.strerror}.", file=sys.stderr)  # noqa: T201 - talk
            return 74  # as cli.run has it
        return 0
    from tui401.cli.run import run  # noqa: PLC0415 - see above

    return run(sys.argv[1:])
