"""Another token: by the person's wish, put into the request as they changed it."""

from __future__ import annotations

from typing import Any

from tests.recovery.asked import for_tokens
from tests.recovery.driving import Told, case_of, told
from tui401.model.case import Case
from tui401.model.fix import Answer, Asks, Question, TokenWish
from tui401.model.http import From, Provenance, Request
from tui401.model.secret import Secret
from tui401.model.shown import GrantSeen
from tui401.model.verdict import Outcome
from tui401.practice import Practice


async def wishes(case: Case, wish: TokenWish, request: Request | None = None) -> Told:
    done: list[str] = []

    def answer(question: Question) -> Answer:
        if question.asks is not Asks.NEXT:
            return Answer("yes")
        if done:
            return Answer("stop")
        done.append("token")
        return Answer("token", wish=wish, request=request)

    return await told(case, answer)


def grants(ran: Told) -> list[GrantSeen]:
    return [piece.content for piece in ran.view.evidence if isinstance(piece.content, GrantSeen)]


def own(world: Any) -> list[Any]:
    return [record for record in world.requests.api if not record.target.startswith("/.well-known")]


def asked(world: Any) -> list[Any]:
    return for_tokens(world)


async def test_a_wished_token_comes_by_the_grant_that_is_known_and_the_retry_carries_it() -> None:
    async with Practice("audience-mismatch") as world:
        case = case_of(world)
        old = case.request.values("Authorization")[0]
        ran = await wishes(case, TokenWish(audience=world.knows.audience or "", scopes=("orders:read",)))
        new = case.request.values("Authorization")[0]
        accepted = next(sent for sent in ran.view.sends if sent.status == 200)
        assert own(world)[accepted.number - 1].carried(new.reveal())
    assert ran.outcome is Outcome.RECOVERED
    granted = grants(ran)[-1]
    assert (granted.grant, granted.audience) == ("client_credentials", world.knows.audience)
    assert granted.asked_scopes == ("orders:read",)
    assert new != old


async def test_a_wish_goes_into_the_request_as_it_was_changed_by_hand() -> None:
    async with Practice("token-expired") as world:
        case = case_of(world)
        edited = case.request.with_header("X-Trace", Secret("by-hand"), Provenance(From.EDIT, "by hand"))
        ran = await wishes(case, TokenWish(audience=world.knows.audience or ""), edited)
        assert ran.outcome is Outcome.RECOVERED
        assert case.request.values("X-Trace") == (Secret("by-hand"),)
    # Two things differ, so no second refusal of the original is asked for.
    assert [sent.label for sent in ran.view.sends][-1] == "original"


async def test_a_wish_for_a_grant_that_is_not_known_asks_nobody() -> None:
    async with Practice("token-expired") as world:
        ran = await wishes(case_of(world), TokenWish(grant="device_code"))
        assert not asked(world)
    assert ran.outcome is Outcome.DIAGNOSED
    assert any("No token can be asked for like that" in text for text in ran.view.told)
