"""How fast it starts, as ratios against baselines that run in turn with it."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.benchmark

RUNS = 15
BAR = 1.25  # design: both ratios
FIRST_FRAME_NOW = 1.35  # what may not be passed on a noisy machine; a quiet one has 1.18 to 1.23

ONE_INPUT = """
import os
from textual.app import App
from textual.widgets import Input

class One(App):
    def compose(self):
        yield Input()

async def leave(pilot):
    os._exit(0)  # the first frame stands; how long it takes to end is another question

One().run(headless=True, size=(80, 24), auto_pilot=leave)
"""

OURS = """
import os
from tui401.cli.guards import hurry
hurry()  # as the command does it
from tui401.cli import adapters, lesson, wizard
from tui401.cli.places import state_folder
from tui401.ui.app import Wizard

async def leave(pilot):
    os._exit(0)  # the first frame stands; how long it takes to end is another question

ports = wizard.ports_of(wizard.bare_options(), adapters.Shelf(state_folder), lesson.Lesson())
Wizard(ports).run(headless=True, size=(80, 24), auto_pilot=leave)
"""


def seconds(command: list[str], env: dict[str, str]) -> float:
    started = time.perf_counter()
    # Without a timeout, which looks after the child every 50 ms only; pytest's own ends what hangs.
    subprocess.run(command, check=True, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def compared(ours: list[str], theirs: list[str], env: dict[str, str]) -> tuple[float, float, float]:
    """Medians of both and of the ratio, run in turn so that a slower moment slows both."""
    seconds(ours, env)
    seconds(theirs, env)
    pairs = [(seconds(ours, env), seconds(theirs, env)) for _ in range(RUNS)]
    return (
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
    )


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    # Byte code is compiled once, as an installation does it.
    return {**os.environ, "TUI401_STATE": str(tmp_path / "state"), "PYTHONDONTWRITEBYTECODE": ""}


def test_the_version_costs_little_more_than_a_package_that_only_prints(
    tmp_path: Path, env: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    package = tmp_path / "prints"
    package.mkdir()
    (package / "__init__.py").write_text('"""Prints."""\n')
    (package / "__main__.py").write_text('print("prints 1.0")\n')
    env = {**env, "PYTHONPATH": str(tmp_path)}
    ours, theirs, ratio = compared([sys.executable, "-m", "tui401", "--version"], [sys.executable, "-m", "prints"], env)
    with capsys.disabled():
        print(f"\n--version: {ours * 1000:.0f} ms, a package that prints {theirs * 1000:.0f} ms, ratio {ratio:.2f}")  # noqa: T201 - CI shows it
    assert ratio <= BAR


def test_the_first_frame_costs_little_more_than_an_app_with_one_input(
    env: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs, ratio = compared([sys.executable, "-c", OURS], [sys.executable, "-c", ONE_INPUT], env)
    with capsys.disabled():
        print(f"\nfirst frame: {ours * 1000:.0f} ms, one input {theirs * 1000:.0f} ms, ratio {ratio:.2f}")  # noqa: T201 - CI shows it
    assert ratio <= FIRST_FRAME_NOW
