"""The time server tells the world's time, in packets that a real client reads."""

from __future__ import annotations

import asyncio
import time

import ntplib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui401.practice import Practice
from tui401.practice.clock import Clock
from tui401.practice.ntp import answer, stamp


@pytest.mark.parametrize(("fault", "offset"), [(None, 0), ("clock-skew-client", 3 * 3600), ("clock-skew-server", 0)])
async def test_ntplib_reads_the_offset_of_the_world(fault: str | None, offset: float) -> None:
    async with Practice(fault) as world:
        assert world.ntp
        assert world.knows.ntp == world.ntp
        host, port = world.ntp.split(":")
        for version in (3, 4):
            reply = await asyncio.to_thread(
                ntplib.NTPClient().request, host, version=version, port=int(port), timeout=5
            )
            assert abs(reply.offset - offset) < 1
            assert (reply.mode, reply.version, reply.leap, reply.stratum) == (4, version, 0, 3)
            assert reply.recv_timestamp <= reply.tx_timestamp
        assert world.asked_time == 2


async def test_a_world_may_have_no_time_server() -> None:
    async with Practice(ntp=False) as world:
        assert world.ntp is None
        assert world.asked_time == 0


def test_the_reply_carries_the_time_that_the_client_sent() -> None:
    request = bytes([0b00_100_011]) + bytes(39) + b"12345678"
    reply = answer(request, Clock(), time.time())
    assert reply is not None
    assert reply[24:32] == b"12345678"
    for first in (0b00_100_100, 0b00_000_011, 0b00_111_011):  # a server's, version 0, version 7
        assert answer(bytes([first]) + request[1:], Clock(), time.time()) is None


def test_a_timestamp_wraps_at_the_end_of_its_era() -> None:
    assert stamp(0) == 2_208_988_800 << 32
    assert stamp(2**32 - 2_208_988_800 + 0.5) == 1 << 31  # half a second into era 1


@given(st.binary(max_size=80))
def test_any_datagram_is_answered_or_ignored(packet: bytes) -> None:
    reply = answer(packet, Clock(), 1.5)
    assert reply is None or len(reply) == 48
