"""Two sends of a case side by side: a line for each, and what differs between them. Pure."""

from __future__ import annotations

from tui401.model.events import Sent
from tui401.model.shown import AnswerSeen
from tui401.model.view import CaseView
from tui401.ui.blocks import Block, Gap, Para, Row, Tone
from tui401.ui.difference import answer_changes
from tui401.ui.sends import name_of


def answer_of(view: CaseView, sent: Sent) -> AnswerSeen | None:
    """The answer to a send, where it is still held: of several alike in one attempt the last one is."""
    for evidence in view.evidence:
        if isinstance(evidence.content, AnswerSeen) and evidence.subject == f"attempt:{sent.attempt}":
            same = evidence.content.label == sent.label and evidence.content.status == sent.status
            if evidence.by == f"send {sent.number}" or same:
                return evidence.content
    return None


def line_of(sent: Sent) -> str:
    """A send in one line."""
    status = sent.status if sent.status is not None else "no answer"
    return f"{sent.number}  {status}  {name_of(sent)}  ({sent.method}, attempt {sent.attempt})"


def pair_blocks(view: CaseView, first: Sent, second: Sent) -> tuple[Block, ...]:
    """The comparison of two sends."""
    one, other = answer_of(view, first), answer_of(view, second)
    if one is None or other is None:
        return (Para("The answer of one of them is not held any more.", Tone.WARN, indent=1),)
    return (
        Row("- first", line_of(first)),
        Row("+ second", line_of(second)),
        Gap(),
        *answer_changes(one, other, view.hints),
    )
