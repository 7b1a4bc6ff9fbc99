from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CANARY = "canary-4f9d2a7c81be5f3a"


def test_a_profile_is_added_changed_shown_listed_and_removed(tui401: Callable[..., Any], tmp_path: Path) -> None:
    added = tui401("profile", "add", "prod", "origins=https://api.example.com", "issuer=https://login.example.com")
    assert (added.code, added.err) == (0, "")
    assert "prod stands in" in added.out
    assert tui401("profile", "set", "prod", "scopes=a b", "rotation_age=90d", "least_scopes.GET /v1=a").code == 0
    shown = tui401("profile", "show", "prod")
    assert shown.out.splitlines()[0] == f"{tmp_path / 'config' / 'config.toml'}, line 1"
    told = dict(line.split(maxsplit=1) for line in shown.out.splitlines()[1:])
    assert told == {
        "origins": "https://api.example.com",
        "issuer": "https://login.example.com",
        "scopes": "a b",
        "rotation_age": "90d",
        "least_scopes": "GET /v1: a",
    }
    assert tui401("profile", "list").out == "prod  https://api.example.com  https://login.example.com\n"
    (as_json,) = json.loads(tui401("profile", "list", "--format", "json").out)
    assert (as_json["name"], as_json["scopes"], as_json["rotation_age"]) == ("prod", ["a", "b"], 7_776_000.0)
    assert as_json == tui401("profile", "show", "prod", "--format", "json").json
    removed = tui401("profile", "remove", "prod")
    assert "taken out" in removed.out
    assert "tui401 vault delete prod" in removed.err
    assert "There is no profile in" in tui401("profile", "list").out


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("show", "pord"), "There is no profile 'pord'. There are prod."),
        (("remove", "pord"), "There is no profile 'pord'. There are prod."),
        (("set", "prod", CANARY), "Give keys as KEY=VALUE"),
        (("set", "prod", f"client_secret={CANARY}"), "secrets do not stand in this file"),
        (("set", "prod", f"issuer={CANARY}"), "issuer takes the address"),
        (("add", "prod"), "There is a profile prod already"),
        (("add", "a b"), "cannot name a profile"),
        (("set", "prod"), "The following arguments are required"),
        ((), "The following arguments are required"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_two(
    tui401: Callable[..., Any], argv: tuple[str, ...], says: str
) -> None:
    assert tui401("profile", "add", "prod", "origins=https://api.example.com").code == 0
    ran = tui401("profile", *argv)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.err
    assert CANARY[:8] not in ran.err
