"""Refusals that do not say 401 are found, and what only looks like one stays out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.offline.hars import API, BEARER, entry, explain, har

TOKEN_ENDPOINT = {"url": "https://login.example.com/oauth/token", "method": "POST"}
LOGIN = [("Location", "https://api.example.com/login?next=%2Fv1")]

REFUSED: dict[str, dict[str, Any]] = {
    "403": entry(403, sent=BEARER),
    "407": entry(407, came=[("Proxy-Authenticate", 'Basic realm="x"')]),
    "400 that names the token": entry(400, '{"error": "invalid token"}', sent=BEARER),
    "400 that only says Unauthorized": entry(400, '{"error": "Unauthorized"}', sent=BEARER),
    "422 that names the signature": entry(422, '{"message": "JWT signature does not match"}', sent=BEARER),
    "500 that names the token": entry(500, '{"message": "jwt expired"}', sent=BEARER),
    "500 that only says Unauthorized": entry(500, '{"message": "Unauthorized"}', sent=BEARER),
    "a challenge with a 400": entry(400, came=[("WWW-Authenticate", 'Bearer error="invalid_request"')], sent=BEARER),
    "302 to a login page": entry(302, came=LOGIN, kind=""),
    "302 to a login page with a token": entry(302, sent=BEARER, came=[("Location", "/users/sign_in")]),
    "302 to another host's sign-in": entry(
        302, sent=BEARER, came=[("Location", "https://accounts.google.com/ServiceLogin?continue=x")]
    ),
    "a token endpoint's error": entry(
        400, '{"error": "invalid_grant"}', post="grant_type=refresh_token&refresh_token=x1y2z3a4b5", **TOKEN_ENDPOINT
    ),
    "a token endpoint's 401": entry(
        401, '{"error": "invalid_client"}', post="grant_type=client_credentials&client_id=x", **TOKEN_ENDPOINT
    ),
    "200 with an error inside": entry(
        200, '{"ok": false, "error": "invalid_auth"}', url="https://slack.com/api/chat.postMessage", sent=BEARER
    ),
    "the same from a server that nobody described": entry(200, '{"ok": false, "error": "invalid_auth"}', sent=BEARER),
    "200 with a code inside": entry(200, '{"code": 401, "msg": "token expired"}', sent=BEARER),
    "GraphQL": entry(
        200,
        '{"errors": [{"message": "x", "extensions": {"code": "UNAUTHENTICATED"}}], "data": null}',
        sent=BEARER,
        method="POST",
    ),
    "GraphQL without a code": entry(200, '{"data": null, "errors": [{"message": "Not authorized"}]}', sent=BEARER),
    "JSON-RPC": entry(200, '{"jsonrpc": "2.0", "error": {"code": -32001, "message": "Unauthorized"}}', sent=BEARER),
    "gRPC": entry(200, sent=BEARER, came=[("grpc-status", "16")]),
    "a preflight": entry(401, method="OPTIONS", sent=[("Origin", "x"), ("Access-Control-Request-Method", "GET")]),
}

NO_REFUSAL: dict[str, dict[str, Any]] = {
    "200": entry(200, '{"ok": true}', sent=BEARER),
    "200 that speaks of tokens": entry(
        200, '{"articles": [{"title": "Unauthorized: your token is expired", "text": "invalid token"}]}', sent=BEARER
    ),
    "200 with another error inside": entry(
        200, '{"ok": false, "error": "channel_not_found"}', url="https://slack.com/api/chat.postMessage", sent=BEARER
    ),
    "200 with a field error inside": entry(200, '{"errors": [{"message": "Unknown field x"}]}', sent=BEARER),
    "301": entry(301, came=[("Location", "https://api.example.com/v1/orders/")], sent=BEARER),
    "302 to another page": entry(302, came=[("Location", "/v1/orders/7")], sent=BEARER),
    "302 after signing out": entry(302, url="https://api.example.com/logout", came=LOGIN),
    "302 after signing in": entry(302, url="https://api.example.com/login", method="POST", came=LOGIN),
    "400 that names a field": entry(400, '{"error": "name is required"}', sent=BEARER),
    "400 that names a page token": entry(400, '{"error": {"message": "Invalid page token"}}', sent=BEARER),
    "400 of a parser": entry(400, '{"message": "Unexpected token < in JSON at position 0"}', sent=BEARER),
    "404": entry(404, '{"message": "Not Found"}', sent=BEARER),
    "404 that speaks of a token": entry(404, '{"message": "token not found"}', sent=BEARER),
    "409": entry(409, '{"message": "version conflict"}', sent=BEARER),
    "422 that names a field": entry(422, '{"message": "Validation Failed", "errors": [{"field": "name"}]}'),
    "500": entry(500, '{"message": "Internal error"}', sent=BEARER),
    "no answer": entry(0, sent=BEARER),
    "a preflight that passed": entry(204, method="OPTIONS", sent=[("Access-Control-Request-Method", "GET")]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_is_found(name: str) -> None:
    (made,) = explain(har([REFUSED[name]]))
    assert made["entry"] == 0
    assert made["status"] == REFUSED[name]["response"]["status"]
    assert made["outcome"] in ("diagnosed", "undetermined")


@pytest.mark.parametrize("name", NO_REFUSAL)
def test_what_is_no_refusal_stays_out(name: str) -> None:
    assert explain(har([NO_REFUSAL[name]])) == []


def test_an_undetermined_refusal_names_the_experiment_that_would_settle_it() -> None:
    (made,) = explain(har([entry(401, '{"message": "Unauthorized"}', sent=BEARER)]))
    assert made["outcome"] == "undetermined"
    assert made["next"]["probe"] in ("garbage", "anonymous")
    assert made["requests_sent"] == {"api": 0, "issuer": 0}
    assert made["attempts"] == [{"status": 401}]
    assert [step["step"] for step in made["steps"]] == [
        *("token", "header", "audience", "clock", "permissions", "server")
    ]
    assert made["request"] == {"method": "GET", "url": API}
