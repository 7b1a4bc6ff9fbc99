"""The least scopes that work, as far as they were searched. Pure."""

from __future__ import annotations

from typing import Final

from tui401.model.shown import LeastScopesSeen, ScopesTried
from tui401.model.view import CaseView
from tui401.report.parts import Line, Section
from tui401.report.texts import listed

_MOST: Final = 8  # scopes of one line


def least_scopes(view: CaseView) -> Section:
    """What each search found, and every token that it took."""
    lines: list[Line] = []
    rows: list[tuple[str, ...]] = []
    for piece in view.evidence:
        if isinstance(piece.content, LeastScopesSeen):
            lines += _lines(piece.content)
            rows += [_row(number, one) for number, one in enumerate(piece.content.tried, 1)]
    head = ("token", "asked for", "granted", "the API answered") if rows else ()
    return Section(title="Least scope", lines=tuple(lines), head=head, rows=tuple(rows))


def _lines(found: LeastScopesSeen) -> list[Line]:
    whose = f", by profile {found.profile}" if found.profile else ""
    lines = []
    if found.settled:
        told = " ".join(found.smallest) or "no scope need be asked for"
        lines.append(Line(text=f"Enough for {found.endpoint}{whose}, and none can be taken away", value=told))
    elif found.smallest:
        lines.append(Line(text=f"Seen to work for {found.endpoint}{whose}", value=" ".join(found.smallest)))
    lines += [Line(text="By itself it turns success into a refusal", value=scope) for scope in found.culprits]
    if found.problem:
        lines.append(Line(text=f"The search did not come to its end: {found.problem}"))
    return lines


def _row(number: int, one: ScopesTried) -> tuple[str, ...]:
    asked = listed(one.asked, _MOST) or "none"
    if one.error:
        return str(number), asked, f"no token: {one.error}", ""
    return str(number), asked, listed(one.granted, _MOST) or "none", str(one.status or "nothing")
