"""Servers that mislead: that refuse at random, lie, ban, or refuse all alike. None is judged wrongly for sure."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.judge.builders import KEY, OPAQUE, jwt
from tests.probes.server import Arrived, response, serve
from tests.recovery.driving import Told, plain_case, told

UNAUTHORIZED = b'{"message": "Unauthorized"}'
MOST = 8


def alive() -> str:
    now = time.time()
    return jwt(iat=now - 60, exp=now + 3000)


REQUESTS: dict[str, Callable[[], list[str]]] = {
    "opaque": lambda: ["-H", f"Authorization: Bearer {OPAQUE}"],
    "jwt": lambda: ["-H", f"Authorization: Bearer {alive()}"],
    "spaces": lambda: ["-H", f"Authorization: Bearer   {OPAQUE}"],
    "lower": lambda: ["-H", f"Authorization: bearer {OPAQUE}"],
    "quoted": lambda: ["-H", f'Authorization: Bearer "{OPAQUE}"'],
    "token": lambda: ["-H", f"Authorization: Token {OPAQUE}"],
    "key": lambda: ["-H", f"X-API-Key: {KEY}"],
    "two": lambda: ["-H", f"Authorization: Bearer {OPAQUE}", "-H", f"X-API-Key: {KEY}"],
    "cookie": lambda: ["-H", f"Cookie: session={OPAQUE}"],
    "basic": lambda: ["-u", "ada:secret-word-9"],
}

Server = Callable[[Arrived, int], bytes]


def refused(status: str = "401 Unauthorized", body: bytes = UNAUTHORIZED, *lines: str) -> bytes:
    return response(status, "Content-Type: application/json", *lines, body=body)


ACCEPTED = response("200 OK", "Content-Type: application/json", body=b'{"ok": true}')


def carries(arrived: Arrived) -> bool:
    return any(arrived.values(name) for name in ("authorization", "x-api-key", "cookie"))


async def meet(server: Server, argv: list[str]) -> tuple[Told, int]:
    number = [0]

    async def handle(arrived: Arrived, writer: Any) -> None:
        number[0] += 1
        writer.write(server(arrived, number[0]))

    async with serve(handle) as running:
        ran = await told(plain_case(f"{running.origin}/v1/orders", *argv))
        return ran, len(running.arrived)


def root(ran: Told) -> tuple[str, str]:
    first = ran.view.judgements[-1].root if ran.view.judgements else None
    return (first.cause, first.strength.word) if first is not None else ("", "")


# -- at random ---------------------------------------------------------------------------------------------------------


def every(number: int, *, good: bool) -> Server:
    """Of so many nodes in turn one is good, or one is bad; the first request meets a bad one."""

    def server(arrived: Arrived, turn: int) -> bytes:
        mine = turn % number == (0 if good else 1)
        return ACCEPTED if carries(arrived) and mine is good else refused()

    return server


def at_random(seed: int) -> Server:
    rolls = random.Random(seed)

    def server(arrived: Arrived, turn: int) -> bytes:
        return ACCEPTED if carries(arrived) and turn > 1 and rolls.random() < 0.5 else refused()

    return server


def cold(arrived: Arrived, turn: int) -> bytes:
    return ACCEPTED if carries(arrived) and turn > 1 else refused()


TURNS: dict[str, Server] = {
    "one of two is good": every(2, good=True),
    "one of three is good": every(3, good=True),
    "one of three is bad": every(3, good=False),
    "one of four is good": every(4, good=True),
    "the first is refused": cold,
    **{f"random {seed}": at_random(seed) for seed in range(6)},
}


@pytest.mark.parametrize("sent", [name for name in REQUESTS if name != "basic"])
@pytest.mark.parametrize("turns", TURNS)
async def test_a_server_that_refuses_by_turns_is_never_confirmed_to_refuse_for_anything(turns: str, sent: str) -> None:
    ran, count = await meet(TURNS[turns], REQUESTS[sent]())
    assert root(ran)[1] != "confirmed", root(ran)
    assert count <= MOST + 1


@pytest.mark.parametrize("sent", ["spaces", "quoted", "key", "cookie", "two", "token"])
@pytest.mark.parametrize("turns", ["one of two is good", "the first is refused"])
async def test_most_often_it_is_called_intermittent(turns: str, sent: str) -> None:
    ran, _ = await meet(TURNS[turns], REQUESTS[sent]())
    assert ran.outcome.value == "intermittent"


# -- alike for everybody -----------------------------------------------------------------------------------------------

ALIKE: dict[str, bytes] = {
    "a bare 401": response("401 Unauthorized"),
    "a bare 403": response("403 Forbidden"),
    "a 401 with a body": refused(),
    "Bearer": refused("401 Unauthorized", UNAUTHORIZED, 'WWW-Authenticate: Bearer realm="x"'),
    "expired": refused(
        "401 Unauthorized",
        b'{"message": "The access token expired"}',
        'WWW-Authenticate: Bearer error="invalid_token", error_description="The access token expired"',
    ),
    "revoked": refused("401 Unauthorized", b'{"message": "The access token was revoked"}'),
    "not provided": refused("401 Unauthorized", b'{"detail": "Authentication credentials were not provided."}'),
    "not allowed": refused("403 Forbidden", b'{"message": "You do not have permission to do this"}'),
    "scope": refused(
        "403 Forbidden", b"{}", 'WWW-Authenticate: Bearer error="insufficient_scope", scope="orders:read"'
    ),
    "a 400": refused("400 Bad Request", b'{"error": "bad request"}'),
    "a 500": refused("500 Internal Server Error", b'{"error": "internal"}'),
}


@pytest.mark.parametrize("sent", ["opaque", "spaces", "lower", "quoted", "key", "two", "cookie"])
@pytest.mark.parametrize("answer", [name for name in ALIKE if name != "scope"])
async def test_one_answer_for_everybody_confirms_nothing_of_a_credential_that_looks_whole(
    answer: str, sent: str
) -> None:
    ran, count = await meet(lambda _arrived, _turn: ALIKE[answer], REQUESTS[sent]())
    assert root(ran)[1] != "confirmed", root(ran)
    assert count <= MOST


async def test_an_answer_that_varies_by_itself_rules_nothing_in_or_out() -> None:
    def server(_arrived: Arrived, turn: int) -> bytes:
        return refused(body=json.dumps({"message": "Unauthorized", "hint": "abcd"[turn % 4] * 3}).encode())

    ran, _ = await meet(server, REQUESTS["opaque"]())
    assert root(ran) == ("token-unrecognised", "possible")
    assert ran.outcome.value == "undetermined"


async def test_a_ban_in_the_middle_is_not_read_as_an_answer_to_what_was_varied() -> None:
    def server(_arrived: Arrived, turn: int) -> bytes:
        return refused() if turn < 3 else refused("403 Forbidden", b'{"message": "Forbidden"}')

    for sent in ("opaque", "key", "cookie"):
        ran, _ = await meet(server, REQUESTS[sent]())
        assert root(ran)[1] in ("", "possible"), (sent, root(ran))


async def test_a_password_that_is_told_that_its_token_expired_has_no_expired_token() -> None:
    ran, _ = await meet(lambda _arrived, _turn: ALIKE["expired"], REQUESTS["basic"]())
    assert root(ran)[1] == "possible"


# -- what is rightly confirmed -----------------------------------------------------------------------------------------


def strict(arrived: Arrived, _turn: int) -> bytes:
    """Takes one spelling alone, and any token in it."""
    values = arrived.values("authorization")
    whole = len(values) == 1 and re.fullmatch(r"Bearer [A-Za-z0-9._~+/-]+=*", values[0])
    return ACCEPTED if whole else refused("401 Unauthorized", UNAUTHORIZED, "WWW-Authenticate: Bearer")


@pytest.mark.parametrize(
    ("sent", "cause"),
    [
        ("spaces", "header-malformed"),
        ("lower", "header-malformed"),
        ("quoted", "header-malformed"),
        ("token", "scheme-wrong"),
        ("key", "credential-misplaced"),
    ],
)
async def test_a_server_that_refuses_for_one_reason_is_understood(sent: str, cause: str) -> None:
    ran, count = await meet(strict, REQUESTS[sent]())
    assert root(ran) == (cause, "confirmed")
    assert count <= MOST


async def test_a_session_that_harms_a_public_address_is_told() -> None:
    ran, _ = await meet(lambda a, _turn: refused() if carries(a) else ACCEPTED, REQUESTS["cookie"]())
    assert root(ran) == ("session-expired", "likely")
