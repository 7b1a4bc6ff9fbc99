"""A password where a token is asked for and a token where a password is: whose words mean which."""

from __future__ import annotations

import pytest

from tests.judge.builders import OPAQUE, Bench, bearer, jwt
from tui401.model.verdict import Strength

BASIC = [("Authorization", "Basic cmVhZGVyOm5vdGhpbmc=")]
ASKS_TOKEN = [("WWW-Authenticate", 'Bearer realm="api", error="invalid_request"')]
ASKS_PASSWORD = [("WWW-Authenticate", 'Basic realm="orders"')]
ASKS_DIGEST = [("WWW-Authenticate", 'Digest realm="orders", nonce="n", qop="auth"')]
APACHE = "<p>This server could not verify that you are authorized to access the document requested.</p>"
HTTPD = ("Server", "Apache")
LIGHTTPD = ("Server", "lighttpd/1.4.69")
FLASK = [("WWW-Authenticate", 'Basic realm="Authentication Required"')]
HAPI = '{"statusCode":401,"error":"Unauthorized","message":"Missing authentication"}'
KOA = 'Bad Authorization header format. Format is "Authorization: Bearer <token>"'


def test_words_of_credentials_judge_no_password_where_only_a_token_is_asked_for() -> None:
    bench = Bench(BASIC).refused("invalid credentials structure", ASKS_TOKEN)
    assert bench.root()[0] == "scheme-wrong"
    assert bench.strength("basic-credentials-invalid") is Strength.POSSIBLE
    # Many a sign-in asks for a Bearer token in its challenge, and names what it judged.
    named = Bench(BASIC).refused('{"detail": "Incorrect username or password"}', ASKS_TOKEN)
    assert named.root()[0] == "basic-credentials-invalid"


@pytest.mark.parametrize(
    ("sent", "body", "headers", "strength"),
    [
        (bearer(OPAQUE), APACHE, [*ASKS_PASSWORD, HTTPD], "confirmed"),
        (BASIC, APACHE, [*ASKS_DIGEST, HTTPD], "confirmed"),
        (bearer(OPAQUE), "", [*ASKS_PASSWORD, LIGHTTPD], "confirmed"),
        (BASIC, "", [*ASKS_DIGEST, LIGHTTPD], "confirmed"),
        (bearer(OPAQUE), "Unauthorized Access", FLASK, "confirmed"),
        (bearer(OPAQUE), "Unauthorized", ASKS_PASSWORD, "likely"),
        (BASIC, HAPI, [("WWW-Authenticate", "Bearer")], "confirmed"),
        (BASIC, KOA, [], "confirmed"),
        (BASIC, "403: Invalid token scheme", [], "confirmed"),
    ],
)
def test_servers_that_read_one_scheme_only_mean_the_one_that_they_name(
    sent: list[tuple[str, str]], body: str, headers: list[tuple[str, str]], strength: str
) -> None:
    status = 403 if body.startswith("403") else 401
    assert Bench(sent).refused(body, headers, status).root() == ("scheme-wrong", strength)


def test_the_scheme_that_is_named_is_never_wrong() -> None:
    assert Bench(BASIC).refused(APACHE, [*ASKS_PASSWORD, HTTPD]).root()[0] == "basic-credentials-invalid"
    assert Bench(bearer(jwt())).refused(KOA).strength("scheme-wrong") < Strength.LIKELY


def test_a_token_that_its_issuer_calls_active_is_whole_whatever_the_api_says_of_its_make() -> None:
    said = '{"message": "The token is malformed"}'
    assert Bench(bearer(OPAQUE)).refused(said).strength("token-malformed") is Strength.LIKELY
    known = Bench(bearer(OPAQUE)).refused(said).introspected(active=True)
    assert known.strength("token-malformed") is Strength.RULED_OUT


def test_a_missing_role_claim_is_a_missing_right() -> None:
    said = [("WWW-Authenticate", 'Bearer error="invalid_token", error_description="Missing \'role\' claim"')]
    assert Bench(bearer(jwt())).refused("", said).root() == ("permission-denied", "confirmed")
