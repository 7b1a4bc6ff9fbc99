"""Each exit code that a help page tells, got from the command itself."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import keyring
import pytest

from tests.offline.hars import BEARER, EXPIRED, entry, har
from tests.vault.backends import Held, Locked
from tui401.cli.help_pages import EXIT_CODES
from tui401.vault.store import SERVICE

TOKEN = "q7Zx9Wv2Kp0Lm4Rt8Yb3Nc6Hd1Jf5"
ALIVE = jwt.encode({"aud": "api", "exp": 4_000_000_000}, "k" * 32)
DEAD = "http://127.0.0.1:1/"


class Answers(BaseHTTPRequestHandler):
    """200 where the path is ``/open`` or the tenant is named, else the token is said to be revoked."""

    def do_GET(self) -> None:
        fine = self.path == "/open" or self.headers.get("X-Tenant") == "a"
        self.send_response(200 if fine else 401)
        if not fine:
            self.send_header("WWW-Authenticate", 'Bearer error="invalid_token", error_description="revoked token"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_OPTIONS = do_HEAD = do_GET  # noqa: N815 - the names are the server's

    def log_message(self, *_given: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def prepared(tui401: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A machine with two recordings, a profile with a token that lives, and one that has none."""
    backend = Held()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    for name, one in (("fine", entry(200, "[]")), ("refused", entry(401, EXPIRED, sent=BEARER))):
        (tmp_path / f"{name}.har").write_text(json.dumps(har([one])))
    tui401("profile", "add", "prod", "origins=https://api.example.com", "audience=api")
    tui401("profile", "add", "bare", "origins=https://bare.example.com")
    backend.entries[SERVICE, "prod"] = ALIVE
    monkeypatch.chdir(tmp_path)
    return tui401


RUNS: dict[tuple[str, int], list[str]] = {
    ("diagnose", 0): ["--only-api", "curl", "-q", "API/open"],
    ("diagnose", 1): ["--only-api", "curl", "-q", "API/"],
    ("diagnose", 2): ["what", "is", "this"],
    ("diagnose", 3): ["--only-api", "curl", "-q", DEAD],
    ("explain", 0): ["fine.har"],
    ("explain", 1): ["-q", "refused.har"],
    ("explain", 2): ["missing.har"],
    ("compare", 0): ["curl -q API/open", "curl -q API/open"],
    ("compare", 1): ["--yes", "curl -q API/ -H 'X-Tenant: a'", "curl -q API/"],
    ("compare", 2): ["curl -q API/open"],
    ("compare", 3): ["--offline", "curl -q API/ -H 'X-Tenant: a'", "curl -q API/"],
    ("guard", 0): ["prod"],
    ("guard", 1): ["--audience", "other", "prod"],
    ("guard", 2): ["nobody"],
    ("guard", 3): ["prod"],
    ("token", 0): ["prod"],
    ("token", 1): ["bare"],
    ("token", 2): ["nobody"],
    ("doctor", 0): ["--offline"],
    ("doctor", 1): ["--offline"],
    ("doctor", 2): ["--what"],
}


@pytest.mark.parametrize(("command", "code"), RUNS)
def test_a_code_is_what_the_page_says(
    prepared: Callable[..., Any], api: str, command: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if (command, code) in (("guard", 3), ("doctor", 1)):
        monkeypatch.setattr(keyring, "get_keyring", Locked)
    if (command, code) == ("doctor", 0):
        monkeypatch.setattr(
            "tui401.cli.doctor.survey", survey_of_a_good_keyring, raising=True
        )  # the others depend on what this machine has installed
    ran = prepared(command, *(word.replace("API", api) for word in RUNS[command, code]))
    assert ran.code == code, ran.out + ran.err


async def survey_of_a_good_keyring() -> Any:
    from tui401.vault.backends import BackendState

    return (BackendState(title="Held", usable=True, chosen=True),)


def test_every_code_that_is_told_is_tried() -> None:
    assert set(RUNS) == {(command, code) for command, codes in EXIT_CODES.items() for code in codes}


def test_quiet_says_the_result_and_verbose_every_check(prepared: Callable[..., Any], api: str) -> None:
    refused = ["curl", "-q", f"{api}/", "-H", f"Authorization: Bearer {TOKEN}"]
    quiet, usual, verbose = (prepared("diagnose", "--only-api", *more, *refused) for more in (["-q"], [], ["-v"]))
    assert quiet.err == ""
    assert quiet.out == usual.out == verbose.out
    assert "● 1 GET 401 as sent\n" in usual.err
    assert f"● 1 GET 401 as sent  {api}  0." in verbose.err
    assert "= sent: " in verbose.err
    assert "= sent: " not in usual.err
    assert TOKEN[:8] not in verbose.err
    both = prepared("diagnose", "-q", "-v", *refused)
    assert both.code == 2
    assert "not allowed with argument" in both.err


def test_quiet_explain_only_counts(prepared: Callable[..., Any]) -> None:
    assert prepared("explain", "-q", "refused.har").out == "1 refusal among 1 exchange: 1 token-expired.\n"
