"""A JSON document that the person opens: a report or a saved case, judged again; whoever wrote it is not believed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from tui401.cli.arguments import UsageError

if TYPE_CHECKING:
    from tui401.model.saved import SavedCase

_LARGEST: Final = 16 << 20  # bytes
_HEAD: Final = 400  # bytes that show what a document is


def read_document(what: str) -> bytes | None:
    """What a file holds that is a document by its name; None for one that is not.

    Raises:
        UsageError: when it cannot be read.
    """
    if not what.lower().endswith(".json"):
        return None
    try:
        with Path(what).expanduser().open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{what} cannot be read: {error.strerror or type(error).__name__}.") from error
    if len(data) > _LARGEST:
        raise UsageError(f"{what} is larger than {_LARGEST >> 20} MiB, which no report of tui401 is.")
    return data


def is_report(data: bytes) -> bool:
    """Whether a document says at its beginning that it is a report."""
    return b'"Report"' in data[:_HEAD]


def is_document(name: str, data: bytes) -> bool:
    """Whether it is JSON, or should be by its name: a text that begins with a bracket may be another thing.

    Args:
        name: The file's name.
        data: What it holds.
    """
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return name.lower().endswith(".json") and data.lstrip()[:1] in (b"[", b'"', b"")
    if name.lower().endswith(".json") or b'"type"' in data[:200]:
        return True
    try:
        msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    except RecursionError:
        pass
    return True


def document(name: str, data: bytes) -> SavedCase:
    """The case of a document, with the events that its evidence gives now.

    Args:
        name: What sentences call it.
        data: The document; its text is from outside.

    Raises:
        UsageError: with a sentence, for what is no report and no saved case, or cannot be judged.
    """
    from tui401.cli.replay import events_again, events_of  # noqa: PLC0415 - only for documents
    from tui401.model.saved import SavedCase, decode_case  # noqa: PLC0415 - the same
    from tui401.report.document import read  # noqa: PLC0415 - the same

    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        if _type(data) == "SavedCase":
            saved = decode_case(data)
            events = saved.events or events_of(saved)
        else:
            report = read(data)
            saved, events = SavedCase(case=report.case, attempt=report.attempt, evidence=report.evidence), ()
            events = events_again(report)
        return SavedCase(case=saved.case, attempt=saved.attempt, evidence=saved.evidence, events=events)
    except ValueError as error:
        raise UsageError(f"{name} cannot be opened. {error}") from error
    except Exception as error:  # whatever a stranger's document does to the judge is the document's fault
        raise UsageError(
            f"{name} cannot be judged: its evidence is not as tui401 writes it ({type(error).__name__}). "
            "Ask for the report again, as it was written."
        ) from error


class _Typed(msgspec.Struct):
    """What tells documents apart."""

    type: str = ""


def _type(data: bytes) -> str:
    try:
        return msgspec.json.decode(data, type=_Typed).type
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
