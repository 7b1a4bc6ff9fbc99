from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.recovery.asked import for_tokens
from tests.recovery.driving import case_of, fix_first, plain_case, reply, scripted, told
from tui401.judge.facts import derive
from tui401.judge.rank import diagnose
from tui401.model.events import Sent
from tui401.model.fix import Answer, Asks, Question
from tui401.model.saved import SavedCase, decode_case, encode
from tui401.model.secret import Secret
from tui401.model.verdict import Outcome, Strength
from tui401.practice import Practice
from tui401.recovery import recover

REFUSED = reply("401 Unauthorized", "WWW-Authenticate: Bearer")
BEARER = ("-H", "Authorization: Bearer opaque-9c1f7e4ab2d85063")


def own(world: Any) -> list[Any]:
    """The requests that the API received from us: metadata apart."""
    return [record for record in world.requests.api if not record.target.startswith("/.well-known")]


async def test_a_passive_run_sends_the_original_once_and_nothing_else_to_anybody() -> None:
    async with Practice("audience-mismatch") as world:
        asked_before = world.asked_time
        ran = await told(case_of(world, passive=True))
        assert len(world.requests.api) == 1
        assert not world.requests.issuer
        assert world.asked_time == asked_before
    assert ran.outcome is Outcome.DIAGNOSED
    assert not ran.questions


async def test_only_api_asks_neither_issuer_nor_clock() -> None:
    async with Practice("token-signature-invalid") as world:
        asked_before = world.asked_time
        await told(case_of(world, only_api=True))
        assert not world.requests.issuer
        assert world.asked_time == asked_before
        assert own(world)


async def test_a_method_that_can_change_something_is_sent_once_without_a_yes() -> None:
    async with Practice("token-unrecognised") as world:
        argv = [*world.argv[1:], "-X", "POST", "-d", "{}"]
        await told(case_of(world, argv=argv), lambda q: Answer("stop" if q.asks is Asks.NEXT else "no"))
        assert [record.method for record in own(world)].count("POST") == 1


async def test_an_experiment_never_goes_over_the_budget() -> None:
    async with Practice("token-unrecognised", terse=True) as world:
        await told(case_of(world, api_budget=2))
        assert len(own(world)) <= 2


async def test_a_server_that_limits_attempts_is_left_alone() -> None:
    answer = reply("429 Too Many Requests", "Retry-After: 30")
    async with scripted(answer) as server:
        ran = await told(plain_case(server.url, *BEARER))
    assert len(server.received) == 1
    assert any("nothing more is tried" in text for text in ran.view.told)


async def test_a_refused_password_is_sent_at_most_twice() -> None:
    refused = reply("401 Unauthorized", 'WWW-Authenticate: Basic realm="x"')
    again: list[Question] = []

    def answer(question: Question) -> Answer:
        again.append(question)
        return Answer("probe:original-again" if len(again) < 6 else "stop")

    async with scripted(refused) as server:
        await told(plain_case(server.url, "-u", "ada:a-wrong-password-4711"), answer)
        carried = [head for head in server.received if b"authorization: basic" in head.lower()]
    assert len(carried) <= 2


async def test_an_api_that_accepts_the_same_request_later_is_called_intermittent() -> None:
    async with scripted(REFUSED, REFUSED, REFUSED, reply("200 OK")) as server:
        ran = await told(plain_case(server.url, *BEARER), lambda q: Answer("again" if q.asks is Asks.NEXT else "no"))
    assert ran.outcome is Outcome.INTERMITTENT
    assert ran.view.diagnosis is not None
    assert all(r.verdict.strength < Strength.CONFIRMED for r in ran.view.diagnosis.causes)


async def test_an_answer_that_succeeds_at_once_is_not_called_a_refusal() -> None:
    async with scripted(reply("200 OK", body="{}")) as server:
        ran = await told(plain_case(server.url, *BEARER))
    assert ran.outcome is Outcome.SUCCEEDED
    assert len(server.received) == 1


async def test_a_paste_is_asked_for_before_it_is_sent_and_no_means_no() -> None:
    async with scripted(REFUSED) as server:
        ran = await told(
            plain_case(server.url, *BEARER, send_consented=False),
            lambda q: Answer("no" if q.asks is Asks.SEND else "stop"),
        )
    assert not server.received
    assert ran.questions[0].asks is Asks.SEND
    assert "opaque-9c1f7e4ab2d85063" not in repr(ran.questions)


async def test_a_pasted_credential_mends_what_no_grant_can() -> None:
    async with Practice("api-key-invalid") as world:

        def answer(question: Question) -> Answer:
            if question.asks is Asks.CREDENTIAL:
                return Answer("yes", secret=Secret(world.knows.paste))
            return Answer("fix:paste" if question.asks is Asks.NEXT else "no")

        ran = await told(case_of(world), answer)
    assert ran.outcome is Outcome.RECOVERED
    assert ran.view.sends[-1].status == 200 or any(sent.status == 200 for sent in ran.view.sends)


@pytest.mark.parametrize("fault", ["basic-credentials-invalid", "basic-malformed", "credential-overridden"])
async def test_a_password_is_pasted_as_it_is_known_and_keeps_its_user(fault: str) -> None:
    async with Practice(fault) as world:

        def answer(question: Question) -> Answer:
            if question.asks is Asks.CREDENTIAL:
                assert any("user:password" in line for line in question.lines)
                return Answer("yes", secret=Secret(world.knows.paste))
            return Answer("fix:paste" if question.asks is Asks.NEXT else "no")

        ran = await told(case_of(world), answer)
    assert ran.outcome is Outcome.RECOVERED
    assert world.knows.paste not in repr((ran.view, ran.questions))


async def test_a_fix_is_proved_by_a_second_refusal_of_the_original() -> None:
    async with Practice("token-unrecognised") as world:
        ran = await told(case_of(world), fix_first("new-token"))
    labels = [(sent.label, sent.status) for sent in ran.view.sends]
    assert ran.outcome is Outcome.RECOVERED
    assert labels[-2:] == [("original", 200), ("original-again", 401)]
    assert ran.view.diagnosis is not None
    assert ran.view.diagnosis.attempt == 1


async def test_a_refresh_token_of_the_environment_is_not_used_up_without_a_place_for_its_successor() -> None:
    async with Practice("token-expired") as world:
        refresh = world.refresh_token("ada")
        ran = await told(case_of(world, refresh=refresh), fix_first("new-token:refresh_token"))
        assert not for_tokens(world)
    assert any(question.asks is Asks.REFRESH for question in ran.questions)
    assert any("successor" in text for text in ran.view.told)


async def test_a_successor_is_stored_before_the_new_token_is_used() -> None:
    async with Practice("token-expired") as world:
        refresh = world.refresh_token("ada")
        stored: list[tuple[Secret[str], int]] = []

        async def keep(secret: Secret[str]) -> str:
            stored.append((secret, len(own(world))))
            return ""

        before = len(own(world))
        ran = await told(case_of(world, refresh=refresh), fix_first("new-token:refresh_token"), keep)
        assert ran.outcome is Outcome.RECOVERED
        assert len(stored) == 1
        secret, sent = stored[0]
    assert secret != Secret(refresh)
    assert before < sent < len(own(world))


async def test_events_replay_to_the_same_view_and_the_same_diagnosis() -> None:
    async with Practice("audience-mismatch") as world:
        ran = await told(case_of(world))
    assert ran.view.diagnosis is not None
    saved = SavedCase(
        case="7f3a0000",
        attempt=ran.view.diagnosis.attempt,
        evidence=ran.view.evidence,
        events=tuple(ran.events),
    )
    read = decode_case(encode(saved))
    assert read == saved
    again = diagnose(derive(read.evidence, read.attempt))
    assert again.root == ran.view.diagnosis.root
    assert again.causes == ran.view.diagnosis.causes
    assert again.steps == ran.view.diagnosis.steps


async def test_cancelling_ends_a_recovery_at_once_and_leaves_no_task() -> None:
    hanging = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        hanging.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"

    async def ask(_question: Question) -> Answer:
        return Answer("stop")

    task = asyncio.create_task(recover(plain_case(url, *BEARER), ask=ask, emit=lambda _event: None))
    await asyncio.wait_for(hanging.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    server.close()
    left = [t for t in asyncio.all_tasks() if t is not asyncio.current_task() and "gather" in t.get_name()]
    assert not left


async def test_each_send_is_numbered_and_told() -> None:
    async with Practice("header-malformed", terse=True) as world:
        ran = await told(case_of(world))
        assert len([e for e in ran.events if isinstance(e, Sent)]) == len(own(world))
    assert [sent.number for sent in ran.view.sends] == list(range(1, len(ran.view.sends) + 1))


async def test_a_stranger_gets_no_client_secret() -> None:
    async with Practice("audience-mismatch") as world:
        secret = world.knows.client_secret
        ran = await told(case_of(world), fix_first("new-token"))
        assert ran.outcome is Outcome.RECOVERED
        assert not [record for record in world.requests.api if record.carried(secret)]


async def test_an_open_diagnosis_names_what_would_settle_it() -> None:
    async with Practice("token-unrecognised", terse=True) as world:
        case = case_of(world)
        case.known = replace(case.known, client_secret=None)  # whoever cannot ask the issuer about the token
        ran = await told(case)
    assert ran.outcome is Outcome.UNDETERMINED
    assert ran.view.diagnosis is not None
    assert ran.view.diagnosis.next is not None
    assert ran.view.diagnosis.next.probe == "fresh"


async def test_where_nobody_but_the_api_may_be_asked_no_token_is_offered() -> None:
    async with Practice("token-expired") as world:
        ran = await told(case_of(world, only_api=True))
    keys = [choice.key for question in ran.questions for choice in question.choices]
    assert keys
    assert not [key for key in keys if key.startswith("fix:new-token")]
