"""A disk without room, and a home that cannot be written: the program goes on, says it, and leaves nothing half."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pseudo import Screen, environment, tui401
from refusing import Refusing

from tui401.cli.run import UNWRITTEN
from tui401.journal import Journal
from tui401.model.events import CaseOpened
from tui401.model.shown import KnownSeen, Redacted, RequestShown

REFUSED = (0, 60_000, 120_000)
"""Bytes that a file may have: none, less than a case takes, more than that."""


def limited(size: int) -> Callable[[], None]:
    """What makes every write beyond so many bytes of a file fail (EFBIG), in the process that is about to start."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def run(
    home: Path, *argv: str, more: Callable[[], None] | None = None, **streams: object
) -> subprocess.CompletedProcess[bytes]:
    streams.setdefault("stdout", subprocess.PIPE)
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [*AS_USER, sys.executable, "-m", "tui401", *argv],
        env=environment(home, **UNCOMPILED),
        cwd="/",
        stderr=subprocess.PIPE,
        preexec_fn=more,
        check=False,
        timeout=60,
        **streams,
    )


def diagnose(server: Refusing) -> list[str]:
    return ["diagnose", "--only-api", "curl", server.url, "-H", "X-API-Key: abcdef0123456789"]


UNCOMPILED = {"PYTHONDONTWRITEBYTECODE": "1"}
"""Python before 3.12.8 leaves half a compiled module behind on a full disk (python/cpython#126606)."""
AS_USER: list[str] = []
"""Root may write everywhere: without this right it is as anybody else."""
if os.geteuid() == 0 and shutil.which("setpriv"):
    AS_USER = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]


@pytest.mark.parametrize("size", REFUSED)
def test_a_full_disk_ends_no_diagnosis(tmp_path: Path, server: Refusing, size: int) -> None:
    ran = run(tmp_path, *diagnose(server), more=limited(size))
    assert ran.returncode in (1, 3), ran.stderr
    assert b"401" in ran.stdout
    assert b"Traceback" not in ran.stderr
    if b"be kept in" in ran.stderr:
        assert b"goes on" in ran.stderr
        assert b"tui401 open" not in ran.stderr
    else:
        assert size == REFUSED[-1]
    # Once there is room, the journal is whole, with what was kept until then.
    listed = run(tmp_path, "cases")
    assert listed.returncode == 0, listed.stderr
    assert b"damaged" not in listed.stderr


def test_a_report_that_finds_no_room_leaves_the_one_before_it(tmp_path: Path) -> None:
    report = tmp_path / "incident.md"
    report.write_text("the report of yesterday")
    written = (
        "import sys; from pathlib import Path; from tui401.cli.reports import put; put(Path(sys.argv[1]), b'x' * 500)"
    )
    for size, left in ((100, "the report of yesterday"), (1_000, "x" * 500)):
        argv = [sys.executable, "-c", written, str(report)]
        env = environment(tmp_path, **UNCOMPILED)
        ran = subprocess.run(argv, env=env, preexec_fn=limited(size), capture_output=True, check=False)
        assert (ran.returncode == 0) is (size > 500)
        assert (b"File too large" in ran.stderr) is (size < 500)
        assert report.read_text() == left
    assert list(tmp_path.iterdir()) == [report]


def test_a_full_disk_is_told_on_the_screen_and_on_leaving(tmp_path: Path, server: Refusing) -> None:
    command = ("--only-api", "curl", server.url, "-H", "X-API-Key: abcdef0123456789")
    with tui401(tmp_path, *command, more=limited(9_000), **UNCOMPILED) as screen:
        screen.until("esc leave")
        screen.until("kept in")
        screen.keys("\x11")
        assert screen.end() == 0
        assert screen.left() == []
        assert "This case could not be kept" in screen.text
        assert "tui401 open" not in screen.text


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
@pytest.mark.parametrize(
    "argv", [["why", "token-expired"], ["--version"], ["cases"], ["explain", "--format", "ndjson"]]
)
def test_output_to_a_full_disk_is_told(tmp_path: Path, argv: list[str]) -> None:
    if argv[0] == "explain":
        entry = (
            '{"request": {"method": "GET", "url": "https://a.example/"}, "response": {"status": 401, "headers": []}}'
        )
        (tmp_path / "a.har").write_text(f'{{"log": {{"entries": [{entry}]}}}}')
        argv = [*argv, str(tmp_path / "a.har")]
    with Path("/dev/full").open("wb") as full:
        ran = run(tmp_path, *argv, stdout=full)
    assert ran.returncode == UNWRITTEN
    assert ran.stderr == b"tui401 cannot write its output: No space left on device.\n"


@pytest.fixture
def read_only(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o500)
    if os.geteuid() == 0 and not AS_USER:
        pytest.skip("root may write everywhere, and there is no setpriv to take that right away")
    return home


def test_a_read_only_home_ends_no_diagnosis(read_only: Path, server: Refusing) -> None:
    ran = run(read_only, *diagnose(server))
    assert ran.returncode in (1, 3), ran.stderr
    assert b"401" in ran.stdout
    assert b"Cases cannot be kept in" in ran.stderr
    assert b"Traceback" not in ran.stderr
    assert list(read_only.iterdir()) == []


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["cases"], 2),
        (["open", "7f3a"], 2),
        (["doctor", "--offline"], 1),
        (["profile", "add", "prod", "origins=https://a.example"], 2),
        (["vault", "note", "it changed"], 2),
        (["token", "prod"], 2),
    ],
)
def test_every_command_says_that_a_home_is_read_only(read_only: Path, argv: list[str], code: int) -> None:
    ran = run(read_only, *argv)
    assert ran.returncode == code, ran.stderr
    assert b"Traceback" not in ran.stderr
    assert b"a fault of its own" not in ran.stderr
    if argv[0] != "token":
        assert b"ermission denied" in ran.stdout + ran.stderr, ran.stderr


def test_kept_cases_can_be_read_in_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    if os.geteuid() == 0 and not AS_USER:
        pytest.skip("root may write everywhere, and there is no setpriv to take that right away")
    state = tmp_path / "state"
    request = RequestShown(method="GET", url=Redacted("https://api.example.com/v1/orders"))
    with Journal(state / "journal.sqlite3") as journal:
        journal.record("7f3a0001", CaseOpened(case="7f3a0001", request=request, known=KnownSeen(), at=1.0))
    for path in (*state.iterdir(), state):
        path.chmod(0o500)
    for argv in (["cases"], ["report", "7f3a"], ["compare", "--offline", "7f3a", "7f3a"]):
        ran = run(tmp_path, *argv)
        assert ran.returncode == 0, ran.stderr
        assert ran.stderr == b""
        assert b"7f3a0001" in ran.stdout or argv[0] == "compare"
    refused = run(tmp_path, "cases", "--delete", "7f3a")
    assert refused.returncode == 2
    assert b"ermission denied" in refused.stderr
    assert sorted(path.name for path in state.iterdir()) == ["journal.sqlite3"]


def test_a_read_only_home_is_told_on_the_screen(read_only: Path) -> None:
    argv = [*AS_USER, sys.executable, "-m", "tui401"]
    with Screen(argv, environment(read_only), read_only) as screen:
        screen.until("Permission denied", "cannot be kept")
        screen.keys("\x11")
        assert screen.end() == 0
        assert screen.left() == []
