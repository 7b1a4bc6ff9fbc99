"""The question "what changed lately?": asked once, kept redacted, never in the way of a run without a person."""

from __future__ import annotations

from collections.abc import Callable

from tests.recovery.driving import Told, plain_case, reply, scripted, told
from tui401.cli.headless import Policy
from tui401.model.case import Earlier
from tui401.model.fix import Answer, Asks, Question
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import PersonSaid
from tui401.model.verdict import Outcome
from tui401.model.view import CaseView
from tui401.recovery import lately

REFUSED = reply("401 Unauthorized", "WWW-Authenticate: Bearer")
BEARER = ("-H", "Authorization: Bearer opaque-9c1f7e4ab2d85063")


def saying(words: str | None) -> Callable[[Question], Answer]:
    asked: list[Question] = []

    def answer(question: Question) -> Answer:
        if question.asks is not Asks.NEXT:
            return Answer("no")
        asked.append(question)
        if len(asked) == 1:
            return Answer(lately.KEY, secret=None if words is None else Secret(words))
        return Answer("stop")

    return answer


def offers(ran: Told) -> list[bool]:
    """Whether each "what now?" offered it, in order."""
    return [lately.KEY in [c.key for c in q.choices] for q in ran.questions if q.asks is Asks.NEXT]


def kept(view: CaseView) -> list[str]:
    return [e.content.answer for e in view.evidence if isinstance(e.content, PersonSaid)]


async def test_the_answer_is_kept_as_evidence_of_the_case_and_asked_for_once() -> None:
    async with scripted(REFUSED) as server:
        ran = await told(plain_case(server.url, *BEARER), saying("ops rotated the client secret\non Monday"))
    assert kept(ran.view) == ["ops rotated the client secret on Monday"]
    assert [e.subject for e in ran.view.evidence if isinstance(e.content, PersonSaid)] == ["case"]
    assert offers(ran) == [True, False]


async def test_a_secret_in_the_words_stands_as_its_name() -> None:
    words = "we changed opaque-9c1f7e4ab2d85063, and password=Zq7Xv9Kp2LmWt5hJ"
    async with scripted(REFUSED) as server:
        ran = await told(plain_case(server.url, *BEARER), saying(words))
    (answer,) = kept(ran.view)
    assert "9c1f7e4a" not in answer
    assert "Zq7Xv9Kp" not in answer
    assert "we changed ‹secret-1›" in answer


async def test_no_words_are_an_answer_too_and_nothing_is_sent_for_it() -> None:
    async with scripted(REFUSED) as server:
        ran = await told(plain_case(server.url, *BEARER), saying(None))
        asked = len(server.received)
        again = await told(plain_case(server.url, *BEARER))
        alone = len(server.received) - asked
    assert kept(ran.view) == [lately.NOTHING]
    assert offers(again) == [True]
    assert asked == alone


async def test_a_case_that_goes_on_is_not_asked_twice() -> None:
    async with scripted(REFUSED) as server:
        case = plain_case(server.url, *BEARER)
        first = await told(case, saying("a deploy"))
        case.earlier = Earlier(attempts=1, sends=1, by="opened again", told_lately=lately.answered(first.view.evidence))
        again = await told(case)
    assert offers(again) == [False]


def test_a_long_answer_is_bounded() -> None:
    kept = lately.said(Answer(lately.KEY, secret=Secret("deploy " * 2_000)), Names())
    assert len(kept.answer) <= 2_000


async def test_a_run_without_a_person_never_answers_it_and_ends() -> None:
    async with scripted(REFUSED) as server:
        case = plain_case(server.url, *BEARER)
        policy = Policy(fix=True, yes=True, view=CaseView)
        answers: list[Answer] = []

        def settle(question: Question) -> Answer:
            coroutine = policy(question)
            try:
                coroutine.send(None)
            except StopIteration as stopped:
                answers.append(stopped.value)
            return answers[-1]

        ran = await told(case, settle)
    assert ran.outcome is Outcome.UNDETERMINED
    assert any(offers(ran))
    assert all(answer.key != lately.KEY for answer in answers)
    assert kept(ran.view) == []
