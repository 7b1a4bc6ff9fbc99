from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.judge.builders import jwt
from tests.offline.hars import BEARER, EXPIRED, TOKEN, entry, har

Tui401 = Callable[..., Any]
FOREIGN = (("Authorization", f"Bearer {jwt(exp=1_795_004_000, iat=1_795_003_000, aud='https://other.example.com')}"),)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def written(*entries: Any, data: bytes | None = None) -> str:
        path = tmp_path / "session.har"
        path.write_bytes(json.dumps(har(entries)).encode() if data is None else data)
        return str(path)

    return written


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_json_is_an_array_of_the_refused_exchanges(tui401: Tui401, write: Callable[..., str]) -> None:
    ran = tui401("explain", "--format", "json", write(entry(200, "[]"), entry(401, EXPIRED, sent=BEARER)))
    assert (ran.code, ran.err) == (1, "")
    (made,) = json.loads(ran.out)
    assert list(made) == [
        *("schema", "entry", "request", "status", "outcome", "verdict", "causes", "steps", "next"),
        *("attempts", "requests_sent"),
    ]
    assert (made["schema"], made["entry"], made["verdict"]["cause"]) == (1, 1, "token-expired")
    assert "ruled-out" not in {cause["strength"] for cause in made["causes"]}
    assert TOKEN[:8] not in ran.out


def test_all_shows_what_was_ruled_out(tui401: Tui401, write: Callable[..., str]) -> None:
    ran = tui401("explain", "--format", "json", "--all", write(entry(401, EXPIRED, sent=BEARER)))
    assert "ruled-out" in {cause["strength"] for cause in json.loads(ran.out)[0]["causes"]}


def test_ndjson_is_a_line_each_and_says_the_same(tui401: Tui401, write: Callable[..., str]) -> None:
    file = write(entry(401, EXPIRED, sent=BEARER), entry(200, "[]"), entry(403))
    ran = tui401("explain", "--format", "ndjson", file)
    assert ran.code == 1
    assert lines(ran.out) == json.loads(tui401("explain", "--format", "json", file).out)
    assert [made["entry"] for made in lines(ran.out)] == [0, 2]


def test_text_names_the_cause_the_fix_and_the_sum(tui401: Tui401, write: Callable[..., str]) -> None:
    ran = tui401("explain", write(entry(401, EXPIRED, sent=BEARER), entry(200, "[]")))
    assert ran.code == 1
    assert "(token-expired)" in ran.out
    assert "FIX " in ran.out
    assert ran.out.endswith("1 refusal among 2 exchanges: 1 token-expired.\n")


@pytest.mark.parametrize("form", ["text", "json", "ndjson"])
def test_without_a_refusal_it_leaves_with_0(form: str, tui401: Tui401, write: Callable[..., str]) -> None:
    ran = tui401("explain", "--format", form, write(entry(200, "[]"), entry(404)))
    assert ran.code == 0
    assert {"json": "[]\n", "ndjson": "", "text": "No refusal among 2 exchanges.\n"}[form] == ran.out


def test_a_pipe_is_read(tui401: Tui401, monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO(json.dumps(har([entry(403)])).encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data))
    ran = tui401("explain", "--format", "ndjson", "-")
    assert (ran.code, len(lines(ran.out))) == (1, 1)


def test_what_the_options_know_is_compared(tui401: Tui401, write: Callable[..., str]) -> None:
    file = write(entry(401, '{"message": "Unauthorized"}', sent=FOREIGN))
    without = json.loads(tui401("explain", "--format", "json", file).out)[0]
    known = ("--audience", "https://api.example.com")
    made = json.loads(tui401("explain", "--format", "json", *known, file).out)[0]
    assert (without["verdict"] or {}).get("cause") != "audience-mismatch"
    assert made["verdict"]["cause"] == "audience-mismatch"


def test_a_profile_holds_for_the_origins_that_it_lists(
    tui401: Tui401, write: Callable[..., str], tmp_path: Path
) -> None:
    (tmp_path / "config").mkdir()
    profile = '[profile.prod]\norigins = ["https://api.example.com"]\naudience = "https://api.example.com"\n'
    (tmp_path / "config" / "config.toml").write_text(profile)
    there = entry(401, '{"message": "Unauthorized"}', sent=FOREIGN)
    elsewhere = entry(401, '{"message": "Unauthorized"}', sent=FOREIGN, url="https://else.example.com/")
    found = json.loads(tui401("explain", "--format", "json", write(there, elsewhere)).out)
    assert [(made["verdict"] or {}).get("cause") == "audience-mismatch" for made in found] == [True, False]


def test_a_description_tells_what_is_required(tui401: Tui401, write: Callable[..., str], tmp_path: Path) -> None:
    described = {
        "openapi": "3.1.0",
        "info": {"title": "Orders", "version": "1"},
        "servers": [{"url": "https://api.example.com/v1"}],
        "paths": {"/orders": {"get": {"security": [{"login": ["orders:write"]}]}}},
        "components": {"securitySchemes": {"login": {"type": "oauth2", "flows": {}}}},
    }
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(described))
    refused = write(entry(403, '{"message": "insufficient scope"}', sent=FOREIGN))
    without = json.loads(tui401("explain", "--format", "json", refused).out)[0]
    made = json.loads(tui401("explain", "--format", "json", "--openapi", str(file), refused).out)[0]
    assert (made["verdict"]["cause"], made["verdict"]["expected"]) == ("scope-insufficient", "orders:write")
    assert without["verdict"].get("expected") != "orders:write"


# -- bad input ---------------------------------------------------------------------------------------------------------

BROKEN = {
    "not JSON": b"curl https://api.example.com/",
    "empty": b"",
    "a list": b"[]",
    "cut": json.dumps(har([entry(401)])).encode()[:200],
    "no log": b"{}",
    "bytes": bytes(range(256)),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("form", ["text", "json", "ndjson"])
def test_what_is_no_recording_is_told_in_a_sentence(
    name: str, form: str, tui401: Tui401, write: Callable[..., str]
) -> None:
    ran = tui401("explain", "--format", form, write(data=BROKEN[name]))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert ran.err.endswith(".\n")
    assert "line" in ran.err or "empty" in ran.err


def test_a_file_that_is_not_there_is_told(tui401: Tui401) -> None:
    ran = tui401("explain", "no-such.har")
    assert (ran.code, ran.out) == (2, "")
    assert "no-such.har cannot be read" in ran.err


@pytest.mark.parametrize("form", ["text", "json", "ndjson"])
def test_an_entry_without_a_response_is_told_and_the_others_are_judged(
    form: str, tui401: Tui401, write: Callable[..., str]
) -> None:
    without = entry(401)
    del without["response"]
    ran = tui401("explain", "--format", form, write(entry(403), without, entry(401, EXPIRED, sent=BEARER)))
    assert ran.code == 2
    assert "entry 1 (line 1, byte " in ran.err
    assert "no response" in ran.err
    assert "token-expired" in ran.out
    if form != "text":
        assert [made["entry"] for made in (json.loads(ran.out) if form == "json" else lines(ran.out))] == [0, 2]


def test_what_was_judged_before_a_break_is_printed_line_by_line(tui401: Tui401, write: Callable[..., str]) -> None:
    data = json.dumps(har([entry(403), entry(403)])).encode()
    ran = tui401("explain", "--format", "ndjson", write(data=data[:-10]))
    assert ran.code == 2
    assert "breaks off" in ran.err
    assert lines(ran.out)[0]["entry"] == 0


def test_text_from_the_recording_cannot_act_on_a_terminal(tui401: Tui401, write: Callable[..., str]) -> None:
    evil = entry(401, '{"error_description": "The access token expired \x1b[31m\u202e"}', sent=BEARER)
    evil["request"]["method"] = "GET\x1b]0;x\x07"
    ran = tui401("explain", "--all", write(evil))
    assert not {"\x1b", "\u202e", "\x07"} & set(ran.out)


def test_nothing_is_kept(tui401: Tui401, write: Callable[..., str], tmp_path: Path) -> None:
    tui401("explain", write(entry(401)))
    assert not (tmp_path / "state").exists()
