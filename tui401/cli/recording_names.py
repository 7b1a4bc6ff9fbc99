"""What on the command line names a recording (HAR), or an entry of one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

ENDING: Final = ".har"
_ENTRY: Final = re.compile(r"(.{1,4096})#(\d{1,9})", re.DOTALL)
_BEGINS: Final = re.compile(rb'(?:\xef\xbb\xbf)?\s{0,50}\{\s{0,50}"log"\s{0,50}:')
_HEAD: Final = 256  # bytes that tell a recording from other files


def entry_of(what: str) -> tuple[str, int] | None:
    """The file and the entry's index that ``FILE.har#3`` names; None where it names no file with an entry."""
    found = _ENTRY.fullmatch(what)
    if found is None or is_file(Path(what).expanduser()) or not is_file(Path(found[1]).expanduser()):
        return None
    return found[1], int(found[2])


def is_file(path: Path) -> bool:
    """Whether there is a file of that name."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # a command is longer than a name may be
        return False


def is_recording(data: bytes) -> bool:
    """Whether a text begins as a HAR does."""
    return _BEGINS.match(data) is not None


def recording_of(what: str) -> tuple[str, int | None] | None:
    """The recording that a word names, and the index where it names an entry; None for whatever is no recording."""
    entry = entry_of(what)
    if entry is not None:
        return entry
    path = Path(what).expanduser()
    if not is_file(path):
        return None
    if path.suffix.lower() == ENDING:
        return what, None
    try:
        with path.open("rb") as file:
            return (what, None) if is_recording(file.read(_HEAD)) else None
    except OSError:
        return None  # whoever reads it as something else says why it cannot be read
