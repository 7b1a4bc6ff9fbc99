"""What judging a recording lets out: a HAR of every laden exchange, and of one for each credential alone, often."""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace
from typing import Any

from canary_case import Laden
from program import Ran, once, world_of
from surfaces import surface

import tui401
from tui401.model.http import Exchange, Header, Hop

OFTEN = 5  # so that the last ones are remembered and not judged


def _lines(headers: tuple[Header, ...]) -> list[dict[str, str]]:
    return [{"name": line.name, "value": line.value.reveal()} for line in headers]


def _entry(hop: Hop, *, coded: bool) -> dict[str, Any]:
    request, response = hop.request, hop.response
    assert response is not None
    sent = request.body.reveal().decode() if request.body is not None else ""
    body = response.body.reveal()
    text = base64.b64encode(body).decode() if coded else body.decode("utf-8", "replace")
    content = {"text": text, "mimeType": "", **({"encoding": "base64"} if coded else {})}
    return {
        "startedDateTime": "2026-11-18T12:00:00.000Z",
        "time": 12,
        "request": {
            "method": request.method,
            "url": str(request.url.reveal()),
            "headers": _lines(request.headers),
            "postData": {"mimeType": "application/json", "text": sent},
        },
        "response": {"status": response.status, "headers": _lines(response.headers), "content": content},
    }


def _alone(entry: dict[str, Any], name: str) -> dict[str, Any]:
    """The same with one credential only, so that it is the one that counts."""
    asked = entry["request"]
    kept = [line for line in asked["headers"] if line["name"] == name][:1]
    url = asked["url"] if name == "query" else asked["url"].partition("?")[0]
    return {**entry, "request": {"method": "GET", "url": url, "headers": kept}}


def recording(loaded: Laden) -> bytes:
    entries: list[Any] = []
    for number, exchange in enumerate(loaded.exchanges.values()):
        entries += [_entry(hop, coded=number % 2 == 0) for hop in exchange.hops]
    first = next(exchange for exchange in loaded.exchanges.values() if exchange.hops).hops[0]
    plain = _entry(first, coded=False)
    for name in {line["name"] for line in plain["request"]["headers"]} | {"query"}:
        entries += [_alone(plain, name)] * OFTEN
    cookies = [{"name": "sid", "value": next(c.secret for c in loaded.canaries if c.place == "cookie, sid")}]
    entries.append({**plain, "request": {**plain["request"], "headers": [], "cookies": cookies}})
    user = next(c.secret for c in loaded.canaries if c.place == "Referer, userinfo")
    entries.append({**plain, "request": {"url": f"https://svc:{user}@api.example.com/v1", "method": "GET"}})
    # Entries that cannot be judged are told of in sentences.
    secret = next(c.secret for c in loaded.canaries if c.place == "X-API-Key")
    entries += [secret, {"request": {"url": secret}}, {"request": {"url": f"https://{secret}"}, "response": secret}]
    return json.dumps({"log": {"creator": {"name": secret}, "entries": entries}}).encode()


def _explained(loaded: Laden, form: str) -> Ran:
    def run(_: object) -> Ran:
        given = recording(loaded)
        ran = world_of(loaded).run("explain", "--all", "--format", form, "-", given=given)
        assert ran.code == 2, ran.err  # some of its entries are none
        assert b"entry " in ran.err
        assert len(ran.out) > 100_000, ran.err
        return ran

    ran = once(loaded, f"explain {form}", run)
    assert isinstance(ran, Ran)
    return ran


@surface("explain, as text")
def explained_text(loaded: Laden) -> bytes:
    return _explained(loaded, "text").out


@surface("explain --format json")
def explained_json(loaded: Laden) -> bytes:
    return _explained(loaded, "json").out


@surface("explain --format ndjson")
def explained_lines(loaded: Laden) -> bytes:
    return _explained(loaded, "ndjson").out


@surface("explain: standard error, the process list and the state folder")
def explained_beside(loaded: Laden) -> bytes:
    ran = _explained(loaded, "json")
    assert not ran.state
    return ran.err + b"".join(ran.processes)


@surface("explain of a recording that breaks off")
def explained_broken(loaded: Laden) -> bytes:
    whole = recording(loaded)
    ran = world_of(loaded).run("explain", "--format", "ndjson", "-", given=whole[: len(whole) // 2])
    assert ran.code == 2
    return ran.out + ran.err


def _objects(exchange: Exchange) -> tuple[SimpleNamespace, SimpleNamespace]:
    hop = exchange.hops[-1]
    assert hop.response is not None
    sent, came = hop.request, hop.response
    asked = [(line.name, line.value.reveal()) for line in sent.headers]
    body = sent.body.reveal() if sent.body is not None else None
    request = SimpleNamespace(method=sent.method, url=sent.url.reveal(), headers=asked, content=body)
    headers = [(line.name, line.value.reveal()) for line in came.headers]
    return request, SimpleNamespace(status_code=came.status, headers=headers, content=came.body.reveal())


@surface("the Python interface: diagnoses and records")
def interface(loaded: Laden) -> str:
    told: list[str] = []
    for exchange in loaded.exchanges.values():
        if not exchange.hops:
            continue
        request, response = _objects(exchange)
        told.append(repr(tui401.explain(request, response)))
        record = {
            "method": request.method,
            "url": request.url,
            "status": response.status_code,
            "request_headers": request.headers,
            "response_headers": response.headers,
            "request_body": request.content,
            "response_body": response.content,
            "at": 1_795_003_200,
        }
        told.append(json.dumps(tui401.explain_record(record)))
    return "\n".join(told)
