"""Random secrets in random places of random requests and answers never leave in what redaction makes."""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable
from urllib.parse import quote

import pytest
from canary_case import ORIGIN, header
from canary_search import SPELLINGS, Canary, Search
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tui401.model import saved
from tui401.model.http import Exchange, Hop, Request, Response
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.wire import places, redact

ALPHABETS = {
    "base62": string.ascii_letters + string.digits,
    "base64url": string.ascii_letters + string.digits + "-_",
    "base64": string.ascii_letters + string.digits + "+/",
    "hexadecimal": "0123456789abcdef",
    "letters": string.ascii_lowercase,
    "digits": string.digits,
    "printable": string.ascii_letters + string.digits + "!#$%&()*+-./:<=>?@[]^_{|}~",
    "accents": string.ascii_letters + "äöüéñß",
}
LINE_SAFE = ("base62", "base64url", "hexadecimal")

Place = Callable[[str], tuple[str, list[tuple[str, str]], str]]


def _query(name: str) -> Place:
    return lambda secret: (f"/v1?page=2&{name}={quote(secret, safe='')}", [], "")


def _header(name: str, before: str = "") -> Place:
    return lambda secret: ("/v1", [(name, before + secret)], "")


def _json(name: str) -> Place:
    return lambda secret: ("/v1", [("Content-Type", "application/json")], json.dumps({"a": 1, name: secret}))


def _form(name: str) -> Place:
    form = "application/x-www-form-urlencoded"
    return lambda secret: ("/v1", [("Content-Type", form)], f"grant_type=x&{name}={quote(secret, safe='')}&z=1")


def _multipart(secret: str) -> tuple[str, list[tuple[str, str]], str]:
    part = f'--b0und\r\nContent-Disposition: form-data; name="api_key"\r\n\r\n{secret}\r\n--b0und--\r\n'
    return "/v1", [("Content-Type", "multipart/form-data; boundary=b0und")], part


def _basic(secret: str) -> tuple[str, list[tuple[str, str]], str]:
    return "/v1", [("Authorization", "Basic " + base64.b64encode(f"user:{secret}".encode()).decode())], ""


EVERYWHERE: dict[str, Place] = {
    **{
        f"query {name}": _query(name)
        for name in ("access_token", "api_key", "sig", "client_secret", "password", "token")
    },
    **{f"json {name}": _json(name) for name in ("password", "client_secret", "refresh_token", "apiKey", "secretKey")},
    **{
        f"form {name}": _form(name)
        for name in ("password", "client_secret", "refresh_token", "assertion", "code_verifier")
    },
    "multipart": _multipart,
    "Basic": _basic,
}
IN_LINES: dict[str, Place] = {
    **{
        f"header {name}": _header(name)
        for name in ("X-API-Key", "apikey", "PRIVATE-TOKEN", "X-Vault-Token", "X-Auth-Token")
    },
    "Bearer": _header("Authorization", "Bearer "),
    "Bearer in quotes": _header("Authorization", 'Bearer "'),
    "an unknown scheme": _header("Authorization", "ApiKey "),
    "no scheme": _header("Authorization"),
    "Proxy-Authorization": _header("Proxy-Authorization", "Bearer "),
    "cookie": _header("Cookie", "lang=en; sid="),
    "Referer": _header("Referer", "https://h.example/cb?code=1#access_token="),
    "webhook": lambda secret: (f"/services/T0AB1/B0CD2/{secret}", [], ""),
}


@st.composite
def sent(draw: st.DrawFn) -> tuple[str, str, Place]:
    everywhere = draw(st.booleans())
    alphabet = draw(st.sampled_from(sorted(ALPHABETS) if everywhere else LINE_SAFE))
    chance = random.Random(draw(st.integers(0, 2**32)))
    secret = "".join(chance.choice(ALPHABETS[alphabet]) for _ in range(draw(st.integers(16, 64))))
    name = draw(st.sampled_from(sorted(EVERYWHERE if everywhere else IN_LINES)))
    return name, secret, (EVERYWHERE | IN_LINES)[name]


def _body(shape: str, echo: str) -> tuple[str, str]:
    match shape:
        case "json":
            return "application/json", json.dumps(
                {"error": "invalid_token", "message": f"got {echo} from you"}, indent=1
            )
        case "html":
            return "text/html", f"<p>Sorry, <b>{echo}</b> is not known</p>"
        case "xml":
            return "application/xml", f"<Error><Code>Denied</Code><Message>{echo}</Message></Error>"
        case "cut":
            return "application/json", f'{{"a": {{"b": ["{echo}", "x'
        case _:
            return "text/plain", f"bad: {echo}, it says"


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    sent(),
    st.sampled_from(sorted(SPELLINGS)),
    st.sampled_from(["json", "html", "xml", "cut", "plain"]),
    st.sampled_from(["body", "headers"]),
)
@example(("json password", "letmeinletmein16", _json("password")), "raw", "json", "body")
def test_a_random_secret_never_leaves(placed: tuple[str, str, Place], spelling: str, shape: str, where: str) -> None:
    _name, secret, place = placed
    target, lines, body = place(secret)
    request = Request(
        "POST",
        ORIGIN,
        Secret(target),
        tuple(header(*line) for line in lines),
        Secret(body.encode("utf-8")) if body else None,
    )
    echo = SPELLINGS[spelling](secret)
    kind, text = _body(shape, echo)
    headers = [header("Content-Type", kind)]
    if where == "headers":
        headers.append(header("WWW-Authenticate", f'Bearer error="invalid_token", error_description="{echo}"'))
        headers.append(header(f"X-{echo}", echo))
    answer = Response(401, tuple(headers), Secret(text.encode("utf-8", "surrogatepass")))
    names = Names()
    out = [
        saved.encode(redact.request(request, names)),
        saved.encode(redact.credentials(request, names)),
        saved.encode(redact.answer(Exchange((Hop(request, answer, 1.0, 0.1),)), names, label="original")),
        redact.text(f"it failed with {echo}", names).encode("utf-8"),
        repr((request, places.locate(request), places.without_credentials(request))).encode(),
    ]
    search = Search([Canary(_name, secret)])
    for data in out:
        assert search.leaks(data) == [], data[:2000]


@pytest.mark.parametrize("name", sorted(EVERYWHERE | IN_LINES))
def test_without_credentials_none_is_left_and_garbage_is_another(name: str) -> None:
    if name == "Referer":
        pytest.skip("a Referer lets nobody in")
    secret = "kQ7xV2mPq9LwZ3bT5hRd"
    target, lines, body = (EVERYWHERE | IN_LINES)[name](secret)
    request = Request("POST", ORIGIN, Secret(target), tuple(header(*line) for line in lines), Secret(body.encode()))
    found = [item for item in places.locate(request) if item.counts]
    assert len(found) == 1
    assert places.garbage(found[0]) != found[0].value
    bare = places.without_credentials(request)
    if name != "Proxy-Authorization":
        assert bare.body is not None
        left = [bare.target.reveal(), *(h.value.reveal() for h in bare.headers), bare.body.reveal().decode()]
        assert Search([Canary(name, secret)]).leaks("\n".join(left)) == []
