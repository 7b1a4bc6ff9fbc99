"""Whatever bad input comes: a sentence, the right exit code, no traceback, and nothing lost."""

from __future__ import annotations

import os
import pty
import re
import select
import shlex
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.canary.loopback import Loopback, TimeServer, response
from tests.cli.badly import BAD, HEADER, Tui401, refusal, told


@pytest.fixture
def api() -> Iterator[Loopback]:
    with Loopback(refusal) as server:
        yield server


@pytest.fixture
def clock() -> Iterator[str]:
    """A time server, so that nobody else is asked."""
    server = TimeServer()
    yield f"127.0.0.1:{server.port}"
    server.close()


# -- what cannot be a request ------------------------------------------------------------------------------------

NO_REQUEST = {
    "no command": ["diagnose"],
    "no URL": ["diagnose", "curl", "-X", "POST"],
    "an empty URL": ["diagnose", "curl", ""],
    "no host": ["diagnose", "curl", "http://"],
    "a port that is none": ["diagnose", "curl", "http://127.0.0.1:99999/"],
    "a port of letters": ["diagnose", "curl", "http://127.0.0.1:http/"],
    "brackets that do not close": ["diagnose", "curl", "http://[::1/"],
    "a space in the host": ["diagnose", "curl", "http://a b/"],
    "a host of control characters": ["diagnose", "curl", "http://a\x07b\u202ec/"],
    "an unknown scheme": ["diagnose", "curl", "gopher://127.0.0.1/"],
    "a file's scheme": ["diagnose", "curl", "file:///etc/hostname"],
    "an unknown option": ["diagnose", "curl", "--no-such-option", "http://127.0.0.1/"],
    "an option without its value": ["diagnose", "curl", "http://127.0.0.1/", "-H"],
    "a time limit that is no number": ["diagnose", "curl", "-m", "soon", "http://127.0.0.1/"],
    "an unreadable body file": ["diagnose", "curl", "-d", "@/no/such/file", "http://127.0.0.1/"],
    "an unreadable header file": ["diagnose", "curl", "-H", "@/no/such/file", "http://127.0.0.1/"],
    "an unreadable configuration": ["diagnose", "curl", "-K", "/no/such/file"],
    "an unreadable CA": ["diagnose", "curl", "--cacert", "/no/such/file", "https://127.0.0.1/"],
    "a file that is not there": ["diagnose", "/no/such/file"],
    "a folder": ["diagnose", "/"],
    "another program": ["diagnose", "wget", "http://127.0.0.1/"],
    "an issuer that is no address": ["diagnose", "--issuer", "login", "curl", "http://127.0.0.1/"],
    "an origin that is none": ["diagnose", "--credential-to", "x", "curl", "http://127.0.0.1/"],
    "a profile that is not there": ["diagnose", "--profile", "prod", "curl", "http://127.0.0.1/"],
    "a report of no kind": ["diagnose", "--report", "x.docx", "curl", "http://127.0.0.1/"],
    "an unknown command": ["diagnoze"],
    "an unknown format": ["diagnose", "--format", "xml", "curl", "http://127.0.0.1/"],
    "an unknown cause": ["why", "no-such-cause"],
    "an unknown fault": ["practice", "no-such-cause"],
    "an unknown case": ["report", "ffffffff"],
    "nothing to open": ["open", "no-such-thing"],
}


@pytest.mark.parametrize("name", NO_REQUEST)
def test_what_is_no_request_is_told_in_a_sentence(name: str, tui401: Tui401) -> None:
    told(tui401(*NO_REQUEST[name]), BAD)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("an unknown scheme", "gopher"),
        ("an unknown option", "--no-such-option"),
        ("an unreadable body file", "/no/such/file"),
        ("a file that is not there", "/no/such/file"),
        ("a profile that is not there", "prod"),
        ("an unknown fault", "no-such-cause"),
    ],
)
def test_the_sentence_names_what_is_wrong(name: str, words: str, tui401: Tui401) -> None:
    assert words in told(tui401(*NO_REQUEST[name]), BAD)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_may_not_be_read_is_told(tui401: Tui401, tmp_path: Path) -> None:
    locked = tmp_path / "command.txt"
    locked.write_text("curl http://127.0.0.1/")
    locked.chmod(0)
    assert "ermission" in told(tui401("diagnose", str(locked)), BAD)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\xff\xfe\x80" * 40, b"\x7fELF\x02\x01\x01" + bytes(range(256)), b"{", b'{"case": 1}', "¿qué?".encode()],
    ids=["empty", "bytes that are no text", "a program", "half a JSON", "another JSON", "prose"],
)
@pytest.mark.parametrize("command", ["diagnose", "open"])
def test_a_file_that_holds_no_command_is_told(command: str, data: bytes, tui401: Tui401, tmp_path: Path) -> None:
    file = tmp_path / "given"
    file.write_bytes(data)
    told(tui401(command, str(file)), BAD)


def test_a_file_beyond_every_command_is_told(tui401: Tui401, tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as out:
        out.truncate(1 << 31)
    assert "1 MiB" in told(tui401("diagnose", str(file)), BAD)


def test_a_folder_that_takes_no_journal_ends_nothing(tui401: Tui401, api: Loopback, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = tui401(
        "diagnose", "--passive", "curl", api.origin, *HEADER, env={"TUI401_STATE": str(tmp_path / "file" / "state")}
    )
    assert ran.code in (1, 3)
    assert "cannot be kept" in ran.err
    assert " 401" in ran.out


# -- what stands around ------------------------------------------------------------------------------------------


def test_a_time_server_that_does_not_answer_leaves_the_date(tui401: Tui401) -> None:
    silent = TimeServer(silent=True)
    dated = ("Date", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 3600)))
    with Loopback(lambda _seen: response("401 Unauthorized", [dated], "{}")) as server:
        ran = tui401("diagnose", "--ntp", f"127.0.0.1:{silent.port}", "curl", "-q", *HEADER, server.origin)
    silent.close()
    assert silent.received
    assert re.search(rf"clock .*127.0.0.1:{silent.port} did not answer within", ran.out), ran.out
    case = re.search(r"tui401 open ([0-9a-f]{8})", ran.err)
    assert case is not None
    assert "Date" in tui401("report", case[1]).out


BACKEND = """
import time
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

class Hanging(KeyringBackend):
    priority = 1
    def get_password(self, service, name):
        time.sleep(600)
    set_password = delete_password = get_password

class Locked(KeyringBackend):
    priority = 1
    def get_password(self, service, name):
        raise KeyringLocked("locked")
    def set_password(self, service, name, value):
        raise KeyringLocked(f"locked: {value}")
    delete_password = get_password
"""


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    (tmp_path / "backends.py").write_text(BACKEND)
    folders = {
        "TUI401_STATE": str(tmp_path / "state"),
        "TUI401_CONFIG": str(tmp_path / "config"),
        "HOME": str(tmp_path),
    }
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(tmp_path),
        "TERM": "xterm",
        "LANG": "C.UTF-8",
        **folders,
        **more,
    }


def process(tmp_path: Path, *argv: str, given: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tui401", *argv],
        input=given,
        capture_output=True,
        timeout=40,
        check=False,
        env=environment(tmp_path, **env),
        cwd=tmp_path,
        start_new_session=True,  # without a controlling terminal
    )


@pytest.mark.parametrize("backend", ["Hanging", "Locked"])
def test_a_keyring_that_hangs_or_is_locked_holds_nothing_up(backend: str, tmp_path: Path) -> None:
    from tui401.practice import PracticeThread

    with PracticeThread("token-expired") as world:
        knows = world.knows
        refresh = world.refresh_token("ada")
        options = ["--issuer", knows.issuer, "--client-id", knows.client_id, "--ntp", knows.ntp]
        began = time.monotonic()
        ran = process(
            tmp_path,
            *["diagnose", "--fix", "--yes", *map(str, options), *world.argv],
            PYTHON_KEYRING_BACKEND=f"backends.{backend}",
            TUI401_CLIENT_SECRET=str(knows.client_secret),
            TUI401_REFRESH_TOKEN=refresh,
        )
        took = time.monotonic() - began
        alone = process(
            tmp_path,
            *["diagnose", "--fix", "--yes", *map(str, options), *world.argv],
            PYTHON_KEYRING_BACKEND=f"backends.{backend}",
            TUI401_REFRESH_TOKEN=refresh,
        )
        refreshed = [one for one in world.requests.issuer if one.carried(refresh)]
    assert ran.returncode == 0, ran.stderr
    assert b"RECOVERED" in ran.stdout
    assert took < 30
    # A refresh token is not used up where its successor would have no place.
    assert alone.returncode == 1, alone.stderr
    assert b"eyring" in alone.stderr
    assert refreshed == []
    assert b"Traceback" not in ran.stderr + alone.stderr


def test_no_terminal_at_all(tmp_path: Path) -> None:
    for argv in ([], ["curl", "http://127.0.0.1:1/"], ["practice"]):
        ran = process(tmp_path, *argv)
        assert ran.returncode == BAD, ran
        assert ran.stderr.decode().count("\n") == 1
        assert "terminal" in ran.stderr.decode()
        assert "tui401 diagnose" in ran.stderr.decode()
        assert ran.stdout == b""


@pytest.mark.parametrize("size", [(1, 1), (4, 20), (10, 40)])
def test_a_terminal_too_small_says_so_and_takes_q(size: tuple[int, int], tmp_path: Path) -> None:
    import fcntl
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    child = subprocess.Popen(
        [sys.executable, "-m", "tui401"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment(tmp_path),
        cwd=tmp_path,
    )
    os.close(slave)
    os.set_blocking(master, False)
    seen, ends, pressed = b"", time.monotonic() + 20, time.monotonic() + 1
    while child.poll() is None and time.monotonic() < ends:
        try:
            seen += os.read(master, 65536)
        except OSError:
            drawn = re.sub(rb"\s+", b" ", re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", seen))
            if (b"needed" in drawn or size[1] < 30) and time.monotonic() - pressed > 1:
                os.write(master, b"\x11")  # ctrl+q: q alone is typed into the box
                pressed = time.monotonic()
            select.select([master], [], [], 0.1)
    code = child.poll()
    child.kill()
    child.wait()
    os.close(master)
    assert code == 0, seen[-2000:]
    assert b"Traceback" not in seen
    assert b"needed" in seen or size[1] < 30


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_a_body_of_a_gigabyte_is_cut_and_takes_no_memory(tmp_path: Path, clock: str) -> None:
    sent = [0]
    piece = b"x" * (1 << 16)

    def serve(connection: socket.socket) -> None:
        with connection:
            connection.recv(65536)
            head = b"HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain\r\nContent-Length: 1073741824\r\n\r\n"
            try:
                connection.sendall(head)
                while sent[0] < 1 << 30:
                    connection.sendall(piece)
                    sent[0] += len(piece)
            except OSError:
                return

    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                serve(listener.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    program = (
        # The kernel's own peak of this address space: getrusage would also count the process that forked it.
        "import sys\nfrom tui401.cli.run import run\ncode = run(sys.argv[1:])\n"
        "peak = next(line for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        "print(peak.split()[1], file=sys.stderr)\nsys.exit(code)\n"
    )
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    argv = ["diagnose", "--passive", "--ntp", clock, "curl", "-q", *HEADER, url]
    ran = subprocess.run(
        [sys.executable, "-c", program, *argv],
        capture_output=True,
        timeout=40,
        check=False,
        env=environment(tmp_path),
        cwd=tmp_path,
    )
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)
    assert ran.returncode in (1, 3), ran.stderr
    assert b" 401" in ran.stdout
    assert sent[0] < 64 << 20
    assert int(ran.stderr.split()[-1]) < 200_000  # KiB; the program without any body takes 80,000


def test_a_command_in_quotes_of_another_kind_is_still_read(tui401: Tui401, api: Loopback, tmp_path: Path) -> None:
    file = tmp_path / "command"
    file.write_text(f"$ {shlex.join(['curl', api.origin, *HEADER])}\n".replace("'", "’"), encoding="utf-8")
    ran = tui401("diagnose", "--yes", "--passive", str(file))
    assert ran.code in (1, 2, 3)
    assert "Traceback" not in ran.err
