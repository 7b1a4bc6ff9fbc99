"""Every cause near and far: evidence that speaks for it, and evidence that looks alike and must not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.judge.builders import (
    AUDIENCE,
    ISSUER,
    KEY,
    NOW,
    OPAQUE,
    Bench,
    bearer,
    invalid_token,
    jwt,
)
from tui401.model.shown import Verified
from tui401.model.verdict import Strength

Make = Callable[[], Bench]
HOUR = 3600
BASIC = [("Authorization", "Basic dXNlcjpwYXNzd29yZA==")]
ASKS_BEARER = [("WWW-Authenticate", 'Bearer realm="api"')]
ASKS_BASIC = [("WWW-Authenticate", 'Basic realm="files"')]
EXPIRED = invalid_token("The access token expired")


def expired(past: float, body: str = "", headers: list[tuple[str, str]] | None = None, status: int = 401) -> Bench:
    return Bench(bearer(jwt(exp=NOW - past))).refused(body, headers or [], status).clock("ntp", 0.0)


NEAR: list[tuple[str, str, Make]] = [
    # slug, strength, evidence
    ("token-expired", "confirmed", lambda: expired(HOUR, headers=EXPIRED)),
    ("token-expired", "confirmed", lambda: expired(HOUR, headers=invalid_token())),
    ("token-expired", "confirmed", lambda: expired(HOUR, '{"message": "Unauthorized"}')),
    ("token-expired", "confirmed", lambda: expired(5, headers=EXPIRED)),
    ("token-expired", "likely", lambda: expired(200, '{"message": "Unauthorized"}')),
    ("token-expired", "likely", lambda: expired(30, headers=invalid_token())),
    ("token-expired", "likely", lambda: expired(HOUR, status=403)),
    ("token-expired", "likely", lambda: Bench(bearer(OPAQUE)).refused(headers=EXPIRED)),
    (
        "token-not-yet-valid",
        "confirmed",
        lambda: Bench(bearer(jwt(nbf=NOW + HOUR))).refused(headers=invalid_token("not yet valid")).clock("ntp", 0.0),
    ),
    (
        "token-not-yet-valid",
        "confirmed",
        lambda: Bench(bearer(jwt(nbf=NOW + HOUR))).refused(headers=invalid_token()).clock("ntp", 0.0),
    ),
    (
        "token-not-yet-valid",
        "likely",
        lambda: Bench(bearer(jwt(iat=NOW + HOUR))).refused(headers=invalid_token()).clock("ntp", 0.0),
    ),
    (
        "token-revoked",
        "likely",
        lambda: Bench(bearer(OPAQUE)).refused(headers=invalid_token("The access token was revoked")),
    ),
    (
        "token-revoked",
        "likely",
        lambda: Bench(bearer(jwt())).refused().keys(Verified.GOOD).introspected(active=False),
    ),
    ("token-malformed", "confirmed", lambda: Bench(bearer(jwt()[:-60])).refused(headers=invalid_token())),
    (
        "token-malformed",
        "confirmed",
        lambda: Bench(bearer(".".join(jwt().split(".")[:2]))).refused('{"detail": "Not enough segments"}'),
    ),
    ("credential-placeholder", "confirmed", lambda: Bench(bearer("YOUR_API_KEY")).refused()),
    ("credential-placeholder", "confirmed", lambda: Bench([("X-Api-Key", "undefined")]).refused()),
    (
        "token-signature-invalid",
        "confirmed",
        lambda: Bench(bearer(jwt())).refused(headers=invalid_token()).keys(Verified.BAD),
    ),
    (
        "token-signature-invalid",
        "likely",
        lambda: Bench(bearer(jwt())).refused(headers=invalid_token("Invalid signature")),
    ),
    ("algorithm-rejected", "confirmed", lambda: Bench(bearer(jwt(header={"alg": "none"}))).refused()),
    (
        "issuer-mismatch",
        "confirmed",
        lambda: (
            Bench(bearer(jwt(iss="https://other.example"))).refused(headers=invalid_token("Invalid issuer")).resource()
        ),
    ),
    (
        "issuer-mismatch",
        "likely",
        lambda: Bench(bearer(jwt(iss="https://other.example"))).refused(headers=invalid_token()).resource(),
    ),
    (
        "token-type-wrong",
        "confirmed",
        lambda: (
            Bench(bearer(jwt(aud="web", at_hash="x")))
            .refused(headers=invalid_token("The token is an ID token; this API takes access tokens only"))
            .resource()
        ),
    ),
    (
        "token-type-wrong",
        "confirmed",
        lambda: Bench(bearer(jwt(aud="web", token_use="id"))).refused(headers=invalid_token("Invalid audience")),
    ),
    (
        "token-unrecognised",
        "likely",
        lambda: Bench(bearer(OPAQUE)).refused(headers=invalid_token("The token is not known")),
    ),
    ("token-unrecognised", "likely", lambda: Bench(bearer(OPAQUE)).refused().introspected(active=False)),
    (
        "session-expired",
        "likely",
        lambda: Bench([("Cookie", f"session={OPAQUE}")]).refused('{"message": "Your session has expired"}'),
    ),
    ("header-missing", "confirmed", lambda: Bench().refused(headers=ASKS_BEARER)),
    ("scheme-missing", "confirmed", lambda: Bench([("Authorization", jwt())]).refused(headers=ASKS_BEARER)),
    (
        "scheme-missing",
        "confirmed",
        lambda: Bench([("Authorization", OPAQUE)]).refused('{"message": "The header must start with Bearer"}'),
    ),
    ("scheme-missing", "confirmed", lambda: Bench([("Authorization", jwt())]).refused().flip("add-scheme")),
    ("scheme-missing", "likely", lambda: Bench([("Authorization", jwt())]).refused()),
    ("scheme-wrong", "likely", lambda: Bench(BASIC).refused(headers=ASKS_BEARER)),
    (
        "scheme-wrong",
        "confirmed",
        lambda: Bench([("Authorization", f"Token {OPAQUE}")]).refused("{}", ASKS_BEARER).flip("use-scheme", body="{}"),
    ),
    (
        "scheme-wrong",
        "confirmed",
        lambda: Bench(BASIC).refused('{"message": "Unsupported authentication scheme"}', ASKS_BEARER),
    ),
    (
        "header-malformed",
        "confirmed",
        lambda: Bench(bearer(f"Bearer {jwt()}")).refused('{"message": "Malformed Authorization header"}'),
    ),
    ("header-malformed", "likely", lambda: Bench(bearer(f" {jwt()}")).refused()),
    (
        "header-duplicated",
        "confirmed",
        lambda: Bench([*BASIC, *bearer(jwt())]).refused('{"message": "More than one credential was sent"}'),
    ),
    ("api-key-missing", "confirmed", lambda: Bench().refused('{"message": "x-api-key header is missing"}')),
    (
        "api-key-missing",
        "likely",
        lambda: Bench(bearer(OPAQUE)).refused('{"message": "No API key found in request"}'),
    ),
    ("api-key-invalid", "likely", lambda: Bench([("X-Api-Key", KEY)]).refused('{"message": "Invalid API key"}')),
    ("basic-credentials-invalid", "likely", lambda: Bench(BASIC).refused(headers=ASKS_BASIC)),
    (
        "basic-credentials-invalid",
        "likely",
        lambda: Bench(BASIC).refused('{"message": "Invalid user name or password"}'),
    ),
    (
        "basic-malformed",
        "confirmed",
        lambda: Bench([("Authorization", "Basic dXNlcg==")]).refused(headers=ASKS_BASIC),
    ),
    (
        "preflight-refused",
        "confirmed",
        lambda: Bench([("Access-Control-Request-Method", "POST")], method="OPTIONS").refused(),
    ),
    (
        "audience-mismatch",
        "confirmed",
        lambda: (
            Bench(bearer(jwt(aud="https://other.example.com")))
            .refused(headers=invalid_token("Invalid audience"))
            .known(audience=AUDIENCE)
        ),
    ),
    (
        "audience-mismatch",
        "confirmed",
        lambda: Bench(bearer(jwt(aud="https://other.example.com"))).refused(
            headers=invalid_token(f"The audience is wrong; this API expects the audience {AUDIENCE}")
        ),
    ),
    (
        "audience-mismatch",
        "likely",
        lambda: Bench(bearer(jwt(aud="https://other.example.com"))).refused(headers=invalid_token()).resource(),
    ),
    (
        "scope-insufficient",
        "confirmed",
        lambda: Bench(bearer(jwt(scope="orders:write"))).refused(
            "", [("WWW-Authenticate", 'Bearer error="insufficient_scope", scope="orders:read"')], 403
        ),
    ),
    (
        "scope-insufficient",
        "likely",
        lambda: Bench(bearer(jwt(scope="a"))).refused("", status=403).known(scopes=("orders:read",)),
    ),
    (
        "scope-insufficient",
        "confirmed",
        lambda: Bench(bearer(jwt(scope="orders:write"))).refused(
            '{"detail": "You do not have the permission"}', [("WWW-Authenticate", 'Bearer scope="orders:read"')], 401
        ),
    ),
    (
        "permission-denied",
        "likely",
        lambda: Bench(bearer(OPAQUE)).refused('{"message": "User jane lacks the role admin"}', status=403),
    ),
    (
        "permission-denied",
        "likely",
        lambda: Bench(bearer(OPAQUE)).refused("no", status=403).anonymous(401, "who").garbage(401, "who"),
    ),
    (
        "issuer-unavailable",
        "likely",
        lambda: Bench(bearer(jwt())).refused('{"message": "The identity provider is unavailable"}'),
    ),
    (
        "server-misconfigured",
        "likely",
        lambda: Bench(bearer(jwt())).refused('{"message": "Unable to fetch the JWKS"}'),
    ),
    ("rate-limited", "confirmed", lambda: Bench(bearer(OPAQUE)).refused("", [("Retry-After", "60")], 429)),
    (
        "rate-limited",
        "likely",
        lambda: Bench(BASIC).refused('{"message": "Too many failed login attempts"}'),
    ),
    (
        "address-not-allowed",
        "likely",
        lambda: Bench(bearer(OPAQUE)).refused('{"message": "Your IP address 203.0.113.7 is not allowed"}', status=403),
    ),
    (
        "account-disabled",
        "likely",
        lambda: Bench(bearer(OPAQUE)).refused('{"detail": "Your account has been disabled."}'),
    ),
    (
        "csrf-token-missing",
        "likely",
        lambda: Bench([("Cookie", f"session={OPAQUE}")]).refused('{"detail": "CSRF token missing."}', status=403),
    ),
    (
        "step-up-required",
        "confirmed",
        lambda: Bench(bearer(jwt())).refused(
            "", [("WWW-Authenticate", 'Bearer error="insufficient_user_authentication", max_age="5"')]
        ),
    ),
    (
        "client-certificate-required",
        "likely",
        lambda: Bench(bearer(jwt())).refused('{"message": "A client certificate is required"}', status=403),
    ),
]


@pytest.mark.parametrize(("slug", "strength", "make"), NEAR, ids=[f"{n}-{row[0]}" for n, row in enumerate(NEAR)])
def test_near(slug: str, strength: str, make: Make) -> None:
    assert make().root() == (slug, strength)


FAR: list[tuple[str, Make]] = [
    # slug that must not be likely, evidence that looks alike
    ("token-expired", lambda: expired(-HOUR, headers=invalid_token())),
    ("token-expired", lambda: expired(-HOUR, headers=EXPIRED)),
    ("token-expired", lambda: Bench([("X-Api-Key", KEY)]).refused()),
    ("token-expired", lambda: Bench(bearer(jwt(exp=NOW - HOUR))).answer(200, (), "{}")),
    ("token-expired", lambda: expired(HOUR, "one").anonymous(401, "one").garbage(401, "two")),
    ("token-expired", lambda: Bench(bearer(OPAQUE)).refused('{"error": "Missing/invalid/expired access token"}')),
    ("token-not-yet-valid", lambda: Bench(bearer(jwt(nbf=NOW + 20))).refused().clock("ntp", 0.0)),
    ("token-revoked", lambda: Bench(bearer(OPAQUE)).refused().introspected(active=False)),
    ("token-revoked", lambda: Bench(bearer(OPAQUE)).refused('{"message": "Token expired or revoked"}')),
    ("token-malformed", lambda: Bench(bearer(OPAQUE)).refused()),
    ("token-malformed", lambda: Bench(bearer(OPAQUE)).refused('{"detail": "Not enough segments"}')),
    ("token-malformed", lambda: Bench(bearer(jwt())).refused('{"message": "jwt malformed"}')),
    ("credential-placeholder", lambda: Bench(bearer(f"<{jwt()}>")).refused()),
    ("token-signature-invalid", lambda: Bench(bearer(jwt())).refused().keys(Verified.GOOD)),
    (
        "token-signature-invalid",
        lambda: Bench(bearer(jwt())).refused(headers=invalid_token("Invalid signature")).keys(Verified.GOOD),
    ),
    ("signing-key-unknown", lambda: Bench(bearer(jwt())).refused().keys(Verified.BAD)),
    ("issuer-mismatch", lambda: Bench(bearer(jwt())).refused(headers=invalid_token()).resource()),
    ("issuer-mismatch", lambda: Bench(bearer(jwt(iss="https://other.example"))).refused()),
    ("token-type-wrong", lambda: Bench(bearer(jwt(scope=None, nonce="n"))).refused()),
    ("token-type-wrong", lambda: Bench(bearer(jwt(header={"typ": "at+jwt"}, nonce="n"))).refused()),
    ("token-unrecognised", lambda: Bench(bearer(OPAQUE)).refused("a").anonymous(401, "a").garbage(401, "a")),
    ("token-unrecognised", lambda: Bench([("X-Api-Key", KEY)]).refused('{"message": "Invalid credentials"}')),
    ("header-missing", lambda: Bench(bearer(OPAQUE)).refused('{"detail": "Credentials were not provided."}')),
    ("header-missing", lambda: Bench().refused("", status=403)),
    ("header-missing", lambda: Bench().refused('{"message": "Too many requests, rate limit exceeded"}', status=403)),
    ("scheme-missing", lambda: Bench([("Authorization", KEY)]).refused("a").anonymous(401, "b").garbage(401, "a")),
    ("scheme-wrong", lambda: Bench(bearer(OPAQUE)).refused(headers=[*ASKS_BASIC, *ASKS_BEARER])),
    (
        "scheme-wrong",
        lambda: Bench(bearer(jwt(scope="a"))).refused('{"message": "Missing scopes: api.write"}', ASKS_BASIC),
    ),
    (
        "header-malformed",
        lambda: Bench(bearer(f" {OPAQUE}")).refused("a").answer(401, (), "a", label="canonical"),
    ),
    ("header-malformed", lambda: Bench(bearer(jwt())).refused()),
    ("header-duplicated", lambda: Bench(bearer(jwt())).refused()),
    ("api-key-missing", lambda: Bench().refused(headers=ASKS_BEARER)),
    ("api-key-invalid", lambda: Bench([("X-Api-Key", KEY)]).refused("a").anonymous(401, "a").garbage(401, "b")),
    ("basic-credentials-invalid", lambda: Bench(BASIC).refused(headers=ASKS_BEARER)),
    ("basic-credentials-invalid", lambda: Bench(BASIC).refused("b").anonymous(401, "a").garbage(401, "a")),
    ("basic-malformed", lambda: Bench(BASIC).refused(headers=ASKS_BASIC)),
    ("audience-mismatch", lambda: Bench(bearer(jwt(aud=[AUDIENCE, "https://b.example"]))).refused().resource()),
    ("audience-mismatch", lambda: Bench(bearer(jwt(aud="https://other.example"))).refused()),
    (
        "scope-insufficient",
        lambda: Bench(bearer(jwt())).refused().known(scopes=("orders:read",)),
    ),
    ("scope-insufficient", lambda: Bench(bearer(jwt(scope="a"))).refused().known(scopes=("orders:read",))),
    ("permission-denied", lambda: Bench(bearer(OPAQUE)).refused("", status=403)),
    (
        "permission-denied",
        lambda: Bench(bearer(OPAQUE)).refused("no", status=403).anonymous(403, "no").garbage(403, "no"),
    ),
    ("permission-denied", lambda: Bench(bearer(OPAQUE)).refused()),
    ("issuer-unavailable", lambda: Bench(bearer(jwt())).refused().issuer()),
    ("issuer-unavailable", lambda: Bench([("X-Api-Key", KEY)]).refused()),
    ("server-misconfigured", lambda: Bench(bearer(jwt())).refused().resource().keys(Verified.GOOD)),
    ("clock-skew-client", lambda: Bench(bearer(jwt())).refused().clock("ntp", 0.3)),
    ("clock-skew-client", lambda: Bench(bearer(jwt(exp=NOW + 60))).refused(headers=EXPIRED, server_clock=HOUR)),
    ("clock-skew-server", lambda: Bench(bearer(jwt(exp=NOW + 60))).refused(headers=EXPIRED, server_clock=HOUR)),
    ("rate-limited", lambda: Bench(bearer(jwt())).refused()),
    ("preflight-refused", lambda: Bench(method="OPTIONS").refused()),
]


@pytest.mark.parametrize(("slug", "make"), FAR, ids=[f"{n}-{row[0]}" for n, row in enumerate(FAR)])
def test_far(slug: str, make: Make) -> None:
    assert make().strength(slug) < Strength.LIKELY


MISSES = [
    (AUDIENCE + "/", "only the trailing slash differs"),
    (AUDIENCE.upper().replace("HTTPS", "https"), "only upper and lower case differ"),
    (AUDIENCE.replace("https", "http"), "only http and https differ"),
    (AUDIENCE + ":8443", "only the port differs"),
    (AUDIENCE + "/v2", "only the path differs"),
    ("https://www.api.example.com", "only the prefix www. differs"),
    ("https://elsewhere.example.com", ""),
]


@pytest.mark.parametrize(("provided", "says"), MISSES)
def test_a_near_miss_of_the_audience_is_shown_as_such(provided: str, says: str) -> None:
    verdict = Bench(bearer(jwt(aud=provided))).refused(headers=invalid_token()).resource().verdict("audience-mismatch")
    assert verdict.near_miss == says
    assert (verdict.expected, verdict.provided, verdict.expected_by) == (AUDIENCE, provided, "the API's metadata")


def test_a_near_miss_is_found_in_a_list_of_audiences_too() -> None:
    bench = Bench(bearer(jwt(aud=["https://a.example", AUDIENCE + "/"]))).refused(headers=invalid_token()).resource()
    assert bench.verdict("audience-mismatch").near_miss == "only the trailing slash differs"


def test_a_near_miss_of_the_issuer_is_shown_as_such() -> None:
    bench = Bench(bearer(jwt(iss=ISSUER + "/"))).refused("jwt issuer invalid. expected: " + ISSUER)
    verdict = bench.verdict("issuer-mismatch")
    assert (verdict.strength, verdict.near_miss) == (Strength.CONFIRMED, "only the trailing slash differs")
    assert bench.root() == ("issuer-mismatch", "confirmed")


def test_by_how_much_a_token_is_past_is_said_and_by_whose_clock() -> None:
    bench = expired(41 * 60, headers=EXPIRED)
    assert bench.verdict("token-expired").because[0] == "it expired 41 min ago by network time"
