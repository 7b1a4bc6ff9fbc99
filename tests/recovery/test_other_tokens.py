"""Experiments with another token: offered where one can be had without a person, made after a yes, proved by a flip."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from tests.recovery.driving import Told, case_of, told
from tests.recovery.scoped import world
from tui401.cli.headless import Policy
from tui401.judge.facts import derive
from tui401.model.case import Case, Known
from tui401.model.events import Event
from tui401.model.fix import Answer, Asks, Question
from tui401.model.shown import AnswerSeen, GrantSeen
from tui401.model.verdict import Strength
from tui401.model.view import CaseView, apply
from tui401.practice import Practice
from tui401.recovery import recover


def probes(name: str) -> Callable[[Question], Answer]:
    """Chooses this experiment once."""
    done: list[str] = []

    def answer(question: Question) -> Answer:
        if question.asks is not Asks.NEXT:
            return Answer("yes")
        if done or not any(choice.key == f"probe:{name}" for choice in question.choices):
            return Answer("stop")
        done.append(name)
        return Answer(f"probe:{name}")

    return answer


def keys(ran: Told) -> set[str]:
    return {choice.key for question in ran.questions for choice in question.choices}


def asked(shop: Any) -> int:
    """Tokens that were asked for; whether the endpoint is up is asked without a credential."""
    return sum(1 for record in shop.requests.issuer if b"grant_type=client_credentials" in record.body)


async def test_a_new_token_of_the_same_kind_that_is_accepted_proves_the_old_ones_fault() -> None:
    async with Practice("token-unrecognised", terse=True) as shop:
        case = case_of(shop)
        before = case.request
        ran = await told(case, probes("fresh"))
        assert case.request == before, "an experiment is no fix"
        assert asked(shop) == 1, "the token that was accepted is sent once more, not another"
    facts = derive(ran.view.evidence, 1)
    flips = [flip for flip in facts.flips if flip.proved]
    assert [flip.label for flip in flips] in (["fresh"], ["other-token"])
    statuses = [(sent.varied, sent.status) for sent in ran.view.sends]
    assert ("with a new token of the same kind", 200) in [(varied.partition(" (")[0], s) for varied, s in statuses]
    assert ran.view.sends[-1].status == 401
    assert not ran.view.changes


async def test_no_token_is_asked_for_to_experiment_unless_the_person_chooses_it() -> None:
    async with Practice("token-unrecognised", terse=True) as shop:
        ran = await told(case_of(shop))
        assert not asked(shop)
    assert "probe:fresh" in keys(ran)


async def test_the_consent_of_a_headless_run_is_enough_for_it() -> None:
    async with Practice("token-unrecognised", terse=True) as shop:
        view = CaseView()
        policy = Policy(fix=False, yes=True, view=lambda: view)
        answers: list[str] = []

        async def ask(question: Question) -> Answer:
            answer = await policy(question)
            answers.append(answer.key)
            return answer

        from tui401.recovery import recover

        await recover(case_of(shop), ask=ask, emit=lambda _event: None)
        assert "probe:fresh" in answers
        assert asked(shop)


async def test_a_headless_run_proves_with_a_token_of_the_clients_own_what_is_only_likely() -> None:
    """The client and its secret were given for that; without them, or with nothing to prove, no token is asked for."""
    async with Practice("audience-mismatch", terse=True) as shop:
        view = await unattended(case_of(shop))
        assert asked(shop) == 1
        sent = [(one.varied.partition(" (")[0], one.status) for one in view.sends]
        assert ("with a token as the API is said to want it", 200) in sent
        assert not view.changes, "an experiment is no fix"
        assert root_of(view) == ("audience-mismatch", Strength.CONFIRMED)
        case = case_of(shop)
        case.known = dataclasses.replace(case.known, client_secret=None)
        assert root_of(await unattended(case)) == ("audience-mismatch", Strength.LIKELY)
        assert asked(shop) == 1


async def test_a_headless_run_asks_for_no_token_to_prove_what_is_proved() -> None:
    async with Practice("audience-mismatch") as shop:
        assert root_of(await unattended(case_of(shop))) == ("audience-mismatch", Strength.CONFIRMED)
        assert not asked(shop)


async def unattended(case: Case) -> CaseView:
    """A headless run without `--fix` and `--yes`."""
    view = CaseView()
    policy = Policy(fix=False, yes=False, view=lambda: view)

    def emit(event: Event) -> None:
        nonlocal view
        view = apply(view, event)

    await recover(case, ask=policy, emit=emit)
    return view


def root_of(view: CaseView) -> tuple[str, Strength]:
    assert view.diagnosis is not None
    assert view.diagnosis.root is not None
    return view.diagnosis.root.cause, view.diagnosis.root.strength


async def test_it_is_not_offered_without_a_grant_that_needs_no_person() -> None:
    async with Practice("token-unrecognised", terse=True) as shop:
        case = case_of(shop)
        case.known = Known(issuer=case.known.issuer, client_id=case.known.client_id, ntp=case.known.ntp)
        assert not {"probe:fresh", "probe:narrow", "probe:widen"} & keys(await told(case))


async def test_the_original_that_is_accepted_again_proves_nothing() -> None:
    """A token that comes back to life between the two sends is a flapping node, not the token's fault."""
    async with world() as shop:
        case = shop.case("worn-out-77aa10c4e2b95d38", scopes=("a",))
        shop_orders = shop._orders

        def orders(arrived: Any, writer: Any) -> None:
            shop_orders(arrived, writer)
            if "access-" in str(arrived.values("authorization")):
                shop.tokens["worn-out-77aa10c4e2b95d38"] = frozenset({"a"})

        shop._orders = orders  # type: ignore[method-assign] # the server changes its mind
        ran = await told(case, probes("fresh"))
    facts = derive(ran.view.evidence, 1)
    assert facts.flips
    assert not [flip for flip in facts.flips if flip.proved]
    assert ran.view.diagnosis is not None
    assert all(ranked.verdict.strength < Strength.CONFIRMED for ranked in ran.view.diagnosis.causes)


async def test_more_scopes_that_are_accepted_prove_the_missing_one() -> None:
    async with Practice("scope-insufficient", terse=True) as shop:
        ran = await told(case_of(shop), probes("widen"))
    facts = derive(ran.view.evidence, 1)
    assert [flip.label for flip in facts.flips if flip.proved] == ["other-scopes"]
    assert ran.view.diagnosis is not None
    assert ran.view.diagnosis.root is not None
    assert ran.view.diagnosis.root.cause == "scope-insufficient"
    assert ran.view.diagnosis.root.strength is Strength.CONFIRMED


async def test_what_the_issuer_granted_is_told_where_it_is_not_what_was_asked_for() -> None:
    async with world(needs=frozenset({"b"}), withheld=frozenset({"b"}), named=True) as shop:
        case = shop.case(shop.give("a"), scopes=("a", "b"))
        ran = await told(case, probes("widen"))
    grants = [piece.content for piece in ran.view.evidence if isinstance(piece.content, GrantSeen)]
    answers = [piece.content for piece in ran.view.evidence if isinstance(piece.content, AnswerSeen)]
    assert grants
    assert grants[-1].granted_scopes == ("a",)
    assert any(answer.varied.endswith("(granted: a)") for answer in answers)
