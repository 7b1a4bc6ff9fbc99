"""Strikes values and lines out of a case: in its report, and in the journal's copy of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tui401.cli.judged import judged_first
from tui401.journal.striking import rewrite
from tui401.model.events import StruckOut
from tui401.model.strikes import Strikes, next_mark, unmarked
from tui401.model.view import CaseView
from tui401.report.struck import named

if TYPE_CHECKING:
    from tui401.journal import Journal


def struck(view: CaseView, values: Iterable[str], lines: Iterable[str]) -> tuple[CaseView, Strikes]:
    """The case without these values, with a note of the lines that its report leaves out; and the strokes.

    Args:
        view: The case.
        values: What is struck out wherever it stands.
        lines: Keys of ``tui401.report.lines``.
    """
    strikes = Strikes(values, first=next_mark(view))
    before = view.struck
    kept = before.lines if before is not None else ()
    note = StruckOut(
        values=len(strikes) + (before.values if before is not None else 0),
        lines=tuple(dict.fromkeys((*kept, *(unmarked(strikes.text(line)) for line in lines)))),
        was=before.was if before is not None else named(judged_first(view)[1]),
    )
    if not note.values and not note.lines:
        return view, strikes
    return replace(strikes.out_of(view), struck=note), strikes


def strike_kept(journal: Journal, view: CaseView, strikes: Strikes) -> None:
    """Strikes out of the journal's copy what was struck out of a case, and out of all that is still recorded of it.

    Args:
        journal: Where it is kept; nothing happens where the case is not in it.
        view: The case as `struck` gives it.
        strikes: The strokes.

    Raises:
        JournalError: when the copy could not be written, or traces are left.
    """
    kept = [event for event in journal.events(view.case) if not isinstance(event, StruckOut)]
    if not kept:
        return
    journal.changing[view.case] = strikes.out_of
    note: Sequence[StruckOut] = [view.struck] if view.struck is not None else []
    rewrite(journal, view.case, [*map(strikes.out_of, kept), *note])
