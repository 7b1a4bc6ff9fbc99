"""Recordings as browsers, proxies and API clients write them, each with what is peculiar to its recorder."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from tui401.intake.harfile import Bad, HarFile
from tui401.offline.knowledge import Knowledge
from tui401.offline.recording import Recording

API: Final = "https://api.example.com/v1/orders"
TOKEN: Final = "k3J9vQx7Lm2Zp8Rt5Wn1Yb6Hd4Fg0SaUc"
BEARER: Final = (("Authorization", f"Bearer {TOKEN}"),)
EXPIRED: Final = '{"error": "invalid_token", "error_description": "The access token expired"}'

Pairs = Sequence[tuple[str, str]]


def named(pairs: Pairs) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def entry(
    status: int,
    body: str = "",
    *,
    url: str = API,
    method: str = "GET",
    sent: Pairs = (),
    came: Pairs = (),
    post: str = "",
    at: str = "2026-11-18T12:00:00.000Z",
    kind: str = "application/json",
    **more: Any,
) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "method": method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "headers": named(sent),
        "queryString": [],
        "cookies": [],
        "headersSize": -1,
        "bodySize": -1,
    }
    if post:
        asked["postData"] = {"mimeType": "application/x-www-form-urlencoded", "text": post}
    response = {
        "status": status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "headers": named([*came, *([("Content-Type", kind)] if body else [])]),
        "cookies": [],
        "content": {"size": len(body), "mimeType": kind, "text": body},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }
    return {"startedDateTime": at, "time": 42, "request": asked, "response": response, "timings": {}, **more}


def har(entries: Iterable[Any], creator: str = "recorder", **more: Any) -> dict[str, Any]:
    return {"log": {"version": "1.2", "creator": {"name": creator, "version": "1"}, **more, "entries": list(entries)}}


def explain(document: Any, *, everything: bool = False, block: int = 1 << 20) -> list[dict[str, Any]]:
    """The objects of all refusals."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    recording = Recording(HarFile(io.BytesIO(data), "x.har", block=block), Knowledge(), everything=everything)
    found = list(recording.refusals())
    assert not [one for one in found if isinstance(one, Bad)]
    return [one.made for one in found if not isinstance(one, Bad)]


def verdict(made: dict[str, Any]) -> tuple[str, str]:
    found = made["verdict"]
    return (found["cause"], found["strength"]) if found else ("", "")


# -- recorders ---------------------------------------------------------------------------------------------------------


def chrome(*, sanitised: bool) -> dict[str, Any]:
    """Chromium: pseudo-headers, keys of its own with an underscore; credentials left out unless one asks for them."""
    pseudo = [(":authority", "api.example.com"), (":method", "GET"), (":path", "/v1/orders"), (":scheme", "https")]
    sent = [*pseudo, ("accept", "*/*"), *(() if sanitised else BEARER)]
    first = entry(200, "[]", url="https://api.example.com/v1/me", sent=sent)
    refused = entry(401, EXPIRED, sent=sent, came=[("content-type", "application/json")])
    blocked = entry(0, url="https://api.example.com/v1/blocked", sent=sent)
    inline = entry(200, url="data:image/gif;base64,R0lGOD")
    found = [first, refused, blocked, inline]
    for one in found:
        one.update({"_initiator": {"type": "script"}, "_priority": "High", "_resourceType": "fetch", "cache": {}})
    return har([{"_connectionId": "1", **one} for one in found], "WebInspector", pages=[{"startedDateTime": "x"}])


def firefox() -> dict[str, Any]:
    """Firefox: a browser beside its creator, bodies in base64 where they are no text, times with an offset."""
    body = base64.b64encode(EXPIRED.encode()).decode()
    one = entry(401, sent=BEARER, at="2026-11-18T13:00:00.000+01:00")
    one["response"]["content"] = {"mimeType": "application/json", "size": 80, "encoding": "base64", "text": body}
    return har([one], "Firefox", browser={"name": "Firefox", "version": "132"})


def safari() -> dict[str, Any]:
    """Safari: no httpVersion, no cookies, sizes of its own, a time without milliseconds."""
    one = entry(401, EXPIRED, sent=BEARER, at="2026-11-18T12:00:00Z")
    for part in ("httpVersion", "cookies", "queryString"):
        del one["request"][part]
    one["response"]["_transferSize"] = 91
    return har([one], "WebKit Web Inspector")


def mitmproxy() -> dict[str, Any]:
    """mitmproxy: no statusText, microseconds, an entry without a response for what never came."""
    one = entry(401, EXPIRED, sent=BEARER, at="2026-11-18T12:00:00.123456+00:00")
    return har([one], "mitmproxy", comment="")


def charles() -> dict[str, Any]:
    """Charles: the host's port in every address, an empty Content-Type beside the content's own."""
    one = entry(401, EXPIRED, sent=BEARER, url="https://api.example.com:443/v1/orders")
    one["response"]["headers"] = []
    return har([one], "Charles Proxy")


def fiddler() -> dict[str, Any]:
    """Fiddler: cookies apart from their header, a byte order mark, seven digits of a second."""
    one = entry(401, '{"message": "session expired"}', at="2026-11-18T12:00:00.1234567+00:00")
    one["request"]["cookies"] = [{"name": "sessionid", "value": "9f8e7d6c5b4a39281706f5e4d3c2b1a0"}]
    return har([one], "Fiddler")


def insomnia() -> dict[str, Any]:
    """API clients: the creator behind the entries, forms as fields, numbers as texts, headers as an object."""
    one = entry(400, '{"error": "invalid_grant"}', url="https://login.example.com/oauth/token", method="POST")
    fields = [("grant_type", "refresh_token"), ("refresh_token", TOKEN), ("client_id", "svc")]
    one["request"]["postData"] = {"mimeType": "application/x-www-form-urlencoded", "params": named(fields)}
    one["request"]["headers"] = {"Accept": "*/*"}
    one["response"]["status"] = "400"
    one["time"] = None
    return {"log": {"entries": [one], "version": "1.2", "creator": {"name": "Insomnia REST Client", "version": "8"}}}
