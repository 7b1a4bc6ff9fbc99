"""What may be called certain: a server's own words, or a code to which a standard gives one meaning (judging.md)."""

from __future__ import annotations

import itertools
from typing import Final

import pytest

from tui401.dialects import package_matcher
from tui401.dialects.loader import load
from tui401.dialects.schema import Dialect, Says

CODES: Final = {
    ("scope-insufficient", "insufficient_scope"): "RFC 6750, section 3.1",
    ("step-up-required", "insufficient_user_authentication"): "RFC 9470, section 3",
    ("dpop-proof-invalid", "invalid_dpop_proof"): "RFC 9449, sections 5 and 7.1",
    ("client-rejected", "invalid_client"): "RFC 6749, section 5.2",
    ("grant-rejected", "invalid_grant"): "RFC 6749, section 5.2",
    ("grant-rejected", "expired_token"): "RFC 8628, section 3.5",
    ("scope-rejected", "invalid_scope"): "RFC 6749, section 5.2",
    ("audience-mismatch", "invalid_target"): "RFC 8707, section 2",
    ("consent-required", "consent_required"): "OpenID Connect Core 1.0, section 3.1.2.6",
}
"""The codes that generic dialects may call certain, each with the standard that gives it one meaning."""

AT_A_TOKEN_ENDPOINT: Final = frozenset(
    {"client-rejected", "grant-rejected", "scope-rejected", "audience-mismatch", "consent-required"}
)

GENERAL: Final = (
    *("nginx", "nginx/1.25.3", "openresty", "apache", "apache/2.4.58 (ubuntu)", "microsoft-iis/10.0", "kestrel"),
    *("cloudflare", "envoy", "istio-envoy", "akamaighost", "amazons3", "cloudfront", "gunicorn", "uvicorn", "werkzeug"),
    *("jetty(9.4)", "caddy", "cowboy", "litespeed", "varnish", "haproxy", "google frontend", "gws", "awselb/2.0"),
    *("traefik", "tomcat", "express", "vercel", "netlify", "heroku", "puma", "php/8.2", "squid/6.1"),
)
"""Servers that stand before anything: that one of them answered says nothing of who wrote the words."""

EVERYDAY: Final = (
    *("token has expired", "token expired", "invalid token", "unauthorized", "authentication required", "forbidden"),
    *("access denied", "invalid api key", "missing api key", "permission denied", "invalid credentials", "not allowed"),
    *("invalid username or password", "session expired", "signature is invalid", "the token is invalid"),
    *("token is required", "missing token", "unauthenticated", "client certificate required", "too many requests"),
    *("invalid_token", "token_expired", "token_revoked", "access_denied", "forbidden", "missing_scope", "invalid_key"),
)
"""What anybody may say."""
FIELDS: Final = (
    "error",
    "message",
    "detail",
    "msg",
    "code",
    "error.code",
    "error.message",
    "reason",
    "errors[0].extensions.code",
)


def sure(dialect: Dialect) -> list[Says]:
    return [says for says in dialect.says if says.cause and says.strength == "confirmed"]


DIALECTS: Final = [dialect for dialect in load() if sure(dialect)]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_only_a_server_that_is_known_or_a_standards_code_is_certain(dialect: Dialect) -> None:
    for says in sure(dialect):
        if dialect.generic:
            assert any(cause == says.cause and code in says.match for cause, code in CODES), says.match
            assert says.cause not in AT_A_TOKEN_ENDPOINT or "token-endpoint" in says.when, says.match
        else:
            assert dialect.recognise or says.alone, says.match
            assert says.source or dialect.sources


def test_every_code_of_a_standard_that_is_listed_is_read() -> None:
    generic = [says for dialect in DIALECTS if dialect.generic for says in sure(dialect)]
    assert all(any(c == s.cause and code in s.match for s in generic) for c, code in CODES)


@pytest.mark.parametrize("server", GENERAL)
def test_the_name_of_a_general_server_makes_nobodys_words_certain(server: str) -> None:
    known = package_matcher().read({"header": f"server: {server}"}, status=401, marks=()).recognised
    weak = [dialect.name for dialect in known for says in sure(dialect) if not says.alone]
    assert not weak


@pytest.mark.parametrize("words", EVERYDAY)
def test_everyday_words_of_an_unknown_server_are_never_certain(words: str) -> None:
    marked = ({"credential", "bearer", "opaque", "in-authorization"}, {"credential", "api-key", "key", "in-header"})
    for field, status, marks in itertools.product(FIELDS, (400, 401, 403), marked):
        hits = package_matcher().read({"body": f"{field}: {words}"}, status=status, marks=marks).hits
        certain = [(hit.dialect.name, hit.says.match) for hit in hits if hit.says.strength == "confirmed"]
        assert not certain, (field, status)
