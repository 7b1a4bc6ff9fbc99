"""Time servers over UDP that tell no time, or another one than there is (RFC 5905)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
import time
from collections.abc import AsyncIterator, Callable
from typing import Final, cast

_EPOCH: Final = 2_208_988_800  # seconds from 1900 to 1970
_PACKET: Final = struct.Struct("!BBbbII4sQQQQ")
Tells = Callable[[bytes], list[bytes]]


def stamp(at: float) -> int:
    return (int(at + _EPOCH) & 0xFFFFFFFF) << 32


def packet(
    asked: bytes,
    *,
    at: int | None = None,
    ahead: float = 0.0,
    mode: int = 4,
    stratum: int = 2,
    leap: int = 0,
    version: int = 4,
    reference: bytes = b"\x7f\0\0\1",
    origin: int | None = None,
    delay: int = 0,
    dispersion: int = 0,
) -> bytes:
    now = stamp(time.time() + ahead) if at is None else at
    own = int.from_bytes(asked[40:48], "big") if origin is None else origin
    first = leap << 6 | version << 3 | mode
    return _PACKET.pack(first, stratum, 6, -20, delay, dispersion, reference, now, own, now, now)


_KISSES: Final = (b"DENY", b"RATE", b"RSTR", b"\x1b[31", b"\x00\x00\x00\x00", b"\xff\xfe\xff\xfe")


def _kiss(code: bytes) -> Tells:
    return lambda asked: [packet(asked, stratum=0, reference=code)]


def _of_mode(mode: int) -> Tells:
    return lambda asked: [packet(asked, mode=mode)]


TIMES: Final[dict[str, Tells]] = {
    "the year 1900": lambda asked: [packet(asked, at=1 << 32)],
    "no time": lambda asked: [packet(asked, at=0)],
    "the end of an era": lambda asked: [packet(asked, at=(1 << 64) - 1)],
    "1970": lambda asked: [packet(asked, at=stamp(0))],
    "2090, as it is told in an era that ended": lambda asked: [packet(asked, ahead=64 * 31_557_600.0)],
    "an hour ahead": lambda asked: [packet(asked, ahead=3_600.0)],
    **{f"a kiss, {code!r}": _kiss(code) for code in _KISSES},
    **{f"mode {mode}": _of_mode(mode) for mode in (0, 1, 2, 3, 5, 6, 7)},
    "stratum 16": lambda asked: [packet(asked, stratum=16)],
    "stratum 255": lambda asked: [packet(asked, stratum=255)],
    "not synchronised": lambda asked: [packet(asked, leap=3)],
    "version 0": lambda asked: [packet(asked, version=0)],
    "version 7": lambda asked: [packet(asked, version=7)],
    "an answer to another question": lambda asked: [packet(asked, origin=stamp(1_000_000_000))],
    "an answer to no question": lambda asked: [packet(asked, origin=0)],
    "a huge delay": lambda asked: [packet(asked, delay=0xFFFFFFFF)],
    "a huge dispersion": lambda asked: [packet(asked, dispersion=0xFFFFFFFF)],
    "47 bytes": lambda asked: [packet(asked)[:47]],
    "a byte": lambda _asked: [b"\x24"],
    "65,000 bytes": lambda asked: [packet(asked) + bytes(60_000)],
    "the question itself": lambda asked: [asked],
    "noise": lambda _asked: [os.urandom(48)],
    "a thousand answers": lambda asked: [packet(asked, at=1 << 32)] * 300,
    "silence": lambda _asked: [],
}


@contextlib.asynccontextmanager
async def time_server(tells: Tells) -> AsyncIterator[str]:
    """A time server on loopback; its ``host:port``."""

    class Protocol(asyncio.DatagramProtocol):
        transport: asyncio.DatagramTransport

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = cast("asyncio.DatagramTransport", transport)

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            for answer in tells(data):
                self.transport.sendto(answer, addr)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Protocol, local_addr=("127.0.0.1", 0))
    try:
        yield f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
    finally:
        transport.close()
