"""A refused method that can change something: it asks, and offers one that cannot, which never means "recovered"."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tests.recovery.driving import Scripted, plain_case, reply, told
from tui401.model.fix import Answer, Asks, Question
from tui401.model.verdict import Outcome
from tui401.recovery.asking import INSTEAD

REFUSED = reply("401 Unauthorized", "WWW-Authenticate: Bearer")
GOOD = reply("200 OK", body="{}")
BEARER = ("-H", "Authorization: Bearer opaque-9c1f7e4ab2d85063")


@asynccontextmanager
async def by_method(answer: Callable[[str, bool], bytes]) -> AsyncIterator[Scripted]:
    """A server that answers by the method and by whether a credential came."""
    made = Scripted()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            made.received.append(head)
            writer.write(answer(head.split(b" ")[0].decode(), b"authorization:" in head.lower()))
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/orders"
    try:
        yield made
    finally:
        server.close()


def sent(server: Scripted) -> list[tuple[str, bool]]:
    """Method, and whether the credential went along, of each request."""
    return [(head.split(b" ")[0].decode(), b"opaque-9c1f" in head) for head in server.received]


def choosing(first: str) -> Callable[[Question], Answer]:
    """This answer to the first experiment that asks, no to all others, and stop."""
    asked: list[Question] = []

    def answer(question: Question) -> Answer:
        if question.asks is Asks.EXPERIMENT:
            asked.append(question)
            return Answer(first if len(asked) == 1 else "no")
        return Answer("stop")

    return answer


def refuses_post(method: str, credential: bool) -> bytes:  # noqa: FBT001 - two marks of a request
    return GOOD if method == "GET" and credential else REFUSED


async def test_it_asks_before_the_method_goes_out_again_and_names_the_way_without_an_effect() -> None:
    async with by_method(refuses_post) as server:
        ran = await told(plain_case(server.url, *BEARER, "-X", "POST"), choosing("no"))
    assert sent(server) == [("POST", True)]
    asked = next(q for q in ran.questions if q.asks is Asks.EXPERIMENT)
    assert [c.key for c in asked.choices] == ["yes", INSTEAD, "no"]
    assert "POST can change something" in asked.lines[0]
    assert "by GET, HEAD or OPTIONS" in asked.choices[1].label


async def test_in_its_place_get_goes_out_first_without_and_then_with_the_credential() -> None:
    async with by_method(refuses_post) as server:
        ran = await told(plain_case(server.url, *BEARER, "-X", "POST"), choosing(INSTEAD))
    assert sent(server) == [("POST", True), ("GET", False), ("GET", True)]
    assert ran.outcome is Outcome.UNDETERMINED  # accepted by GET, which says nothing of POST
    assert [(s.label, s.status) for s in ran.view.sends][1:] == [("stand-in", 401), ("by-get", 200)]


async def test_where_get_needs_no_credential_its_answer_counts_for_nothing_and_none_is_sent() -> None:
    async with by_method(lambda method, _: GOOD if method == "GET" else REFUSED) as server:
        await told(plain_case(server.url, *BEARER, "-X", "POST"), choosing(INSTEAD))
    assert sent(server) == [("POST", True), ("GET", False)]


async def test_options_stands_in_where_get_is_not_there() -> None:
    def answer(method: str, credential: bool) -> bytes:  # noqa: ARG001, FBT001 - two marks of a request
        return reply("405 Method Not Allowed") if method == "GET" else REFUSED

    async with by_method(answer) as server:
        await told(plain_case(server.url, *BEARER, "-X", "DELETE"), choosing(INSTEAD))
    assert sent(server) == [("DELETE", True), ("GET", False), ("OPTIONS", False), ("OPTIONS", True)]


async def test_head_stands_in_where_the_server_names_it_in_place_of_get() -> None:
    def answer(method: str, credential: bool) -> bytes:  # noqa: ARG001, FBT001 - two marks of a request
        return reply("405 Method Not Allowed", "Allow: HEAD, post") if method == "GET" else REFUSED

    async with by_method(answer) as server:
        await told(plain_case(server.url, *BEARER, "-X", "DELETE"), choosing(INSTEAD))
    assert sent(server) == [("DELETE", True), ("GET", False), ("HEAD", False), ("HEAD", True)]


async def test_it_is_offered_once_and_among_what_can_be_tried() -> None:
    keys: list[list[str]] = []

    def answer(question: Question) -> Answer:
        if question.asks is Asks.EXPERIMENT:
            return Answer("no")
        keys.append([c.key for c in question.choices])
        return Answer("probe:safe-method" if len(keys) == 1 else "stop")

    async with by_method(refuses_post) as server:
        await told(plain_case(server.url, *BEARER, "-X", "POST"), answer)
    assert "probe:safe-method" in keys[0]
    assert "probe:safe-method" not in keys[1]


async def test_a_method_that_changes_nothing_has_no_need_of_it() -> None:
    async with by_method(lambda *_: REFUSED) as server:
        ran = await told(plain_case(server.url, *BEARER))
    assert all(c.key != "probe:safe-method" for q in ran.questions for c in q.choices)
    assert not any(q.asks is Asks.EXPERIMENT for q in ran.questions)
