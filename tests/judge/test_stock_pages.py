"""Words that stand below every refusal of a server, and words that show that a token was read: seen at real servers."""

from __future__ import annotations

import json

import pytest

from tests.judge.builders import AUDIENCE, ISSUER, NOW, OPAQUE, Bench, bearer, jwt
from tui401.model.facts import Aspect
from tui401.model.shown import Verified
from tui401.model.verdict import Strength

SERVER = ("Server", "Apache/2.4.71 (Debian)")
PAGE = """<!DOCTYPE HTML><html><head><title>401 Unauthorized</title></head><body><h1>Unauthorized</h1>
<p>This server could not verify that you are authorized to access the document requested. Either you supplied the wrong
credentials (e.g., bad password), or your browser doesn't understand how to supply the credentials required.</p>"""
BASIC = ("WWW-Authenticate", 'Basic realm="staff only"')
DIGEST = ("WWW-Authenticate", 'Digest realm="staff", nonce="b64", algorithm=MD5, qop="auth"')
INVALID = (
    "WWW-Authenticate",
    'Bearer error="invalid_token", error_description="JWT token could not be validated"',
)
NO_TOKEN = (
    "WWW-Authenticate",
    'Bearer error="invalid_request", error_description="No bearer token found in the request"',
)
USER = [("Authorization", "Basic YWxpY2U6d29uZGVyLWxhbmQtNzc=")]


def apache(*challenge: tuple[str, str]) -> list[tuple[str, str]]:
    return [SERVER, *challenge]


def test_apaches_page_means_a_wrong_password_where_basic_is_asked_for() -> None:
    assert Bench(USER).refused(PAGE, apache(BASIC)).root() == ("basic-credentials-invalid", "likely")


@pytest.mark.parametrize("challenge", [DIGEST, NO_TOKEN])
def test_apaches_page_speaks_of_no_password_where_another_scheme_is_asked_for(challenge: tuple[str, str]) -> None:
    assert Bench(USER).refused(PAGE, apache(challenge)).root()[0] == "scheme-wrong"


def test_apaches_page_speaks_against_nothing_that_a_bearer_challenge_says() -> None:
    bench = Bench(bearer(jwt())).refused(PAGE, apache(INVALID)).keys(Verified.BAD)
    assert bench.root() == ("token-signature-invalid", "confirmed")
    expired = Bench(bearer(jwt(exp=NOW - 7200))).refused(PAGE, apache(INVALID))
    assert expired.root() == ("token-expired", "confirmed")


def test_a_challenge_that_says_that_nothing_came_is_believed_over_the_page_below_it() -> None:
    assert Bench().refused(PAGE, apache(NO_TOKEN)).root() == ("header-missing", "confirmed")


def test_a_token_that_is_told_from_a_made_up_one_was_sent_under_the_right_scheme() -> None:
    bench = Bench(bearer(jwt(aud="https://billing.example.com"))).known(issuer=ISSUER, audience=AUDIENCE)
    bench.refused(PAGE, apache()).anonymous(401, PAGE, apache(NO_TOKEN)).garbage(401, PAGE, apache(INVALID))
    assert bench.strength("scheme-wrong") <= Strength.POSSIBLE
    assert bench.root()[0] == "audience-mismatch"


def test_another_challenge_does_not_speak_against_a_scheme_under_which_a_token_was_recognised() -> None:
    basic = [("WWW-Authenticate", 'Basic realm="store"')]
    bench = Bench(bearer(OPAQUE)).refused('{"error": "plan ended"}', basic)
    assert bench.root() == ("scheme-wrong", "likely")
    bench.anonymous(401, '{"error": "log on"}', basic).garbage(401, '{"error": "who is that"}', basic)
    assert bench.strength("scheme-wrong") is Strength.POSSIBLE


# -- words that name a scheme ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "says", "named"),
    [
        ("Bearer", "Invalid Authorization Header: Must start with jwt", "jwt"),
        ("Bearer", "Authorization header should begin with 'Token'", "Token"),
        ("Token", "The Authorization header must be in the format: Bearer <token>", "Bearer"),
        ("Basic", "Authorization header does not start with “Bearer”".replace("“", '"').replace("”", '"'), "Bearer"),
        ("Bearer", "credentials have to be prefixed by the scheme ApiKey", "ApiKey"),
    ],
)
def test_words_name_the_scheme_that_the_header_must_begin_with(sent: str, says: str, named: str) -> None:
    value = f"{sent} {jwt()}" if sent != "Basic" else USER[0][1]
    bench = Bench([("Authorization", value)]).refused(json.dumps({"description": says}))
    assert [e.values for e in bench.facts().expects(Aspect.SCHEME)] == [(named,)]
    assert bench.root() == ("scheme-wrong", "confirmed")


@pytest.mark.parametrize(
    "says",
    [
        "The address must start with https",
        "Token names must begin with a letter",
        "Authorization failed for Basic plan",
    ],
)
def test_other_words_name_no_scheme(says: str) -> None:
    bench = Bench(bearer(OPAQUE)).refused(json.dumps({"description": says}))
    assert not bench.facts().expects(Aspect.SCHEME)


# -- words on what is inside a token -----------------------------------------------------------------------------------


def test_a_token_that_the_server_took_apart_was_sent_under_a_scheme_that_it_reads() -> None:
    body = json.dumps({"error": "token contains an invalid number of segments"})
    bench = Bench(bearer(OPAQUE)).refused(body, [("WWW-Authenticate", 'Basic realm="store"')])
    assert bench.strength("scheme-wrong") <= Strength.POSSIBLE


def test_a_user_name_that_is_called_a_malformed_token_was_sent_under_the_wrong_scheme() -> None:
    body = json.dumps({"error": "token contains an invalid number of segments"})
    bench = Bench(USER).refused(body, [("WWW-Authenticate", 'Bearer realm="store"')])
    assert bench.root()[0] == "scheme-wrong"


def test_another_algorithm_that_is_expected_is_read() -> None:
    bench = Bench(bearer(jwt())).refused(json.dumps({"error": "Expected a different algorithm"}))
    assert bench.root() == ("algorithm-rejected", "likely")


# -- a bare 403 without a credential -----------------------------------------------------------------------------------


def test_a_bare_403_without_a_credential_is_told_by_what_is_known_of_the_api() -> None:
    bench = Bench().refused("Forbidden", status=403)
    assert bench.root() == ("header-missing", "possible")
    assert bench.known(issuer=ISSUER).root() == ("header-missing", "likely")


def test_a_403_of_the_edge_stays_open_whatever_is_known_of_the_api() -> None:
    edge = [
        ("Server", "CloudFront"),
        ("X-Cache", "Error from cloudfront"),
        ("Via", "1.1 x.cloudfront.net (CloudFront)"),
    ]
    page = "<html><title>ERROR: The request could not be satisfied</title><h1>403 ERROR</h1>Request blocked.</html>"
    bench = Bench().refused(page, edge, status=403).known(issuer=ISSUER)
    assert bench.strength("header-missing") <= Strength.POSSIBLE


# -- claims that the API counts on -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "says",
    [
        "Missing claim: sub",
        'Token is missing the "user_id" claim',
        "exp claim is required",
        "JWT missing required claims: [tenant]",
        "token does not contain the 'email' claim",
        "required claim missing: tenant",
    ],
)
def test_a_token_without_a_claim_is_of_another_kind_and_not_expired(says: str) -> None:
    bench = Bench(bearer(jwt())).refused(json.dumps({"error": says}))
    assert bench.root() == ("token-type-wrong", "likely")
    assert bench.facts().says("token-expired") is None


@pytest.mark.parametrize(
    ("says", "cause"),
    [
        ("The aud claim is missing", "audience-mismatch"),
        ("The iss claim is missing", "issuer-mismatch"),
        ("Missing scope claim", "scope-insufficient"),
        ("exp claim check failed", "token-expired"),
    ],
)
def test_a_claim_with_a_cause_of_its_own_keeps_it(says: str, cause: str) -> None:
    token = jwt(exp=NOW - 7200) if cause == "token-expired" else jwt()
    assert Bench(bearer(token)).refused(json.dumps({"error": says})).root()[0] == cause


# -- proofs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "says",
    [
        "The token is bound to a DPoP key, and no proof of it came with the request",
        "Proof of possession is required",
        "DPoP header is missing",
    ],
)
def test_a_missing_proof_is_no_missing_api_key(says: str) -> None:
    bench = Bench(bearer(jwt(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})))
    assert bench.refused(json.dumps({"message": says})).root() == ("sender-constraint-unmet", "confirmed")
