"""What can stand before the API: a firewall, an allowlist, a limit, and servers that answer in its place."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from tui401.practice.answers import Answer, Request, as_json, basic, challenge
from tui401.practice.fetch import fetch

WAIT: Final = 60  # seconds that the limit asks to wait
_HOP: Final = frozenset({"proxy-authorization", "proxy-connection", "connection", "host", "content-length"})


def _firewall(_request: Request) -> Answer:
    said = "Request blocked by the web application firewall (rule 942100)"
    return as_json(403, {"error": "blocked", "message": said}, ("Server", "edge-waf"))


def _addresses(_request: Request) -> Answer:
    said = "Your IP address 127.0.0.1 is not on the allowlist of this API"
    return as_json(403, {"error": "forbidden", "message": said})


def _limits(_request: Request) -> Answer:
    said = f"Too many requests; try again in {WAIT} seconds"
    return as_json(429, {"error": "too_many_requests", "message": said}, ("Retry-After", str(WAIT)))


def _certificates(_request: Request) -> Answer:
    said = "A client certificate is required for this address"
    return as_json(403, {"error": "forbidden", "message": said})


def _preflights(request: Request) -> Answer | None:
    if request.method != "OPTIONS":
        return None
    said = "No credential came with the request; send Authorization: Bearer and the token"
    return as_json(401, {"error": "unauthorized", "message": said}, challenge("Bearer", ("realm", "practice")))


def _drops(request: Request) -> Answer:
    """An application behind a server that keeps the Authorization header to itself, and that reports what it sees."""
    seen = {name: value for name, value in request.headers if name != "authorization"}
    said = "No credential came with the request; these are the headers that arrived"
    content = {"error": "unauthorized", "message": said, "headers": seen}
    return as_json(401, content, challenge("Bearer", ("realm", "practice")))


GATES: Final[Mapping[str, Callable[[Request], Answer | None]]] = {
    "firewall": _firewall,
    "addresses": _addresses,
    "limits": _limits,
    "certificates": _certificates,
    "preflights": _preflights,
    "drops": _drops,
}
"""What stands before the API, by name; None lets the request in."""


class Front:
    """Another server that is asked first: a name that leads elsewhere, or a forward proxy.

    Args:
        kind: ``redirect`` or ``proxy``.
        api: The API's origin.
        user: User and password that the proxy wants.
    """

    def __init__(self, kind: str, api: str, user: tuple[str, str]) -> None:
        self._kind = kind
        self._api = api
        self._wanted = base64.b64encode(":".join(user).encode()).decode()

    async def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        if self._kind == "redirect":
            return as_json(307, {"message": "It moved"}, ("Location", self._api + request.target))
        pair = basic(request.first("proxy-authorization") or "")
        if pair is None or base64.b64encode(":".join(pair).encode()).decode() != self._wanted:
            said = "This proxy wants a user name and a password"
            return as_json(407, {"message": said}, ("Proxy-Authenticate", 'Basic realm="proxy"'))
        kept = tuple((name, value) for name, value in request.headers if name not in _HOP)
        parts = urlsplit(request.target)
        answer = await fetch(request.method, self._api + (parts.path or "/"), kept, request.body)
        return Answer(answer.status, (("Content-Type", "application/json"),), answer.body)
