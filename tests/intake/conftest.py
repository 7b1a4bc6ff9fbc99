"""A loopback server that keeps the bytes of every request, and our own client sending to it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tui401.model.http import Request
from tui401.probes.send import Client


@dataclass(frozen=True)
class Recorded:
    """A request as it came off the wire; the body without chunked coding."""

    method: str
    target: bytes
    headers: tuple[tuple[str, bytes], ...]
    body: bytes


class Recorder:
    """Answers every request with 401 and keeps it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(20)
        self.port: int = self._listener.getsockname()[1]
        self.got: list[Recorded] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            with peer:
                peer.settimeout(10)
                try:
                    # kept before the answer goes out, so whoever has the answer finds it here
                    self.got.append(receive(peer))
                    peer.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                except OSError:
                    continue


def receive(peer: socket.socket) -> Recorded:
    """One request off a socket."""
    file = peer.makefile("rb")
    method, target = file.readline().rstrip(b"\r\n").rsplit(b" ", 1)[0].split(b" ", 1)
    headers: list[tuple[str, bytes]] = []
    while (line := file.readline()) not in (b"\r\n", b"\n", b""):
        name, _, value = line[:-2].partition(b":")
        headers.append((name.decode("latin-1"), value.removeprefix(b" ")))
    named = {name.lower(): value for name, value in headers}
    if named.get("expect", b"").lower() == b"100-continue":
        peer.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = b""
    if b"chunked" in named.get("transfer-encoding", b"").lower():
        while size := int(file.readline().split(b";")[0], 16):
            body += file.read(size)
            file.readline()
        file.readline()
    elif method != b"HEAD" or "content-length" in named:
        body = file.read(int(named.get("content-length", b"0") or 0))
    return Recorded(method.decode(), target, tuple(headers), body)


@pytest.fixture(scope="session")
def recorder() -> Iterator[Recorder]:
    server = Recorder()
    yield server
    server.close()


@pytest.fixture
def on_the_wire(recorder: Recorder) -> Callable[[Request], Recorded]:
    """What a request of ours looks like when the client has sent it."""

    async def send(request: Request) -> None:
        async with Client() as client:
            await client.send(request, may_cross=lambda _from, _to: False)

    def write(request: Request) -> Recorded:
        recorder.got.clear()
        asyncio.run(send(request))
        return recorder.got[0]

    return write
