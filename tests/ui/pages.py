"""A step's page as plain lines, from evidence made by hand."""

from __future__ import annotations

from tests.judge.builders import NOW, Bench
from tui401.model.fix import Asks, Choice, Question
from tui401.model.shown import Evidence, KnownSeen
from tui401.model.verdict import STEPS, Step
from tui401.model.view import CaseView, with_evidence
from tui401.ui.draw import draw
from tui401.ui.pages import step_page
from tui401.ui.standing import standings
from tui401.wire import redact

NARROW = 54
"""Cells of a page on a terminal of 80 columns."""


def view_of(bench: Bench, *keys: str) -> CaseView:
    """The case that the evidence amounts to, waiting with these choices."""
    known = next((e.content for e in bench.evidence if isinstance(e.content, KnownSeen)), KnownSeen())
    evidence: tuple[Evidence, ...] = ()
    for piece in bench.evidence:
        evidence = with_evidence(evidence, piece)
    choices = tuple(Choice(key=key, label=key.partition(":")[2] or key) for key in keys)
    return CaseView(
        case="7f3a0000",
        known=known,
        attempt=1,
        requests=(redact.request(bench.request, bench.names),),
        evidence=evidence,
        diagnosis=bench.diagnosis(),
        question=Question(asks=Asks.NEXT, title="What now?", choices=choices) if choices else None,
    )


def lines_of(
    bench: Bench, step: Step, *keys: str, width: int = NARROW, whole: bool = False, above: str = ""
) -> list[str]:
    """The page's lines, without trailing blanks."""
    view = view_of(bench, *keys)
    standing = standings(view, running=False)[STEPS.index(step)]
    blocks = step_page(view, standing, bench.facts(), NOW, above=above)
    return [line.rstrip() for line in draw(blocks, width, whole=whole)[0].plain.split("\n")]


def text_of(bench: Bench, step: Step, *keys: str, width: int = NARROW, whole: bool = False, above: str = "") -> str:
    """The page as one text in which every run of blanks is one, so that it does not matter where lines break."""
    return " ".join(" ".join(lines_of(bench, step, *keys, width=width, whole=whole, above=above)).split())


def section(bench: Bench, step: Step, head: str, *keys: str) -> str:
    """What stands under a heading of the page."""
    lines = lines_of(bench, step, *keys)
    at = next(number for number, line in enumerate(lines) if line.strip() == head)
    until = next((n for n in range(at + 1, len(lines)) if lines[n] and not lines[n].startswith("  ")), len(lines))
    return " ".join(" ".join(lines[at + 1 : until]).split())
