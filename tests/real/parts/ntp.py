"""chrony as a time server: one whose clock is off, one that never answers."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ntplib

from tests.real.parts.process import free_port, program, running, shifted


@dataclass(frozen=True, kw_only=True)
class TimeServer:
    """A running time server.

    Attributes:
        host: Always 127.0.0.1.
        port: UDP.
        offset: Seconds that its clock is ahead of this machine's; None when it never answers.
    """

    host: str
    port: int
    offset: float | None

    @property
    def option(self) -> tuple[str, str]:
        """As tui401 takes it."""
        return ("--ntp", f"{self.host}:{self.port}")


@contextlib.contextmanager
def start_chrony(folder: Path, *, minutes: int = 0, silent: bool = False) -> Iterator[TimeServer]:
    """A chronyd that serves its own clock and never sets this machine's; raises MissingPartError or NotStartedError.

    Args:
        folder: A folder of its own.
        minutes: How far its clock is ahead.
        silent: Whether it answers nobody here.
    """
    port = free_port(socket.SOCK_DGRAM)
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "chrony.conf"
    lines = [
        f"port {port}",
        "bindaddress 127.0.0.1",
        "cmdport 0",
        "bindcmdaddress /",
        "local stratum 10",
        f"allow {'192.0.2.0/24' if silent else '127.0.0.1'}",
        f"pidfile {folder / 'chronyd.pid'}",
    ]
    config.write_text("\n".join(lines) + "\n")
    who = ["-u", "root"] if os.geteuid() == 0 else ["-U"]
    server = TimeServer(host="127.0.0.1", port=port, offset=None if silent else minutes * 60.0)
    with running(
        "chronyd",
        [program("chronyd"), "-x", "-d", *who, "-f", str(config)],
        folder=folder,
        ready=(lambda: _bound(port)) if silent else (lambda: _speaks(port)),
        environment=shifted(f"{minutes:+d}m") if minutes else {},
    ):
        yield server


def _speaks(port: int) -> bool:
    try:
        ntplib.NTPClient().request("127.0.0.1", port=port, version=4, timeout=1)
    except (ntplib.NTPException, OSError):
        return False
    return True


def _bound(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
