"""Which causes were mended one after another, and by what. Pure."""

from __future__ import annotations

from typing import NamedTuple

from tui401.model.verdict import Strength, Verdict
from tui401.model.view import CaseView


class Mended(NamedTuple):
    """A cause that stood when the request was changed, and the change."""

    verdict: Verdict
    by: str


def mended(view: CaseView) -> tuple[Mended, ...]:
    """The causes of a case that stood at least likely when the request was changed, in order.

    A change that mended nothing new, such as a second try, is counted to the cause that it was made for.
    """
    found: list[Mended] = []
    for change in view.changes:
        before = [d for d in view.judgements if d.attempt < change.attempt]
        root = before[-1].root if before else None
        if root is None or root.strength < Strength.LIKELY:
            continue
        if found and found[-1].verdict.cause == root.cause:
            found.pop()
        found.append(Mended(root, change.by))
    return tuple(found)
