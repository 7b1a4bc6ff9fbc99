"""A program on a pseudo-terminal as a shell would start it: its own session, the terminal its controlling one."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

LIMIT = 30.0  # seconds for anything that is waited for
_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_AT_REST = {1049: False, 47: False, 1047: False, 25: True, 2004: False, 1004: False, 2048: False}
_MOUSE = (9, 1000, 1001, 1002, 1003, 1005, 1006, 1015, 1016)
NAMES = {1049: "alternate screen", 25: "cursor", 2004: "bracketed paste", 1004: "focus", 2048: "resize reports"}


def modes(stream: bytes) -> dict[int, bool]:
    """The private modes (DECSET, DECRST) that a terminal is in after these bytes, of those that were touched."""
    found: dict[int, bool] = {}
    for one in _MODE.finditer(stream):
        for number in one[1].split(b";"):
            found[int(number)] = one[2] == b"h"
    return found


def left_over(stream: bytes) -> list[str]:
    """What a program left behind on a terminal that was at rest before: names of modes."""
    now = modes(stream)
    wrong = [NAMES.get(mode, str(mode)) for mode, rest in _AT_REST.items() if now.get(mode, rest) != rest]
    wrong += [f"mouse {mode}" for mode in _MOUSE if now.get(mode, False)]
    # Kitty's keyboard protocol: each push wants its pop.
    if stream.count(b"\x1b[>1u") > len(re.findall(rb"\x1b\[<1?u", stream)):
        wrong.append("keyboard protocol")
    return wrong


class Screen:
    """A process on a terminal of its own.

    Args:
        argv: The program.
        env: Its environment.
        folder: Its working directory.
        stdin: Another standard input than the terminal; standard error stays on it.
    """

    def __init__(
        self, argv: Sequence[str], env: Mapping[str, str], folder: Path, *, stdin: int | None = None, more: Any = None
    ) -> None:
        self.master, self._terminal = pty.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.before = termios.tcgetattr(self._terminal)
        self.stream = bytearray()
        terminal = self._terminal

        def begin() -> None:
            os.setsid()
            fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
            if more is not None:
                more()

        self.process = subprocess.Popen(
            list(argv),
            stdin=terminal if stdin is None else stdin,
            stdout=terminal,
            stderr=terminal,
            env=dict(env),
            cwd=folder,
            preexec_fn=begin,  # noqa: PLW1509 - no thread of a test holds a lock that the child would want
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(LIMIT)
        for descriptor in (self.master, self._terminal):
            if descriptor >= 0:
                os.close(descriptor)

    @property
    def text(self) -> str:
        """What was written, without its escape sequences."""
        return re.sub(r"\x1b\[[0-9;?<>=]*\$?[A-Za-z]", "", self.stream.decode("utf-8", "replace"))

    def read(self, wait: float = 0.1) -> bool:
        """Takes what was written."""
        ready, _, _ = select.select([self.master], [], [], wait)
        if not ready:
            return False
        try:
            data = os.read(self.master, 65_536)
        except OSError:
            return False
        self.stream += data
        return bool(data)

    def until(self, *words: str) -> None:
        """Reads until one of the words stands in what was written."""
        ends = time.monotonic() + LIMIT
        while not any(word in self.text for word in words):
            self.read()
            assert time.monotonic() < ends, (words, self.text[-2000:])
            assert self.process.poll() is None or self.read() or any(w in self.text for w in words), self.text[-2000:]

    def keys(self, text: str) -> None:
        """Types."""
        os.write(self.master, text.encode())

    def end(self) -> int:
        """Reads until it has ended; its exit code."""
        ends = time.monotonic() + LIMIT
        while self.process.poll() is None:
            self.read(0.05)
            assert time.monotonic() < ends, f"it did not end: {self.text[-2000:]}"
        while self.read(0.05):
            pass
        return int(self.process.returncode)

    def hang_up(self) -> None:
        """Closes the terminal under the program."""
        os.close(self._terminal)
        os.close(self.master)
        self.master = self._terminal = -1

    def left(self) -> list[str]:
        """What is not as it was before: modes of the terminal and settings of its line."""
        wrong = left_over(bytes(self.stream))
        now = termios.tcgetattr(self._terminal)
        names = ("input", "output", "control", "local", "speed", "speed", "characters")
        return wrong + [f"line settings: {name}" for name, a, b in zip(names, self.before, now, strict=True) if a != b]


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment in which the program keeps everything below one folder."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "TUI401_STATE": str(home / "state"),
        "TUI401_CONFIG": str(home / "config"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        **more,
    }


def tui401(home: Path, *argv: str, more: Any = None, **env: str) -> Screen:
    """The program on a terminal."""
    return Screen([sys.executable, "-m", "tui401", *argv], environment(home, **env), home, more=more)


def signal_named(name: str) -> int:
    """The number of a signal."""
    return int(getattr(signal, name))
