"""A time server on loopback that tells no time: whoever asks it knows at once that it has none."""

from __future__ import annotations

import atexit
import contextlib
import socket
import threading
from functools import cache


@cache
def timeless() -> str:
    """Its ``host:port``. It answers each question with words that are no NTP, until the process ends."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    atexit.register(server.close)

    def answer() -> None:
        with contextlib.suppress(OSError):  # closed at the end
            while True:
                _, asker = server.recvfrom(1024)
                server.sendto(b"no time here", asker)

    threading.Thread(target=answer, name="timeless", daemon=True).start()
    host, port = server.getsockname()
    return f"{host}:{port}"
