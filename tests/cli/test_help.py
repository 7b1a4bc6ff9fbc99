"""Every ``--help`` fits a small terminal, shows examples that are read, and names all that its command takes."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest

from tui401.cli.arguments import COMMANDS, parser_for
from tui401.cli.help_pages import EXIT_CODES, page
from tui401.cli.output import EXIT

LINES, COLUMNS = 23, 80  # the prompt stands on the 24th
_EXAMPLE = re.compile(r"(?:^ +|[|(] ?)(?:[A-Z0-9_]+=\S+ )?tui401 ?([^|\n]*)", re.MULTILINE)


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    """Every option of a command and of the verbs below it."""
    found: set[str] = set()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for verb in action.choices.values():
                found |= options_of(verb)
        elif action.help != argparse.SUPPRESS:
            found.update(action.option_strings)
    return found - {"-h", "--help"}


def examples(command: str) -> list[str]:
    """The lines of its page that call us, without what is said behind them."""
    joined = re.sub(r"\\\n +", " ", page(command))
    lines = [re.split(r" {3,}", found.strip())[0].removesuffix(')"').rstrip(")") for found in _EXAMPLE.findall(joined)]
    return [line for line in lines if not line.startswith("COMMAND") and not line.endswith("--help`")]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_a_page_fits_one_screen_of_a_small_terminal(tui401: Callable[..., Any], command: str) -> None:
    with pytest.raises(SystemExit) as left:
        tui401(*command.split(), "--help")
    assert left.value.code == 0
    lines = page(command).splitlines()
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= COLUMNS
    assert lines[0].startswith(f"usage: tui401 {command}".rstrip())


def test_the_page_is_what_help_prints(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("", "diagnose", "vault"):
        with pytest.raises(SystemExit):
            parser_for(command).parse_args(["--help"])
        assert capsys.readouterr().out == page(command)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_page_names_every_option_and_none_that_there_is_not(command: str) -> None:
    named = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*", page(command)))
    takes = options_of(parser_for(command))
    assert takes <= named
    of_others = {"--set"}.union(*(options_of(parser_for(one)) for one in ("", *COMMANDS)))
    assert {option for option in named if option.startswith("--")} <= of_others


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_a_page_has_examples_and_each_is_read(command: str) -> None:
    found = examples(command)
    assert found
    for line in found:
        words = shlex.split(line.replace("…", "-"))
        if words[:1] in ([], ["!!"], ["curl"]):
            continue
        at = words.index("curl") if "curl" in words and words[0] == "guard" else len(words)
        assert words[0] in COMMANDS, line
        parser_for(words[0]).parse_args(words[1:at])


def test_the_wizards_page_names_every_command() -> None:
    assert set(COMMANDS) <= set(re.findall(r"[a-z]+", page("")))


@pytest.mark.parametrize("command", EXIT_CODES)
def test_a_page_tells_its_exit_codes(command: str) -> None:
    told = " ".join(page(command).rpartition("exit codes: ")[2].split())
    assert told == ", ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES[command].items())


def test_the_exit_codes_of_a_diagnosis_are_those_that_are_told() -> None:
    assert {*EXIT.values(), 2} == set(EXIT_CODES["diagnose"])
