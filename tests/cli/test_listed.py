"""What a pasted or opened text would use of this machine is listed before anything is sent."""

from __future__ import annotations

import argparse
import asyncio
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tui401.cli import adapters, build
from tui401.cli.arguments import parser_for
from tui401.model.case import Known
from tui401.model.secret import Secret
from tui401.ui.ports import PortError

CANARY = "canary-4f9d2a7c81be5f3a"


class Server:
    def __init__(self) -> None:
        self.received: list[bytes] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.received.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                self.send_response(401)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST  # noqa: N815 - the library's names

            def log_message(self, *_args: object) -> None:
                """Says nothing."""

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()
    made.thread.join(5)


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    """A configuration of curl's that names a secret file."""
    (tmp_path / "secret.txt").write_text(CANARY, encoding="utf-8")
    config = tmp_path / "given.conf"
    config.write_text(f'data = "@{tmp_path}/secret.txt"\n', encoding="utf-8")
    return config


def test_a_headless_run_lists_every_file_and_variable_before_it_sends(
    server: Server, deep: Path, tui401: Callable[..., Any], tmp_path: Path
) -> None:
    given = tmp_path / "command.txt"
    given.write_text(f'curl -q {server.url} -K {deep} -H "X-Env: $PERSONS_OWN"', encoding="utf-8")
    ran = tui401("diagnose", "--quiet", "--only-api", str(given), env={"PERSONS_OWN": "a value of theirs"})
    assert ran.code == 2
    assert str(deep) in ran.err
    assert not server.received
    ran = tui401("diagnose", "--quiet", "--yes", "--only-api", str(given), env={"PERSONS_OWN": "a value of theirs"})
    assert server.received[0] == CANARY.encode()
    assert all(name in ran.err for name in (str(deep), "secret.txt", "$PERSONS_OWN"))
    assert CANARY not in ran.err


def test_a_fix_does_not_send_what_nobody_agreed_to_send(
    server: Server, tui401: Callable[..., Any], tmp_path: Path
) -> None:
    given = tmp_path / "seen.txt"
    shown = "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer\nContent-Length: 0\n\n"
    given.write_text(f'curl -q -i {server.url} -H "Authorization: bearer:{CANARY}"\n{shown}', encoding="utf-8")
    ran = tui401("diagnose", "--fix", "--only-api", "--format", "json", str(given))
    assert ran.json["attempts"] == [], ran.err
    assert not server.received


def reader(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> adapters.Reader:
    for name in ("CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    options: argparse.Namespace = parser_for("").parse_args([])
    return adapters.Reader(lambda _origin: Known(), lambda: build.options_from(options, send_consented=False))


def test_the_wizard_lists_what_a_file_names_before_it_goes_on(
    deep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = reader({"HOME": str(tmp_path)}, monkeypatch)
    text = Secret(f"curl -q https://api.example/ -K {deep}")
    assert asyncio.run(made.read(text)).reads == (str(deep),)
    with pytest.raises(PortError, match=r"secret\.txt"):
        asyncio.run(made.start(text, filled={}, send=True))
    case = asyncio.run(made.start(text, filled={}, send=True))
    assert case.request.body == Secret(CANARY.encode())


def test_a_variable_that_curl_itself_would_expand_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = reader({"HOME": str(tmp_path), "PERSONS_OWN": CANARY}, monkeypatch)
    text = Secret("curl -q --variable %PERSONS_OWN --expand-url 'https://api.example/{{PERSONS_OWN}}'")
    reading = asyncio.run(made.read(text))
    assert "PERSONS_OWN" in reading.reads
