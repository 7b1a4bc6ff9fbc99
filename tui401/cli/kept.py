"""``tui401 cases`` and ``tui401 report``: what the journal kept."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import datetime
from pathlib import Path

import msgspec

from tui401.cli.arguments import UsageError
from tui401.cli.diagnose import judged, write_report
from tui401.cli.places import state_folder
from tui401.journal import CaseLine, Journal, JournalError
from tui401.model.view import CaseView, apply
from tui401.wire.visible import visible


def cases(options: argparse.Namespace) -> int:
    """Lists kept cases, or deletes one."""
    try:
        with Journal(state_folder() / "journal.sqlite3") as journal:
            if options.delete:
                case = journal.load(options.delete).case
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


def report(options: argparse.Namespace) -> int:
    """Writes the report of a kept case to a file, or as Markdown to standard output."""
    try:
        with Journal(state_folder() / "journal.sqlite3") as journal:
            saved = journal.load(options.case)
    except JournalError as error:
        raise UsageError(str(error)) from error
    view = CaseView()
    for event in saved.events:
        view = apply(view, event)
    facts, diagnosis = judged(view)
    if options.output:
        path = Path(options.output).expanduser()
        if path.suffix.lower() not in (".md", ".json"):
            raise UsageError(f"A report is a .md or a .json file; {path.name!r} is neither.")
        write_report(path, view, facts, diagnosis)
        print(f"The report of case {saved.case} is in {path}.", file=sys.stderr)  # noqa: T201 - talk
        return 0
    from tui401.causes import all_causes  # noqa: PLC0415 - only on this path
    from tui401.report import as_markdown, build  # noqa: PLC0415 - the same

    sys.stdout.write(as_markdown(build(view, facts, diagnosis, all_causes(), made_at=time.time())))
    return 0
