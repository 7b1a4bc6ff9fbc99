from __future__ import annotations

import base64
import json
import re

import pytest

from tui401.model.http import From, Header, Origin, Provenance, Request
from tui401.model.secret import Secret
from tui401.model.shown import Place
from tui401.model.words import Shape
from tui401.wire import jwt, places
from tui401.wire.garbage import garbage_for
from tui401.wire.places import Located

HERE = Provenance(From.COMMAND, "-H")
NEW = Provenance(From.PROMPT)
KEY = "kQ7xV2mPq9LwZ3bT5hRd"


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


HEAD = part({"alg": "ES256", "kid": "k7", "typ": "at+jwt"})
TOKEN = f"{HEAD}.{part({'iss': 'https://i', 'sub': 'me', 'x': 1})}.{'Ab1_' * 21}cg"


def request(
    *lines: tuple[str, str], target: str = "/v1", body: str | None = None, host: str = "api.example.com"
) -> Request:
    headers = tuple(Header(name, Secret(value), HERE) for name, value in lines)
    payload = Secret(body.encode()) if body is not None else None
    return Request("POST", Origin("https", host, 443), Secret(target), headers, payload)


def only(asked: Request) -> Located:
    found = places.locate(asked)
    assert len(found) == 1, found
    return found[0]


def test_the_credential_that_counts_comes_first() -> None:
    found = places.locate(
        request(
            ("Cookie", f"theme=dark; sid={KEY}1"),
            ("X-CSRF-Token", f"{KEY}2"),
            ("X-API-Key", f"{KEY}3"),
            ("Proxy-Authorization", "Basic dTpw"),
            ("Authorization", f"Bearer {KEY}4"),
            ("Content-Type", "application/json"),
            target=f"/hooks/abc/{KEY}5?access_token={KEY}6",
            body=json.dumps({"client_secret": f"{KEY}7"}),
        )
    )
    assert [item.place for item in found] == [
        *(Place.AUTHORIZATION, Place.HEADER, Place.QUERY, Place.BODY, Place.PATH, Place.COOKIE),
        *(Place.HEADER, Place.COOKIE, Place.PROXY),
    ]
    assert [item.counts for item in found] == [True] * 6 + [False, False, True]


@pytest.mark.parametrize(
    "name",
    [
        *("X-API-Key", "apikey", "X-Auth-Token", "PRIVATE-TOKEN", "X-Vault-Token", "Ocp-Apim-Subscription-Key"),
        *("X-Shopify-Access-Token", "DD-API-KEY", "X-Goog-Api-Key", "x-functions-key", "Signature", "Authentication"),
        *("X-Acme-Secret", "X-Session-Id", "Job-Token", "X-RapidAPI-Key"),
    ],
)
def test_headers_that_carry_keys_are_known_by_name_and_by_pattern(name: str) -> None:
    found = only(request((name, KEY)))
    assert (found.place, found.place_name, found.value, found.counts) == (Place.HEADER, name, Secret(KEY), True)
    assert found.provenance == HERE


@pytest.mark.parametrize(
    "name",
    [
        "Accept",
        "Idempotency-Key",
        "Sec-WebSocket-Key",
        "X-Request-Id",
        "User-Agent",
        "Content-Type",
        "Surrogate-Key",
        "ETag",
    ],
)
def test_other_headers_carry_none(name: str) -> None:
    assert places.locate(request((name, KEY))) == ()


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("/v1?access_token=abc123def&page=2", ["access_token"]),
        ("/v1?page=2&api_key=abc&sig=a%2Bb&X-Amz-Signature=0f", ["api_key", "sig", "X-Amz-Signature"]),
        ("/cb?code=4%2F0AX4XfWhabc&state=af0ifjsldkj", ["code"]),
        ("/v1?key=AIzaSyA0b1C2d3E4SyA0b1C2d3E4SyA0b1C2d3E4", ["key"]),
        ("/v1?key=name&code=en&page_token=abc&nextPageToken=abc1def2&sort=token", []),
        ("/v1?a=b#access_token=abc", []),
    ],
)
def test_query_parameters_are_judged_by_name_and_a_weak_name_by_its_value_too(target: str, names: list[str]) -> None:
    assert [item.place_name for item in places.locate(request(target=target))] == names


@pytest.mark.parametrize(
    ("target", "host", "key"),
    [
        ("/bot123456:AAF-abc_def0/getMe", "api.telegram.org", "123456:AAF-abc_def0"),
        ("/services/T0AB1C/B0CD2E/xyzXYZ123456", "hooks.slack.com", "T0AB1C/B0CD2E/xyzXYZ123456"),
        ("/api/webhooks/123456789/abcDEF-123_xyz", "discord.com", "abcDEF-123_xyz"),
        ("/v3/0123456789abcdef0123456789abcdef", "mainnet.infura.io", "0123456789abcdef0123456789abcdef"),
        ("/shop;jsessionid=0A1B2C3D?x=1", "h", "0A1B2C3D"),
    ],
)
def test_keys_in_paths_are_found(target: str, host: str, key: str) -> None:
    found = only(request(target=target, host=host))
    assert (found.place, found.value) == (Place.PATH, Secret(key))


def test_ordinary_paths_carry_none() -> None:
    for target in ("/v1/orders/1234", "/services/list", "/webhooks", "/bots/7/token", "/v3/repos/a/b/hooks"):
        assert places.locate(request(target=target)) == ()


def test_fields_of_forms_json_and_multipart_are_found_and_others_are_not() -> None:
    form = request(
        ("Content-Type", "application/x-www-form-urlencoded"), body="grant_type=x&client_secret=a%2Bb&scope=y"
    )
    assert (only(form).value, only(form).place) == (Secret("a+b"), Place.BODY)
    nested = request(("Content-Type", "application/json"), body='{"auth": {"user": "me", "password": "p\\"w"}, "n": 1}')
    assert (only(nested).value, only(nested).place_name) == (Secret('p"w'), "password")


def test_a_basic_credential_tells_its_user() -> None:
    basic = base64.b64encode(b"svc:hunter2").decode()
    found = only(request(("Authorization", f"Basic {basic}")))
    assert (found.scheme, found.user, found.value) == ("Basic", Secret("svc"), Secret(basic))


PLACED = {
    "Bearer": request(("Authorization", f"Bearer {KEY}")),
    "quoted": request(("Authorization", f'Bearer  "{KEY}"')),
    "raw": request(("Authorization", KEY)),
    "header": request(("a", "b"), ("X-API-Key", f" {KEY}")),
    "query": request(target=f"/v1?a=1&token={KEY}&b=2#c"),
    "cookie": request(("Cookie", f"a=1; sid={KEY}; b=2")),
    "form": request(
        ("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", "9"), body=f"a=1&token={KEY}&b=é"
    ),
    "json": request(("Content-Type", "application/json"), body=f'{{"é": 1, "token": "{KEY}", "b": [2]}}'),
    "path": request(target=f"/api/webhooks/123456/{KEY}?wait=1"),
}


@pytest.mark.parametrize("name", sorted(set(PLACED) - {"path"}))
def test_another_credential_takes_exactly_its_place(name: str) -> None:
    asked = PLACED[name]
    found = next(item for item in places.locate(asked) if item.value == Secret(KEY))
    changed = places.with_credential(asked, found, Secret('new/+"1'), NEW)
    assert places.with_credential(changed, found_again(changed), Secret(KEY), HERE) == asked.without("Content-Length")
    assert found_again(changed).value == Secret('new/+"1')


def found_again(asked: Request) -> Located:
    return next(item for item in places.locate(asked) if item.value == Secret('new/+"1'))


def test_the_new_credentials_provenance_is_kept() -> None:
    asked = PLACED["Bearer"]
    changed = places.with_credential(asked, only(asked), Secret("new"), NEW)
    assert changed.headers[0].provenance == NEW
    assert changed.values("Authorization") == (Secret("Bearer new"),)


def test_without_credentials_all_else_stays_byte_for_byte() -> None:
    asked = request(
        *(("Accept", "*/*"), ("Authorization", f"Bearer {KEY}"), ("Cookie", "lang=en"), ("X-Api-Key", KEY)),
        *(("Proxy-Authorization", "Basic dTpw"), ("Content-Type", "application/json")),
        target=f"/v1?b=%7e&token={KEY}&a=+1#f",
        body=f'{{"a":1,"password":"{KEY}"}}',
    )
    bare = places.without_credentials(asked)
    assert [header.name for header in bare.headers] == ["Accept", "Proxy-Authorization", "Content-Type"]
    assert bare.target == Secret("/v1?b=%7e&a=+1#f")
    assert bare.body == Secret(b'{"a":1}')
    assert [item.place for item in places.locate(bare)] == [Place.PROXY]


def test_a_garbage_jwt_gets_as_far_as_its_signature_and_no_further() -> None:
    new = garbage_for("Bearer", Secret(TOKEN), now=1_790_000_000).reveal()
    parts = jwt.take_apart(new)
    assert parts.shape is Shape.JWT
    assert parts.header == {"alg": "ES256", "kid": "k7", "typ": "at+jwt"}
    assert parts.claims["sub"] == "tui401-probe"
    assert parts.claims["iss"] == "https://i"
    assert parts.claims["exp"] > 1_790_000_000
    assert "x" not in parts.claims
    assert parts.signature_bytes == jwt.take_apart(TOKEN).signature_bytes
    assert new.rpartition(".")[2] != TOKEN.rpartition(".")[2]


@pytest.mark.parametrize(
    ("key", "form"),
    [
        ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", r"sk_live_[A-Za-z0-9]{24}"),
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", r"ghp_[A-Za-z0-9]{36}"),
        ("0123456789abcdef0123456789abcdef", r"[0-9a-f]{32}"),
        ("49fef2a7-61c7-4529-9ee8-539a352c2f59", r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
        ("AB12-cd34", r"[A-Z]{2}\d\d-[a-z]{2}\d\d"),
        ("", r".{32}"),
        ("----------", r".{32}"),
    ],
)
def test_a_garbage_key_has_the_form_of_the_real_one(key: str, form: str) -> None:
    new = garbage_for("", Secret(key)).reveal()
    assert re.fullmatch(form, new)
    assert new != key


def test_garbage_for_basic_has_an_invented_user() -> None:
    new = garbage_for("Basic", Secret(base64.b64encode(b"me:pw").decode())).reveal()
    assert base64.b64decode(new).startswith(b"tui401-probe-")


def test_garbage_for_signed_schemes_changes_the_signature_alone() -> None:
    value = 'username="me", realm="r", nonce="n1", uri="/", response="0123456789abcdef0123456789abcdef"'
    new = garbage_for("Digest", Secret(value)).reveal()
    assert new.startswith('username="me", realm="r", n')
    assert new != value
    assert len(new) == len(value)
