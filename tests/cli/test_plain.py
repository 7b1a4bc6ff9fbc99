"""The wizard in plain lines, as a command: when it is chosen, and what its process says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tui401.cli.arguments import parser_for
from tui401.cli.wizard import plain_wanted

LIMIT = 30.0


@pytest.mark.parametrize(
    ("argv", "environ", "wanted"),
    [
        ([], {}, False),
        ([], {"TERM": "xterm-256color", "TUI401_PLAIN": ""}, False),
        ([], {"TERM": "xterm-256color", "TUI401_PLAIN": "0"}, False),
        (["--plain"], {"TERM": "xterm-256color"}, True),
        ([], {"TUI401_PLAIN": "1"}, True),
        ([], {"TERM": "dumb"}, True),
    ],
)
def test_lines_are_chosen_by_option_variable_or_terminal(
    argv: list[str], environ: dict[str, str], *, wanted: bool
) -> None:
    assert plain_wanted(parser_for("").parse_args(argv), environ) is wanted


def run(*argv: str, typed: str, home: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui401", *argv],
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LIMIT,
        check=False,
        cwd=home,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "PYTHONUTF8": "1",
            "TUI401_STATE": str(home / "state"),
            "TUI401_CONFIG": str(home / "config"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            **environ,
        },
    )


def test_a_fault_is_found_mended_and_left_with_the_three_lines(tmp_path: Path) -> None:
    ran = run("--plain", "practice", "token-expired", typed="\n1\nq\n", home=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "Confirmed: The access token has expired." in ran.stdout
    *_, asked, found, back = ran.stdout.rstrip().splitlines()
    assert asked.startswith("GET http://127.0.0.1:")
    assert asked.endswith("200")
    assert found == "recovered: confirmed token-expired"
    assert back.startswith("tui401 open ")
    assert "\x1b" not in ran.stdout + ran.stderr
    again = run("open", "--plain", back.split()[-1], typed="q\n", home=tmp_path)
    assert "200: after" in again.stdout


def test_a_terminal_that_cannot_draw_is_told_in_a_sentence_and_gets_lines(tmp_path: Path) -> None:
    ran = run("practice", typed="q\n", home=tmp_path, TERM="dumb")
    assert ran.returncode == 0
    assert ran.stderr == "This terminal (TERM=dumb) cannot show screens, so the wizard goes on in plain lines.\n"
    assert "Which exercise?" in ran.stdout
    assert "\x1b" not in ran.stdout


def test_a_call_on_a_pipe_needs_a_terminal_for_the_answers(tmp_path: Path) -> None:
    code = "import os, sys; os.setsid(); os.execv(sys.executable, [sys.executable, '-m', 'tui401', '--plain'])"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        input="curl https://api.example.com/v1",
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ran.returncode == 2
    assert "no terminal" in ran.stderr
