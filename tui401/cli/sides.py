"""What may stand for one of two requests: a curl command, a file that holds one, an entry of a HAR, a kept case."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tui401.cli import build, journals
from tui401.cli.arguments import UsageError
from tui401.cli.diagnose import allowed, filled_in
from tui401.cli.recording_names import ENDING, entry_of, is_file
from tui401.intake.harentry import BadEntryError, Entry, hop_of
from tui401.intake.harfile import Bad, HarFile
from tui401.journal import JournalError
from tui401.model.http import Request
from tui401.model.names import Names
from tui401.model.shown import AnswerSeen, CredentialsSeen, Note
from tui401.model.view import CaseView, apply
from tui401.recovery.differences import Side, side
from tui401.wire import redact

_CASE: Final = re.compile(r"[0-9a-f]{4,8}")


def read(what: str, names: Names, *, yes: bool) -> tuple[Side, tuple[Note, ...]]:
    """One side, and what was noticed while reading it.

    Args:
        what: As it stands on the command line.
        names: Of both sides, so that equal secrets are told from different ones.
        yes: Files that a command names may be read.

    Raises:
        UsageError: for what is none of these, in a sentence.
        IntakeError: for a command or a recording that is not understood.
    """
    entry = entry_of(what)
    if entry is not None:
        return _of_har(*entry, names), ()
    path = Path(what).expanduser()
    if is_file(path):
        if path.suffix.lower() == ENDING:
            raise UsageError(f"{what} is a recording. Name one of its entries: {what}#0 is the first.")
        return _of_text(build.text_of(what), what, names, yes=yes)
    if _CASE.fullmatch(what):
        return _of_case(what), ()
    if not what.strip() or len(what.split()) < 2:
        raise UsageError(
            f"{_named(what)} is no curl command, no file, no entry of a HAR (FILE.har#3) and no kept case."
        )
    return _of_text(what, "the command", names, yes=yes)


def _named(what: str) -> str:
    return f"“{redact.text(what[:60], Names())}”"


def _of_text(text: str, source: str, names: Names, *, yes: bool) -> tuple[Side, tuple[Note, ...]]:
    intake = filled_in(allowed(build.read_text(text), yes=yes))
    seen = intake.seen.response.status if intake.seen is not None and intake.seen.response is not None else None
    return side(source, intake.request, names, status=seen), intake.notes


def _of_har(name: str, index: int, names: Names) -> Side:
    try:
        with Path(name).expanduser().open("rb") as source:
            entry = _entry(HarFile(source, name), index, name)
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror or type(error).__name__}.") from error
    try:
        hop = hop_of(entry)
    except BadEntryError as error:
        raise UsageError(f"Entry {index} of {name} {error}") from error
    bare = not redact.credentials(hop.request, names).credentials
    status = hop.response.status if hop.response is not None else None
    # Browsers leave credentials out of what they record, so their absence shows nothing.
    return side(f"{name}#{index}", _sendable(hop.request), names, status=status, sanitised=bare)


def _sendable(request: Request) -> Request:
    """The recorded request without what belongs to the connection that carried it."""
    return request.without("Host", "Content-Length", "Connection", "Transfer-Encoding", "Keep-Alive")


def _entry(har: HarFile, index: int, name: str) -> Entry:
    count = 0
    for run in har.runs():
        count = run.first + len(run.entries)
        if run.first <= index < count:
            found = run.entries[index - run.first]
            if isinstance(found, Bad):
                raise UsageError(found.says)
            return found
    raise UsageError(f"{name} has {count} entries; the last one is {name}#{max(0, count - 1)}.")


def _of_case(prefix: str) -> Side:
    """A kept case: redacted, so that it can be compared and not sent."""
    try:
        with journals.opened(reading=True) as journal:
            saved = journal.load(prefix)
    except JournalError as error:
        raise UsageError(str(error)) from error
    view = CaseView()
    for event in saved.events:
        view = apply(view, event)
    if view.request is None:
        raise UsageError(f"Case {saved.case} holds no request.")
    contents = [piece.content for piece in view.evidence if piece.subject == f"attempt:{view.attempt}"]
    credentials = next((c.credentials for c in contents if isinstance(c, CredentialsSeen)), ())
    answer = next((c for c in contents if isinstance(c, AnswerSeen) and c.label == "original"), None)
    status = answer.status if answer is not None else None
    return Side(source=f"case {saved.case}", shown=view.request, credentials=credentials, status=status)
