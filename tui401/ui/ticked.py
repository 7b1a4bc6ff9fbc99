"""The checklist of a case: its six steps as they stand. Pure."""

from __future__ import annotations

from tui401.causes.checklist import Ticked, checklist
from tui401.model.verdict import Step
from tui401.model.view import CaseView
from tui401.ui.blocks import WORDS
from tui401.ui.standing import own_words, standings
from tui401.ui.text import clean


def checklist_of(view: CaseView) -> str:
    """The list with what the case has come to."""
    from tui401.causes import all_causes  # noqa: PLC0415 - some fifty modules

    ticked: dict[Step, Ticked] = {}
    for standing in standings(view, running=False):
        checked = f"{WORDS[standing.status]}, {standing.aside} checked" if standing.aside else WORDS[standing.status]
        ticked[standing.step] = Ticked(standing.status, checked, clean(own_words(standing)))
    request = view.request
    root = view.diagnosis.root if view.diagnosis is not None else None
    found = f": {root.strength.word} {root.cause}" if root is not None else ""
    of = clean(f"{request.method} {request.url}{found}") if request is not None else ""
    return checklist(all_causes(), ticked, of)
