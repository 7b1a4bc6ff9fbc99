"""Time servers that answer in every way, over UDP on loopback; and the Date of answers."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import time
from collections.abc import AsyncIterator, Callable

import pytest

from tests.probes.server import header
from tui401.model.http import Hop, Origin, Request, Response
from tui401.model.secret import Secret
from tui401.probes import clock

EPOCH = 2_208_988_800
PACKET = struct.Struct("!BBbbII4sQQQQ")


def stamp(at: float) -> int:
    whole, part = divmod(at + EPOCH, 1)
    return ((int(whole) & 0xFFFFFFFF) << 32) | int(part * (1 << 32))


def reply(
    asked: bytes,
    *,
    ahead: float = 0.0,
    stratum: int = 2,
    leap: int = 0,
    mode: int = 4,
    ref: bytes = b"\x7f\0\0\1",
    sent: int | None = None,
    at: float | None = None,
    dispersion: float = 0.0,
) -> bytes:
    now = stamp(time.time() + ahead if at is None else at)
    origin = PACKET.unpack(asked[:48])[10] if sent is None else sent
    return PACKET.pack(
        leap << 6 | 4 << 3 | mode, stratum, 6, -20, 0, int(dispersion * 65_536), ref, now, origin, now, now
    )


@contextlib.asynccontextmanager
async def time_server(answer: Callable[[bytes], bytes | None]) -> AsyncIterator[str]:
    class Protocol(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            packet = answer(data)
            if packet is not None:
                self.transport.sendto(packet, addr)  # type: ignore[attr-defined]

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Protocol, local_addr=("127.0.0.1", 0))
    try:
        yield f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
    finally:
        transport.close()


@pytest.mark.parametrize("ahead", [0.0, 420.0, -86_400.0])
async def test_the_offset_is_read_within_its_uncertainty(ahead: float) -> None:
    async with time_server(lambda asked: reply(asked, ahead=ahead, dispersion=0.25)) as server:
        seen = await clock.ask(server, limit=5.0)
    assert seen.problem == ""
    assert seen.offset is not None
    assert abs(seen.offset - ahead) <= seen.uncertainty
    assert seen.uncertainty >= 0.25


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (lambda a: reply(a, stratum=0, ref=b"RATE"), "less often"),
        (lambda a: reply(a, stratum=0, ref=b"DENY"), "denies"),
        (lambda a: reply(a, stratum=0, ref=b"\x1b[2J"), "kiss of death"),
        (lambda a: reply(a, stratum=16), "not synchronised"),
        (lambda a: reply(a, leap=3), "not synchronised"),
        (lambda a: reply(a, mode=5), "no time server"),
        (lambda a: reply(a, at=-EPOCH + 86_400 * 400), "year"),
        (lambda a: reply(a, at=0.0), "1970"),
        (lambda a: reply(a, sent=stamp(time.time() - 900)), "not to our question"),
        (lambda a: reply(a, sent=0), "not to our question"),
        (lambda a: reply(a, dispersion=900.0), "off"),
        (lambda _: b"short", "not NTP"),
        (lambda _: bytes(48), "kiss of death"),
        (lambda _: bytes(range(200)), ""),
    ],
)
async def test_an_answer_that_tells_no_time_is_a_sentence(answer: Callable[[bytes], bytes], word: str) -> None:
    async with time_server(answer) as server:
        seen = await clock.ask(server, limit=5.0)
    assert seen.offset is None
    assert word in seen.problem
    assert seen.problem.endswith(".")
    assert "\x1b" not in seen.problem


async def test_a_silent_time_server_ends_at_the_limit() -> None:
    async with time_server(lambda _: None) as server:
        seen = await clock.ask(server, limit=0.4)
    assert seen.offset is None
    assert "did not answer" in seen.problem


async def test_an_unknown_time_server_is_a_sentence() -> None:
    seen = await clock.ask("no-such-clock.invalid", limit=3.0)
    assert "no-such-clock.invalid" in seen.problem


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("h", ("h", 123)),
        ("h:1234", ("h", 1234)),
        ("[::1]:9", ("::1", 9)),
        ("::1", ("::1", 123)),
        ("h:x", ("h", 123)),
        ("ntp://h:5", ("h", 5)),
        ("h:99999", ("h", 123)),
    ],
)
def test_a_time_server_is_named_with_or_without_a_port(text: str, parts: tuple[str, int]) -> None:
    assert clock._split(text) == parts


def hop(*lines: tuple[str, str], started: float = 1_000_000.25, elapsed: float = 0.5) -> Hop:
    request = Request("GET", Origin("https", "api.example", 443), Secret("/"))
    return Hop(request, Response(401, tuple(header(*line) for line in lines), Secret(b"")), started, elapsed)


def test_a_date_is_half_a_second_older_than_it_says_and_unsure_by_the_way_it_took() -> None:
    seen = clock.of_hop(hop(("Date", "Mon, 12 Jan 1970 13:53:40 GMT")), "api")  # 1,000,420
    assert seen is not None
    assert seen.offset == pytest.approx(420.0)
    assert seen.uncertainty == pytest.approx(0.75)
    assert not seen.cached


@pytest.mark.parametrize("line", [("Age", "40"), ("X-Cache", "HIT from edge"), ("CF-Cache-Status", "HIT")])
def test_a_date_from_a_cache_is_marked(line: tuple[str, str]) -> None:
    seen = clock.of_hop(hop(("Date", "Mon, 12 Jan 1970 13:53:40 GMT"), line), "api")
    assert seen is not None
    assert seen.cached


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Jan 99999 00:00:00 GMT", "\x00", "1" * 5_000])
def test_a_date_of_nonsense_is_no_reading(date: str) -> None:
    assert clock.of_hop(hop(("Date", date)), "api") is None
    assert clock.of_hop(hop(), "api") is None
