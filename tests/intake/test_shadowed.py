"""What replaced the credential that a command names, and where what was sent came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui401.intake import Intake, from_argv, from_text

TOKEN = "opaque-9c1f7e4ab2d85063"
URL = "https://api.example.com/v1"


def read(home: Path, *argv: str, **env: str) -> Intake:
    return from_argv(list(argv), env={"HOME": str(home), **env}, home=str(home), cwd=str(home))


def sent(intake: Intake) -> list[str]:
    return [value.reveal() for value in intake.request.values("Authorization")]


def named(intake: Intake) -> list[tuple[str, str]]:
    return [(header.value.reveal(), header.provenance.origin.value) for header in intake.shadowed]


def overridden(intake: Intake) -> bool:
    return any(note.cause == "credential-overridden" for note in intake.notes)


def test_a_netrc_file_replaces_the_password_of_the_address(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine api.example.com login ada password old")
    intake = read(tmp_path, "-q", "-n", "https://ada:new@api.example.com/v1")
    assert sent(intake) == ["Basic YWRhOm9sZA=="]
    assert named(intake) == [("Basic YWRhOm5ldw==", "url")]
    assert overridden(intake)


def test_a_configuration_replaces_the_user_of_the_command(tmp_path: Path) -> None:
    (tmp_path / ".curlrc").write_text(f'header = "Authorization: Bearer {TOKEN}"')
    intake = read(tmp_path, "-u", "ada:new", URL)
    assert sent(intake) == [f"Bearer {TOKEN}"]
    assert named(intake) == [("Basic YWRhOm5ldw==", "command")]
    assert overridden(intake)


def test_what_the_command_itself_says_twice_replaced_nothing(tmp_path: Path) -> None:
    intake = read(tmp_path, "-q", "-u", "ada:new", "-H", f"Authorization: Bearer {TOKEN}", URL)
    assert named(intake) == []
    assert not overridden(intake)


def test_a_netrc_file_without_a_password_in_the_address_replaced_nothing(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine api.example.com login ada password old")
    assert named(read(tmp_path, "-q", "-n", URL)) == []


def test_the_variable_that_holds_what_was_sent_is_named_and_its_value_is_not(tmp_path: Path) -> None:
    intake = read(tmp_path, "-q", "-H", f"Authorization: Bearer {TOKEN}", URL, API_TOKEN=TOKEN, OTHER="x" * 30)
    says = [note.says for note in intake.notes if note.name == "variable-holds"]
    assert says == ["What stands in Authorization is what $API_TOKEN holds."]
    assert TOKEN not in "".join(note.says for note in intake.notes)


def test_a_short_value_is_equal_by_chance(tmp_path: Path) -> None:
    intake = read(tmp_path, "-q", "-H", "X-API-Key: production", URL, STAGE="production")
    assert not [note for note in intake.notes if note.name == "variable-holds"]


@pytest.mark.parametrize("header", ["Authorization: Bearer ", "X-API-Key;"])
def test_a_value_that_came_out_empty_is_told_with_what_may_have_left_it_so(tmp_path: Path, header: str) -> None:
    intake = read(tmp_path, "-q", "-H", header, URL, API_TOKEN="", LANG="")
    (says,) = [note.says for note in intake.notes if note.name == "value-empty"]
    assert "$API_TOKEN is set and empty" in says
    assert "keyring" in says
    assert "LANG" not in says


def test_a_text_fills_its_own_variables_and_is_not_guessed_at(tmp_path: Path) -> None:
    intake = from_text(
        f"curl {URL} -H 'Authorization: Bearer {TOKEN}'", env={"API_TOKEN": TOKEN}, home=str(tmp_path), cwd=""
    )
    assert not [note for note in intake.notes if note.name in ("variable-holds", "value-empty")]
