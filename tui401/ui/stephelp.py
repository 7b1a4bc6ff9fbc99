"""What the help says on the recovery screen: the step, and the cause that was found. Pure."""

from __future__ import annotations

from tui401.causes.steps import STEP_PAGES
from tui401.model.verdict import Step
from tui401.model.view import CaseView
from tui401.ui.blocks import Block, Gap, Head, Para, Tone
from tui401.ui.knowledge import cause_of


def help_of(view: CaseView, step: Step) -> tuple[Block, ...]:
    """The step's page and, when one is named, the cause's."""
    page = STEP_PAGES[step]
    blocks: list[Block] = [Para(page.title, Tone.STRONG, indent=1), Para(page.question), Gap(), Para(page.looks_at)]
    blocks += [Gap(), Para(page.why), Gap(), Para(page.settle)]
    root = view.diagnosis.root if view.diagnosis is not None else None
    cause = cause_of(root.cause) if root is not None else None
    if cause is not None:
        manual = cause.manual
        blocks += [Gap(), Para(f"{cause.title} ({cause.slug})", Tone.STRONG, indent=1), Para(manual.what)]
        for name, text in (("Why", manual.why), ("What settles it", manual.settle), ("What to do", manual.mend)):
            blocks += [Gap(), Head(name), Para(text)]
        blocks += [Gap(), *(Para(reference, Tone.QUIET) for reference in manual.references)]
    return tuple(blocks)
