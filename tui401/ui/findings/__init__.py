"""What was found for each step, with its source: from evidence and facts to blocks, a module a step. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tui401.model.facts import Facts
from tui401.model.verdict import Step
from tui401.model.view import CaseView
from tui401.ui.blocks import Block
from tui401.ui.findings.common import credential_of, expires_at

__all__ = ["credential_of", "expires_at", "of_step"]


def of_step(step: Step, view: CaseView, facts: Facts | None, now: float, *, above: str = "") -> Iterator[Block]:
    """What was found for a step so far; nothing while nothing was looked at.

    Args:
        step: Which one.
        view: The case.
        facts: What is known of the current attempt; None before anything is.
        now: Seconds since the epoch by this machine's clock.
        above: The cause whose values stand on the same screen already.
    """
    if not view.evidence:
        return iter(())
    # They read what judgement reads, which the first frame does not wait for.
    from tui401.ui.findings import audience, clock, header, permissions, server, token  # noqa: PLC0415

    match step:
        case Step.TOKEN:
            return token.found(view, facts, now, above)
        case Step.HEADER:
            return header.found(view, facts)
        case Step.AUDIENCE:
            return audience.found(view, facts, above)
        case Step.CLOCK:
            return clock.found(view, facts, now)
        case Step.PERMISSIONS:
            return permissions.found(view, facts)
        case Step.SERVER:
            return server.found(view, facts)
