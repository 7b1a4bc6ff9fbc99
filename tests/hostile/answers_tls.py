"""Servers that break TLS before, in and after its handshake; those of `RAW` speak none where https is asked for."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from typing import Final

from tests.hostile.kit import Line, Play, whole

_ALERTS: Final = {
    "unexpected message": 10,
    "handshake failure": 40,
    "bad certificate": 42,
    "protocol version": 70,
    "internal error": 80,
    "user canceled": 90,
    "unrecognised name": 112,
    "certificate required": 116,
    "no application protocol": 120,
    "of a number that there is not": 255,
}


def alert(number: int, level: int = 2) -> bytes:
    """An alert record in the clear (RFC 8446, section 6)."""
    return bytes((0x15, 3, 3, 0, 2, level, number))


def greets(*pieces: bytes, stays: bool = False, reset: bool = False) -> Play:
    """Waits for the first bytes of a greeting, writes this, and ends or stays."""

    async def play(line: Line) -> None:
        await line.greeted()
        await line.say(*pieces)
        if stays:
            await line.hang()
        if reset:
            line.reset()

    return play


def floods(piece: Callable[[], bytes]) -> Play:
    async def play(line: Line) -> None:
        await line.greeted()
        await line.without_end(piece() for _ in itertools.count())

    return play


RAW: Final[dict[str, Play]] = {
    **{f"an alert, {name}": greets(alert(number)) for name, number in _ALERTS.items()},
    "a warning, and nothing": greets(alert(0, level=1), stays=True),
    "HTTP in the clear": greets(whole(body="{}")),
    "garbage": greets(bytes(range(256))),
    "garbage without end": floods(lambda: os.urandom(16_384)),
    "warnings without end": floods(lambda: alert(90, level=1) * 2_000),
    "empty records without end": floods(lambda: bytes((0x16, 3, 3, 0, 0)) * 2_000),
    "a record that is too long": greets(bytes((0x16, 3, 3, 0xFF, 0xFF)) + bytes(65_535)),
    "half a record": greets(bytes((0x16, 3, 3, 0x40, 0)) + bytes(100), stays=True),
    "the greeting of SSLv2": greets(bytes((0x80, 0x2E, 4, 0, 1, 0, 2)) + bytes(40)),
    "nothing": greets(stays=True),
    "an end at once": greets(),
    "a reset at once": greets(reset=True),
}


async def _ends_without_a_word(line: Line) -> None:
    await line.greeted()


async def _cuts_the_body(line: Line) -> None:
    await line.asked()
    await line.say(b"HTTP/1.1 401 No\r\nContent-Length: 900\r\n\r\n{")
    line.reset()


async def _cuts_the_head(line: Line) -> None:
    await line.asked()
    await line.say(b"HTTP/1.1 401 N")
    line.reset()


async def _hangs(line: Line) -> None:
    await line.asked()
    await line.hang()


SECURED: Final[dict[str, Play]] = {
    "ends after the greeting": _ends_without_a_word,
    "breaks off in the body": _cuts_the_body,
    "breaks off in the head": _cuts_the_head,
    "says nothing": _hangs,
}
