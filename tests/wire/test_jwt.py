"""Tokens taken apart: what is whole, what is damaged and where, and what is no JWT at all."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui401.model.words import Shape, TokenParts
from tui401.wire.base64url import MAX_PART
from tui401.wire.jwt import audiences, expected_signature_bytes, numeric_date, roles, scopes, take_apart

HEADER = {"alg": "HS256", "typ": "JWT"}
CLAIMS = {"iss": "https://issuer.example", "aud": "orders", "exp": 1_900_000_000, "iat": 1_899_990_000}


def b64(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def make(header: Any = HEADER, claims: Any = CLAIMS, signature: bytes = b"s" * 32) -> str:
    return f"{b64(header)}.{b64(claims)}.{b64(signature) if signature else ''}"


def names(parts: TokenParts) -> list[str]:
    return [defect.name for defect in parts.defects]


def test_a_whole_token_has_its_header_and_claims_and_no_defect() -> None:
    token = make()
    parts = take_apart(token)
    assert parts == TokenParts(Shape.JWT, HEADER, CLAIMS, (), len(token), 32)


def test_the_result_does_not_hold_the_signature() -> None:
    token = make(signature=bytes(range(32)))
    assert token.rsplit(".", 1)[1][:8] not in repr(take_apart(token))


@pytest.mark.parametrize("text", ["", " ", "\t\r\n"])
def test_nothing_is_empty(text: str) -> None:
    parts = take_apart(text)
    assert parts.shape is Shape.EMPTY
    assert [(d.name, d.cause) for d in parts.defects] == [("empty-value", "credential-placeholder")]


@pytest.mark.parametrize("text", ["$TOKEN", "{{token}}", "<token>", "undefined", "YOUR_API_KEY", "xxxxxxxx"])
def test_a_placeholder_is_told(text: str) -> None:
    parts = take_apart(text)
    assert parts.shape is Shape.PLACEHOLDER
    assert parts.defects[0].cause == "credential-placeholder"


@pytest.mark.parametrize(
    "text",
    [
        "BQDx7kP9mZ2vDx7kP9mZ2v",
        "a.b.c",
        "1/fFAGRNJru1FTz70BzhT3Zg.second.third",
        "00000000-1111-3222-8333-444444444444",
        "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",
        "eyJ1c2VyIjoiYWRhIn0",
        b64({"user": "ada"}) + ".YzFhMg.c2lnbmF0dXJlc2ln",
        "ghp_A1b2C3d4E5A1b2C3d4E5A1b2C3d4E5F6g7H8",
        "12|kQ7zkQ7zkQ7zkQ7zkQ7z",
        "\ud800.\udfff.x",
    ],
)
def test_an_opaque_token_is_no_broken_jwt(text: str) -> None:
    parts = take_apart(text)
    assert (parts.shape, parts.defects) == (Shape.OPAQUE, ())


def test_an_encrypted_token_is_told_apart_and_its_claims_are_not_read() -> None:
    token = ".".join([b64({"alg": "dir", "enc": "A128GCM"}), "", b64(b"iv"), b64(b"ciphertext"), b64(b"tag")])
    parts = take_apart(token)
    assert (parts.shape, parts.claims, parts.defects) == (Shape.JWE, {}, ())
    assert parts.header["enc"] == "A128GCM"
    assert take_apart(token.rsplit(".", 1)[0]).shape is Shape.BROKEN_JWT
    assert names(take_apart(token[: -len(b64(b"tag"))])) == ["part-empty"]


HEAD, BODY, SIGNATURE = make().split(".")


@pytest.mark.parametrize(
    ("token", "name", "at"),
    [
        (f"{HEAD}.{BODY}", "cut-off", len(HEAD) + 1 + len(BODY)),
        (f"{HEAD}.broken", "cut-off", len(HEAD) + 7),
        (HEAD, "cut-off", len(HEAD)),
        (f"{HEAD}.{BODY[:12]}.{SIGNATURE}", "not-json", len(HEAD) + 1),
        (f"{HEAD}.{BODY}.{SIGNATURE}.{SIGNATURE}", "too-many-parts", len(make())),
        (f"{HEAD}.{BODY}.{SIGNATURE}{HEAD}.{BODY}.{SIGNATURE}", "too-many-parts", len(make()) + len(HEAD)),
        (f"{HEAD}..{SIGNATURE}", "part-empty", len(HEAD) + 1),
        (f"{HEAD}.{b64(b'[1]')}.{SIGNATURE}", "not-object", len(HEAD) + 1),
        (f"{HEAD}.{b64(bytes([0x80, 0x81, 0x82]))}.{SIGNATURE}", "not-utf8", len(HEAD) + 1),
        (f"{HEAD}.{BODY[:4]}!{BODY[5:]}.{SIGNATURE}", "not-base64url", len(HEAD) + 5),
        (f"{HEAD[:12]}.{BODY}.{SIGNATURE}", "not-json", 0),
    ],
)
def test_a_damaged_token_is_broken_and_the_place_is_named(token: str, name: str, at: int) -> None:
    parts = take_apart(token)
    assert parts.shape is Shape.BROKEN_JWT
    assert [(d.at, d.cause) for d in parts.defects if d.name == name] == [(at, "token-malformed")]


@pytest.mark.parametrize(
    ("token", "name", "at", "length"),
    [
        (f"{HEAD}.{BODY[:7]}\r\n {BODY[7:]}.{SIGNATURE}", "line-break-inside", len(HEAD) + 8, 3),
        (f"{HEAD}.{BODY[:7]} {BODY[7:]}.{SIGNATURE}", "space-inside", len(HEAD) + 8, 1),
        (f"{HEAD}.{BODY[:7]}\u200b{BODY[7:]}.{SIGNATURE}", "control-character", len(HEAD) + 8, 1),
        (f"{HEAD}%2E{BODY}%2e{SIGNATURE}", "percent-encoded", len(HEAD), 3),
        (f"{HEAD}.{BODY[:7]}%0D%0A{BODY[7:]}.{SIGNATURE}", "percent-encoded", len(HEAD) + 8, 3),
        (f"{HEAD}.{BODY}.{SIGNATURE}=", "padding", len(make()), 1),
        (f"{HEAD}.{BODY}.{SIGNATURE}%3D", "padding", len(make()), 3),
        (f"{HEAD}.{BODY}.{SIGNATURE}\n", "space-around", len(make()), 1),
        (f" {HEAD}.{BODY}.{SIGNATURE}", "space-around", 0, 1),
        (make(signature=b"\xff" * 32).replace("_", "/"), "standard-base64", len(HEAD) + len(BODY) + 2, 1),
    ],
)
def test_what_crept_in_is_named_with_its_place_and_the_rest_is_read(
    token: str, name: str, at: int, length: int
) -> None:
    parts = take_apart(token)
    assert (parts.shape, parts.claims) == (Shape.JWT, CLAIMS)
    assert (at, length) in [(d.at, d.length) for d in parts.defects if d.name == name]


def test_the_place_is_exact_behind_other_damage() -> None:
    token = f"{HEAD[:3]} {HEAD[3:]}.{BODY[:4]}\n!{BODY[5:]}.{SIGNATURE}"
    [strange] = [d for d in take_apart(token).defects if d.name == "not-base64url"]
    assert token[strange.at] == "!"


@pytest.mark.parametrize(
    ("alg", "size", "name"),
    [
        ("HS256", 31, "signature-short"),
        ("HS256", 33, "signature-long"),
        ("HS512", 64, None),
        ("RS256", 256, None),
        ("RS256", 255, "signature-short"),
        ("PS512", 512, None),
        ("ES256", 64, None),
        ("ES512", 132, None),
        ("EdDSA", 64, None),
        ("XX999", 7, None),
    ],
)
def test_a_signature_has_the_length_of_its_algorithm(alg: str, size: int, name: str | None) -> None:
    parts = take_apart(make({"alg": alg}, CLAIMS, b"s" * size))
    assert (parts.shape, parts.signature_bytes) == (Shape.JWT, size)
    assert names(parts) == ([name] if name else [])


def test_a_signature_in_der_is_called_so() -> None:
    parts = take_apart(make({"alg": "ES256"}, CLAIMS, b"\x30\x44" + b"s" * 68))
    assert [(d.name, d.cause) for d in parts.defects] == [("signature-der", "token-signature-invalid")]


def test_a_signature_cut_by_one_character_is_seen() -> None:
    assert names(take_apart(make({"alg": "RS256"}, CLAIMS, b"s" * 256)[:-1])) == ["base64-cut"]
    assert names(take_apart(make()[:-1])) == ["signature-short"]


def test_no_signature_is_a_defect_unless_the_algorithm_says_none() -> None:
    assert names(take_apart(make(signature=b""))) == ["signature-missing"]
    parts = take_apart(make({"alg": "nOnE"}, CLAIMS, b""))
    assert [(d.name, d.cause) for d in parts.defects] == [("alg-none", "algorithm-rejected")]
    assert parts.signature_bytes is None


@pytest.mark.parametrize("signature", ["REDACTED", "[redacted]", "xxxx", "●●●●", "signature"])
def test_a_signature_that_was_struck_out_is_not_called_damaged(signature: str) -> None:
    parts = take_apart(f"{HEAD}.{BODY}.{signature}")
    assert (parts.shape, names(parts)) == (Shape.JWT, ["signature-redacted"])


def test_disclosures_behind_the_signature_are_no_damage() -> None:
    assert take_apart(make() + "~WyJzYWx0IiwiYSJd~").defects == ()


@pytest.mark.parametrize(
    ("claims", "name", "cause"),
    [
        ({"exp": "1900000000"}, "exp-type", "token-malformed"),
        ({"exp": True}, "exp-type", "token-malformed"),
        ({"exp": None}, "exp-type", "token-malformed"),
        ({"exp": 10**400}, "exp-type", "token-malformed"),
        ({"exp": 1_900_000_000.5}, "exp-fraction", "token-malformed"),
        ({"exp": 1_900_000_000_000}, "exp-milliseconds", "token-malformed"),
        ({"nbf": 1_900_000_000_000}, "nbf-milliseconds", "token-not-yet-valid"),
        ({"iat": 1_900_000_000_000}, "iat-milliseconds", "token-not-yet-valid"),
        ({"aud": 7}, "aud-type", "audience-mismatch"),
        ({"aud": ["a", 7]}, "aud-type", "audience-mismatch"),
        ({"iss": ["a"]}, "iss-type", "issuer-mismatch"),
        ({"sub": 7}, "sub-type", "token-malformed"),
    ],
)
def test_claims_of_an_odd_type_are_named_and_kept(claims: dict[str, Any], name: str, cause: str) -> None:
    parts = take_apart(make(claims=claims))
    assert (parts.shape, parts.claims) == (Shape.JWT, claims)
    assert [(d.name, d.cause) for d in parts.defects] == [(name, cause)]


def test_whole_seconds_written_as_a_float_are_fine() -> None:
    assert take_apart(make(claims={"exp": 1_900_000_000.0})).defects == ()


def test_a_name_that_stands_twice_is_told() -> None:
    parts = take_apart(make(claims=b'{"aud":"a","aud":"b"}'))
    assert (parts.shape, names(parts)) == (Shape.JWT, ["duplicate-key"])


def test_a_header_without_an_algorithm_is_told() -> None:
    assert names(take_apart(make({"typ": "JWT"}))) == ["alg-missing"]
    assert names(take_apart(make({"alg": 5}))) == ["alg-type"]


def test_deep_and_large_claims_are_bounded_and_said() -> None:
    deep = take_apart(make(claims=b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"))
    assert "too-large" in names(deep) or "too-deep" in names(deep)
    assert names(take_apart(make(claims=b'{"a":' + b"[" * 500 + b"]" * 500 + b"}"))) == ["too-deep"]
    large = take_apart(make(claims={"x": "y" * 1_000_000}))
    assert (large.shape, names(large), large.claims) == (Shape.BROKEN_JWT, ["too-large"], {})
    assert len(make(claims={"x": "y" * 100_000})) < MAX_PART
    assert take_apart(make(claims={"x": "y" * 100_000})).defects == ()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1_900_000_000, 1_900_000_000),
        (1_900_000_000.5, 1_900_000_000.5),
        (1_900_000_000_000, 1_900_000_000),
        (1_900_000_000_000_000, 1_900_000_000),
        ("1900000000", 1_900_000_000),
        (" 1900000000 ", 1_900_000_000),
        ("1900000000\x1f", 1_900_000_000),
        (0, 0),
        (True, None),
        (None, None),
        ("soon", None),
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
        ([1], None),
    ],
)
def test_a_numeric_date_is_seconds(value: Any, seconds: float | None) -> None:
    assert numeric_date(value) == seconds


def test_audiences_scopes_and_roles_are_read_from_their_many_places() -> None:
    assert audiences({"aud": "a"}) == ("a",)
    assert audiences({"aud": ["a", 1, "b"]}) == ("a", "b")
    assert audiences({}) == audiences({"aud": 5}) == ()
    assert scopes({"scope": "a b", "scp": ["b", "c"]}) == ("a", "b", "c")
    assert scopes({"scp": "x  y"}) == ("x", "y")
    assert roles({"roles": ["r"], "permissions": ["p"], "scope": "a"}) == ("r", "p")
    assert roles({"realm_access": {"roles": ["k"]}, "resource_access": {"api": {"roles": ["l"]}, "x": 1}}) == ("k", "l")


def test_the_length_of_a_signature_is_known_for_known_algorithms_only() -> None:
    assert expected_signature_bytes("ES256") == {64}
    assert 256 in expected_signature_bytes("RS256")
    assert (
        expected_signature_bytes("XX") == expected_signature_bytes(None) == expected_signature_bytes([]) == frozenset()
    )


ODD = st.text(alphabet="eyJhbGciOiJub25lIn0.-_=+/% \n\x00\ud800~", max_size=120)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3), max_leaves=5)
NAMES = st.sampled_from(["alg", "typ", "enc", "exp", "iat", "nbf", "aud", "iss", "sub", "scope", "scp", "roles", "x"])
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=6)


def whole(parts: TokenParts, token: str) -> None:
    assert parts.length == len(token)
    for defect in parts.defects:
        assert 0 <= defect.at <= len(token)
        assert 0 <= defect.length <= len(token) - defect.at
    audiences(parts.claims), scopes(parts.claims), roles(parts.claims)
    assert all(isinstance(numeric_date(value), float | int | None) for value in parts.claims.values())


@given(st.one_of(st.text(), ODD))
def test_any_text_is_taken_apart(token: str) -> None:
    whole(take_apart(token), token)


@given(OBJECTS, OBJECTS, st.binary(max_size=80), st.lists(st.tuples(st.integers(0, 400), ODD), max_size=3))
def test_any_damage_is_taken_apart(
    header: dict[str, Any], claims: dict[str, Any], signature: bytes, damage: list[tuple[int, str]]
) -> None:
    token = make(header, claims, signature)
    for at, text in damage:
        token = token[:at] + text + token[at + len(text) // 2 :]
    whole(take_apart(token), token)
