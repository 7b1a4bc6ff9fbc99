"""A request that was changed by hand: where it may go, and how a case goes on after its end."""

from __future__ import annotations

from dataclasses import replace

from tests.recovery.driving import plain_case, reply, scripted, told
from tui401.model.case import Case, Earlier
from tui401.model.events import CaseOpened, Changed
from tui401.model.fix import Answer, Asks, Question
from tui401.model.http import Header, Origin
from tui401.model.secret import Secret
from tui401.model.shown import Redacted, RequestShown
from tui401.model.verdict import Outcome
from tui401.model.view import CaseView, apply

REFUSED = reply("401 Unauthorized", "WWW-Authenticate: Bearer")
TOKEN = "Authorization: Bearer q7Zx9Wv2Kp0Lm4Rt8Yb3"


def editing(case: Case, origin: Origin, *, agree: str, drop: bool = False) -> tuple[list[Question], object]:
    asked: list[Question] = []

    def answer(question: Question) -> Answer:
        asked.append(question)
        if question.asks is Asks.NEXT:
            if sum(1 for q in asked if q.asks is Asks.NEXT) > 1:
                return Answer("stop")
            headers = () if drop else case.request.headers
            return Answer("edit", request=replace(case.request, origin=origin, headers=headers))
        return Answer(agree)

    return asked, answer


async def test_another_origin_gets_the_credential_only_after_a_yes_that_names_both() -> None:
    for agree, arrives in (("no", 0), ("yes", 1)):
        async with scripted(REFUSED) as api, scripted(REFUSED) as other:
            case = plain_case(api.url, "-H", TOKEN)
            to = Origin("http", "127.0.0.1", int(other.url.split(":")[2].split("/")[0]))
            asked, answer = editing(case, to, agree=agree)
            await told(case, answer)  # type: ignore[arg-type]
            (question,) = [q for q in asked if q.asks is Asks.ORIGIN]
            assert question.firm
            said = question.title + " ".join(question.lines)
            assert api.url.removesuffix("/v1/orders") in said
            assert str(to) in said
            assert len(other.received) >= arrives
            assert bool(other.received) is bool(arrives)


async def test_without_a_credential_nobody_is_asked() -> None:
    async with scripted(REFUSED) as api, scripted(REFUSED) as other:
        case = plain_case(api.url, "-H", TOKEN)
        to = Origin("http", "127.0.0.1", int(other.url.split(":")[2].split("/")[0]))
        asked, answer = editing(case, to, agree="no", drop=True)
        await told(case, answer)  # type: ignore[arg-type]
        assert not [q for q in asked if q.asks is Asks.ORIGIN]
        assert other.received


async def test_from_https_to_http_no_credential_goes_and_nobody_is_asked() -> None:
    async with scripted(REFUSED) as api:
        case = plain_case(api.url, "-H", TOKEN)
        here = case.request.origin
        case.request = replace(case.request, origin=replace(here, scheme="https", port=1))
        asked, answer = editing(case, here, agree="yes")
        done = await told(case, answer)  # type: ignore[arg-type]
        assert not [q for q in asked if q.asks is Asks.ORIGIN]
        assert any("from https to http no credential ever goes" in text for text in done.view.told)
        assert api.received == []


async def test_a_case_goes_on_with_its_next_attempt() -> None:
    async with scripted(REFUSED, reply("200 OK")) as api:
        case = plain_case(api.url, "-H", TOKEN)
        first = await told(case)
        view = first.view
        assert view.attempt == 1
        secret = Header("X-Key", Secret("another0secret1of2the3person"))
        again = replace(
            case,
            request=replace(case.request, headers=(*case.request.headers, secret)),
            earlier=Earlier(attempts=view.attempt, sends=len(view.sends), by="opened again"),
        )
        second = await told(again)
        assert not [event for event in second.events if isinstance(event, CaseOpened)]
        (changed,) = [event for event in second.events if isinstance(event, Changed)]
        assert (changed.attempt, changed.by) == (2, "opened again")
        for event in second.events:
            view = apply(view, event)
        assert view.outcome is Outcome.SUCCEEDED
        assert [sent.number for sent in view.sends] == list(range(1, len(view.sends) + 1))
        assert [sent.attempt for sent in view.sends][-1] == 2
        assert len(view.requests) == 2


def test_a_case_that_goes_on_has_not_ended() -> None:
    view = CaseView(outcome=Outcome.DIAGNOSED, ended_at=1.0)
    after = apply(view, Changed(attempt=2, request=RequestShown(method="GET", url=Redacted("https://a/")), by="x"))
    assert (after.outcome, after.ended_at) == (None, None)
