"""What a person's shell does to their line before we see it: `!!`, `&`, `?`, pipes, and words before curl."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("shells at a terminal are opened on POSIX", allow_module_level=True)

from tests.cli.shells import Shell, shell

CREDENTIAL = "q7Zx9Wv2Kp0Lm4Rt8Yb3Nc6Hd1Jf5"


class Refuses(BaseHTTPRequestHandler):
    """Answers 401 to everything, and keeps what was asked."""

    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        type(self).asked.append((self.path, self.headers.get("Authorization", "")))
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Bearer error="invalid_token", error_description="The token is revoked"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_given: object) -> None:
        """Says nothing."""


@pytest.fixture
def api() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    Refuses.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Refuses) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/orders", Refuses.asked
        server.shutdown()
        thread.join(5)


@pytest.fixture
def bash(tmp_path: Path) -> Iterator[Shell]:
    with shell("bash", tmp_path) as made:
        yield made


def test_two_exclamation_marks_bring_the_last_command(
    bash: Shell, api: tuple[str, list[tuple[str, str]]], tmp_path: Path
) -> None:
    url, asked = api
    bash.says(f"cd {tmp_path}; TOKEN={CREDENTIAL}")
    bash.type(f'curl -q -s "{url}?a=1&b=2" -H "Authorization: Bearer $TOKEN"\n')
    bash.type("tui401 diagnose --passive --format json -q !! > found.json; echo 'the ''code' $?\n")
    assert b"tui401 diagnose --passive --format json -q curl -q -s" in bash.until(b"the code 1")
    assert asked == [("/v1/orders?a=1&b=2", f"Bearer {CREDENTIAL}")] * 2
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["verdict"]["cause"] == "token-revoked"


def test_the_wizard_opens_on_the_last_command_and_its_pipe_is_the_wizards(
    bash: Shell, api: tuple[str, list[tuple[str, str]]], tmp_path: Path
) -> None:
    url, asked = api
    bash.says(f"cd {tmp_path}")
    bash.type(f'curl -q -s {url} -H "Authorization: Bearer {CREDENTIAL}" | cat > body\n')
    bash.type("tui401 --only-api !!\n")
    bash.until(b"Token")
    bash.until(b"fix")
    assert asked[:2] == [("/v1/orders", f"Bearer {CREDENTIAL}")] * 2
    bash.type("\x11")  # ctrl+q
    bash.until(b"tui401 open ")


@pytest.mark.parametrize(
    ("before", "says"),
    [
        ("sudo", "sudo was left out: the request is sent as you"),
        ("TOKEN=abc", "TOKEN is set on the command's own line"),
    ],
)
def test_what_stands_before_curl_is_understood(
    bash: Shell, api: tuple[str, list[tuple[str, str]]], before: str, says: str
) -> None:
    url, asked = api
    said = bash.says(f'tui401 diagnose -v --only-api {before} curl -q {url} -H "Authorization: Bearer $TOKEN"').decode()
    assert says in said
    assert "CONFIRMED" in said
    assert "credential-placeholder" in said
    assert asked[0][1].strip() == "Bearer"


def test_an_ampersand_outside_quotes_is_told_and_no_wizard_hangs_in_the_background(
    bash: Shell, api: tuple[str, list[tuple[str, str]]]
) -> None:
    url, asked = api
    bash.type(f'tui401 curl -q {url}?a=1&b=2 -H "Authorization: Bearer abc"\n')
    said = bash.until(b"'https://")
    assert b"runs in the background" in said
    assert b"an & outside quotes" in said
    assert asked == []
    bash.type(f"tui401 diagnose --passive -q curl -q {url}?a=1&b=2; wait; echo 'the ''end'\n")
    said = bash.until(b"the end")
    assert b"! This runs in the background" in said
    assert [path for path, _ in asked] == ["/v1/orders?a=1"]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_the_alias_for_zsh_lets_a_question_mark_through(api: tuple[str, list[tuple[str, str]]], tmp_path: Path) -> None:
    url, asked = api
    with shell("zsh", tmp_path) as zsh:
        assert b"no matches found" in zsh.says(f"tui401 diagnose --passive curl -q {url}?a=1")
        zsh.says("alias tui401='noglob tui401'")
        zsh.says(f"tui401 diagnose --passive curl -q {url}?a=1")
    assert [path for path, _ in asked] == ["/v1/orders?a=1"]
