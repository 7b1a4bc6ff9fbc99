"""A way on as a page and as a line: what it is, who receives what, before and after. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tui401.model.fix import Choice, Fix, FixKind
from tui401.ui.blocks import Block, Change, Command, Gap, Para, Row, Tone
from tui401.ui.text import sentence

_BUTTONS: Final = {
    FixKind.REWRITE: "Fix and send",
    FixKind.NEW_TOKEN: "Fix and send",
    FixKind.PASTE: "Paste another",
    FixKind.ADVICE: "Done: send it again",
}
_GRANTS: Final = {
    "refresh_token": ", with the refresh token",
    "client_credentials": ", with the client's secret",
}
PROBE: Final = "probe:"


def is_advice(choice: Choice | None) -> bool:
    """Whether it is nothing that a client can do."""
    return choice is not None and choice.fix is not None and choice.fix.kind is FixKind.ADVICE


def label_of(choice: Choice, among: Sequence[Choice]) -> str:
    """A way in one line; two that are called alike are told apart by what they use."""
    alike = sum(1 for other in among if other.label == choice.label) > 1
    grant = choice.fix.grant if choice.fix is not None else ""
    return sentence(choice.label) + (_GRANTS.get(grant, "") if alike else "")


def button_of(choice: Choice | None) -> str:
    """The words on the button that makes a choice."""
    if choice is None:
        return ""
    if choice.fix is not None:
        return _BUTTONS[choice.fix.kind]
    if choice.key == "changed":
        return "Say it"
    return "Make this experiment" if choice.key.startswith(PROBE) else "Send it"


def choice_blocks(choice: Choice | None) -> tuple[Block, ...]:
    """A choice as a page: what it is, who receives what, before and after."""
    if choice is None:
        return (Para("There is nothing to choose from now.", indent=1),)
    if choice.fix is not None:
        return tuple(_fix(choice.fix))
    blocks: list[Block] = [Para(sentence(choice.label), Tone.STRONG, indent=1)]
    if choice.detail:
        blocks += [Gap(), Para(choice.detail, indent=3)]
    return (*blocks, Gap())


def _fix(fix: Fix) -> Iterator[Block]:
    yield Para(fix.title, Tone.STRONG, indent=1)
    yield Gap()
    for number, says in enumerate(fix.sends):
        yield Row("sends" if number == 0 else "then", says)
    if fix.causes:
        yield Row("mends", ", ".join(fix.causes), fix.effort)
    if fix.consent:
        yield Para(fix.consent, Tone.WARN, indent=3, mark="!")
    if fix.before or fix.after:
        yield Gap()
        for line in fix.before:
            yield Change("-", line)
        for line in fix.after:
            yield Change("+", line)
    for command in fix.commands:
        yield Command(command)
    if fix.kind is FixKind.ADVICE:
        yield Gap()
        yield Para("This is not in a client's hands: it is for whoever can do it.", Tone.QUIET, indent=3)
    yield Gap()
