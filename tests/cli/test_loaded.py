"""Which heavy modules each command may load, looked at in a process of its own. Less is always well."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.offline.hars import BEARER, EXPIRED, entry, har

HEAVY = (
    *("textual", "rich", "httpx", "httpcore", "h11", "keyring", "jwt", "cryptography", "ntplib", "truststore"),
    *("tomlkit", "re2", "yaml", "shtab", "msgspec", "sqlite3", "asyncio", "ssl", "argparse"),
    *("tui401.causes", "tui401.dialects", "tui401.intake", "tui401.journal", "tui401.oauth", "tui401.offline"),
    *("tui401.practice", "tui401.probes.send", "tui401.recovery.loop", "tui401.report", "tui401.ui.app"),
)
"""What costs time to load, or what a command that does without it must not be able to reach."""

WORDS = {"argparse", "msgspec", "re2", "tui401.causes", "tui401.dialects"}
HOME = {"argparse", "msgspec", "asyncio", "ssl"}
READS = {*WORDS, *HOME, "sqlite3", "tui401.intake", "tui401.journal"}
LIVE = {
    *(*READS, "httpx", "httpcore", "h11", "tui401.oauth", "tui401.probes.send", "tui401.recovery.loop"),
    *("tui401.offline", "truststore", "rich"),  # httpx loads rich where that is installed
}

MAY: dict[tuple[str, ...], set[str]] = {
    ("--version",): set(),
    ("--help",): {"argparse"},
    ("diagnose", "--help"): {"argparse"},
    ("why",): WORDS,
    ("why", "token-expired"): WORDS,
    ("why", "--dialects"): WORDS,
    ("cases",): {"argparse", "msgspec", "sqlite3", "tui401.journal"},
    ("report", "7f3a"): {*READS, "tui401.offline", "tui401.recovery.loop"},
    ("explain", "session.har"): {*READS, "tui401.offline"},
    ("compare", "--offline", "curl -q http://a/", "curl -q http://b/"): {
        *(*READS, "tui401.offline", "tui401.recovery.loop"),
    },
    ("profile", "list"): HOME,
    ("vault", "log"): {*HOME, "sqlite3", "tui401.journal", "tui401.causes", "rich"},
    ("guard", "curl", "-q", "http://127.0.0.1:1/"): READS,
    ("practice", "--list"): {*HOME, "sqlite3", "tui401.intake", "tui401.journal", "tui401.practice"},
    ("completions", "bash"): {*WORDS, *HOME, "shtab", "tui401.practice"},
    ("completions", "--names", "profiles"): HOME,
    ("completions", "--names", "cases"): {"argparse", "msgspec", "sqlite3", "tui401.journal"},
    ("diagnose", "--passive", "-q", "curl", "-q", "http://127.0.0.1:1/"): LIVE,
}

LOOK = """
import json, os, sys
sys.argv[0] = "tui401"
from tui401.cli import main
try:
    main()
except SystemExit:
    pass
with open(os.environ["LOADED"], "w", encoding="utf-8") as file:
    json.dump(sorted(sys.modules), file)
"""

FIRST_FRAME = """
import json, os, sys
from tui401.cli import adapters, lesson, wizard
from tui401.cli.places import state_folder
from tui401.ui.app import Wizard

async def look(pilot):
    with open(os.environ["LOADED"], "w", encoding="utf-8") as file:
        json.dump(sorted(sys.modules), file)
    os._exit(0)

ports = wizard.ports_of(wizard.bare_options(), adapters.Shelf(state_folder), lesson.Lesson())
Wizard(ports).run(headless=True, size=(80, 24), auto_pilot=look)
"""


def loaded(folder: Path, program: str, *argv: str) -> set[str]:
    """All modules that a program has loaded when it is done."""
    told = folder / "loaded.json"
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TUI401_")},
        "LOADED": str(told),
        "TUI401_STATE": str(folder / "state"),
        "TUI401_CONFIG": str(folder / "config"),
    }
    subprocess.run(
        [sys.executable, "-c", program, *argv],
        env=env,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=60,
    )
    return set(json.loads(told.read_text(encoding="utf-8")))


@pytest.mark.parametrize("argv", MAY, ids=" ".join)
def test_a_command_loads_what_it_needs_and_no_more(tmp_path: Path, argv: tuple[str, ...]) -> None:
    if argv[0] == "completions":
        pytest.importorskip("shtab", reason="shtab is declared and not installed here: pip install -e . again")
    recorded = har([entry(401, EXPIRED, sent=BEARER)])
    (tmp_path / "session.har").write_text(json.dumps(recorded), encoding="utf-8")
    found = loaded(tmp_path, LOOK, *argv)
    assert "tui401.cli" in found
    assert {name for name in HEAVY if name in found} <= MAY[argv]


def test_what_is_allowed_is_named_once() -> None:
    assert all(allowed <= set(HEAVY) for allowed in MAY.values())
    everywhere = set().union(*MAY.values())
    assert not everywhere & {"textual", "keyring", "jwt", "cryptography", "tui401.ui.app"}


def test_the_version_loads_no_module_of_ours_but_two(tmp_path: Path) -> None:
    found = loaded(tmp_path, LOOK, "--version")
    assert {name for name in found if name.startswith("tui401")} == {"tui401", "tui401.cli"}


def test_the_first_frame_loads_no_work(tmp_path: Path) -> None:
    found = loaded(tmp_path, FIRST_FRAME)
    assert {"textual", "tui401.ui.app", "tui401.ui.screens.start"} <= found
    work = {name for name in HEAVY if name not in ("textual", "rich", "asyncio", "ssl", "argparse", "msgspec")}
    ours = {f"tui401.{room}" for room in ("judge", "vault", "wire.redact")}
    assert sorted((work | ours) & found - {"tui401.ui.app"}) == []
