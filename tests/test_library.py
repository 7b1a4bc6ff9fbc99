from __future__ import annotations

import json
import pickle
import subprocess
import sys
import types
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

import tui401
from tests.judge.builders import jwt
from tests.offline.hars import API, EXPIRED, TOKEN, entry, explain, har

BEARER = {"Authorization": f"Bearer {TOKEN}"}
MOMENT = 1_795_003_200.0  # 2026-11-18T12:00:00Z


def refusing(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/v1/moved":
        return httpx.Response(302, headers={"Location": "/v1/orders"})
    if "Authorization" not in request.headers or request.headers["Authorization"] == "Bearer good":
        return httpx.Response(200, json={"ok": True})
    headers = [("WWW-Authenticate", 'Bearer error="invalid_token"'), ("WWW-Authenticate", 'Basic realm="x"')]
    return httpx.Response(401, headers=headers, text=EXPIRED)


def root(diagnosis: Any) -> tuple[str, str]:
    return (diagnosis.root.cause, diagnosis.root.strength.word) if diagnosis.root is not None else ("", "")


def test_the_surface_is_small_and_light() -> None:
    assert set(tui401.__all__) == {
        *("__version__", "async_response_hook", "explain", "explain_record", "response_hook")
    }
    code = "import sys, tui401; print(sorted(m for m in sys.modules if m.startswith(('tui401.', 'msgspec', 'httpx'))))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert ran.stdout == "[]\n"
    with pytest.raises(AttributeError, match="no attribute 'explane'"):
        tui401.explane  # type: ignore[attr-defined] # noqa: B018 - it is looked up


def test_nothing_that_sends_is_loaded() -> None:
    code = (
        "import sys, tui401; tui401.explain_record({'url': 'https://h', 'status': 401}); print('httpx' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert ran.stdout == "False\n"


# -- objects -----------------------------------------------------------------------------------------------------------


def test_an_exchange_of_httpx_is_explained() -> None:
    with httpx.Client(transport=httpx.MockTransport(refusing)) as client:
        response = client.get(API, headers=BEARER)
    diagnosis = tui401.explain(response.request, response)
    assert root(diagnosis) == ("token-expired", "likely")
    assert diagnosis.outcome.value == "diagnosed"
    assert TOKEN[:8] not in repr(diagnosis)
    assert tui401.explain(None, response) == diagnosis


def test_what_refuses_nothing_has_no_verdict() -> None:
    with httpx.Client(transport=httpx.MockTransport(refusing)) as client:
        response = client.get(API)
    diagnosis = tui401.explain(response.request, response)
    assert (diagnosis.root, diagnosis.outcome.value) == (None, "succeeded")


def test_hops_stand_in_the_history() -> None:
    with httpx.Client(transport=httpx.MockTransport(refusing), follow_redirects=True) as client:
        response = client.get("https://api.example.com/v1/moved", headers=BEARER)
    assert len(response.history) == 1
    assert root(tui401.explain(response.request, response))[0] == "token-expired"


@pytest.mark.parametrize("headers", [dict(BEARER), list(BEARER.items()), types.SimpleNamespace(items=BEARER.items)])
@pytest.mark.parametrize("status", ["status", "status_code"])
def test_anything_with_these_attributes_will_do(headers: Any, status: str) -> None:
    request = types.SimpleNamespace(method="GET", url=API, headers=headers, body=b"x")
    response = types.SimpleNamespace(**{status: 401}, headers={}, content=EXPIRED.encode())
    assert root(tui401.explain(request, response))[0] == "token-expired"


def test_the_moment_is_that_of_the_exchange() -> None:
    alive = jwt(exp=int(MOMENT) + 3_600, iat=int(MOMENT))
    request = types.SimpleNamespace(method="GET", url=API, headers={"Authorization": f"Bearer {alive}"})
    response = types.SimpleNamespace(status_code=401, headers={}, content=b"")
    assert root(tui401.explain(request, response, at=MOMENT))[0] != "token-expired"
    later = datetime.fromtimestamp(MOMENT + 7_200, UTC)
    assert root(tui401.explain(request, response, at=later)) == ("token-expired", "confirmed")


@pytest.mark.parametrize(
    "response",
    [types.SimpleNamespace(headers={}), types.SimpleNamespace(status_code="x", headers={}), object()],
)
def test_what_is_no_exchange_is_told_in_a_sentence(response: Any) -> None:
    request = types.SimpleNamespace(method="GET", url=API, headers={})
    with pytest.raises(ValueError, match=r"status.*\."):
        tui401.explain(request, response)
    with pytest.raises(ValueError, match="url"):
        tui401.explain(object(), types.SimpleNamespace(status_code=401))


def test_what_is_known_of_the_api_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = jwt(exp=int(MOMENT) + 3_600, iat=int(MOMENT), aud="https://other.example.com")
    request = types.SimpleNamespace(method="GET", url=API, headers={"Authorization": f"Bearer {foreign}"})
    response = types.SimpleNamespace(status_code=401, headers={}, content=b'{"message": "Unauthorized"}')
    known = {"audience": "https://api.example.com"}
    assert root(tui401.explain(request, response, at=MOMENT))[0] != "audience-mismatch"
    assert root(tui401.explain(request, response, at=MOMENT, profile=known))[0] == "audience-mismatch"
    monkeypatch.setenv("TUI401_CONFIG", str(tmp_path))
    (tmp_path / "config.toml").write_text('[profile.prod]\naudience = "https://api.example.com"\n')
    assert root(tui401.explain(request, response, at=MOMENT, profile="prod"))[0] == "audience-mismatch"
    for wrong in ("stage", {"audiense": "x"}):
        with pytest.raises(ValueError, match=r"profile.*\."):
            tui401.explain(request, response, profile=wrong)


# -- hooks -------------------------------------------------------------------------------------------------------------


def test_a_hook_gives_each_refusal_its_diagnosis() -> None:
    told: list[str] = []
    hook = tui401.response_hook(
        then=lambda response, diagnosis: told.append(f"{response.status_code} {root(diagnosis)[0]}")
    )
    with httpx.Client(transport=httpx.MockTransport(refusing), event_hooks={"response": [hook]}) as client:
        refused, fine = client.get(API, headers=BEARER), client.get(API)
    assert root(refused.extensions["tui401"])[0] == "token-expired"
    assert "tui401" not in fine.extensions
    assert told == ["401 token-expired"]
    assert fine.json() == {"ok": True}


async def test_an_asynchronous_hook_does_the_same() -> None:
    hooks = {"response": [tui401.async_response_hook()]}
    async with httpx.AsyncClient(transport=httpx.MockTransport(refusing), event_hooks=hooks) as client:
        refused, fine = await client.get(API, headers=BEARER), await client.get(API)
    assert root(refused.extensions["tui401"])[0] == "token-expired"
    assert "tui401" not in fine.extensions


def test_a_hook_of_requests_keeps_it_as_an_attribute() -> None:
    request = types.SimpleNamespace(method="GET", url=API, headers=BEARER, body=None)
    response = types.SimpleNamespace(status_code=401, headers={}, content=EXPIRED.encode(), request=request, history=[])
    tui401.response_hook()(response, timeout=3, verify=True)
    assert root(response.tui401)[0] == "token-expired"


def test_a_hook_spoils_no_test_of_somebody_else() -> None:
    tui401.response_hook()(types.SimpleNamespace(status_code=401))
    tui401.response_hook()(object())


# -- records -----------------------------------------------------------------------------------------------------------

RECORD = {
    "method": "GET",
    "url": API,
    "status": 401,
    "at": "2026-11-18T12:00:00+00:00",
    "request_headers": BEARER,
    "response_headers": {"Content-Type": "application/json"},
    "response_body": EXPIRED,
}


def test_a_record_is_explained_as_the_command_explains_the_same_exchange() -> None:
    made = tui401.explain_record(RECORD)
    came = [("Content-Type", "application/json")]
    (said,) = explain(har([entry(401, EXPIRED, sent=list(BEARER.items()), came=came, kind="")]))
    del said["entry"]
    assert made == {"refused": True, **said}
    assert tui401.explain_record(entry(401, EXPIRED, sent=list(BEARER.items()))) == made


def test_what_refuses_nothing_says_so() -> None:
    made = tui401.explain_record({**RECORD, "status": 200, "response_body": {"ok": True}})
    assert made == {"schema": 1, "refused": False, "status": 200, "verdict": None, "causes": []}


def test_without_request_headers_no_credential_is_called_missing() -> None:
    silent = {key: value for key, value in RECORD.items() if key != "request_headers"} | {"response_body": ""}
    assert (tui401.explain_record(silent)["verdict"] or {}).get("cause") != "header-missing"
    assert tui401.explain_record({**silent, "request_headers": {}})["verdict"]["cause"] == "header-missing"


@pytest.mark.parametrize(
    "change",
    [
        {"response_body": EXPIRED.encode()},
        {"response_body": json.loads(EXPIRED)},
        {"request_headers": list(BEARER.items())},
        {"request_headers": {"Authorization": [f"Bearer {TOKEN}"]}},
        {"at": 1_795_003_200},
        {"at": datetime.fromtimestamp(MOMENT, UTC)},
        {"request_body": b"\xff\x00", "elapsed": 0},
    ],
)
def test_records_may_be_written_in_several_ways(change: dict[str, Any]) -> None:
    assert tui401.explain_record({**RECORD, **change}) == tui401.explain_record(RECORD)


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"url": API},
        {"status": 401},
        {"url": API, "status": "x"},
        {**RECORD, "at": "yesterday"},
        {**RECORD, "at": []},
        {"url": "https://", "status": 401},
        {**RECORD, "request_headers": 7},
        {"request": {}, "response": None},
    ],
)
def test_a_record_that_lacks_something_is_told_in_a_sentence(record: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        tui401.explain_record(record)


def test_it_can_be_sent_to_other_processes() -> None:
    function: Callable[..., dict[str, Any]] = pickle.loads(pickle.dumps(tui401.explain_record))
    assert function is tui401.explain_record
    with ProcessPoolExecutor(1) as pool:
        (made,) = pool.map(tui401.explain_record, [RECORD])
    assert made == pickle.loads(pickle.dumps(tui401.explain_record(RECORD)))


def test_nothing_of_a_secret_stands_in_what_it_says() -> None:
    echoed = {**RECORD, "response_body": f'{{"error": "invalid_token", "error_description": "expired: {TOKEN}"}}'}
    said = json.dumps([tui401.explain_record(echoed) for _ in range(4)])
    assert not [at for at in range(len(TOKEN) - 7) if TOKEN[at : at + 8] in said]
