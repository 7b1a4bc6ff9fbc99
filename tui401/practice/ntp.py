"""A time server for the practice world: NTPv4 over UDP on loopback (RFC 5905)."""

from __future__ import annotations

import asyncio
import struct
from typing import Final

from tui401.practice.clock import Clock

_EPOCH: Final = 2_208_988_800  # seconds from 1900 to 1970
_PACKET: Final = struct.Struct("!BBbbII4sQQQQ")  # the header of RFC 5905, figure 8
_CLIENT, _SERVER = 3, 4  # modes
_STRATUM: Final = 3
_POLL_LEAST, _POLL_MOST = 4, 17  # log2 seconds (RFC 5905, section 7.2)


def stamp(seconds: float) -> int:
    """A time in seconds since 1970 as a 64 bit NTP timestamp of its era (RFC 5905, section 6)."""
    whole, part = divmod(seconds + _EPOCH, 1)
    return ((int(whole) & 0xFFFFFFFF) << 32) | int(part * (1 << 32))


def answer(packet: bytes, clock: Clock, received: float) -> bytes | None:
    """The reply to a client's packet, or None when it is not one that asks.

    Args:
        packet: What came.
        clock: The clock that the reply tells.
        received: When it came, by that clock, in seconds since 1970.
    """
    if len(packet) < _PACKET.size:
        return None
    first, _, poll, *_, transmitted = _PACKET.unpack_from(packet)
    version, mode = (first >> 3) & 7, first & 7
    if mode != _CLIENT or not 1 <= version <= 4:
        return None
    return _PACKET.pack(
        (version << 3) | _SERVER,  # leap indicator 0: no leap second, synchronised
        _STRATUM,
        min(max(poll, _POLL_LEAST), _POLL_MOST),
        -20,  # precision: about a microsecond
        1 << 6,  # root delay: about 1 ms in 16.16 fixed point
        1 << 7,  # root dispersion: about 2 ms
        bytes((127, 0, 0, 1)),
        stamp(received - 16),
        transmitted,
        stamp(received),
        stamp(clock.now()),
    )


class NtpServer(asyncio.DatagramProtocol):
    """Answers time requests on a free UDP port of 127.0.0.1.

    Attributes:
        port: The port; 0 before start().
        asked: How many requests were answered.
    """

    def __init__(self, clock: Clock) -> None:
        self.port = 0
        self.asked = 0
        self._clock = clock
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self) -> None:
        """Open the socket.

        Raises:
            OSError: When no loopback socket can be opened.
        """
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self._transport = transport
        self.port = int(transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one packet; what is no request is ignored."""
        reply = answer(data, self._clock, self._clock.now())
        if reply is not None and self._transport is not None:
            self.asked += 1
            self._transport.sendto(reply, addr)

    def stop(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
