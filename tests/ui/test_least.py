"""Solved offers the search for the least scopes, shows its cost first, and then what it found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import recording
from support import Kit, settle, text_of, until

from tui401.model.case import Case
from tui401.model.events import Event, Told
from tui401.model.fix import Answer, Asks, Choice, Question
from tui401.model.shown import LeastScopesSeen, Redacted, ScopesTried
from tui401.model.view import CaseView
from tui401.ui.screens.question import QuestionScreen
from tui401.ui.screens.solved import SolvedScreen

COST = Question(
    asks=Asks.SCOPES,
    title="Search for the least scopes that work?",
    lines=(Redacted("At most 12 tokens of https://login.example.com, by client credentials."),),
    choices=(Choice(key="yes", label="Search"), Choice(key="no", label="Leave it")),
)
SEEN = LeastScopesSeen(
    endpoint=Redacted(f"GET {recording.URL}"),
    smallest=("orders:read",),
    culprits=("orders:purge",),
    tried=(
        ScopesTried(asked=(), status=403),
        ScopesTried(asked=("orders:read",), granted=("orders:read",), status=200),
        ScopesTried(asked=("orders:read", "admin"), granted=("orders:read", "admin"), status=200),
    ),
    settled=True,
)


@dataclass
class FakeLeast:
    reason: str = ""
    answers: list[str] = field(default_factory=list)

    def why_not(self, case: Case, view: CaseView) -> str:  # noqa: ARG002 - the port's
        return self.reason

    async def __call__(
        self,
        case: Case,  # noqa: ARG002 - the port's
        view: CaseView,  # noqa: ARG002 - the port's
        *,
        ask: Callable[[Question], Awaitable[Answer]],
        emit: Callable[[Event], None],
    ) -> None:
        self.answers.append((await ask(COST)).key)
        if self.answers[-1] == "yes":
            emit(recording.found(SEEN, "case", by="the search"))
        else:
            emit(Told(text=Redacted("Nothing was asked for.")))


async def solved(kit: Kit, then: Callable[..., Awaitable[None]]) -> None:
    async with kit.app().run_test(size=(100, 40)) as pilot:
        app = pilot.app
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SolvedScreen))
        await then(pilot)


async def test_its_cost_is_shown_before_it_starts_and_what_it_found_stands_on_the_page() -> None:
    least = FakeLeast()
    kit = Kit(recording.mismatch(), least=least)

    async def then(pilot: object) -> None:
        app = pilot.app  # type: ignore[attr-defined]
        assert "Find the least scopes that work" in text_of(app)
        await pilot.press("s")  # type: ignore[attr-defined]
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))  # type: ignore[arg-type]
        assert "At most 12 tokens" in text_of(app)
        assert not least.answers
        await pilot.press("enter")  # type: ignore[attr-defined]
        await until(pilot, lambda: "none can be taken away" in text_of(app))  # type: ignore[arg-type]
        text = text_of(app)
        assert "orders:read" in text
        assert "none can be taken away" in text
        assert "admin is not needed" in text
        assert "orders:purge" in text

    await solved(kit, then)
    assert least.answers == ["yes"]


async def test_escape_means_no() -> None:
    least = FakeLeast()
    kit = Kit(recording.mismatch(), least=least)

    async def then(pilot: object) -> None:
        app = pilot.app  # type: ignore[attr-defined]
        await pilot.press("s")  # type: ignore[attr-defined]
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))  # type: ignore[arg-type]
        await pilot.press("escape")  # type: ignore[attr-defined]
        await until(pilot, lambda: "Nothing was asked for." in text_of(app))  # type: ignore[arg-type]

    await solved(kit, then)
    assert least.answers == ["no"]


async def test_where_there_can_be_none_it_is_not_offered() -> None:
    kit = Kit(recording.mismatch(), least=FakeLeast("It takes a client."))

    async def then(pilot: object) -> None:
        assert "least scopes" not in text_of(pilot.app)  # type: ignore[attr-defined]

    await solved(kit, then)
