"""The program as it is run: a laden command, processes of its own, a terminal, and servers that give all of it back."""

from __future__ import annotations

import atexit
import base64
import contextlib
import json
import os
import pty
import random
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import seen
from canary_case import Laden
from canary_search import Canary
from loopback import Answer, Issuer, Loopback, Seen, TimeServer, echo_headers, echo_html, echo_json, response

LIMIT = 20.0  # seconds for one process; none takes a quarter of it
_JWT = re.compile(r"(ey[A-Za-z0-9_-]+)\.(ey[A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_TOOLS = ("chronyc", "timedatectl", "hwclock", "w32tm", "xdg-open", "sntp")


def at_nobody(text: str) -> str:
    """The text with its JWTs issued by a name that resolves nowhere; their signatures stay."""

    def moved(token: re.Match[str]) -> str:
        claims = json.loads(base64.urlsafe_b64decode(token[2] + "=="))
        claims["iss"] = "https://login.invalid"
        coded = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        return f"{token[1]}.{coded}.{token[3]}"

    return _JWT.sub(moved, text)


def laden_command(loaded: Laden, origin: str, *more: str, target: str | None = None) -> list[str]:
    """The case's request as a person would type it, for a server at another origin."""
    request = loaded.request
    given = ["curl", "-X", request.method, origin + (target or request.target.reveal())]
    for line in request.headers:
        given += ["-H", at_nobody(f"{line.name}: {line.value.reveal()}")]
    body = request.body.reveal().decode() if request.body is not None else ""
    return [*given, "--data-raw", at_nobody(body), *more]


@dataclass
class Ran:
    """One process: what it wrote, and what others could see of it while it ran."""

    code: int
    out: bytes
    err: bytes
    processes: list[bytes] = field(default_factory=list)
    state: list[bytes] = field(default_factory=list)


class World:
    """Servers, folders, and the ways to run the program against them.

    Args:
        loaded: The case that the command is made of.
        answer: What the API answers; None echoes in one way after another until a granted token comes.
    """

    def __init__(self, loaded: Laden, answer: Answer | None = None) -> None:
        self.loaded = loaded
        self.made: list[Canary] = []
        self._random = random.Random(7)
        self._folder = tempfile.TemporaryDirectory(prefix="canary-")
        self.home = Path(self._folder.name)
        self.states = self.home / "states"
        self._runs = 0
        self._began = 0  # the API's first request of the latest run, so that each run meets the answers in one order
        self.other = Loopback(echo_json)
        self.issuer = Loopback(Issuer(self.secret))
        self.api = Loopback(answer or self._echo)
        self.time = TimeServer()
        self._tools()

    def close(self) -> None:
        for server in (self.api, self.issuer, self.other, self.time):
            server.close()
        self._folder.cleanup()

    def secret(self, place: str) -> str:
        """A secret that a server made up."""
        made = "".join(self._random.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=40))
        self.made.append(Canary(place, made))
        self.loaded.search.add(self.made[-1])
        return made

    def _echo(self, seen: Seen) -> bytes:
        if any(canary.secret in seen.value("Authorization") for canary in self.made):
            said = echo_json(seen).partition(b"\r\n\r\n")[2]
            return response("200 OK", [("X-Echo", seen.value("Authorization"))], said)
        if "/elsewhere" in seen.target:
            there = f"{self.other.origin}/cb?access_token={seen.value('X-API-Key')}&page=2#t"
            return response("307 Temporary Redirect", [("Location", there)], "")
        return (echo_json, echo_html, echo_headers)[(seen.number - self._began) % 3](seen)

    def _tools(self) -> None:
        """Programs that ours may start, each of which keeps the environment and arguments that it was given."""
        self.tools = self.home / "tools"
        self.tools.mkdir()
        for name in _TOOLS:
            tool = self.tools / name
            tool.write_text('#!/bin/sh\n{ echo "$0 $*"; /usr/bin/env; } >>"$(/usr/bin/dirname "$0")/started"\n')
            tool.chmod(0o700)

    def env(self, state: str = "") -> dict[str, str]:
        """The environment of a run. A state folder without a name is new: refused passwords are counted."""
        self._runs += 1
        self._began = len(self.api.seen)
        known = self.loaded.case.known
        assert known.client_secret is not None
        assert known.refresh_token is not None
        return {
            "PATH": f"{self.tools}:/usr/bin:/bin",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "TUI401_STATE": str(self.states / (state or f"run-{self._runs}")),
            "TUI401_CONFIG": str(self.home / "config"),
            "TUI401_CLIENT_SECRET": known.client_secret.reveal(),
            "TUI401_REFRESH_TOKEN": known.refresh_token.reveal(),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }

    @property
    def knows(self) -> list[str]:
        return ["--issuer", self.issuer.origin, "--client-id", "svc-orders", "--ntp", f"127.0.0.1:{self.time.port}"]

    def command(self, *more: str, target: str | None = None) -> list[str]:
        return laden_command(self.loaded, self.api.origin, *more, target=target)

    def run(self, *argv: str, program: str = "", given: bytes = b"", state: str = "") -> Ran:
        """Runs the program to its end; each request that reaches the API looks at the process from outside.

        Args:
            argv: The program's arguments.
            program: Python to run in place of the plain program; it finds the arguments in ``sys.argv``.
            given: Standard input.
            state: The name of its state folder.
        """
        seen.command(argv)
        start = ["-c", program] if program else ["-m", "tui401"]
        child = subprocess.Popen(
            [sys.executable, *start, *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.env(state),
            cwd=self.home,
        )
        ran = Ran(0, b"", b"")
        with self._watched(child.pid, ran):
            ran.out, ran.err = child.communicate(given, timeout=LIMIT)
        ran.code = child.returncode
        return ran

    @contextlib.contextmanager
    def _watched(self, pid: int, ran: Ran) -> object:  # type: ignore[misc]
        def look() -> None:
            line = Path(f"/proc/{pid}/cmdline")
            if line.exists():
                ran.processes.append(line.read_bytes())
            ps = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, check=False)
            ran.processes.append(ps.stdout)
            ran.state.append(self.on_disk())

        self.api.noticed.append(look)
        try:
            yield
        finally:
            self.api.noticed.remove(look)

    def on_disk(self) -> bytes:
        """Every byte of the state folders: the database, its write-ahead log and their index."""
        found = b""
        for path in sorted(self.states.rglob("*")):
            with contextlib.suppress(OSError):
                found += path.name.encode() + b"\n" + path.read_bytes() if path.is_file() else b""
        return found

    def started(self) -> bytes:
        """What the programs that ours started were given."""
        kept = self.tools / "started"
        return kept.read_bytes() if kept.exists() else b""

    def terminal(self, *argv: str, program: str = "", state: str = "", **env: str) -> Terminal:
        """The program on a terminal of its own, with more in its environment."""
        seen.command(argv)
        start = ["-c", program] if program else ["-m", "tui401"]
        return Terminal([sys.executable, *start, *argv], {**self.env(state), **env}, self.home, self)


class Terminal:
    """A process on a pseudo-terminal of 120×40, every byte of which is kept."""

    def __init__(self, argv: Sequence[str], env: dict[str, str], home: Path, world: World) -> None:
        self.stream = bytearray()
        self.code: int | None = None
        self.ran = Ran(0, b"", b"")
        self._mark = 0
        pid, self._master = pty.fork()
        if pid == 0:  # the child; nothing but exec may happen here
            try:
                os.chdir(home)
                os.execve(argv[0], list(argv), env | {"COLUMNS": "120", "LINES": "40"})
            finally:
                os._exit(127)
        self.pid = pid
        self._watch = world._watched(pid, self.ran)
        self._watch.__enter__()  # type: ignore[attr-defined]

    def until(self, *words: str, limit: float = LIMIT) -> str:
        """Reads until one of the words stands in what was drawn since the last key; gives the first that does."""
        ends = time.monotonic() + limit
        while not any(word.encode() in self._drawn() for word in words):
            came = self._read(0.2)
            if time.monotonic() > ends or (not came and self.code is not None):
                raise AssertionError(f"{words} was not drawn: {self._drawn()[-3000:]!r}")

        self.calm()
        return next(word for word in words if word.encode() in self._drawn())

    def calm(self) -> None:
        """Reads until nothing is drawn for longer than a new screen takes no key that sends."""
        ends = time.monotonic() + 2.0
        while time.monotonic() < ends and self._read(0.5):
            pass

    def _drawn(self) -> bytes:
        return re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", bytes(self.stream[self._mark :]))

    def keys(self, keys: str) -> None:
        self._mark = len(self.stream)
        os.write(self._master, keys.encode())

    def paste(self, text: str) -> None:
        self._mark = len(self.stream)
        self.type(f"\x1b[200~{text}\x1b[201~")

    def type(self, text: str) -> None:
        """Types more than a terminal takes at once, and reads meanwhile."""
        data = text.encode()
        while data:
            _, ready, _ = select.select([], [self._master], [], 1)
            data = data[os.write(self._master, data[:1024]) :] if ready else data
            self._read(0.0)

    def _read(self, wait: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], wait)
        if not ready:
            self._reap()
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:  # the other end is closed
            data = b""
        self.stream += data
        if not data:
            self._reap(wait=True)
        return bool(data)

    def _reap(self, *, wait: bool = False) -> None:
        if self.code is None:
            pid, status = os.waitpid(self.pid, 0 if wait else os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)

    def end(self, limit: float = LIMIT) -> bytes:
        """Waits for its end; all it wrote."""
        ends = time.monotonic() + limit
        while self.code is None and time.monotonic() < ends:
            self._read(0.2)
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            self._reap(wait=True)
            raise AssertionError(f"it did not end: {self._drawn()[-3000:]!r}")
        while self._read(0.0):
            pass
        self._watch.__exit__(None, None, None)  # type: ignore[attr-defined]
        os.close(self._master)
        return bytes(self.stream)


_WORLDS: dict[int, World] = {}
_DONE: dict[tuple[int, str], object] = {}


def world_of(loaded: Laden) -> World:
    """The one echoing world of a laden case; it ends with the tests."""
    if id(loaded) not in _WORLDS:
        _WORLDS[id(loaded)] = world = World(loaded)
        atexit.register(world.close)
    return _WORLDS[id(loaded)]


def once(loaded: Laden, name: str, run: Callable[[World], object]) -> object:
    """What a run brought, made once for all surfaces that look at it."""
    key = (id(loaded), name)
    if key not in _DONE:
        _DONE[key] = run(world_of(loaded))
    return _DONE[key]
