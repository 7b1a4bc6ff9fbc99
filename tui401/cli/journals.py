"""The journal of this machine for the commands: what is wrong with it is told on standard error, once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tui401.cli.places import state_folder
from tui401.wire.visible import visible

if TYPE_CHECKING:
    from tui401.journal import Journal

_LONGEST = 1_000  # characters of a sentence that names files


def opened(*, reading: bool = False) -> Journal:
    """The journal; where it was damaged, a sentence says what was saved.

    Args:
        reading: Nothing is to be written, so that one in a read-only home will do.

    Raises:
        JournalError: when it cannot be used.
    """
    from tui401.journal import Journal  # noqa: PLC0415 - most commands get here late

    journal = Journal(state_folder() / "journal.sqlite3", reading=reading)
    if journal.told:
        say(journal.told)
    return journal


def at_hand() -> Journal | None:
    """The journal, or None after a sentence: whatever wants to keep something goes on without it."""
    from tui401.journal import JournalError  # noqa: PLC0415 - the same

    try:
        return opened()
    except JournalError as error:
        say(str(error))
        return None


def say(sentence: str) -> None:
    """Tells a sentence, whose paths may hold any character."""
    print(visible(sentence, _LONGEST), file=sys.stderr)  # noqa: T201 - talk goes there
