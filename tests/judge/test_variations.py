"""One defect in the words of many servers (variations.jsonl): the same cause, whatever form the body has.

No dialect knows any of these servers: what is read here, the generic wording and the request itself have read.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tests.judge.builders import KEY, NOW, OPAQUE, Bench, bearer, jwt
from tui401.model.verdict import Strength

FILE: Final = Path(__file__).with_name("variations.jsonl")
ROWS: Final[list[dict[str, Any]]] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
FEWEST: Final = 250  # phrases
SIGNED: Final = [("X-Api-Key", KEY), ("X-Signature", "8d1f0a9b8c7d6e5f40312233"), ("X-Timestamp", "1")]
REQUESTS: Final[dict[str, list[tuple[str, str]]]] = {
    "none": [],
    "jwt": bearer(jwt()),
    "expired": bearer(jwt(exp=NOW - 7200)),
    "not-yet": bearer(jwt(nbf=NOW + 7200)),
    "cut": bearer("eyJhbGciOiJSUzI1NiJ9.eyJzdWIi"),
    "opaque": bearer(OPAQUE),
    "key": [("X-Api-Key", KEY)],
    "basic": [("Authorization", "Basic dXNlcjpwYXNzd29yZA==")],
    "token-scheme": [("Authorization", f"Token {jwt()}")],
    "cookie": [("Cookie", "sessionid=abc123def456ghi789")],
    "two-spaces": bearer(f" {jwt()}"),
    "doubled": bearer(f"Bearer {jwt()}"),
    "quoted": bearer(f'"{jwt()}"'),
    "signed": SIGNED,
}
FORMS: Final[dict[str, Callable[[str], str]]] = {
    "message": lambda words: json.dumps({"message": words}),
    "nested": lambda words: json.dumps({"error": {"code": "E1", "message": words}}),
    "list": lambda words: json.dumps({"errors": [{"title": words, "status": "401"}]}),
    "text": lambda words: words,
    "page": lambda words: f"<html><head><title>401</title></head><body><h1>{words}</h1></body></html>",
    "xml": lambda words: f'<?xml version="1.0"?><Error><Code>X</Code><Message>{words}</Message></Error>',
    "full": lambda words: json.dumps({"timestamp": 1, "error": "Unauthorized", "message": words, "path": "/v1/orders"}),
}
ALLIED: Final = {"scheme-wrong": {"scheme-wrong", "scheme-missing"}}
PHRASES: Final = [(row["cause"], words) for row in ROWS for words in row["words"]]


def sent(request: str, cause: str) -> Bench:
    changes = cause == "csrf-token-missing"
    return Bench(REQUESTS[request], method="POST" if changes else "GET", body="a=1" if changes else None)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["cause"])
def test_each_phrase_means_its_cause_in_any_form(row: dict[str, Any]) -> None:
    good = ALLIED.get(row["cause"], {row["cause"]})
    forms = itertools.cycle(FORMS.items())
    missed = [
        (words, request, status, form)
        for words in row["words"]
        for request in row["requests"]
        for status, (form, write) in zip(row["statuses"], forms, strict=False)
        if sent(request, row["cause"]).answer(status, (), write(words)).intake(recorded=True).root()[0] not in good
    ]
    assert not missed


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["cause"])
def test_no_phrase_of_an_unknown_server_is_certain_by_itself(row: dict[str, Any]) -> None:
    for words in row["words"][::3]:
        bench = Bench(REQUESTS["opaque"]).answer(row["statuses"][0], (), json.dumps({"message": words}))
        certain = [r.verdict.cause for r in bench.diagnosis().causes if r.verdict.strength is Strength.CONFIRMED]
        assert not [cause for cause in certain if cause not in ("rate-limited", "scope-insufficient")], words


def test_there_are_many_and_each_stands_once() -> None:
    assert len(PHRASES) >= FEWEST
    assert len(set(PHRASES)) == len(PHRASES)


# -- where the words stand, and statuses that mean another ------------------------------------------------------------


@pytest.mark.parametrize("name", ["grpc-message", "X-Error-Message", "x-auth-error", "X-Failure-Reason"])
def test_a_header_that_is_named_for_the_reason_is_read_as_a_body_is(name: str) -> None:
    bench = Bench(REQUESTS["opaque"]).refused("", [(name, "Token%20has%20expired")])
    assert bench.root() == ("token-expired", "likely")


def test_a_header_of_another_name_is_not() -> None:
    bench = Bench(REQUESTS["opaque"]).refused("", [("X-Note", "The token was revoked")])
    assert bench.strength("token-revoked") < Strength.POSSIBLE


@pytest.mark.parametrize(
    ("trailer", "words", "cause"),
    [
        ("16", "No valid auth token", "token-unrecognised"),
        ("16", "token is expired", "token-expired"),
        ("7", "caller lacks permission orders.read", "permission-denied"),
    ],
)
def test_a_trailer_of_grpc_refuses_with_what_its_message_says(trailer: str, words: str, cause: str) -> None:
    bench = Bench(REQUESTS["opaque"], method="POST").answer(200, [("grpc-status", trailer), ("grpc-message", words)])
    assert bench.facts().refused
    assert bench.root() == (cause, "likely")


def test_grpc_without_a_credential_is_a_missing_one() -> None:
    bench = Bench(method="POST").answer(200, [("grpc-status", "16"), ("grpc-message", "unauthenticated")])
    assert bench.root() == ("header-missing", "confirmed")


@pytest.mark.parametrize("status", [440, 498])
def test_statuses_of_single_servers_that_mean_401_refuse(status: int) -> None:
    assert Bench(REQUESTS["expired"]).answer(status, ()).root() == ("token-expired", "confirmed")


def test_a_success_that_names_a_403_inside_is_read_as_one() -> None:
    told = json.dumps({"code": 403, "message": "You do not have permission to access this resource"})
    bench = Bench(REQUESTS["jwt"]).answer(200, (), told)
    assert bench.facts().meant == 403
    assert bench.root() == ("permission-denied", "likely")


def test_a_header_named_for_its_vendors_key_is_one_where_it_looks_like_one() -> None:
    bench = Bench([("X-Acme-Key", "standard_a1b2c3d4e5f6a7b8")]).refused()
    assert bench.root()[0] == "api-key-invalid"
    for name, value in (
        ("X-Cache-Key", "a1b2c3d4e5f6a7b8"),
        ("X-Acme-Key", "orders"),
        ("X-Acme-Project", "a1b2c3d4e5f6"),
    ):
        assert Bench([(name, value)]).refused().root()[0] == "header-missing"
