"""Refusals inside a success: what the top of a short body says, and nothing that a page of results happens to hold."""

from __future__ import annotations

import json

import pytest

from tests.judge.builders import KEY, NOW, OPAQUE, Bench, bearer, jwt
from tui401.judge import envelope
from tui401.model.verdict import Strength


@pytest.mark.parametrize(
    "body",
    [
        {"Response": {"Error": {"Code": "Other", "Message": "Token expired"}}},
        {"success": False, "message": "The access token has expired"},
        {"status": "error", "msg": "Access token expired"},
        {"errcode": 40014, "errmsg": "access_token expired"},
        {"errors": [{"message": "Token has expired", "extensions": {"code": "OTHER"}}]},
    ],
)
def test_clear_words_in_a_failed_success_refuse(body: dict[str, object]) -> None:
    bench = Bench(bearer(OPAQUE)).answer(200, (), json.dumps(body))
    assert bench.root() == ("token-expired", "likely")


@pytest.mark.parametrize(
    "body",
    [
        {"code": 0, "data": "the token expired"},
        {"success": True, "note": "Token has expired"},
        {"orders": [{"error": "Token has expired"}]},
        {"code": "OK", "items": ["Invalid API key"]},
    ],
)
def test_a_success_that_holds_such_words_is_none(body: dict[str, object]) -> None:
    assert not Bench(bearer(OPAQUE)).answer(200, (), json.dumps(body)).facts().refused


def test_vague_words_of_a_token_in_a_failure_refuse_it() -> None:
    vague = json.dumps({"success": False, "message": "Invalid token"})
    assert Bench(bearer(jwt(exp=NOW - 7200))).answer(200, (), vague).root()[0] == "token-expired"
    other = json.dumps({"success": False, "message": "The order is closed"})
    assert not Bench(bearer(jwt(exp=NOW - 7200))).answer(200, (), other).facts().refused


def test_a_long_page_is_not_searched() -> None:
    assert envelope.names_refusal(200, "code: 401")
    assert not envelope.names_refusal(200, "code: 401\n" + "x" * 5000)
    assert not envelope.names_refusal(500, "code: 401")


# -- marks of a request ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["X-Signature", "X-Api-Sign", "ACCESS-SIGN", "X-Hub-Signature-256", "Content-HMAC"])
def test_a_signature_in_a_header_of_its_own_makes_a_signed_request(name: str) -> None:
    bench = Bench([("X-API-Key", KEY), (name, "8d1f0a9b8c7d6e5f40312233")]).refused('{"message": "Signature mismatch"}')
    assert bench.root() == ("request-signature-invalid", "likely")


def test_a_wrong_password_in_a_body_is_not_called_a_missing_header() -> None:
    refused = '{"message": "Incorrect username or password"}'
    bench = Bench(method="POST", url="https://api.example.com/login").refused(refused)
    assert bench.root() == ("basic-credentials-invalid", "likely")
    assert bench.strength("header-missing") < Strength.LIKELY


def test_several_causes_that_a_header_lists_name_none() -> None:
    words = 'Bearer error="invalid_token", error_description="The token provided is expired, revoked or malformed"'
    bench = Bench(bearer(OPAQUE)).refused(headers=[("WWW-Authenticate", words)])
    assert all(told.strength <= Strength.POSSIBLE for told in bench.facts().said)
