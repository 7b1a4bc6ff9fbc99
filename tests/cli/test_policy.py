"""Which fix a run without a screen does first."""

from __future__ import annotations

from tui401.cli.headless import Policy
from tui401.model.fix import Asks, Choice, Fix, FixKind, Question
from tui401.model.view import CaseView


def fix_of(name: str, *causes: str, **more: str) -> Choice:
    kind = FixKind(more.pop("kind", "new-token"))
    fix = Fix(id=name, kind=kind, causes=causes or ("token-expired",), title=name, **more)  # type: ignore[arg-type]
    return Choice(key=f"fix:{name}", label=name, fix=fix)


async def chosen(*choices: Choice, yes: bool = True) -> list[str]:
    """All that it does, in order, while nothing helps."""
    policy = Policy(fix=True, yes=yes, view=CaseView)
    question = Question(asks=Asks.NEXT, title="What now?", choices=choices)
    keys: list[str] = []
    while (answer := await policy(question)).key != "stop":
        keys.append(answer.key)
    return keys


async def test_of_two_ways_to_a_token_the_one_that_takes_no_consent_goes_first() -> None:
    burns = fix_of("refresh", grant="refresh_token", consent="An application is signed out.")
    own = fix_of("credentials", grant="client_credentials")
    assert await chosen(burns, own) == ["fix:credentials", "fix:refresh"]


async def test_what_mends_the_root_goes_before_what_takes_less_consent_and_mends_another_fault() -> None:
    burns = fix_of("refresh", grant="refresh_token", consent="An application is signed out.")
    beside = fix_of("one-alone", "header-duplicated", kind="rewrite")
    assert await chosen(burns, beside) == ["fix:refresh", "fix:one-alone"]


async def test_what_only_a_person_can_do_is_left_to_them() -> None:
    waits = fix_of("browser", grant="authorization_code")
    pastes = fix_of("paste", kind="paste")
    says = fix_of("advice", kind="advice")
    command = fix_of("command", grant="command")
    assert await chosen(waits, pastes, says, command) == ["fix:command"]
    assert await chosen(waits, pastes, says, command, yes=False) == []
