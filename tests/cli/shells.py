"""Real shells at a terminal of their own, typed into as a person does."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

STARTS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
_OWN_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)
_LIMIT = 20.0  # seconds for anything that a shell is asked
_SEQUENCES = re.compile(rb"\x1b\[[0-9;?<>=]*[a-zA-Z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[=>()][B0]?|\r|\x0f")


class Shell:
    """One shell.

    Args:
        name: Of ``STARTS``.
        env: Its environment.
        size: Lines and columns of its terminal.
    """

    def __init__(self, name: str, env: Mapping[str, str], size: tuple[int, int] = (24, 200)) -> None:
        self.name = name
        self._turn = 0
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-c", _OWN_TERMINAL, *STARTS[name]],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(env),
            start_new_session=True,
        )
        os.close(slave)
        self.seen = b""

    def type(self, keys: str) -> None:
        """Types, and waits for nothing."""
        os.write(self._master, keys.encode())

    def until(self, mark: bytes) -> bytes:
        """What was written up to a mark, control sequences left out; what stands behind it waits for the next call."""
        ends = time.monotonic() + _LIMIT
        while True:
            plain = _SEQUENCES.sub(b"", self.seen)
            if mark in plain:
                before, _, self.seen = plain.partition(mark)
                return before
            assert time.monotonic() < ends, (mark, plain[-2_000:])
            if select.select([self._master], [], [], 0.05)[0]:
                with contextlib.suppress(OSError):
                    self.seen += os.read(self._master, 65_536)

    def says(self, line: str) -> bytes:
        """What a line prints, up to a mark that is printed behind it."""
        self._turn += 1
        # In two parts, so that the echo of what was typed is not taken for what was printed.
        self.type(f"{line}\n")
        self.type(f"echo 'end''ed{self._turn}.'\n")
        return self.until(f"ended{self._turn}.".encode())

    def end(self) -> None:
        """Ends the shell."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)


@contextlib.contextmanager
def shell(name: str, folder: Path, **env: str) -> Iterator[Shell]:
    """A shell whose home is a folder, and that finds our command."""
    around = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "PS1": "$ ",
        "TUI401_STATE": str(folder / "state"),
        "TUI401_CONFIG": str(folder / "config"),
        **env,
    }
    made = Shell(name, around)
    try:
        yield made
    finally:
        made.end()
