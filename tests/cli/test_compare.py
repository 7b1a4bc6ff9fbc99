"""``tui401 compare``: offline and live, on servers that look at one thing."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tui401.practice import PracticeThread

TOKEN = "opaque-9c1f7e4ab2d85063aa"
OTHER = "opaque-77aa10c4e2b95d38bb"


@contextmanager
def serving(check: Callable[[Any], int]) -> Iterator[tuple[str, list[Any]]]:
    """A server on loopback that answers with what the check says, and keeps what it received."""
    received: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            received.append((self.path, dict(self.headers.items())))
            self.send_response(check(self))
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_given: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", received
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def tenant(handler: Any) -> int:
    return 200 if handler.headers.get("X-Tenant") == "a" else 403


def commands(url: str) -> tuple[str, str]:
    common = f"-H 'Authorization: Bearer {TOKEN}' -H 'Accept: application/json'"
    works = f"curl '{url}/v1?page=1' {common} -H 'X-Tenant: a' -H 'X-Trace: 1' -A one"
    return works, f"curl '{url}/v1/?page=2' {common} -H 'X-Tenant: b' -H 'X-Trace: 2' -A two"


def test_the_header_that_decides_is_found_and_proved(tui401: Callable[..., Any]) -> None:
    with serving(tenant) as (url, received):
        ran = tui401("compare", "--yes", "--format", "json", *commands(url))
    made = ran.json
    assert made["decides"] == {"differences": ["header X-Tenant"], "strength": "confirmed"}
    assert (made["outcome"], ran.code) == ("decided", 1)
    assert made["requests_sent"]["api"] == len(received) <= 16
    assert TOKEN not in ran.out + ran.err


def test_the_text_names_it_first_and_then_every_difference(tui401: Callable[..., Any]) -> None:
    with serving(tenant) as (url, _):
        ran = tui401("compare", "--yes", "-q", *commands(url))
    assert "CONFIRMED  It is header X-Tenant" in ran.out
    assert "turned the refusal (403) into success" in ran.out
    assert ran.out.index("CONFIRMED") < ran.out.index("Differences") < ran.out.index("Seldom matters")
    assert "only the trailing slash differs" in ran.out


def test_without_a_yes_nothing_is_sent(tui401: Callable[..., Any]) -> None:
    with serving(tenant) as (url, received):
        ran = tui401("compare", "--format", "json", *commands(url))
        offline = tui401("compare", "--offline", *commands(url))
    assert received == []
    assert (ran.json["outcome"], ran.json["decides"], ran.code) == ("compared", None, 3)
    assert "--yes" in ran.json["why"]
    assert "header X-Tenant" in offline.out
    assert offline.code == 3


def test_equal_requests_and_two_that_both_succeed_are_nothing_wrong(tui401: Callable[..., Any]) -> None:
    with serving(lambda _handler: 200) as (url, _):
        works, fails = commands(url)
        assert tui401("compare", works, works).code == 0
        ran = tui401("compare", "--yes", "--format", "json", works, fails)
    assert (ran.json["outcome"], ran.code) == ("both-succeed", 0)


def test_an_expired_token_beside_a_good_one_is_told_by_its_claims(tui401: Callable[..., Any]) -> None:
    with PracticeThread("audience-mismatch") as world:
        good = shlex.join(world.curl_bearer(world.token()))
        ran = tui401("compare", "--yes", "--format", "json", good, world.command)
    made = ran.json
    assert made["decides"] == {"differences": ["header Authorization"], "strength": "confirmed"}
    assert made["differences"][0]["because"][0].startswith("aud https://billing.example; the one that works has")


# -- origins -----------------------------------------------------------------------------------------------------------


def test_no_credential_goes_to_the_origin_of_the_other_request(tui401: Callable[..., Any]) -> None:
    def bearer(wanted: str) -> Callable[[Any], int]:
        return lambda h: 200 if h.headers.get("Authorization") == f"Bearer {wanted}" else 401

    with serving(bearer(TOKEN)) as (good, at_good), serving(bearer("nobody")) as (bad, at_bad):
        works = f"curl {good}/v1?a=1 -H 'Authorization: Bearer {TOKEN}' -H 'X-Tenant: a'"
        fails = f"curl {bad}/v1?a=2 -H 'Authorization: Bearer {OTHER}' -H 'X-Tenant: b'"
        ran = tui401("compare", "--yes", "--format", "json", works, fails)
    assert at_good
    assert at_bad
    assert OTHER not in str(at_good)
    assert TOKEN not in str(at_bad)
    assert set(ran.json["decides"]["differences"]) == {"header Authorization", "origin"}
    assert ran.json["decides"]["strength"] == "confirmed"


# -- other sides -------------------------------------------------------------------------------------------------------


def har(path: Path, *requests: dict[str, Any]) -> str:
    entries = [
        {
            "startedDateTime": "2026-11-18T12:00:00.000Z",
            "time": 10,
            "request": {"httpVersion": "HTTP/1.1", "cookies": [], "queryString": [], **one},
            "response": {"status": status, "headers": [], "content": {"mimeType": "", "text": ""}, "cookies": []},
        }
        for one, status in zip(requests, (200, 401), strict=True)
    ]
    path.write_text(json.dumps({"log": {"version": "1.2", "creator": {"name": "x"}, "entries": entries}}))
    return str(path)


def entry(url: str, **headers: str) -> dict[str, Any]:
    lines = [{"name": name.replace("_", "-"), "value": value} for name, value in headers.items()]
    return {"method": "GET", "url": url, "headers": lines}


def test_two_entries_of_a_recording_are_compared_with_their_recorded_answers(
    tui401: Callable[..., Any], tmp_path: Path
) -> None:
    url = "https://api.example.com/v1"
    name = har(tmp_path / "a.har", entry(url, X_Tenant="a"), entry(url, X_Tenant="b"))
    ran = tui401("compare", "--format", "json", f"{name}#0", f"{name}#1")
    assert [(one["status"]) for one in (ran.json["works"], ran.json["fails"])] == [200, 401]
    assert [d["difference"] for d in ran.json["differences"]] == ["header X-Tenant"]
    text = tui401("compare", "--offline", f"{name}#0", f"{name}#1")
    assert "may leave credentials out" in text.out


def test_a_kept_case_is_compared_and_never_sent(tui401: Callable[..., Any]) -> None:
    with serving(tenant) as (url, received):
        works, fails = commands(url)
        case = tui401("diagnose", "--passive", "--format", "json", *shlex.split(fails)).json["case"]
        before = len(received)
        ran = tui401("compare", "--yes", "--format", "json", works, case)
        assert len(received) == before
    assert "header X-Tenant" in [d["difference"] for d in ran.json["differences"]]
    assert "kept case" in ran.json["why"]


def test_a_request_that_holds_once_is_not_varied(tui401: Callable[..., Any]) -> None:
    with serving(tenant) as (url, received):
        signed = f"-H 'Authorization: DPoP {TOKEN}' -H 'DPoP: eyJ0eXAiOiJkcG9wK2p3dCJ9.e30.c2ln'"
        ran = tui401("compare", "--yes", f"curl {url}/a {signed}", f"curl {url}/b {signed}")
    assert received == []
    assert "holds for one request only" in ran.out


@pytest.mark.parametrize(
    ("side", "says"),
    [
        ("nonsense", "no curl command, no file, no entry"),
        ("", "no curl command, no file, no entry"),
        ("curl", "no curl command"),
        ("ab12", "ab12"),
        ("{har}", "Name one of its entries"),
        ("{har}#9", "has 2 entries"),
    ],
)
def test_a_side_that_is_none_is_told_in_a_sentence(
    side: str, says: str, tui401: Callable[..., Any], tmp_path: Path
) -> None:
    name = har(tmp_path / "a.har", entry("https://a.example"), entry("https://b.example"))
    ran = tui401("compare", "curl https://api.example.com", side.replace("{har}", name))
    assert ran.code == 2
    assert says in ran.err
    assert ran.out == ""


def test_a_password_is_sent_at_most_twice_however_many_differences_there_are(tui401: Callable[..., Any]) -> None:
    def wants(handler: Any) -> int:
        return 200 if handler.headers.get("X-Z") == "a" else 401

    with serving(wants) as (url, received):
        many = " ".join(f"-H 'X-{c}: {{}}'" for c in "BCDEFZ")
        works = f"curl {url}/v1 -u ada:the-password-4711 " + many.replace("{}", "a")
        fails = f"curl {url}/v1 -u ada:the-password-4711 " + many.replace("{}", "b")
        tui401("compare", "--yes", works, fails)
    refused = [headers for _, headers in received if headers.get("X-Z") != "a"]
    assert len(refused) <= 2
