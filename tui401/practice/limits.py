"""Bounds of one practice server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What one server puts up with.

    Attributes:
        head: Bytes of request line and headers.
        body: Bytes of a request body.
        connections: Connections at one time.
        read: Seconds for one whole request to arrive, also the longest idle wait of a kept connection.
        write: Seconds for an answer to be taken.
        answer: Seconds that the handler may take.
        stop: Seconds that stopping may take.
    """

    head: int = 32 * 1024
    body: int = 256 * 1024
    connections: int = 128
    read: float = 10.0
    write: float = 10.0
    answer: float = 15.0
    stop: float = 2.0
