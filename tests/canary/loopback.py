"""Servers on loopback that give back all they receive, in every way, and remember it; shared by surfaces and tests."""

from __future__ import annotations

import base64
import contextlib
import html
import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import parse_qs, quote

_PIECE = re.compile(r"[A-Za-z0-9_+/=.~-]{8,}")
_MOST = 400  # characters of a piece that goes into a header


@dataclass(frozen=True)
class Seen:
    """One request as it came in."""

    raw: bytes
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    number: int

    def value(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


Answer = Callable[[Seen], bytes]


@dataclass
class Loopback:
    """A server that answers one request on each connection; ``answer`` gives the raw bytes."""

    answer: Answer
    seen: list[Seen] = field(default_factory=list)
    noticed: list[Callable[[], None]] = field(default_factory=list)
    hello: int = 0  # bytes after which it answers without waiting for a head; 0 waits for one

    def __post_init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.origin = f"http://127.0.0.1:{self.port}"
        self._ended = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._ended = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def received(self) -> bytes:
        return b"\n".join(one.raw for one in self.seen)

    def _serve(self) -> None:
        while not self._ended:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(10)
            seen = self._read(connection)
            if seen is None:
                return
            self.seen.append(seen)
            for notice in self.noticed:
                notice()
            connection.sendall(self.answer(seen))

    def _read(self, connection: socket.socket) -> Seen | None:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return None
            data += piece
            if self.hello and len(data) >= self.hello:
                return Seen(data, "", "", [], b"", len(self.seen))
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        while len(body) < length:
            body += connection.recv(65536)
        method, target, _ = (*first.split(" "), "", "")[:3]
        return Seen(head + b"\r\n\r\n" + body, method, target, headers, body, len(self.seen))


def response(status: str, headers: list[tuple[str, str]], body: str | bytes, kind: str = "application/json") -> bytes:
    """The bytes of an answer; the lines are written as they are, whatever stands in them."""
    data = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(data)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode("utf-8", "surrogatepass") + b"\r\n\r\n" + data


def pieces(seen: Seen) -> list[str]:
    """What was received, in wholes and in parts."""
    body = seen.body.decode("utf-8", "replace")
    wholes = [seen.target, *(value for _, value in seen.headers), *(quote(value) for _, value in seen.headers), body]
    parts = [part for whole in wholes for part in _PIECE.findall(whole)]
    return list(dict.fromkeys([*wholes, *parts]))


def unnamed(seen: Seen) -> Seen:
    """The request without the name of a header that would be read as a reason, were it echoed."""
    named, other = b"X-CSRF-Token", "X-CS-Token"
    headers = [(other if name.lower() == named.decode().lower() else name, value) for name, value in seen.headers]
    raw = re.sub(re.escape(named), other.encode(), seen.raw, flags=re.IGNORECASE)
    return replace(seen, headers=headers, raw=raw)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def echo_json(seen: Seen) -> bytes:
    seen = unnamed(seen)
    given = pieces(seen)
    said = {
        "error": "invalid_token",
        "error_description": f"The access token expired: {given[1][:200]}",
        "you": dict(seen.headers),
        "raw": given,
        "percent": [quote(one, safe="") for one in given],
        "base64": [_base64(one) for one in given],
        "base64url": [base64.urlsafe_b64encode(b"k" + one.encode()).decode().rstrip("=") for one in given],
        "hex": [one.encode().hex() for one in given],
        "upper": [one.upper() for one in given],
        "whole": seen.raw.decode("utf-8", "replace"),
        "all": base64.b64encode(seen.raw).decode(),
    }
    return response("401 Unauthorized", _challenge(seen), json.dumps(said, indent=1))


def echo_html(seen: Seen) -> bytes:
    seen = unnamed(seen)
    lines = [f"<p>You sent <b>{html.escape(one)}</b> {_base64(one)} {quote(one)}</p>" for one in pieces(seen)]
    body = (
        "<html><body><h1>401 Unauthorized</h1>" + "\n".join(lines) + f"<pre>{html.escape(seen.raw.decode('latin-1'))}"
    )
    return response("401 Unauthorized", _challenge(seen), body, "text/html; charset=utf-8")


def echo_headers(seen: Seen) -> bytes:
    one_line = [re.sub(r"[\x00-\x1f\x7f]", " ", one)[:_MOST] for one in pieces(seen)]
    headers = _challenge(seen)
    for number, one in enumerate(one_line[:20]):
        headers += [(f"X-Echo-{number}", one), (f"X-Echo64-{number}", _base64(one)), (f"X-Echo-Q-{number}", quote(one))]
    headers += [(f"X-{one[:60]}", "name") for one in one_line if re.fullmatch(r"[A-Za-z0-9-]+", one)][:10]
    headers += [("Set-Cookie", f"echo={one_line[1][:200]}; Path=/"), ("X-Request-Id", one_line[1][7:60])]
    return response(f"401 Unauthorized {one_line[1][:60]}", headers, "", "text/plain")


def _challenge(seen: Seen) -> list[tuple[str, str]]:
    safe = re.sub(r'[\x00-\x1f\x7f"\\]', " ", seen.value("Authorization"))[:_MOST]
    return [
        ("WWW-Authenticate", f'Bearer realm="{safe[:80]}", error="invalid_token", error_description="expired {safe}"'),
    ]


@dataclass
class Issuer:
    """An authorization server whose token endpoint echoes the form; it makes tokens by a function."""

    make: Callable[[str], str]

    def __call__(self, seen: Seen) -> bytes:
        host = f"http://{seen.value('Host')}"
        if seen.target.endswith(("/oauth-authorization-server", "/openid-configuration")):
            return response(
                "200 OK",
                [],
                json.dumps({"issuer": host, "token_endpoint": f"{host}/token", "jwks_uri": f"{host}/jwks"}),
            )
        if seen.target == "/jwks":
            return response("200 OK", [], '{"keys": []}')
        if seen.target == "/token":
            form = {name: values[0] for name, values in parse_qs(seen.body.decode()).items()}
            said = {
                "access_token": self.make("access token, granted"),
                "refresh_token": self.make("refresh token, granted"),
                "id_token": self.make("id token, granted"),
                "token_type": "Bearer",
                "expires_in": 600,
                "scope": "orders:read",
                "received": form,
                "authorization": seen.value("Authorization"),
                "raw": seen.raw.decode(),
                "base64": base64.b64encode(seen.body).decode(),
            }
            return response("200 OK", [("X-Echo", seen.value("Authorization") or "none")], json.dumps(said))
        return response("404 Not Found", [], "{}")


class TimeServer:
    """Answers NTP (RFC 5905) with this machine's time, or with nothing, and keeps what it received."""

    def __init__(self, *, silent: bool = False) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self.received: list[bytes] = []
        self._silent = silent
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            data, peer = self._socket.recvfrom(2048)
            if not data:
                return
            self.received.append(data)
            if self._silent:
                continue
            now = time.time() + 2_208_988_800
            whole, part = int(now), int((now % 1) * 2**32)
            head = struct.pack("!BBbb3I", 0x24, 2, 6, -20, 0, 0, 0x7F000001)
            stamp = struct.pack("!II", whole, part)
            self._socket.sendto(head + stamp + data[40:48] + stamp + stamp, peer)
