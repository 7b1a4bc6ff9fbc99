from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

from tui401.cli.arguments import COMMANDS
from tui401.cli.output import EXIT

HERE = Path(__file__).parent
README = HERE.parent / "README.md"


def generator() -> object:
    spec = importlib.util.spec_from_file_location("readme_tables", HERE / "readme_tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_table_of_causes_is_what_the_code_declares() -> None:
    text = README.read_text(encoding="utf-8")
    assert generator().with_table(text) == text, "run: python tests/readme_tables.py"  # type: ignore[attr-defined]


def test_both_commands_stand_in_the_first_screen() -> None:
    first = "\n".join(README.read_text(encoding="utf-8").splitlines()[:32])
    assert "tui401 practice" in first
    assert "<!-- test-command -->" in first
    assert "-m pytest" in first


def test_every_command_that_the_readme_names_exists() -> None:
    text = README.read_text(encoding="utf-8")
    named = set(re.findall(r"^tui401 ([a-z]+)", text, re.MULTILINE))
    assert named - {"curl"} <= set(COMMANDS)
    assert {"diagnose", "open", "practice", "why", "report", "cases"} <= named


def test_the_exit_codes_that_the_readme_tells_are_the_codes() -> None:
    assert set(EXIT.values()) == {0, 1, 3}


def test_every_picture_is_there() -> None:
    for name in re.findall(r"\]\((screenshots/[^)]+)\)", README.read_text(encoding="utf-8")):
        assert (README.parent / name).is_file(), name
