"""However the program ends, the terminal is as it was: its modes, its line settings, and what the program says last."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pseudo import Screen, environment, modes, tui401
from refusing import Refusing

from tui401.cli.guards import FAULT

FIRST = "Paste what answers"
SIGNALS = ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"]
BROKEN = """
import sys
def broken(*given, **more):
    raise RuntimeError("it broke")
from tui401.ui.screens import start
start.{what} = broken
from tui401.cli.run import run
sys.exit(run(sys.argv[1:]))
"""


def number(name: str) -> int:
    return int(getattr(signal, name))


def had_it(screen: Screen) -> bool:
    """Whether the program had changed the terminal at all; else nothing is shown by its being as it was."""
    return b"\x1b[?1049h" in screen.stream and modes(bytes(screen.stream)).get(1049) is False


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_gives_the_terminal_back(tmp_path: Path, name: str) -> None:
    with tui401(tmp_path) as screen:
        screen.until(FIRST)
        assert "alternate screen" in screen.left()
        screen.process.send_signal(number(name))
        assert screen.end() == 128 + number(name)
        assert had_it(screen)
        assert screen.left() == []


@pytest.mark.parametrize("least", [1, 200, 1500])
def test_a_signal_while_the_terminal_is_set_up_gives_it_back(tmp_path: Path, least: int) -> None:
    with tui401(tmp_path) as screen:
        while len(screen.stream) < least:
            screen.read()
        screen.process.send_signal(signal.SIGTERM)
        assert screen.end() == 128 + signal.SIGTERM
        assert screen.left() == []
        assert "a fault of its own" not in screen.text


def test_a_second_signal_while_it_ends_changes_nothing(tmp_path: Path) -> None:
    with tui401(tmp_path) as screen:
        screen.until(FIRST)
        screen.process.send_signal(signal.SIGTERM)
        while b"\x1b[?2004l" not in screen.stream:
            screen.read(0.001)
            if screen.process.poll() is None:
                screen.process.send_signal(signal.SIGHUP)
        screen.end()
        assert had_it(screen)
        assert screen.left() == []


@pytest.mark.parametrize("what", ["recent_line", "reading_blocks"])
def test_a_fault_of_ours_gives_the_terminal_back(tmp_path: Path, what: str) -> None:
    argv = [sys.executable, "-c", BROKEN.replace("{what}", what)]
    if what == "recent_line":
        keep_a_case(tmp_path)
    with Screen(argv, environment(tmp_path), tmp_path) as screen:
        if what == "recent_line":  # a fault in a worker is a sentence, and the wizard goes on
            screen.until("a fault of its own")
            screen.keys("\x11")
        assert screen.end() == (0 if what == "recent_line" else FAULT)
        assert had_it(screen)
        assert screen.left() == []
        assert "Traceback" not in screen.text


def keep_a_case(home: Path) -> None:
    command = ["diagnose", "-q", "--passive", "--only-api", "curl", "http://127.0.0.1:9/", "-H", "X-API-Key: k"]
    env = environment(home)
    subprocess.run([sys.executable, "-m", "tui401", *command], env=env, cwd=home, capture_output=True, check=False)


def test_a_stopped_wizard_gives_the_terminal_back_until_it_goes_on(tmp_path: Path) -> None:
    with tui401(tmp_path) as screen:
        screen.until(FIRST)
        screen.process.send_signal(signal.SIGTSTP)
        while modes(bytes(screen.stream)).get(1049):
            screen.read()
        while screen.read(0.2):
            pass
        assert screen.left() == []
        screen.process.send_signal(signal.SIGCONT)
        while not modes(bytes(screen.stream)).get(1049):
            screen.read()
        screen.process.send_signal(signal.SIGTERM)
        screen.end()
        assert screen.left() == []


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_password_s_prompt_gives_the_echo_back(tmp_path: Path, name: str) -> None:
    (tmp_path / "failing.txt").write_text('curl https://api.example.com/v1 -H "Authorization: Bearer $NOWHERE"')
    with tui401(tmp_path, "diagnose", "failing.txt") as screen:
        screen.until("masked")
        while screen.left() == []:  # the echo goes off with the prompt
            screen.read(0.01)
        screen.process.send_signal(number(name))
        assert screen.end() == 128 + number(name)
        assert screen.left() == []


def test_a_hang_up_ends_it_and_keeps_the_case(tmp_path: Path, server: Refusing) -> None:
    with tui401(tmp_path, "--only-api", "curl", server.url, "-H", "X-API-Key: abcdef0123456789") as screen:
        screen.until("esc leave", "confirmed", "likely", "undetermined")
        screen.hang_up()
        assert screen.process.wait(20) == 128 + signal.SIGHUP
    assert len(kept(tmp_path)) == 1


def kept(home: Path) -> list[str]:
    """The cases that the journal lists."""
    argv = [sys.executable, "-m", "tui401", "cases"]
    ran = subprocess.run(argv, env=environment(home), cwd=home, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return re.findall(r"(?m)^[0-9a-f]{8}", ran.stdout)


def test_a_headless_run_that_is_ended_keeps_its_case(tmp_path: Path, server: Refusing) -> None:
    server.waits = 20.0
    argv = [sys.executable, "-m", "tui401", "diagnose", "--only-api", "curl", server.url, "-H", "X-API-Key: abcdef0123"]
    with subprocess.Popen(argv, env=environment(tmp_path), cwd=tmp_path, stderr=subprocess.PIPE) as process:
        assert server.came.wait(20)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 128 + signal.SIGTERM
    assert b"Traceback" not in err
    assert len(kept(tmp_path)) == 1


def test_two_wizards_at_once_keep_both_their_cases(tmp_path: Path, server: Refusing) -> None:
    command = ("--only-api", "curl", server.url, "-H", "X-API-Key: abcdef0123456789")
    with tui401(tmp_path, *command) as one, tui401(tmp_path, *command) as other:
        for screen in (one, other):
            screen.until("esc leave", "confirmed", "likely", "undetermined")
        for screen in (one, other):
            screen.keys("\x11")
            assert screen.end() == 0
            assert screen.left() == []
            assert "tui401 open " in screen.text
    assert len(kept(tmp_path)) == 2
