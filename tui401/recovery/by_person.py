"""A token that somebody has to sign in for, outside a fix: told where it is offered, and asked before it begins."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.model.fix import Asks, Choice, Fix, Question, TokenWish
from tui401.model.shown import Redacted
from tui401.probes.tokens import FRESH, by_a_person, grant_of
from tui401.recovery import ways
from tui401.recovery.granting import BY_A_PERSON
from tui401.recovery.tools import Ask

_TAKES: Final = {
    "authorization_code": "You sign in by your browser for it.",
    "device_code": "You open an address and type a code for it.",
    "command": "Your token command is shown, and run for it.",
}


def offered(question: Question, case: Case, facts: Facts) -> Question:
    """The question with what a new token takes of the person, at the experiment that needs one."""
    if not by_a_person(facts):
        return question
    fix = ways.wished(case, facts, TokenWish(grant=grant_of(case, facts)))
    grant = fix.grant if fix is not None else ""

    def told(choice: Choice) -> Choice:
        if choice.key != f"probe:{FRESH.name}" or grant not in _TAKES:
            return choice
        return replace(choice, detail=f"{choice.detail} {_TAKES[grant]}", grant=grant)

    return replace(question, choices=tuple(map(told, question.choices)))


async def may_sign_in(ask: Ask, fix: Fix) -> bool:
    """Whether the person wants to sign in for this token; of no other grant is anything asked here."""
    if fix.grant not in BY_A_PERSON:
        return True
    question = Question(
        asks=Asks.EXPERIMENT,
        title=f"{fix.title}?",
        lines=tuple(map(Redacted, fix.sends)),
        choices=(Choice(key="yes", label="Sign in"), Choice(key="no", label="Leave it")),
    )
    return (await ask(question)).key == "yes"
