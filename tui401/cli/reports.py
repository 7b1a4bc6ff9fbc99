"""``tui401 report``, and the report that other commands write beside their result."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tui401.cli.arguments import UsageError

if TYPE_CHECKING:
    from tui401.model.view import CaseView
    from tui401.report import Report


def run(options: argparse.Namespace) -> int:
    """Writes the report of a kept case to a file, or as Markdown to standard output; or prints a schema.

    Raises:
        UsageError: for a case that is not kept, and a file that cannot be written or has an unknown ending.
    """
    if options.schema:
        from tui401.report.schema import published  # noqa: PLC0415 - only where it is asked for

        sys.stdout.buffer.write(published(options.schema))
        sys.stdout.flush()
        return 0
    if not options.case:
        raise UsageError("Name the case that the report is of; `tui401 cases` lists those that are kept.")
    path = path_of(options.output) if options.output else None
    view = _struck(options.case, options.strike) if options.strike else _kept(options.case)
    if path is None:
        from tui401.report import render  # noqa: PLC0415 - only for a report

        sys.stdout.write(render(of(view), ".md").decode())
        return 0
    write(path, view)
    print(f"The report of case {view.case} is in {path}.", file=sys.stderr)  # noqa: T201 - talk
    return 0


def path_of(given: str) -> Path:
    """The file that a report goes to.

    Raises:
        UsageError: when its ending names no form of a report.
    """
    from tui401.report.formats import format_of  # noqa: PLC0415 - only where a report is wanted

    path = Path(given).expanduser()
    try:
        format_of(path.name)
    except ValueError as error:
        raise UsageError(str(error)) from None
    return path


def of(view: CaseView) -> Report:
    """The report of a case: of why the person's own request is refused, as far as that was settled."""
    from tui401.causes import all_causes  # noqa: PLC0415 - only where a report is wanted
    from tui401.cli.judged import judged_first  # noqa: PLC0415 - the same
    from tui401.report import build  # noqa: PLC0415 - the same

    return build(view, *judged_first(view), all_causes(), made_at=time.time())


def write(path: Path, view: CaseView) -> None:
    """Writes the report of a case; the file's ending says which form. Only its owner can read a file that is new.

    Raises:
        UsageError: when it cannot be written.
    """
    from tui401.report import format_of, render  # noqa: PLC0415 - only where a report is wanted

    data = render(of(view), format_of(path.name))
    try:
        put(path, data)
    except OSError as error:
        raise UsageError(
            f"The report cannot be written to {path}: {error.strerror or type(error).__name__}."
        ) from error


def put(path: Path, data: bytes) -> None:
    """Writes the file so that a disk that is full, or a kill, leaves an earlier report as it was."""
    from tui401.vault.atomic import replace  # noqa: PLC0415 - only where a report is written

    path = path.resolve()
    if path.parent.is_dir() and (path.is_file() or not path.exists()):
        try:
            replace(path, data)
        except PermissionError:  # of the folder; the file itself may be open to us
            pass
        else:
            return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


def _struck(case: str, given: list[str]) -> CaseView:
    """The kept case without what is to be struck out, which goes from the disk as well."""
    from tui401.cli import journals  # noqa: PLC0415 - the same
    from tui401.cli.guards import hide_arguments  # noqa: PLC0415 - what is struck out may be confidential
    from tui401.cli.striking import strike_kept, struck  # noqa: PLC0415 - only where something is struck out
    from tui401.journal import JournalError  # noqa: PLC0415 - the same
    from tui401.model.strikes import parts_of  # noqa: PLC0415 - the same

    hide_arguments()
    view = _kept(case)
    values = [part for one in given for part in parts_of(one)]
    left, strikes = struck(view, values, ())
    if not all(map(parts_of, given)) or strikes.out_of(view) == view:
        raise UsageError(
            "Nothing of this case has such a value, or it is too short or a word of the report itself. "
            "Give a host, a name or another value of at least three characters as it stands in the report."
        )
    try:
        with journals.opened() as journal:
            strike_kept(journal, left, strikes)
    except JournalError as error:
        raise UsageError(str(error)) from error
    return left


def _kept(case: str) -> CaseView:
    from tui401.cli import journals  # noqa: PLC0415 - only for kept cases
    from tui401.journal import JournalError  # noqa: PLC0415 - the same
    from tui401.model.view import CaseView, apply  # noqa: PLC0415 - the same

    try:
        with journals.opened(reading=True) as journal:
            saved = journal.load(case)
    except JournalError as error:
        raise UsageError(str(error)) from error
    view = CaseView()
    for event in saved.events:
        view = apply(view, event)
    return view
