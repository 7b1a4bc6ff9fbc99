"""What a process really sends, and to whom: every byte that it gives to a socket, as the other side receives it.

Run as a program it is tui401 under such a record: ``python -m tests.real.parts.wiretap FILE ARGUMENTS…``.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from unittest import mock

_LATIN: Final = "latin-1"  # every byte is a character


@dataclass
class Sent:
    """What went over one connection.

    Attributes:
        to: Host and port, for example "127.0.0.1:8080"; of what is read inside TLS "tls" and the server's name.
        data: All of it, in order.
    """

    to: str
    data: str = ""

    @property
    def target(self) -> str:
        """The path of the first request on it."""
        return self.data.partition(" ")[2].partition(" ")[0]


@dataclass
class Record:
    """All that was sent while it was kept, a connection each."""

    connections: dict[int, tuple[object, Sent]] = field(default_factory=dict)

    def note(self, connection: object, to: str, data: bytes) -> None:
        """Notes bytes that go out."""
        # The object itself is held, so that no later connection is taken for this one.
        _, sent = self.connections.setdefault(id(connection), (connection, Sent(to)))
        sent.data += data.decode(_LATIN)

    @property
    def sent(self) -> list[Sent]:
        """The connections in the order in which they were made."""
        return [one for _, one in self.connections.values()]


@contextlib.contextmanager
def recording() -> Iterator[Record]:
    """Records what this process sends until the block ends, but for sockets of this machine's own (the keyring's)."""
    record = Record()
    with contextlib.ExitStack() as stack:

        def watch(owner: type, name: str, data_of: Callable[[tuple[Any, ...]], bytes], to: Callable[..., str]) -> None:
            real = getattr(owner, name)

            def noted(self: Any, *given: Any, **more: Any) -> Any:
                where = to(self, given)
                if where:
                    record.note(self, where, data_of(given))
                return real(self, *given, **more)

            stack.enter_context(mock.patch.object(owner, name, noted))

        for name in ("send", "sendall"):
            watch(socket.socket, name, lambda given: bytes(given[0]), lambda sock, _given: _peer(sock))
        watch(socket.socket, "sendto", lambda given: bytes(given[0]), lambda sock, given: _peer(sock, given[-1]))
        watch(socket.socket, "sendmsg", lambda given: b"".join(map(bytes, given[0])), lambda sock, _given: _peer(sock))
        watch(ssl.SSLObject, "write", lambda given: bytes(given[0]), lambda tls, _given: f"tls {tls.server_hostname}")
        yield record


def _peer(sock: socket.socket, address: object = None) -> str:
    if sock.family not in {socket.AF_INET, socket.AF_INET6}:
        return ""
    try:
        host, port = sock.getpeername()[:2]
    except OSError:
        if not isinstance(address, tuple):
            return "nobody"
        host, port = address[:2]
    return f"{host}:{port}"


def read(file: Path) -> list[Sent]:
    """What a process under such a record wrote down."""
    return [Sent(**one) for one in json.loads(file.read_text(encoding="utf-8"))]


if __name__ == "__main__":
    from tui401.cli import run

    with recording() as kept:
        code = run.run(sys.argv[2:])
    Path(sys.argv[1]).write_text(json.dumps([vars(one) for one in kept.sent]), encoding="utf-8")
    sys.exit(code)
