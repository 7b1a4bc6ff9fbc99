"""``tui401 cases``: what the journal kept."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

import msgspec

from tui401.cli import journals
from tui401.cli.arguments import UsageError
from tui401.journal import CaseLine, JournalError
from tui401.wire.visible import visible


def cases(options: argparse.Namespace) -> int:
    """Lists kept cases, or deletes one."""
    try:
        with journals.opened(reading=not options.delete) as journal:
            if options.delete:
                case = journal.named(options.delete)
                journal.delete(case)
                print(f"Case {case} is deleted.")  # noqa: T201 - the output
                return 0
            lines = journal.cases()
    except JournalError as error:
        raise UsageError(str(error)) from error
    if options.format == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(lines), indent=2) + b"\n")
        return 0
    if not lines:
        print("No case is kept yet. `tui401 practice` opens one on the practice server.")  # noqa: T201 - the output
    for line in lines:
        print(visible(_line(line)))  # noqa: T201 - the output
    return 0


def _line(line: CaseLine) -> str:
    when = datetime.fromtimestamp(line.changed).astimezone().strftime("%Y-%m-%d %H:%M")
    status = line.status if line.status is not None else "---"
    return f"{line.id}  {when}  {status}  {line.outcome:<12} {line.cause or '-':<24} {line.method} {line.url}"
