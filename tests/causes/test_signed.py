"""Requests that prove a key by signing: what they show of themselves, near and far."""

from __future__ import annotations

import json
from email.utils import formatdate
from typing import Any

import pytest

from tests.judge.builders import NOW, OPAQUE, Bench, b64, invalid_token, jwt
from tui401.model.verdict import Strength
from tui401.wire import proof, signing

SLUG = "request-signature-invalid"
S3 = "https://bucket.s3.eu-west-1.amazonaws.com/key"
MISMATCH = "<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated</Message></Error>"
TODAY = signing.day(NOW)


def stamp(at: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ")


def aws(
    region: str = "eu-west-1",
    service: str = "s3",
    *,
    day: str = TODAY,
    at: float = NOW,
    covers: str = "host;x-amz-date",
    url: str = S3,
) -> Bench:
    value = (
        f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE1234567AB/{day}/{region}/{service}/aws4_request, "
        f"SignedHeaders={covers}, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    )
    return Bench([("Authorization", value), ("X-Amz-Date", stamp(at))], url=url)


def test_a_server_that_says_so_and_a_region_that_is_not_the_hosts_confirm() -> None:
    bench = aws("us-east-1").refused(MISMATCH, status=403)
    assert bench.root() == (SLUG, "confirmed")
    assert bench.verdict(SLUG).because[0] == (
        "it is signed for the region us-east-1, and bucket.s3.eu-west-1.amazonaws.com is in eu-west-1"
    )


@pytest.mark.parametrize(
    ("bench", "says"),
    [
        (aws(service="execute-api"), "it is signed for the service execute-api"),
        (aws(day="20200101"), "its scope is of the day 20200101"),
        (aws(covers="host;x-amz-date;x-custom"), "it signs the header x-custom, which the request does not have"),
        (aws(at=NOW - 7200), "it was signed 2 h ago"),
    ],
)
def test_what_the_request_shows_is_said_though_the_server_says_nothing(bench: Bench, says: str) -> None:
    bench.refused("", status=403)
    found = bench.verdict(SLUG)
    assert found.strength >= Strength.LIKELY
    assert found.because[0].startswith(says)


def test_a_signature_that_fits_is_possible_and_only_the_server_can_tell() -> None:
    bench = aws().refused("", status=403)
    assert bench.strength(SLUG) is Strength.POSSIBLE
    assert bench.diagnosis().outcome.value == "undetermined"


def test_a_time_alone_never_convicts_the_signature() -> None:
    bench = aws(at=NOW - 86_400, day=signing.day(NOW - 86_400)).refused("", status=401).clock("ntp", 0.0)
    assert bench.strength(SLUG) is Strength.LIKELY


def test_a_wrong_clock_here_explains_a_signature_that_is_out_of_time() -> None:
    said = "<Error><Code>RequestTimeTooSkewed</Code></Error>"
    bench = aws().refused(said, status=403, server_clock=3600).clock("ntp", 3600).clock("issuer", 3600)
    assert bench.root() == ("clock-skew-client", "confirmed")


def test_an_unknown_region_of_a_host_that_is_no_awss_is_not_held_against_it() -> None:
    bench = aws("us-east-1", url="https://minio.example.com/bucket/key").refused("", status=403)
    assert bench.strength(SLUG) is Strength.POSSIBLE


def test_an_oauth_1_signature_without_a_nonce_cannot_be_taken() -> None:
    value = (
        f'OAuth oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk", oauth_timestamp="{int(NOW)}", '
        'oauth_signature_method="HMAC-SHA1", oauth_signature="bYT5CMsGcbgUdFHObYMEfcx6bsw%3D"'
    )
    bench = Bench([("Authorization", value)]).refused('{"error": "unauthorized"}')
    assert bench.root() == (SLUG, "confirmed")
    assert "oauth_nonce" in bench.verdict(SLUG).because[0]


def test_a_signed_message_that_has_ended_is_refused_for_that() -> None:
    lines = [
        ("Signature-Input", f'sig1=("@method");created={int(NOW) - 900};expires={int(NOW) - 600};keyid="k"'),
        (
            "Signature",
            "sig1=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
        ),
    ]
    bench = Bench(lines).refused()
    assert bench.root() == (SLUG, "confirmed")
    assert bench.strength("header-malformed") < Strength.POSSIBLE


def test_a_shared_key_with_an_old_date_is_likely() -> None:
    lines = [
        ("Authorization", "SharedKey account:ctzMq410TV3wS7upTBcunJTDLEJwMAZuFPfr0mrrA08="),
        ("x-ms-date", formatdate(NOW - 7200, usegmt=True)),
    ]
    bench = Bench(lines, url="https://account.blob.core.windows.net/c/b").refused("<Code>AuthenticationFailed</Code>")
    assert bench.strength(SLUG) is Strength.LIKELY


# -- Digest ------------------------------------------------------------------------------------------------------------

DIGEST = 'Digest username="bob", realm="files", nonce="abc", uri="{uri}", response="0123456789abcdef0123456789abcdef"'
ASKS = 'Digest realm="files", nonce="def", qop="auth"{stale}'


def digest(uri: str = "/v1/orders", stale: str = "") -> Bench:
    challenge = [("WWW-Authenticate", ASKS.format(stale=stale))]
    return Bench([("Authorization", DIGEST.format(uri=uri))]).refused("", challenge)


def test_a_digest_answer_that_is_asked_for_again_is_a_wrong_password() -> None:
    assert digest().root() == ("basic-credentials-invalid", "likely")


@pytest.mark.parametrize("bench", [digest(stale=", stale=true"), digest(uri="/v1/other")])
def test_a_digest_answer_to_another_question_is_a_signature_that_does_not_fit(bench: Bench) -> None:
    assert bench.root() == (SLUG, "confirmed")


# -- DPoP --------------------------------------------------------------------------------------------------------------

KEY = {
    "kty": "EC",
    "crv": "P-256",
    "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
    "y": "9VE4jf_Ok_o64zbTTlcuNJajHm",
}
API = "https://api.example.com/v1/orders"
ASKS_DPOP = [("WWW-Authenticate", 'DPoP error="invalid_token"')]


def proven(head: dict[str, Any] | None = None, *, bound: str | None = None, **claims: Any) -> Bench:
    token = jwt(cnf={"jkt": bound or proof.thumbprint(KEY)})
    body = {"jti": "1", "htm": "GET", "htu": API, "iat": NOW, "ath": proof.token_hash(token), **claims}
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": KEY, **(head or {})}
    kept = {name: value for name, value in body.items() if value is not None}
    made = ".".join((b64(json.dumps(header).encode()), b64(json.dumps(kept).encode()), b64(b"z" * 64)))
    return Bench([("Authorization", f"DPoP {token}"), ("DPoP", made)])


@pytest.mark.parametrize(
    ("bench", "says"),
    [
        (proven(htm="POST"), "it was made for POST, and the request is GET"),
        (proven(htu="https://other.example.com/v1/orders"), "it was made for another address"),
        (proven({"typ": "JWT"}), "its type is JWT, and not dpop+jwt"),
        (proven({"alg": "HS256"}), "it is not signed with a private key"),
        (proven({"jwk": None}), "it does not hold the public key that verifies it"),
        (proven(jti=None), "it has no identifier (jti)"),
        (proven(ath=None), "it does not name the access token that it goes with (ath)"),
        (proven(ath="fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"), "the proof was made for another access token"),
        (proven(bound="0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"), "it was made with another key"),
        (proven(iat=NOW - 200_000), "it was made 2 days ago"),
    ],
)
def test_a_proof_that_does_not_fit_its_request_is_the_cause(bench: Bench, says: str) -> None:
    bench.refused(headers=ASKS_DPOP).clock("ntp", 0.0)
    assert bench.root() == ("dpop-proof-invalid", "confirmed")
    assert any(because.startswith(says) for because in bench.verdict("dpop-proof-invalid").because)


def test_a_proof_that_fits_is_not_blamed() -> None:
    bench = proven().refused(headers=ASKS_DPOP).clock("ntp", 0.0)
    assert bench.strength("dpop-proof-invalid") < Strength.POSSIBLE
    assert bench.strength("sender-constraint-unmet") is Strength.RULED_OUT


def test_a_proof_of_ten_minutes_ago_is_likely_and_no_more() -> None:
    bench = proven(iat=NOW - 600).refused(headers=ASKS_DPOP).clock("ntp", 0.0)
    assert bench.strength("dpop-proof-invalid") is Strength.LIKELY


def test_a_server_that_asks_for_a_nonce_is_told() -> None:
    bench = proven().refused(headers=[("WWW-Authenticate", 'DPoP error="use_dpop_nonce"'), ("DPoP-Nonce", "eyJ7S_zG")])
    assert bench.root() == ("dpop-proof-invalid", "confirmed")
    assert "nonce of its own" in bench.verdict("dpop-proof-invalid").because[0]


def test_a_bearer_token_has_no_proof_to_blame() -> None:
    bench = Bench([("Authorization", f"Bearer {jwt()}")]).refused(headers=invalid_token())
    assert not bench.verdict("dpop-proof-invalid").applies


NONCE = [("WWW-Authenticate", 'DPoP error="use_dpop_nonce", error_description="nonce required"')]


@pytest.mark.parametrize("headers", [[("Authorization", f"Bearer {jwt()}")], [("Authorization", f"Bearer {OPAQUE}")]])
def test_a_nonce_that_is_asked_of_a_request_without_proof_blames_the_missing_proof(
    headers: list[tuple[str, str]],
) -> None:
    bench = Bench(headers).refused(headers=NONCE)
    assert bench.root() == ("sender-constraint-unmet", "likely")
    assert bench.strength("dpop-proof-invalid") is Strength.POSSIBLE


def test_a_recording_that_shows_the_scheme_alone_may_have_left_the_proof_out() -> None:
    bench = Bench([("Authorization", f"DPoP {jwt()}")]).intake(recorded=True).refused(headers=NONCE)
    assert bench.strength("dpop-proof-invalid") is Strength.LIKELY
