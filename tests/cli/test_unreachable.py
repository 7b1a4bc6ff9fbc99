"""What cannot be reached, and answers of the wrong kind: a sentence, the right exit code, and nothing lost."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.canary.loopback import Loopback, Seen, TimeServer, response
from tests.cli.badly import HEADER, OPEN, Tui401, kept, refusal, told
from tests.probes.server import Authority


@pytest.fixture
def api() -> Iterator[Loopback]:
    with Loopback(refusal) as server:
        yield server


@pytest.fixture
def clock() -> Iterator[str]:
    """A time server, so that nobody else is asked."""
    server = TimeServer()
    yield f"127.0.0.1:{server.port}"
    server.close()


# -- what cannot be reached --------------------------------------------------------------------------------------


def unreachable(tui401: Tui401, clock: str, *command: str) -> Any:
    ran = tui401("diagnose", "--ntp", clock, "curl", "-q", *HEADER, *command)
    told(ran, OPEN)
    assert "UNREACHABLE" in ran.out
    kept(tui401, ran, "unreachable")
    return ran


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_a_name_that_does_not_resolve(tui401: Tui401, clock: str) -> None:
    ran = unreachable(tui401, clock, "http://api.nowhere.invalid/v1")
    assert "api.nowhere.invalid" in ran.out
    assert "DNS" in ran.out


def test_a_refused_connection(tui401: Tui401, clock: str) -> None:
    port = closed_port()
    ran = unreachable(tui401, clock, f"http://127.0.0.1:{port}/v1")
    assert str(port) in ran.out
    assert "refuse" in ran.out or "Nothing listens" in ran.out or "listens" in ran.out


def test_a_server_that_never_answers(tui401: Tui401, clock: str) -> None:
    with Loopback(lambda _seen: time.sleep(20) or b"") as server:
        began = time.monotonic()
        ran = unreachable(tui401, clock, "-m", "1", server.origin)
        assert time.monotonic() - began < 15
        assert "did not answer" in ran.out
        server.seen.clear()


def test_a_server_that_hangs_up(tui401: Tui401, clock: str) -> None:
    with Loopback(lambda _seen: b"") as server:
        unreachable(tui401, clock, server.origin)


@pytest.mark.parametrize("head", [b"\x00\x01\x02\x03\r\n\r\n", b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/9.9 abc def\r\n\r\n"])
def test_a_server_that_speaks_no_http(head: bytes, tui401: Tui401, clock: str) -> None:
    with Loopback(lambda _seen: head) as server:
        unreachable(tui401, clock, server.origin)


def test_a_redirect_loop(tui401: Tui401, clock: str) -> None:
    with Loopback(
        lambda seen: response("302 Found", [("Location", f"/{'b' if seen.target == '/a' else 'a'}")], "")
    ) as one:
        ran = unreachable(tui401, clock, "-L", one.origin + "/a")
    assert "circle" in ran.out
    assert len(one.seen) < 60


def test_redirects_without_end(tui401: Tui401, clock: str) -> None:
    with Loopback(lambda seen: response("302 Found", [("Location", f"/{seen.number}")], "")) as one:
        ran = unreachable(tui401, clock, "-L", "--max-redirs", "5", one.origin + "/a")
    assert "redirects" in ran.out
    assert len(one.seen) == 6


class Tls:
    """A TLS server on loopback that answers 401 to whoever trusts it."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.origin = f"https://127.0.0.1:{self._socket.getsockname()[1]}"
        self._context = context
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                raw, _ = self._socket.accept()
            except OSError:
                return
            try:
                with raw, self._context.wrap_socket(raw, server_side=True) as connection:
                    connection.recv(65536)
                    connection.sendall(refusal(Seen(b"", "", "", [], b"", 0)))
            except OSError:
                continue


@pytest.mark.parametrize(
    ("name", "days"),
    [("127.0.0.1", (-1, 9)), ("127.0.0.1", (-9, -2)), ("other.example", (-1, 9))],
    ids=["an unknown CA", "expired too", "another name too"],
)
def test_a_certificate_that_is_not_trusted(
    name: str, days: tuple[int, int], tui401: Tui401, clock: str, tmp_path: Path
) -> None:
    authority = Authority.make(tmp_path / "ca", "Test CA")
    server = Tls(authority.server_context(name, days=days))
    try:
        ran = unreachable(tui401, clock, server.origin)
        assert "--cacert" in ran.out
        assert "certificate" in ran.out.lower()
        trusted = tui401("diagnose", "--passive", "curl", "-q", *HEADER, "--cacert", authority.file, server.origin)
    finally:
        server.close()
    if name == "127.0.0.1" and days[1] > 0:
        assert " 401" in trusted.out
    else:
        assert "expired" in trusted.out or "not for the name" in trusted.out
        assert trusted.code == OPEN


def test_plain_http_where_tls_is_expected(tui401: Tui401, clock: str) -> None:
    with Loopback(refusal) as server:
        server.hello = 3  # bytes after which it answers, whatever they are
        ran = unreachable(tui401, clock, server.origin.replace("http:", "https:"))
    assert "does not speak TLS" in ran.out


# -- answers of the wrong kind -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error", "503 Down"])
def test_an_answer_that_refuses_no_credential(status: str, tui401: Tui401, clock: str) -> None:
    with Loopback(lambda _seen: response(status, [], "no")) as server:
        ran = tui401("diagnose", "--ntp", clock, "curl", "-q", server.origin)
        made = tui401("diagnose", "--format", "json", "--ntp", clock, "curl", "-q", server.origin).json
    told(ran, OPEN)
    assert f"UNDETERMINED  {status[:3]} is no refusal of a credential." in ran.out
    assert "header-missing" not in ran.out.partition("Also")[0]
    assert (made["outcome"], made["verdict"], made["status"]) == ("undetermined", None, int(status[:3]))
    kept(tui401, ran, "undetermined")


@pytest.mark.parametrize("body", [bytes(range(256)) * 20, b"\xff\xfe\x00d\x00", b"\x1f\x8b\x08broken", b"[" * 50_000])
@pytest.mark.parametrize("kind", ["application/json", "text/plain; charset=utf-16", "application/octet-stream"])
def test_a_body_that_is_no_text(body: bytes, kind: str, tui401: Tui401, clock: str) -> None:
    with Loopback(lambda _seen: response("401 Unauthorized", [], body, kind)) as server:
        ran = tui401("diagnose", "--ntp", clock, "curl", "-q", *HEADER, server.origin)
    assert ran.code in (1, 3), ran.err
    assert " 401" in ran.out
    assert "\x00" not in ran.out + ran.err


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate", "x-nothing"])
def test_a_body_that_is_not_coded_as_it_says(coding: str, tui401: Tui401, clock: str) -> None:
    with Loopback(lambda _seen: response("401 No", [("Content-Encoding", coding)], b"not coded")) as server:
        ran = tui401("diagnose", "--ntp", clock, "curl", "-q", "--compressed", *HEADER, server.origin)
    assert ran.code in (1, 3), ran.err
    assert " 401" in ran.out


@pytest.mark.parametrize(
    "challenge",
    ["", ",,, ,", "=", '"', 'Bearer "', 'Bearer a=b=c="', "Bearer " + "," * 9000, "Ω ß", 'Basic realm="\\', "\t \t"],
)
def test_a_challenge_of_nonsense(challenge: str, tui401: Tui401, clock: str) -> None:
    with Loopback(lambda _seen: response("401 Unauthorized", [("WWW-Authenticate", challenge)] * 2, "{}")) as server:
        ran = tui401("diagnose", "--ntp", clock, "--format", "json", "curl", "-q", *HEADER, server.origin)
    assert ran.code in (1, 3), ran.err
    assert ran.json["status"] == 401


def test_a_password_that_is_not_sent_any_more_is_still_a_request(tui401: Tui401, clock: str, api: Loopback) -> None:
    command = ["diagnose", "--ntp", clock, "--passive", "curl", "-q", "-u", "ada:wrong-password-1", api.origin]
    for _ in range(2):
        tui401(*command)
    ran = tui401(*command)
    told(ran, OPEN)
    assert len(api.seen) == 2
    assert ran.out.startswith(f"GET {api.origin}/  no answer\nUNDETERMINED  Nothing was sent")
    made = tui401("diagnose", "--format", "json", *command[1:]).json
    assert made["request"] == {"method": "GET", "url": f"{api.origin}/"}
    assert (made["outcome"], made["attempts"]) == ("undetermined", [])
