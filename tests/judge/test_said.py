from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.judge.builders import API, OPAQUE, Bench, bearer, jwt
from tui401.judge import said
from tui401.judge.texts import plain
from tui401.model.shown import GrantSeen, HeaderShown, Redacted, RequestShown, ResponseShown
from tui401.model.verdict import Strength

REQUEST = RequestShown(method="GET", url=Redacted(API))


def heard(body: str, status: int = 401, headers: dict[str, str] | None = None) -> said.Heard:
    lines = tuple(HeaderShown(name=n, value=Redacted(v)) for n, v in (headers or {}).items())
    return said.read(REQUEST, ResponseShown(status=status, headers=lines, body=Redacted(body)), ())


@pytest.mark.parametrize("body", ["", "Unauthorized", '{"message": "Unauthorized"}', "<h1>401 Unauthorized</h1>", "{}"])
def test_a_bare_unauthorized_says_nothing(body: str) -> None:
    bench = Bench(bearer(OPAQUE)).refused(body)
    assert not bench.facts().said
    assert bench.diagnosis().outcome.value == "undetermined"


GENERIC = [
    # words of servers that nobody described, and the cause they speak for
    ("The access token has expired", "token-expired"),
    ('{"error": {"code": "TokenExpired"}}', "token-expired"),
    ("Token is not yet valid: nbf claim is in the future", "token-not-yet-valid"),
    ("This token has been revoked", "token-revoked"),
    ("The signature of this token does not match", "token-signature-invalid"),
    ("kid 2024-1 not found in the key set", "signing-key-unknown"),
    ("The token was issued by https://a.example; this API trusts the issuer https://b.example only", "issuer-mismatch"),
    ("Unknown issuer", "issuer-mismatch"),
    ("The aud claim is not valid", "audience-mismatch"),
    ("Token was not intended for this API", "audience-mismatch"),
    ("The token lacks the required scope orders:read", "scope-insufficient"),
    ("Missing scopes: api.write", "scope-insufficient"),
    ("ID tokens are not accepted here", "token-type-wrong"),
    ("Token could not be decoded", "token-malformed"),
    ("Unsupported signing algorithm", "algorithm-rejected"),
    ("Your account has been suspended", "account-disabled"),
    ("Two-factor authentication required", "step-up-required"),
    ("Request blocked by security policy", "gateway-rejected"),
]


@pytest.mark.parametrize(("words", "cause"), GENERIC)
def test_generic_words_make_a_cause_likely_and_never_confirm_it(words: str, cause: str) -> None:
    bench = Bench(bearer(OPAQUE)).refused(words)
    told = bench.facts().says(cause)
    assert told is not None
    assert told.strength is Strength.LIKELY
    assert told.dialect == "common wording"


@pytest.mark.parametrize(
    "words",
    [
        "Missing/invalid/expired access token",
        "Token is invalid or expired",
        "The token is expired, revoked or malformed",
    ],
)
def test_words_that_name_several_causes_at_once_make_none_likely(words: str) -> None:
    facts = Bench(bearer(OPAQUE)).refused(words).facts()
    assert all(s.strength <= Strength.POSSIBLE for s in facts.said)


def test_a_known_servers_words_outweigh_the_generic_reading() -> None:
    bench = Bench(bearer(jwt())).refused(
        '{"code": "invalid_token", "message": "jwt audience invalid. expected: undefined"}'
    )
    assert bench.root() == ("server-misconfigured", "confirmed")
    assert bench.facts().says("audience-mismatch") is None


def test_words_are_quoted_without_their_name_and_bounded() -> None:
    long = "x" * 3000
    told = heard('{"error_description": "The access token has expired"}').said[0]
    assert told.quote == "The access token has expired"
    assert all(len(s.quote) <= 200 for s in heard(f"{long} the token expired {long}").said)


@pytest.mark.parametrize(
    ("status", "refused"), [(200, False), (204, False), (404, False), (401, True), (403, True), (407, True)]
)
def test_what_is_a_refusal(status: int, refused: bool) -> None:  # noqa: FBT001 - a column of the table above
    assert heard("the token expired", status).refused is refused


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_refusal_by_another_status_is_known_by_its_words(status: int) -> None:
    assert Bench(bearer(OPAQUE)).refused("The access token has expired", status=status).facts().refused
    assert not Bench(bearer(OPAQUE)).refused("Something broke", status=status).facts().refused


def test_a_redirect_to_a_page_that_signs_in_is_a_refusal() -> None:
    facts = Bench().answer(302, [("Location", "/login?next=/v1/orders")]).facts()
    assert facts.refused
    assert facts.said[0].cause == "header-missing"


def test_a_grants_refusal_is_the_issuers_word() -> None:
    (told,) = said.read_grant(
        GrantSeen(
            grant="client_credentials", endpoint="https://login.example.com/token", ok=False, error="invalid_client"
        )
    )
    assert (told.cause, told.strength, told.by, told.where) == (
        "client-rejected",
        Strength.CONFIRMED,
        "issuer",
        "grant",
    )
    assert (
        said.read_grant(GrantSeen(grant="client_credentials", endpoint="https://login.example.com/token", ok=True))
        == ()
    )


EXPECTED = [
    ("jwt audience invalid. expected: https://orders.example/api", "audience", ("https://orders.example/api",)),
    ("this API expects the audience https://a.example", "audience", ("https://a.example",)),
    ("jwt issuer invalid. expected: https://login.example.com", "issuer", ("https://login.example.com",)),
    ("this API trusts the issuer https://login.example.com only", "issuer", None),
    ("Missing scopes: api.responses.write.", "scope", ("api.responses.write.",)),
    ("the required scope is orders:read", "scope", ("orders:read",)),
]


@pytest.mark.parametrize(("words", "aspect", "values"), EXPECTED)
def test_what_the_words_say_is_expected(words: str, aspect: str, values: tuple[str, ...] | None) -> None:
    found = [e for e in heard(words).expected if e.aspect.value == aspect]
    if values is None:
        assert all("only" not in v for e in found for v in e.values)
    else:
        assert found[0].values[0].rstrip(".") == values[0].rstrip(".")


def test_the_challenges_scope_and_scheme_are_expected() -> None:
    facts = Bench(bearer(OPAQUE)).refused("", [("WWW-Authenticate", 'Bearer scope="a b", DPoP')]).facts()
    by_aspect = {e.aspect.value: e.values for e in facts.expected}
    assert by_aspect["scope"] == ("a", "b")
    assert by_aspect["scheme"] == ("Bearer", "DPoP")


@given(st.text(max_size=2000))
def test_no_body_makes_reading_raise(body: str) -> None:
    found = heard(body)
    assert found.refused
    assert all(len(s.quote) <= 200 for s in found.said)


@given(st.text(max_size=2000))
def test_any_text_becomes_lines(body: str) -> None:
    assert len(plain(body)) <= 16_384
