"""The six steps as a list to print and tick off; ``tui401 why --checklist`` and the wizard give the same one."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from tui401.causes.steps import STEP_PAGES
from tui401.model.cause import Cause, Level
from tui401.model.verdict import STEPS, Status, Step

_WIDTH: Final = 78
_BOXES: Final = {
    Status.PASSED: "[x]",
    Status.FAILED: "[!]",
    Status.SKIPPED: "[-]",
    Status.UNKNOWN: "[ ]",
    Status.RUNNING: "[ ]",
}
_SIGNS: Final = "[x] passed   [!] failed   [-] not applicable   [ ] open"


class Ticked(NamedTuple):
    """How a step stands in a case: its status, that in words, and why."""

    status: Status
    word: str
    why: str = ""


def checklist(causes: Mapping[str, Cause], ticked: Mapping[Step, Ticked] | None = None, of: str = "") -> str:
    """The list as plain text of 78 columns.

    Args:
        causes: All causes; those that are rare beforehand are left out.
        ticked: How the steps stand in a case; None for an empty list.
        of: What the case is about, redacted and fit to be shown.
    """
    return "\n".join(_lines(causes, ticked or {}, of)) + "\n"


def _lines(causes: Mapping[str, Cause], ticked: Mapping[Step, Ticked], of: str) -> Iterator[str]:
    yield "Why does it answer 401? Six steps, in this order."
    if of:
        yield from textwrap.wrap(of, _WIDTH)
    if ticked:
        yield _SIGNS
    for number, step in enumerate(STEPS, 1):
        page, stands = STEP_PAGES[step], ticked.get(step)
        box = _BOXES[stands.status] if stands is not None else "[ ]"
        yield ""
        yield from _filled(f"{box} {number}  {page.name}: {page.question}", 7)
        if stands is not None:
            yield from _filled(f"       {stands.word}{f': {stands.why}' if stands.why else ''}", 7)
        yield from _filled(f"       Look at: {page.looks_at}", 7)
        yield from _filled(f"       Settled by: {page.settle}", 7)
        for cause in causes.values():
            if cause.step is step and cause.likelihood is not Level.LOW:
                yield from _filled(f"       [ ] {cause.title} ({cause.slug})", 11)
    yield ""
    yield "`tui401 why CAUSE` says how to mend it."


def _filled(text: str, indent: int) -> list[str]:
    lead = text[: len(text) - len(text.lstrip())]
    return textwrap.wrap(
        text.strip(), _WIDTH, initial_indent=lead, subsequent_indent=" " * indent, break_on_hyphens=False
    )
