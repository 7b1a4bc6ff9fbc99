"""``{{vault:NAME}}``: filled where the request's exact origin stands in that profile, and nowhere else (safety.md)."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import keyring
import pytest

from tests.vault.backends import Held, Locked
from tui401.cli import adapters
from tui401.model.secret import Secret
from tui401.ui.ports import PortError
from tui401.vault.store import SERVICE

KEPT = "kept-0123456789abcdef0123"


class Api(HTTPServer):
    """Takes one credential, and keeps every request that came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[str] = []
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        self.server.seen.append(f"{self.path}\n{self.headers}")
        good = self.headers.get("Authorization") == f"Bearer {KEPT}"
        self.send_response(200 if good else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_given: object) -> None:
        pass


@pytest.fixture
def api() -> Iterator[Api]:
    server = Api()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def ready(tui401: Callable[..., Any], api: Api, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A profile of the API with a kept credential, and another of somebody else."""
    backend = Held()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    backend.entries[SERVICE, "prod"] = KEPT
    backend.entries[SERVICE, "other-key"] = "other-0123456789abcdef"
    tui401("profile", "add", "prod", f"origins={api.origin}")
    tui401("profile", "add", "other", "origins=https://other.example.com", "credential=other-key")
    tui401("profile", "add", "bare", f"origins={api.origin.replace('http:', 'https:')}")
    return tui401


BEARER = ("-H", "Authorization: Bearer {{vault:prod}}")


def test_the_profiles_own_origin_gets_the_credential(ready: Callable[..., Any], api: Api) -> None:
    ran = ready(
        "diagnose", "--only-api", "--format", "json", "--profile", "prod", "curl", "-q", f"{api.origin}/v1", *BEARER
    )
    assert (ran.code, ran.json["outcome"]) == (0, "succeeded")
    assert f"Bearer {KEPT}" in api.seen[0]
    assert KEPT[:8] not in ran.out + ran.err


def test_a_pasted_command_gets_it_too(ready: Callable[..., Any], api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = __import__("io").BytesIO(
            f'curl -q {api.origin}/v1 -H "Authorization: Bearer {{{{ vault:prod }}}}"'.encode()
        )

        @staticmethod
        def isatty() -> bool:
            return False

    monkeypatch.setattr(sys, "stdin", Stdin)
    ran = ready("diagnose", "--only-api", "--yes", "--profile", "prod", "--format", "json", "-")
    assert ran.json["outcome"] == "succeeded", ran.err
    assert f"Bearer {KEPT}" in api.seen[0]


@pytest.mark.parametrize(
    "case",
    [
        ("other", "{origin}/v1", (), "the origins of your profile other are https://other.example.com"),
        ("prod", "http://127.0.0.1:1/v1", (), "the request goes to http://127.0.0.1:1"),
        ("prod", "http://localhost:{port}/v1", (), "the request goes to http://localhost"),
        ("bare", "https://127.0.0.1:{port}/v1", ("-k",), "-k would let anybody on the way read it"),
        ("prod", "{origin}/v1", ("-x", "http://127.0.0.1:9"), "by a way of its own"),
        ("prod", "{origin}/v1", ("--resolve", "127.0.0.1:{port}:127.0.0.2"), "by a way of its own"),
        ("bare", "https://127.0.0.1:{port}/v1", ("-x", "http://u:{{vault:bare}}@127.0.0.1:9"), "a proxy would have it"),
        ("nobody", "{origin}/v1", (), "{{vault:nobody}} names no profile of yours. There are prod, other, bare."),
    ],
)
def test_nobody_else_gets_it_whatever_was_allowed(
    ready: Callable[..., Any], api: Api, case: tuple[str, str, tuple[str, ...], str]
) -> None:
    name, address, more, says = case
    if name == "bare":
        keyring.get_keyring().set_password(SERVICE, "bare", KEPT)

    def there(text: str) -> str:
        return text.replace("{origin}", api.origin).replace("{port}", str(api.server_port))

    header = f"Authorization: Bearer {{{{vault:{name}}}}}"
    command = ["curl", "-q", there(address), "-H", header, *map(there, more)]
    for allowed in ((), ("--yes", "--credential-to", api.origin)):
        ran = ready("diagnose", "--only-api", *allowed, *command)
        assert (ran.code, ran.out, api.seen) == (2, "", [])
        assert says in ran.err
        assert KEPT[:8] not in ran.err


def test_a_value_that_changes_the_address_is_refused(ready: Callable[..., Any], api: Api) -> None:
    keyring.get_keyring().set_password(SERVICE, "prod", "x@127.0.0.1:1/")
    ran = ready("diagnose", "--only-api", "curl", "-q", api.origin.replace("127", "{{vault:prod}}127"))
    assert (ran.code, api.seen) == (2, [])


def test_what_is_not_kept_or_cannot_be_read_is_told(
    ready: Callable[..., Any], api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.get_keyring().delete_password(SERVICE, "prod")
    command = ("curl", "-q", f"{api.origin}/v1", *BEARER)
    assert "Nothing is kept as prod. `tui401 vault store prod`" in ready("diagnose", *command).err
    monkeypatch.setattr(keyring, "get_keyring", Locked)
    locked = ready("diagnose", *command)
    assert (locked.code, api.seen) == (2, [])
    assert "{{vault:prod}} is not filled. The keyring refused (KeyringLocked)" in locked.err


def test_the_guard_fills_it_by_the_same_rule(ready: Callable[..., Any], api: Api) -> None:
    ran = ready("guard", "--format", "json", "curl", "-q", f"{api.origin}/v1", *BEARER)
    assert (ran.code, ran.json["passed"], api.seen) == (0, True, [])
    assert ready("guard", "curl", "-q", "http://127.0.0.1:1/v1", *BEARER).code == 2


async def test_the_start_screen_fills_it_by_the_same_rule(ready: Callable[..., Any], api: Api) -> None:
    assert ready
    from tui401.cli.lesson import Lesson
    from tui401.cli.wizard import bare_options, ports_of

    reader = ports_of(bare_options(), adapters.Shelf(lambda: None), Lesson()).reader  # type: ignore[arg-type, return-value]
    text = Secret(f'curl -q {api.origin}/v1 -H "Authorization: Bearer {{{{vault:prod}}}}"')
    reading = await reader.read(text)
    assert (reading.problem, reading.unfilled) == ("", ())
    case = await reader.start(text, filled={}, send=False)
    assert case.request.values("Authorization") == (Secret(f"Bearer {KEPT}"),)
    elsewhere = Secret('curl -q http://127.0.0.1:1/v1 -H "Authorization: Bearer {{vault:prod}}"')
    assert "is not filled: the request goes to http://127.0.0.1:1" in (await reader.read(elsewhere)).problem
    with pytest.raises(PortError, match="is not filled"):
        await reader.start(elsewhere, filled={}, send=False)
