"""The tab key, in the shells themselves."""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("shells at a terminal are opened on POSIX", allow_module_level=True)

from tests.cli.shells import Shell, shell
from tui401.causes import all_causes
from tui401.cli.arguments import COMMANDS, SHELLS, parser_for
from tui401.journal import Journal
from tui401.model.events import CaseOpened
from tui401.model.shown import KnownSeen, Redacted, RequestShown
from tui401.vault import profiles

pytest.importorskip("shtab", reason="shtab is declared and not installed here: pip install -e . again")

ROOT = Path(__file__).parents[2]
CASE = "7f3a09c2"
SETUP = {
    "bash": 'eval "$(tui401 completions bash)"; tui401() { printf "<%s>" "$@"; echo; }',
    "zsh": "autoload -U compinit; compinit -u -D; "
    'eval "$(tui401 completions zsh)"; tui401() { printf "<%s>" "$@"; echo; }',
    "fish": "tui401 completions fish | source; function tui401; printf '<%s>' $argv; echo; end",
}


@pytest.fixture(scope="module", params=SHELLS)
def at(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell with our completions, one profile and one kept case."""
    name = request.param
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    folder = tmp_path_factory.mktemp(name)
    with shell(name, folder) as made:
        made.says(f"cd {folder}")
        made.says(SETUP[name])
        # Only now, since names are asked for when the key is pressed.
        (folder / "config").mkdir()
        (folder / "config" / "config.toml").write_text("[profile.production-eu]\n")
        with Journal(folder / "state" / "journal.sqlite3") as journal:
            journal.record(CASE, CaseOpened(case=CASE, request=asked(), known=KnownSeen(), at=1.79e9))
        (folder / "failing-transcript.txt").write_text("curl https://api.example.com/\n")
        yield made


def asked() -> RequestShown:
    return RequestShown(method="GET", url=Redacted("https://api.example.com/v1/orders"))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("pract", ["practice"]),
        ("diagnose --pass", ["diagnose", "--passive"]),
        ("diagnose --sign-in dev", ["diagnose", "--sign-in", "device"]),
        ("diagnose --format js", ["diagnose", "--format", "json"]),
        ("why token-exp", ["why", "token-expired"]),
        ("why clock-skew-s", ["why", "clock-skew-server"]),
        ("practice audience-m", ["practice", "audience-mismatch"]),
        ("token produc", ["token", "production-eu"]),
        ("diagnose --profile produc", ["diagnose", "--profile", "production-eu"]),
        ("--profile produc", ["--profile", "production-eu"]),
        ("report 7f", ["report", CASE]),
        ("open 7f", ["open", CASE]),
        ("open failing-", ["open", "failing-transcript.txt"]),
        ("explain failing-", ["explain", "failing-transcript.txt"]),
        ("diagnose failing-", ["diagnose", "failing-transcript.txt"]),
        ("vault sto", ["vault", "store"]),
        ("vault store --kind api", ["vault", "store", "--kind", "api-key"]),
        ("completions fi", ["completions", "fish"]),
        ("cases --delete 7f", ["cases", "--delete", CASE]),
    ],
)
def test_the_tab_key_completes(at: Shell, typed: str, words: list[str]) -> None:
    said = at.says(f"tui401 {typed}\t").decode()
    expected = "".join(f"<{word}>" for word in words)
    assert expected in said, said


def test_behind_curl_it_is_the_shells_own_completion_of_curl(at: Shell) -> None:
    if at.name == "bash":
        # bash-completion hands the words on, where it is installed; without it files complete.
        at.says("_command_offset() { COMPREPLY=(--from-curl-$1); }")
        assert b"<curl><--from-curl-1>" in at.says("tui401 curl --fro\t")
        assert b"<diagnose><--yes><curl><--from-curl-3>" in at.says("tui401 diagnose --yes curl --fro\t")
        at.says("unset -f _command_offset")
        assert b"<curl><-d><failing-transcript.txt>" in at.says("tui401 curl -d failing-\t")
    elif at.name == "fish":
        at.says("complete -c curl -l from-curl -d own")
        assert b"<curl><--from-curl>" in at.says("tui401 curl --fro\t")
        assert b"<curl><-H><a b><--from-curl>" in at.says("tui401 curl -H 'a b' --fro\t")
        assert b"<diagnose><--yes><curl><--from-curl>" in at.says("tui401 diagnose --yes curl --fro\t")
    else:
        at.says("_of_curl() { compadd -- --from-curl-$CURRENT }; compdef _of_curl curl")
        assert b"<curl><--from-curl-2>" in at.says("tui401 curl --fro\t")
        assert b"<diagnose><--yes><curl><--from-curl-2>" in at.says("tui401 diagnose --yes curl --fro\t")


@pytest.mark.parametrize("name", SHELLS)
def test_every_command_option_and_cause_stands_in_the_script(tui401: Callable[..., Any], name: str) -> None:
    ran = tui401("completions", name)
    assert (ran.code, ran.err) == (0, "")
    words = set(re.findall(r"[\w-]+", ran.out))
    assert words.issuperset([*COMMANDS, *all_causes()])
    for command in ("", *COMMANDS):
        for action in parser_for(command)._actions:
            if action.help != "==SUPPRESS==":
                found = {flag if name != "fish" else flag.lstrip("-") for flag in action.option_strings}
                assert found <= words | {flag.lstrip("-") for flag in words}, (command, found)


def test_no_name_is_offered_that_a_shell_would_run(
    tui401: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tui401("profile", "add", "prod", "client_id=a")
    path = tmp_path / "config" / "config.toml"
    assert tui401("completions", "--names", "profiles").out == "prod\n"
    path.write_text(path.read_text() + '[profile."$(id)"]\n')
    ran = tui401("completions", "--names", "profiles")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    # Should a name ever come another way, it is still a word and no more.
    monkeypatch.setattr(profiles, "load", lambda _path: dict.fromkeys(["prod", "$(id)", "`id`", "two words", "-x"]))
    assert tui401("completions", "--names", "profiles").out == "prod\n"


def test_asking_for_cases_makes_no_journal(tui401: Callable[..., Any], tmp_path: Path) -> None:
    assert tui401("completions", "--names", "cases").out == ""
    assert not (tmp_path / "state").exists()


def test_a_shell_that_is_not_known_is_told(tui401: Callable[..., Any]) -> None:
    assert "Name your shell: bash, zsh, fish." in tui401("completions").err
    refused = tui401("completions", "tcsh")
    assert refused.code == 2
    assert "invalid choice: 'tcsh'" in refused.err


def test_the_maker_of_the_scripts_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert any(line.startswith("shtab") for line in project["dependencies"])
