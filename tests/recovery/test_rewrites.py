"""Fixes that send the same credential another way, on servers that read it in one way alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.probes.digests import proves
from tests.probes.server import Arrived, Server, response, serve
from tests.recovery.driving import Told, plain_case, reply, scripted, told
from tui401.cli.headless import Policy
from tui401.model.fix import Answer, Asks, Question
from tui401.model.verdict import Outcome
from tui401.model.view import CaseView

TOKEN = "opaque-9c1f7e4ab2d85063"
KEY = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
BEARER = ("-H", f"Authorization: Bearer {TOKEN}")


def choosing(key: str, *, crossing: str = "yes") -> Any:
    """Chooses that way once, then stops; answers what may cross so, and every other question with yes."""
    done: list[str] = []

    def answer(question: Question) -> Answer:
        if question.asks is not Asks.NEXT:
            return Answer(crossing if question.asks is Asks.ORIGIN else "yes")
        found = next((c.key for c in question.choices if c.key == key), None)
        if found is None or done:
            return Answer("stop")
        done.append(found)
        return Answer(found)

    return answer


def verdict(ran: Told) -> tuple[str, str]:
    first = ran.view.judgements[0]
    return (first.root.cause, first.root.strength.word) if first.root is not None else ("", "")


def takes(check: Any, *lines: str, body: str = "") -> Any:
    """A server that answers 200 to what passes the check, and refuses the rest in the same words."""

    async def handle(arrived: Arrived, writer: Any) -> None:
        if check(arrived):
            writer.write(response("200 OK", body=b"{}"))
        else:
            writer.write(response("401 Unauthorized", "Content-Type: application/json", *lines, body=body.encode()))

    return handle


def carried(server: Server, secret: str) -> int:
    return len([one for one in server.arrived if secret.encode() in one.everything])


# -- a key in the wrong place ------------------------------------------------------------------------------------------

SEND_AS = '{"message": "The API key is missing; send it as X-API-Key"}'


@pytest.mark.parametrize("given", [("-H", f"Authorization: Bearer {KEY}"), ("-H", f"X-Key: {KEY}")])
async def test_a_key_is_moved_to_the_header_that_the_api_names_and_proved(given: tuple[str, str]) -> None:
    async with serve(takes(lambda a: a.values("x-api-key") == [KEY], body=SEND_AS)) as server:
        ran = await told(plain_case(f"{server.origin}/v1", *given), choosing("fix:placement"))
    assert ran.outcome is Outcome.RECOVERED
    assert verdict(ran) == ("credential-misplaced", "confirmed")
    last = server.arrived[-1]
    assert last.values("x-api-key") == [KEY]
    assert not last.values("authorization")


async def test_a_key_of_the_address_goes_into_the_header_and_never_the_other_way() -> None:
    async with serve(takes(lambda a: a.values("x-api-key") == [KEY], body=SEND_AS)) as server:
        ran = await told(plain_case(f"{server.origin}/v1?api_key={KEY}&a=b"), choosing("fix:placement"))
        assert ran.outcome is Outcome.RECOVERED
        assert server.arrived[-1].target == "/v1?a=b"
    async with serve(takes(lambda _a: False, body='{"message": "Send the key as query parameter api_key"}')) as server:
        await told(plain_case(f"{server.origin}/v1", "-H", f"X-API-Key: {KEY}"), choosing("fix:placement"))
        assert not [one for one in server.arrived if KEY in one.target]


# -- two credentials ---------------------------------------------------------------------------------------------------


async def test_of_a_header_and_a_key_one_alone_is_sent() -> None:
    def alone(arrived: Arrived) -> bool:
        return arrived.values("authorization") == [f"Bearer {TOKEN}"] and "api_key" not in arrived.target

    async with serve(takes(alone)) as server:
        ran = await told(plain_case(f"{server.origin}/v1?api_key={KEY}", *BEARER), choosing("fix:once"))
    assert ran.outcome is Outcome.RECOVERED
    assert verdict(ran) == ("header-duplicated", "confirmed")
    assert server.arrived[-1].target == "/v1"


# -- a redirect --------------------------------------------------------------------------------------------------------


async def redirected(answer: Any) -> tuple[Told, Server]:
    bearer = f"Bearer {TOKEN}"
    async with serve(takes(lambda a: a.values("authorization") == [bearer], "WWW-Authenticate: Bearer")) as second:
        moved = reply("307 Temporary Redirect", f"Location: {second.origin}/v2/orders?a=b")
        async with scripted(moved) as first:
            return await told(plain_case(first.url, "-L", *BEARER), answer), second


async def test_the_final_address_is_called_directly_after_a_yes_that_names_both() -> None:
    ran, second = await redirected(choosing("fix:final-address"))
    assert ran.outcome is Outcome.RECOVERED
    assert verdict(ran) == ("header-stripped-on-redirect", "confirmed")
    assert second.arrived[-1].target == "/v2/orders?a=b"
    assert [q.firm for q in ran.questions if q.asks is Asks.ORIGIN] == [True]


async def test_without_that_yes_the_other_origin_gets_nothing() -> None:
    ran, second = await redirected(choosing("fix:final-address", crossing="no"))
    assert ran.outcome is Outcome.DIAGNOSED
    assert carried(second, TOKEN) == 0
    assert any("only you can allow that" in text for text in ran.view.told)


async def test_no_option_of_a_headless_run_calls_the_final_address_of_another_origin() -> None:
    policy = Policy(fix=True, yes=True, view=CaseView)
    chosen = choosing("fix:final-address")
    bearer = f"Bearer {TOKEN}"
    async with serve(takes(lambda a: a.values("authorization") == [bearer], "WWW-Authenticate: Bearer")) as second:
        moved = reply("307 Temporary Redirect", f"Location: {second.origin}/v2")
        async with scripted(moved) as first:
            events: list[Any] = []

            async def ask(question: Question) -> Answer:
                return chosen(question) if question.asks is Asks.NEXT else await policy(question)

            from tui401.recovery import recover

            await recover(plain_case(first.url, "-L", *BEARER), ask=ask, emit=events.append)
    assert carried(second, TOKEN) == 0


# -- an address --------------------------------------------------------------------------------------------------------


async def test_a_path_with_a_slash_too_many_is_put_right() -> None:
    def meant(arrived: Arrived) -> bool:
        return arrived.target == "/v1/orders" and bool(arrived.values("authorization"))

    body = '{"message": "no route for this request, or no credential"}'
    async with serve(takes(meant, body=body)) as server:
        case = plain_case(f"{server.origin}/v1//orders", *BEARER)
        probing = choosing("probe:invented-path")
        fixing = choosing("fix:near-path")

        def answer(question: Question) -> Answer:
            first = probing(question)
            return fixing(question) if first.key == "stop" else first

        ran = await told(case, answer)
    assert ran.outcome is Outcome.RECOVERED
    assert verdict(ran) == ("endpoint-wrong", "confirmed")
    offered = next(c.fix for q in ran.questions for c in q.choices if c.key == "fix:near-path")
    assert offered is not None
    assert offered.after == offered.sends == (f"GET {server.origin}/v1/orders",)


# -- user and password -------------------------------------------------------------------------------------------------

PAIR = "alice:wonder-land-77"
ENCODED = "Basic YWxpY2U6d29uZGVyLWxhbmQtNzc="


@pytest.mark.parametrize("given", [PAIR, "YWxpY2U6d29uZGVyLWxhbmQtNzcK"])
async def test_a_pair_that_was_not_encoded_or_with_its_line_break_is_encoded_right(given: str) -> None:
    check = takes(lambda a: a.values("authorization") == [ENCODED], 'WWW-Authenticate: Basic realm="files"')
    async with serve(check) as server:
        ran = await told(
            plain_case(f"{server.origin}/v1", "-H", f"Authorization: Basic {given}"), choosing("fix:repaired")
        )
    assert ran.outcome is Outcome.RECOVERED
    assert verdict(ran)[0] == "basic-malformed"
    assert server.arrived[-1].values("authorization") == [ENCODED]


async def test_a_pair_that_is_written_right_is_not_written_again() -> None:
    async with serve(takes(lambda _a: False, 'WWW-Authenticate: Basic realm="files"')) as server:
        ran = await told(plain_case(f"{server.origin}/v1", "-u", PAIR))
    assert "fix:repaired" not in {choice.key for question in ran.questions for choice in question.choices}


DIGEST = 'WWW-Authenticate: Digest realm="files", nonce="5f3ab1", qop="auth", algorithm=MD5'


def proven(arrived: Arrived) -> bool:
    return any(proves(v, whose="alice:files:wonder-land-77", call="GET:/v1") for v in arrived.values("authorization"))


async def test_a_password_that_was_sent_as_basic_is_proved_by_digest_where_the_api_asks_for_that() -> None:
    async with serve(takes(proven, DIGEST)) as server:
        ran = await told(plain_case(f"{server.origin}/v1", "-u", PAIR), choosing("fix:use-scheme"))
    assert ran.outcome is Outcome.RECOVERED
    last = ran.view.judgements[-1].root
    assert last is not None
    assert (last.cause, last.strength.word) == ("scheme-wrong", "confirmed")
    assert not any(one.values("authorization") == ["Digest YWxpY2U6d29uZGVyLWxhbmQtNzc="] for one in server.arrived)


async def test_an_api_that_takes_basic_too_is_offered_no_digest() -> None:
    async with serve(takes(lambda _a: False, DIGEST, 'WWW-Authenticate: Basic realm="files"')) as server:
        ran = await told(plain_case(f"{server.origin}/v1", "-u", PAIR))
    assert "fix:use-scheme" not in {choice.key for question in ran.questions for choice in question.choices}
