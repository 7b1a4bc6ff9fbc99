"""A question of the recovery as a page, and how it is answered by somebody who goes away from it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tui401.model.fix import Asks, Question
from tui401.ui.blocks import Block, Command, Gap, Para, Tone


def question_blocks(question: Question) -> tuple[Block, ...]:
    """What it asks, and exactly what would be sent to whom."""
    return tuple(_blocks(question))


def refusal_of(question: Question) -> str:
    """The key that says no, or else the last way: the obvious one stands first."""
    keys = [choice.key for choice in question.choices]
    return "no" if "no" in keys else keys[-1] if keys else "no"


def _blocks(question: Question) -> Iterator[Block]:
    yield Para(question.title, Tone.STRONG, indent=1)
    yield Gap()
    yield from _lines(question)
    if question.firm:
        yield Gap()
        yield Para("This is always asked; no option answers it beforehand.", Tone.QUIET, indent=3)


def _lines(question: Question) -> tuple[Block, ...]:
    """What there is to know before answering; a command stands as it is run."""
    if question.asks is not Asks.COMMAND or not question.lines:
        return tuple(Para(line, indent=3) for line in question.lines)
    command, *more = question.lines
    return (
        Command(command),
        Gap(),
        Para("It runs as it stands here: no shell reads it, so nothing in it is expanded.", indent=3),
        Para("It gets your environment without TUI401_*: what tui401 keeps there is not for other programs.", indent=3),
        *(Para(line, indent=3) for line in more),
    )
