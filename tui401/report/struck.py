"""What was struck out of a report, and what that took away from the judgement. Pure."""

from __future__ import annotations

from typing import Final

from tui401.judge.rank import diagnose
from tui401.model.events import StruckOut
from tui401.model.facts import Facts
from tui401.model.verdict import Diagnosis
from tui401.model.view import CaseView
from tui401.report.parts import Line, Section

TITLE: Final = "Struck out"
_MARKS: Final = "‹struck-1› and its like stand for values, one mark for one value"
_STAYS: Final = "Times, numbers and statuses of struck lines stay in the evidence of the .json and the .har"


def struck_out(view: CaseView, facts: Facts) -> Section:
    """How much was struck out, and whether what is left still gives the same diagnosis."""
    struck = view.struck
    if struck is None:
        return Section(title=TITLE)
    values, lines = _counted(struck.values, "value"), _counted(len(struck.lines), "line")
    told = [f"Whoever wrote this report struck out {values} and {lines}"]
    told += [_MARKS] if struck.values else []
    told += [_STAYS] if struck.lines else []
    told.append(took_away(struck, diagnose(facts)))
    return Section(title=TITLE, lines=tuple(Line(text=text) for text in told))


def took_away(struck: StruckOut, left: Diagnosis) -> str:
    """A sentence that compares the diagnosis before striking with that of what is left."""
    is_left = named(left)
    if is_left == struck.was:
        return f"What is left gives the same diagnosis: {is_left or 'none'}"
    return (
        f"Striking took away what the diagnosis rests on: it was {struck.was or 'none'}, and what is left gives "
        f"{is_left or 'none'}"
    )


def named(diagnosis: Diagnosis) -> str:
    """The verdict that stands first, by strength and name; "" for none."""
    root = diagnosis.root
    return f"{root.strength.word} {root.cause}" if root is not None else ""


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
