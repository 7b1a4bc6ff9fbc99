"""The search for the least scopes, live against an issuer and an API on loopback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.recovery.driving import Told, fix_first, told
from tests.recovery.scoped import World, world
from tui401.model.case import Case
from tui401.model.events import Event
from tui401.model.fix import Answer, Asks, Question
from tui401.model.secret import Secret
from tui401.model.shown import LeastScopesSeen
from tui401.model.verdict import Outcome
from tui401.model.view import CaseView, apply
from tui401.recovery import afterwards, searching
from tui401.recovery.least import tokens_at_most

MANY = tuple(f"orders:{number}" for number in range(31))


def least_of(view: CaseView) -> LeastScopesSeen | None:
    found = [piece.content for piece in view.evidence if isinstance(piece.content, LeastScopesSeen)]
    return found[-1] if found else None


def chooses_least(says: str = "yes") -> Callable[[Question], Answer]:
    done: list[str] = []

    def answer(question: Question) -> Answer:
        if question.asks is Asks.SCOPES:
            return Answer(says)
        if question.asks is not Asks.NEXT:
            return Answer("yes")
        if done or not any(choice.key == searching.KEY for choice in question.choices):
            return Answer("stop")
        done.append(searching.KEY)
        return Answer(searching.KEY)

    return answer


async def after(case: Case, ran: Told, says: str = "yes") -> tuple[CaseView, list[Question], list[Event]]:
    """The search after a recovery that ended."""
    questions: list[Question] = []
    events: list[Event] = []

    async def ask(question: Question) -> Answer:
        questions.append(question)
        return Answer(says)

    await afterwards.least_scopes(case, ran.view, ask=ask, emit=events.append)
    view = ran.view
    for event in events:
        view = apply(view, event)
    return view, questions, events


async def recovered(shop: World, *scopes: str) -> tuple[Case, Told]:
    """A case that a token with all of these scopes has mended."""
    case = shop.case("worn-out-77aa10c4e2b95d38", scopes=scopes)
    ran = await told(case, fix_first("new-token:client_credentials"))
    assert ran.outcome is Outcome.RECOVERED
    return case, ran


async def test_after_a_recovery_the_least_scope_is_found_and_the_case_stays_as_it_succeeds() -> None:
    async with world(needs=frozenset({"orders:17"})) as shop:
        case, ran = await recovered(shop, *MANY)
        request, tokens = case.request, len(shop.tokens)
        view, questions, _ = await after(case, ran)
        assert len(shop.tokens) - tokens <= 7
    found = least_of(view)
    assert found is not None
    assert found.settled
    assert found.smallest == ("orders:17",)
    assert found.profile == "shop"
    assert found.endpoint.startswith("GET http://127.0.0.1:")
    assert found.tried[0].asked == ()
    assert case.request == request
    assert view.outcome is Outcome.RECOVERED
    assert view.diagnosis == ran.view.diagnosis
    (question,) = questions
    assert question.asks is Asks.SCOPES
    assert str(tokens_at_most(31)) in question.lines[0]
    assert str(tokens_at_most(31)) in question.lines[1]


async def test_it_takes_a_yes_and_no_means_that_nobody_is_asked() -> None:
    async with world(needs=frozenset({"orders:1"})) as shop:
        case, ran = await recovered(shop, *MANY[:4])
        before = len(shop.tokens), len(shop.api)
        view, questions, _ = await after(case, ran, says="no")
        assert (len(shop.tokens), len(shop.api)) == before
    assert [question.asks for question in questions] == [Asks.SCOPES]
    assert least_of(view) is None


async def test_its_sends_belong_to_no_attempt_and_are_counted() -> None:
    async with world(needs=frozenset({"orders:1"})) as shop:
        case, ran = await recovered(shop, *MANY[:4])
        view, _, _ = await after(case, ran)
        assert view.spent.api == len(shop.api)
    of_search = view.sends[len(ran.view.sends) :]
    assert of_search
    assert {sent.attempt for sent in of_search} == {0}
    assert [sent.number for sent in view.sends] == list(range(1, len(view.sends) + 1))
    assert view.spent.budget - ran.view.spent.budget == len(of_search)
    assert view.spent.issuer >= ran.view.spent.issuer + len(of_search)


async def test_what_an_issuer_leaves_out_without_a_word_is_seen() -> None:
    async with world(needs=frozenset({"a"}), withheld=frozenset({"b", "c"})) as shop:
        case, ran = await recovered(shop, "a", "b", "c")
        view, _, _ = await after(case, ran)
    found = least_of(view)
    assert found is not None
    assert found.smallest == ("a",)
    assert all(set(one.granted) <= {"a"} for one in found.tried)


async def test_a_limit_ends_it_and_what_works_so_far_is_kept() -> None:
    async with world(needs=frozenset({"orders:17"})) as shop:
        case, ran = await recovered(shop, *MANY)
        shop.limited_from = len(shop.tokens) + 3
        view, _, _ = await after(case, ran)
        assert len(shop.tokens) == shop.limited_from
    found = least_of(view)
    assert found is not None
    assert not found.settled
    assert "limits attempts" in found.problem
    assert "orders:17" in found.smallest


async def test_a_scope_that_the_issuer_refuses_is_found_and_the_request_goes_on_without_it() -> None:
    allowed = frozenset(MANY[:-1])
    async with world(needs=frozenset({"orders:3"}), allowed=allowed, named=False) as shop:
        case = shop.case(shop.give("orders:30"), scopes=MANY)
        ran = await told(case, chooses_least())
        tokens = [form for form in shop.asked if form["grant_type"] == ["client_credentials"]]
        assert len(tokens) <= tokens_at_most(31) + 1
    found = least_of(ran.view)
    assert found is not None
    assert (found.smallest, found.culprits) == (("orders:3",), ("orders:30",))
    assert ran.outcome is Outcome.RECOVERED
    assert tokens[-1]["scope"] == ["orders:3"]


async def test_by_refresh_each_successor_is_kept_and_the_next_token_comes_by_it() -> None:
    async with world(needs=frozenset({"b"})) as shop:
        first = shop.give_refresh("a", "b", "c")
        case = shop.case("worn-out-77aa10c4e2b95d38", refresh=first, secret=False)
        ran = await told(case, fix_first("new-token:refresh_token"))
        assert ran.outcome is Outcome.RECOVERED
        view, questions, _ = await after(case, ran)
        refreshes = [form["refresh_token"][0] for form in shop.asked]
        assert len(refreshes) == len(set(refreshes))
        assert case.known.refresh_token is not None
        assert case.known.refresh_token.reveal() in shop.refresh
    assert any("successor" in line for line in questions[0].lines)
    found = least_of(view)
    assert found is not None
    assert found.smallest == ("b",)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda case: case.known.__class__(issuer=case.known.issuer, client_id="svc-orders"), "name a client"),
        (
            lambda case: case.known.__class__(
                issuer=case.known.issuer,
                client_id="svc-orders",
                refresh_token=Secret("env-77aa10c4e2b95d38"),
                token_from_environment=True,
            ),
            "name a client",
        ),
    ],
)
async def test_without_a_grant_that_needs_no_person_there_is_no_search(change: Any, says: str) -> None:
    async with world(needs=frozenset({"a"})) as shop:
        case, ran = await recovered(shop, "a", "b")
        case.known = change(case)
        assert says in afterwards.why_not(case, ran.view)
        asked = len(shop.asked)
        view, questions, _ = await after(case, ran)
        assert len(shop.asked) == asked
    assert not questions
    assert any(says in text for text in view.told)


async def test_a_request_that_can_change_something_is_not_sent_for_a_search() -> None:
    async with world(needs=frozenset({"a"})) as shop:
        case, ran = await recovered(shop, "a", "b")
        case.request = case.request.__class__("POST", *(getattr(case.request, n) for n in ("origin", "target")))
        assert "POST can change something" in afterwards.why_not(case, ran.view)


async def test_no_secret_stands_in_what_it_tells() -> None:
    async with world(needs=frozenset({"orders:2"})) as shop:
        case, ran = await recovered(shop, *MANY[:8])
        _, _, events = await after(case, ran)
        told_of = repr(events)
        assert not [token for token in shop.tokens if token in told_of]
