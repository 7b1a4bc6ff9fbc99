"""SECURITY.md says what pyproject.toml says, and the wheel is the same wherever it is built."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
SOURCES = ("tui401", "pyproject.toml", "README.md", "LICENSE", ".gitignore")


def rows() -> list[tuple[str, str, str, str]]:
    """The table of dependencies: package, bound, for what, why."""
    table = PAGE.partition("\n## Dependencies\n")[2].partition("\n### ")[0]
    lines = [re.split(r" \| ", line.strip("| \n")) for line in table.splitlines() if line.startswith("| ")]
    return [(cells[0], cells[1].strip("`"), cells[2], cells[3]) for cells in lines[2:]]


def declared() -> list[tuple[str, str, str]]:
    """The same of pyproject.toml."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [(one, "run") for one in settings["project"]["dependencies"]]
    wanted += [(one, "build") for one in settings["build-system"]["requires"]]
    for extra, packages in settings["project"]["optional-dependencies"].items():
        wanted += [(one, extra) for one in packages]
    found = [(re.fullmatch(r"([\w.-]+(?:\[\w+\])?)(.*)", one), why) for one, why in wanted]
    return [(match[1], match[2] or "any", why) for match, why in found if match is not None]


def test_the_table_of_dependencies_is_that_of_pyproject() -> None:
    listed = [(package, bound, used) for package, bound, used, _ in rows()]
    assert len(listed) == len(set(listed))
    assert sorted(listed) == sorted(declared()), "SECURITY.md has a row for each, with its reason"


@pytest.mark.parametrize(("package", "bound", "used", "why"), rows())
def test_each_bound_has_a_reason(package: str, bound: str, used: str, why: str) -> None:
    assert len(why.split()) >= 2, package
    if used == "run" and "<" not in bound:
        assert "so n" in why, f"{package} has no upper bound, and the table does not say why"


def test_the_page_names_what_is_there() -> None:
    for path in re.findall(r"`((?:tests|tui401)/[\w/.]+)`", PAGE):
        assert (ROOT / path).exists(), path
    for command in ("pip install pip-audit", "SOURCE_DATE_EPOCH", "TUI401_TEST_KILLS"):
        assert command in PAGE
    assert "TUI401_TEST_KILLS" in (ROOT / "tests" / "journal" / "test_killed.py").read_text(encoding="utf-8")


def built(folder: Path, *, umask: int, touched: float, zone: str) -> Path:
    """The wheel of a copy of the sources with other times and rights, in another zone."""
    folder.mkdir(parents=True)
    ignored = shutil.ignore_patterns("__pycache__")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copyfile(source, folder / name)
    for path in folder.rglob("*"):
        os.utime(path, (touched, touched))
        path.chmod((0o777 if path.is_dir() else 0o666) & ~umask)
    ran = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "dist"],
        cwd=folder,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1790000000", "TZ": zone, "PYTHONHASHSEED": str(umask)},
        umask=umask if os.name == "posix" else -1,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    (wheel,) = (folder / "dist").iterdir()
    return wheel


def test_a_wheel_is_the_same_wherever_whenever_and_under_whatever_umask_it_is_built(tmp_path: Path) -> None:
    one = built(tmp_path / "a", umask=0o022, touched=1_600_000_000, zone="UTC")
    other = built(tmp_path / "somewhere" / "else", umask=0o077, touched=1_780_000_000, zone="Asia/Tokyo")
    assert one.name == other.name
    assert one.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(one) as wheel:
        names = set(wheel.namelist())
        assert {entry.date_time[:3] for entry in wheel.infolist()} == {(2026, 9, 21)}
    packaged = {path for path in (ROOT / "tui401").rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {path.relative_to(ROOT).as_posix() for path in packaged} <= names
    assert not [name for name in names if name.startswith("tests/") or name.endswith(".pyc")]
