"""Nothing that a server says acts on the terminal: no escape, control, bidirectional or hidden character, no markup."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator

import pytest
from canary_case import Laden
from loopback import Issuer, Loopback, Seen, response
from program import World

EVIL = (
    "\x1b[66;66mP\x1b]52;c;T1dORUQ=\x07\x1b]0;owned\x07\x1b[6n\x1bPq#0\x1b\\\x1b[?1049h\x1bc"
    "\u202egnp\u2066x\u200bz\ufeff\u00ad\x9b31m\x9d0;owned\x9c\x85\x08\x7f"
    " [red]markup[/red] [@click=app.quit]click[/] [link=https://evil.example]l[/link]"
)
LINE = EVIL.replace("\n", " ")
ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
THEIRS = (b"\x1b[66;66m", b"\x1b]52;c;T1dO", b"\x1b]0;owned", b"\x1b[6n", b"\x1bPq", b"\x1bc", b"\xc2\x9b", b"\xc2\x9d")


def b64(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def token() -> str:
    """A token whose claims, and the names of some, are hostile."""
    claims = {"iss": f"https://login.invalid/{EVIL}", "aud": [EVIL, "https://a.invalid"], "sub": EVIL, "scope": EVIL}
    claims |= {EVIL: EVIL, "exp": 1, "client_id": EVIL, "azp": EVIL, "roles": [EVIL], "realm_access": {EVIL: EVIL}}
    return f"{b64({'alg': EVIL, 'kid': EVIL, 'typ': EVIL})}.{b64(claims)}.{'c2ln' * 16}"


def hostile(seen: Seen) -> bytes:
    said = {
        "error": "invalid_token",
        "error_description": EVIL,
        EVIL: EVIL,
        "message": f"expired {EVIL}",
        "detail": EVIL,
    }
    headers = [
        ("WWW-Authenticate", f'Bearer realm="{LINE}", error="invalid_token", error_description="expired {LINE}"'),
        ("WWW-Authenticate", f'{LINE} x="{LINE}", scope="{LINE}", resource_metadata="https://{LINE}"'),
        ("Server", f"evil {LINE}"),
        ("Via", LINE),
        ("X-Request-Id", f"id {LINE}"),
        ("Set-Cookie", f"a={LINE}"),
        ("Date", LINE),
        ("Retry-After", LINE if seen.target.startswith("/wait") else "0"),
    ]
    return response(
        f"401 No {LINE}", headers, json.dumps(said, ensure_ascii=False), f"application/json; charset={LINE}"
    )


def as_latin(_seen: Seen) -> bytes:
    """The same with its C1 controls as single bytes, in a body that is no JSON."""
    text = f"<html><title>{EVIL}</title><h1>{EVIL}</h1>{EVIL}"
    return response(
        f"401 {LINE}", [("WWW-Authenticate", f"Bearer {LINE}")], text.encode("latin-1", "replace"), "text/html"
    )


def issuer(seen: Seen) -> bytes:
    if ".well-known" in seen.target:
        said = {"issuer": f"http://{seen.value('Host')}", "token_endpoint": f"http://{seen.value('Host')}/token"}
        said |= {"jwks_uri": f"http://{seen.value('Host')}/{EVIL}", EVIL: EVIL, "scopes_supported": EVIL}
        return response("200 OK", [("Date", LINE)], json.dumps(said))
    said = {"error": f"invalid_client {EVIL}", "error_description": EVIL, "error_uri": EVIL}
    return response(f"400 {LINE}", [], json.dumps(said))


@pytest.fixture(params=[hostile, as_latin], ids=["JSON and UTF-8", "HTML and single bytes"])
def world(request: pytest.FixtureRequest, loaded: Laden) -> Iterator[World]:
    made = World(loaded, request.param)
    made.issuer.answer = issuer
    yield made
    made.close()


def shown(data: bytes) -> str:
    """A text that was written, after a look that nothing in it acts."""
    text = data.decode("utf-8")
    found = ACTS.search(text.replace("\n", ""))
    assert found is None, (found, text[max(0, found.start() - 80) : found.end() + 20])
    return text


@pytest.mark.parametrize("path", ["/v1", "/wait"])
def test_text_of_a_diagnosis_shows_hostile_words_as_signs(world: World, path: str) -> None:
    command = ["curl", f"{world.api.origin}{path}", "-H", f"Authorization: Bearer {token()}"]
    ran = world.run("diagnose", "--all", "--fix", "--yes", "--report", "r.md", *world.knows, *command, state="kept")
    assert ran.code in (1, 3), ran.err
    assert "401" in shown(ran.out)
    shown(ran.err)
    assert "‹U+202E›" in ran.out.decode() or "[red]" in ran.out.decode() or path == "/wait"
    shown((world.home / "r.md").read_bytes())
    shown(world.run("cases", state="kept").out)


@pytest.mark.parametrize("wrong", ["header name", "no head", "status line"])
def test_an_answer_that_is_no_http_is_told_as_signs(loaded: Laden, wrong: str) -> None:
    raw = {
        "header name": f"HTTP/1.1 401 x\r\nX-{LINE}: y\r\nContent-Length: 0\r\n\r\n",
        "no head": f"{LINE}\r\n\r\n",
        "status line": f"HTTP/1.1 {LINE}\r\nContent-Length: 0\r\n\r\n",
    }[wrong]
    world = World(loaded, lambda _seen: raw.encode())
    try:
        ran = world.run("diagnose", *world.knows, "curl", f"{world.api.origin}/v1", "-H", "X-API-Key: abcdef0123456789")
    finally:
        world.close()
    assert ran.code in (1, 3), ran.err
    shown(ran.out)
    shown(ran.err)


def test_the_terminal_gets_no_escape_of_a_server(world: World) -> None:
    world.issuer.answer = Issuer(world.secret)
    terminal = world.terminal(*world.knows, "curl", f"{world.api.origin}/v1", "-H", f"Authorization: Bearer {token()}")
    terminal.until("esc leave")
    for key in "123456vr":
        terminal.keys(key)
        terminal.calm()
    terminal.keys("\x1b")
    terminal.calm()
    terminal.keys("f")
    terminal.calm()
    terminal.keys("q")
    stream = terminal.end()
    assert terminal.code == 0
    for theirs in THEIRS:
        assert theirs not in stream, theirs
    own = re.sub(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;?<>=]*\$?[A-Za-z]|\x1b[=>78]", "", stream.decode())
    found = ACTS.search(re.sub(r"[\r\n]", "", own))
    assert found is None, (found, own[max(0, found.start() - 80) : found.end() + 20])
    assert "[red]markup[/red]" in own


def test_the_servers_of_these_tests_do_send_what_acts() -> None:
    with Loopback(hostile) as server:
        import socket

        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            data = b"".join(iter(lambda: connection.recv(65536), b""))
    assert all(theirs in data for theirs in THEIRS)
