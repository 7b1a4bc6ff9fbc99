"""What README and CONTRIBUTING say is so: each block of commands is run, or named here with the reason why not."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from tests.offline.hars import BEARER, entry, har
from tui401.cli.arguments import COMMANDS, parser_for
from tui401.cli.behind import split
from tui401.cli.help_pages import EXIT_CODES
from tui401.cli.output import EXIT
from tui401.practice import PracticeThread
from tui401.vault.profiles import load

HERE = Path(__file__).parent
ROOT = HERE.parent
README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
_BLOCK = re.compile(r"(?:<!-- ([^\n]*) -->\n)?```(\w*)\n(.*?)```", re.DOTALL)
LIMIT = 90  # seconds that one block may take


@dataclass(frozen=True)
class Block:
    """A fenced block with the mark that stands above it."""

    language: str
    mark: str
    text: str

    @property
    def fault(self) -> str:
        """The practice fault that it is run on, "" for none."""
        return self.mark.split()[1] if self.mark.startswith("run: ") else ""

    @property
    def codes(self) -> set[int]:
        return {int(word) for word in self.mark.split()[2:]}


def blocks(file: Path) -> list[Block]:
    return [Block(language, mark, text) for mark, language, text in _BLOCK.findall(file.read_text(encoding="utf-8"))]


READ = blocks(README)
SHELL = [block for block in READ if block.language in ("sh", "console", "bash")]
RUN = [block for block in SHELL if block.fault]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("readme_tables", HERE / "readme_tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_what_the_code_declares() -> None:
    text = README.read_text(encoding="utf-8")
    assert generator().with_tables(text) == text, "run: python tests/readme_tables.py"


def test_both_commands_stand_in_the_first_screen() -> None:
    first = "\n".join(README.read_text(encoding="utf-8").splitlines()[:32])
    assert "tui401 practice" in first
    assert "<!-- test-command -->" in first
    assert "-m pytest" in first


def test_every_command_is_named_and_every_one_that_is_named_exists() -> None:
    named = set(re.findall(r"^tui401 ([a-z]+)", "\n".join(block.text for block in SHELL), re.MULTILINE))
    assert named - {"curl"} == set(COMMANDS)


def test_the_exit_codes_that_are_told_are_the_codes() -> None:
    assert {*EXIT.values(), 2} == set(EXIT_CODES["diagnose"])


def test_every_picture_is_there() -> None:
    for name in re.findall(r"\]\((screenshots/[^)]+)\)", README.read_text(encoding="utf-8")):
        assert (README.parent / name).is_file(), name


def test_every_block_of_commands_is_run_or_says_why_not() -> None:
    for block in SHELL:
        assert re.match(r"run: [a-z-]+( \d)+$|test-command$|not run: \w.{20}", block.mark), block.text
    assert [block.fault for block in RUN if block.codes] == [
        *("token-expired", "token-expired", "audience-mismatch", "scope-insufficient", "clock-skew-client"),
        *("header-dropped", "header-dropped"),
    ]


def line_words(line: str) -> list[list[str]]:
    """The words of every call of ours in a line, comments and other programs left out."""
    lexer = shlex.shlex(line.replace("…", "https://api.example.com/"), posix=True, punctuation_chars="|;()")
    lexer.whitespace_split = True
    words: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("|;()"):
            words.append([])
        else:
            words[-1].append(word)
    return [call[1:] for call in words if call[:1] == ["tui401"]]


@pytest.mark.parametrize(
    "line",
    [
        line
        for block in SHELL
        if block.mark != "test-command"
        for line in block.text.replace("\\\n", " ").splitlines()
        if "tui401" in line and ".venv" not in line and not line.startswith("alias")
    ],
)
def test_every_line_is_read_as_the_command_reads_it(line: str) -> None:
    inner = re.fullmatch(r'eval "\$\((.*)\)"\s*(?:#.*)?', line)
    calls = line_words(inner[1] if inner else line)
    assert calls
    for call in calls:
        command, rest = (call[0], call[1:]) if call and call[0] in COMMANDS else ("", call)
        parser = parser_for(command)
        if command in ("", "guard"):
            rest, _ = split(parser, rest)
        parser.parse_args([word for word in rest if word != "!!"])


@pytest.mark.parametrize("block", RUN, ids=[f"{block.fault}-{place}" for place, block in enumerate(RUN)])
def test_a_recipe_does_what_it_says(block: Block, tmp_path: Path) -> None:
    with PracticeThread(block.fault) as world:
        knows = world.knows
        text = block.text
        for shown, real in (
            ("https://api.example.com", world.api),
            ("https://login.example.com", world.issuer),
            ("svc-orders", knows.client_id),
            ("ntp.example.com", knows.ntp),
        ):
            text = text.replace(shown, real or shown)
        header = next(word for word in world.argv if word.startswith("Authorization: Bearer "))
        env = {
            **around(tmp_path),
            "TOKEN": header.rpartition(" ")[2],
            "TUI401_CLIENT_SECRET": knows.client_secret or "",
            "NO_PROXY": "*",
        }
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            env=env,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT,
            check=False,
        )
    said = (ran.stdout + ran.stderr).decode()
    assert ran.returncode in block.codes, said
    if "diagnose" in block.text:
        assert f"({block.fault})" in said
    if "--report" in block.text:
        assert block.fault in (tmp_path / "for-the-gateway.md").read_text(encoding="utf-8")
    assert env["TOKEN"][-16:] not in said


def around(folder: Path) -> dict[str, str]:
    """An environment in which our command is found, and that holds nothing of this machine's person."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TUI401_STATE": str(folder / "state"),
        "TUI401_CONFIG": str(folder / "config"),
    }


def test_the_profile_is_read(tmp_path: Path) -> None:
    (profile,) = [block for block in READ if "[profile." in block.text]
    path = tmp_path / "config.toml"
    path.write_text(profile.text, encoding="utf-8")
    (prod,) = load(path).values()
    assert (prod.name, prod.known().audience) == ("prod", "https://api.example.com")


def test_the_dialect_is_read_and_names_the_cause(tmp_path: Path) -> None:
    (block,) = [block for block in READ if "[[recognise]]" in block.text]
    folder = tmp_path / "config" / "dialects"
    folder.mkdir(parents=True)
    (folder / "acme-gateway.toml").write_text(block.text, encoding="utf-8")
    refused = entry(401, '{"code": "E-17", "message": "No"}', sent=BEARER, came=[("Server", "acme-edge/2")])
    (tmp_path / "session.har").write_text(json.dumps(har([refused])), encoding="utf-8")
    command = [sys.executable, "-m", "tui401", "explain", "--format", "ndjson", "session.har"]
    ran = subprocess.run(command, env=around(tmp_path), cwd=tmp_path, capture_output=True, timeout=LIMIT, check=False)
    verdict = json.loads(ran.stdout)["verdict"]
    assert (verdict["cause"], verdict["strength"]) == ("address-not-allowed", "confirmed")


def test_the_python_is_run(tmp_path: Path) -> None:
    (block,) = [block for block in READ if block.language == "python"]
    with PracticeThread("header-missing") as world:
        text = block.text.replace("https://api.example.com", world.api)
        command = [sys.executable, "-c", text]
        ran = subprocess.run(
            command, env=around(tmp_path), cwd=tmp_path, capture_output=True, timeout=LIMIT, check=False
        )
    assert ran.returncode == 0, ran.stderr.decode()
    assert b"header-missing" in ran.stdout


def test_every_block_is_tried_by_something_here() -> None:
    assert {block.language for block in READ} == {"sh", "toml", "python"}
    assert len([block for block in READ if block.language == "toml"]) == 2


def test_every_file_and_folder_that_is_named_is_there() -> None:
    for file in (README, CONTRIBUTING):
        for name in re.findall(r"`((?:tui401|tests|screenshots|\.ci)/[\w./-]*)`", file.read_text(encoding="utf-8")):
            assert (ROOT / name).exists(), f"{file.name} names {name}"


def test_the_cause_that_is_shown_can_be_added(tmp_path: Path) -> None:
    (block,) = [block for block in blocks(CONTRIBUTING) if block.language == "python"]
    (tmp_path / "tenant.py").write_text(block.text, encoding="utf-8")
    program = (
        "import sys, tui401.causes.audience as there\n"
        f"there.__path__.append({str(tmp_path)!r})\n"
        "from tui401.cli.run import run\n"
        "sys.exit(run(['why', 'tenant-unknown']))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], env=around(tmp_path), capture_output=True, timeout=LIMIT, check=False
    )
    assert ran.returncode == 0, ran.stderr.decode()
    said = ran.stdout.decode()
    for heading in ("What it is", "Why it happens", "What settles it", "What to do", "Example", "References"):
        assert heading in said
