"""``tui401 why --dialects`` and the folder of a person's own dialects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dialects.test_own import GATEWAY
from tui401.cli.run import run
from tui401.dialects import load, use


@pytest.fixture(autouse=True)
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TUI401_CONFIG", str(tmp_path))
    yield tmp_path
    use(())


def add(configuration: Path, text: str, name: str = "acme-gateway") -> None:
    (configuration / "dialects").mkdir()
    (configuration / "dialects" / f"{name}.toml").write_text(text, encoding="utf-8")


def test_all_are_listed_with_what_they_are_known_by(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["why", "--dialects"]) == 0
    said = capsys.readouterr().out
    assert f"{len(load())} servers, gateways, frameworks and vendors" in said
    assert len(load()) >= 100
    assert all(f"  {dialect.name} " in said for dialect in load())
    assert "known by host" in said
    assert max(len(line) for line in said.splitlines() if "Your own" not in line) <= 80


def test_one_shows_its_words_its_keys_how_it_misleads_and_its_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["why", "--dialects", "vault"]) == 0
    said = capsys.readouterr().out
    assert "hvs.…  a Vault service token" in said
    assert "How it misleads" in said
    assert "https://github.com/hashicorp/vault/issues/27343" in said


def test_a_name_that_is_none_is_told_with_near_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["why", "--dialects", "strype"]) == 2
    assert "Near it: stripe" in capsys.readouterr().err


def test_ones_own_is_listed_as_such(configuration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(configuration, GATEWAY)
    assert run(["why", "--dialects"]) == 0
    said = capsys.readouterr().out
    assert "Acme's gateway  (yours)" in said
    assert str(configuration / "dialects") in said


@pytest.mark.parametrize("command", [["why", "--dialects"], ["diagnose", "curl", "http://127.0.0.1:1/"]])
def test_a_broken_one_of_ones_own_is_told_with_its_line(
    configuration: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    add(configuration, GATEWAY.replace('"confirmed"', '"certain"'))
    assert run(command) == 2
    said = capsys.readouterr().err
    assert "acme-gateway.toml line 13" in said
    assert str(configuration / "dialects") in said


def test_a_broken_one_stops_no_command_that_judges_nothing(configuration: Path) -> None:
    add(configuration, "name = ")
    assert run(["cases"]) == 0


def test_characters_that_cannot_be_seen_are_made_visible(
    configuration: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(configuration, GATEWAY.replace("Acme's gateway", "Acme\\u001b[2J\\u202egateway"))
    assert run(["why", "--dialects"]) == 0
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\u202e" not in said
