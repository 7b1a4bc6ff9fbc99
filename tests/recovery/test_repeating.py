"""A request that is not refused now, sent some times more: how often it is refused after all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.recovery.driving import plain_case, reply, scripted, told
from tui401.model.fix import Answer, Asks, Question
from tui401.model.verdict import Outcome, Strength
from tui401.recovery import repeating

GOOD = reply("200 OK", body="{}")
REFUSED = reply("401 Unauthorized", "WWW-Authenticate: Bearer")
BEARER = ("-H", "Authorization: Bearer opaque-9c1f7e4ab2d85063")


def choosing(*keys: str, consents: str = "yes") -> Callable[[Question], Answer]:
    """These choices of "what now?" one after another, then stop."""
    left = list(keys)

    def answer(question: Question) -> Answer:
        if question.asks is not Asks.NEXT:
            return Answer(consents)
        return Answer(left.pop(0) if left else "stop")

    return answer


def keys_of(question: Question) -> list[str]:
    return [choice.key for choice in question.choices]


async def test_a_request_that_succeeds_can_be_sent_five_times_more_or_changed() -> None:
    async with scripted(GOOD) as server:
        ran = await told(plain_case(server.url, *BEARER), choosing(repeating.KEY))
    assert ran.outcome is Outcome.SUCCEEDED
    assert len(server.received) == 6
    assert {"more", "edit", "changed", "stop"} <= set(keys_of(ran.questions[0]))
    assert not any(key.startswith(("fix:", "probe:")) for key in keys_of(ran.questions[0]))
    assert [choice.label for choice in ran.questions[0].choices if choice.key == "more"] == ["Send 5 more"]


async def test_a_refusal_among_them_is_called_intermittent_and_counted() -> None:
    async with scripted(GOOD, GOOD, REFUSED, GOOD, REFUSED, GOOD) as server:
        ran = await told(plain_case(server.url, *BEARER), choosing(repeating.KEY))
    assert ran.outcome is Outcome.INTERMITTENT
    assert [sent.status for sent in ran.view.sends] == [200, 200, 401, 200, 401, 200]
    assert ran.view.diagnosis is not None
    assert all(r.verdict.strength < Strength.CONFIRMED for r in ran.view.diagnosis.causes)


async def test_the_budget_ends_it_and_an_empty_one_offers_no_more() -> None:
    async with scripted(GOOD) as server:
        case = plain_case(server.url, *BEARER, api_budget=4)
        ran = await told(case, choosing(repeating.KEY, repeating.KEY))
    assert len(server.received) == 4
    assert [c.label for c in ran.questions[0].choices if c.key == "more"] == ["Send 3 more"]
    assert "more" not in keys_of(ran.questions[1])


async def test_a_server_that_limits_attempts_ends_it_at_once() -> None:
    async with scripted(GOOD, reply("429 Too Many Requests", "Retry-After: 30")) as server:
        ran = await told(plain_case(server.url, *BEARER), choosing(repeating.KEY))
    assert len(server.received) == 2
    assert any("asks to wait: 30" in text for text in ran.view.told)


@pytest.mark.parametrize(("consent", "sends"), [("no", 1), ("yes", 6)])
async def test_a_method_that_can_change_something_is_repeated_after_a_yes_only(consent: str, sends: int) -> None:
    async with scripted(GOOD) as server:
        case = plain_case(server.url, *BEARER, "-X", "POST")
        ran = await told(case, choosing(repeating.KEY, consents=consent))
    assert len(server.received) == sends
    asked = next(q for q in ran.questions if q.asks is Asks.EXPERIMENT)
    assert asked.title == "Send it 5 times more?"
    assert "POST can change something" in asked.lines[0]


async def test_a_request_that_is_refused_by_turns_can_be_sent_more_for_a_better_rate() -> None:
    async with scripted(REFUSED, REFUSED, GOOD, REFUSED, GOOD) as server:
        ran = await told(plain_case(server.url, *BEARER, api_budget=12), choosing(repeating.KEY, consents="no"))
    kept = [q for q in ran.questions if q.asks is Asks.NEXT and repeating.KEY in keys_of(q)]
    assert ran.outcome is Outcome.INTERMITTENT
    assert kept
    ours = [s.label for s in ran.view.sends if s.varied == repeating.VARIED]
    assert ours
    assert not set(ours) & {s.label for s in ran.view.sends if s.varied != repeating.VARIED}  # no answer is replaced


async def test_an_undetermined_refusal_is_not_sent_more_for_nothing() -> None:
    async with scripted(REFUSED) as server:
        ran = await told(plain_case(server.url, *BEARER))
    assert all(repeating.KEY not in keys_of(q) for q in ran.questions)
