from __future__ import annotations

import base64
import json
import random
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui401.model import saved
from tui401.model.http import Exchange, Failure, FailureKind, From, Header, Hop, Origin, Provenance, Request, Response
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import CredentialSeen, Place
from tui401.model.words import Shape
from tui401.wire import redact, shapes

KEY = "kQ7xV2mPq9LwZ3bT5hRd"
HERE = Provenance(From.COMMAND, "-H")


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


CLAIMS = {"iss": "https://i.example", "nonce": "n-0S6_WzA2Mj"}
TOKEN = f"{part({'alg': 'RS256', 'kid': 'k7'})}.{part(CLAIMS)}.{'Zx81kQpL' * 8}"


def asked(*lines: tuple[str, str], target: str = "/v1", body: bytes | None = None) -> Request:
    headers = tuple(Header(name, Secret(value), HERE) for name, value in lines)
    return Request(
        "GET", Origin("https", "api.example.com", 443), Secret(target), headers, Secret(body) if body else None
    )


def answered(*lines: tuple[str, str], body: bytes | str = b"", status: int = 401) -> Response:
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return Response(status, tuple(Header(name, Secret(value)) for name, value in lines), Secret(raw))


def shown_header(name: str, value: str) -> str:
    return redact.response(answered((name, value)), Names()).headers[0].value


def shown_body(body: bytes | str, kind: str = "application/json", names: Names | None = None) -> str:
    return redact.response(answered(("Content-Type", kind), body=body), names or Names()).body


def seen(*lines: tuple[str, str], target: str = "/v1") -> CredentialSeen:
    return redact.credentials(asked(*lines, target=target), Names()).credentials[0]


def test_a_request_keeps_its_structure_and_its_credentials_get_names_in_their_order() -> None:
    names = Names()
    shown = redact.request(
        asked(
            *(("Cookie", f"lang=en; sid={KEY}c"), ("Authorization", f'Bearer  "{TOKEN}"'), ("Accept", "*/*")),
            target=f"/v1/orders?page=2&token={KEY}",
        ),
        names,
    )
    assert shown.url == "https://api.example.com/v1/orders?page=2&token=‹secret-2›"
    assert [header.value for header in shown.headers] == [
        "lang=‹hidden›; sid=‹secret-3›",
        'Bearer  "‹secret-1›"',
        "*/*",
    ]
    assert names.known() == (Secret(TOKEN), Secret(KEY), Secret(f"{KEY}c"))


def test_a_placeholder_is_shown_as_it_was_sent() -> None:
    shown = redact.request(asked(("Authorization", "Bearer $TOKEN"), target="/v1?api_key={{key}}"), Names())
    assert shown.headers[0].value == "Bearer $TOKEN"
    assert shown.url.endswith("?api_key={{key}}")


def test_signed_schemes_keep_what_a_report_needs() -> None:
    aws = (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261123/eu-west-1/s3/aws4_request, "
        "SignedHeaders=host, Signature=0f" + "ab" * 31
    )
    shown = redact.request(asked(("Authorization", aws), ("X-Amz-Date", "20261123T101112Z")), Names())
    assert shown.headers[0].value == (
        "AWS4-HMAC-SHA256 Credential=‹secret-2›/20261123/eu-west-1/s3/aws4_request, "
        "SignedHeaders=host, Signature=‹secret-1›"
    )
    assert shown.headers[1].value == "20261123T101112Z"


def test_even_a_credential_too_short_to_be_searched_for_is_covered_in_its_place() -> None:
    assert redact.request(asked(("Authorization", "Bearer ab1")), Names()).headers[0].value == "Bearer ‹secret-1›"
    digest = 'Digest username="me", realm="r", nonce="n1", uri="/v1", response="0f", cnonce="c1"'
    shown = redact.request(asked(("Authorization", digest)), Names()).headers[0].value
    assert shown.startswith('Digest username="me", realm="r", nonce="‹secret-')
    assert not {'"n1"', '"0f"', '"c1"'} & set(shown.replace("=", " ").replace(",", " ").split())


def test_what_an_answer_sets_in_one_place_is_covered_in_all_its_others() -> None:
    sent = answered(
        ("Set-Cookie", f"sid={KEY}; Path=/"), body=f"your session {base64.b64encode(KEY.encode()).decode()}"
    )
    assert redact.response(sent, Names()).body == "your session ‹hidden›"
    short = answered(("Set-Cookie", "sid=Zk3jf93k"), body="your session Zk3jf93k")
    assert redact.response(short, Names()).body == "your session ‹hidden›"


def test_a_challenge_keeps_its_words_and_loses_its_nonces() -> None:
    value = (
        'Bearer realm="orders", error="invalid_token", error_description="The token expired at 2026-11-23 10:00", '
        'scope="a b", resource_metadata="https://api.example.com/.well-known/oauth-protected-resource", nonce="abc", '
        'Digest realm="r", qop="auth", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    assert shown_header("WWW-Authenticate", value) == value.replace('"abc"', '"‹hidden›"').replace(
        "5ccc069c403ebaf9f0171e9517f40e41", "‹hidden›"
    )
    assert shown_header("WWW-Authenticate", "Negotiate YIIGhwYGKwYBBQUCoIIGezCCBnegAwIBAA==") == "Negotiate ‹hidden›"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Set-Cookie", f"sid={KEY}; Path=/; HttpOnly", "sid=‹hidden›; Path=/; HttpOnly"),
        ("Location", f"/cb?code={KEY}&state=af0ifjsldkj1&next=%2Fv1", "/cb?code=‹hidden›&state=‹hidden›&next=%2Fv1"),
        ("Location", f"https://h.example/#access_token={KEY}&x=1", "https://h.example/#access_token=‹hidden›&x=1"),
        ("Location", f"https://me:{KEY}@h.example/x", "https://me:‹hidden›@h.example/x"),
        ("Location", f"https://{KEY}@h.example/x", "https://‹hidden›@h.example/x"),
        ("Link", f"<https://h.example/x?api_key={KEY}>; rel=next", "<https://h.example/x?api_key=‹hidden›>; rel=next"),
        ("X-Auth-Token", KEY, "‹hidden›"),
        ("X-Request-Id", "9E09E2E8D09D863C", "9E09E2E8D09D863C"),
        (
            "x-amz-id-2",
            "CQl85Ol1ejSfxwCFffw880W3OsDNI+FtTYPrQFjJVtM6=",
            "CQl85Ol1ejSfxwCFffw880W3OsDNI+FtTYPrQFjJVtM6=",
        ),
        (
            "traceparent",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ),
        ("ETag", '"33a64df551425fcc55e4d42a148795d9f25f89d4"', '"33a64df551425fcc55e4d42a148795d9f25f89d4"'),
        ("X-Debug", f"token was {TOKEN} indeed", "token was ‹hidden› indeed"),
        ("Date", "Mon, 23 Nov 2026 15:47:31 GMT", "Mon, 23 Nov 2026 15:47:31 GMT"),
    ],
)
def test_headers_of_answers(name: str, value: str, expected: str) -> None:
    assert shown_header(name, value) == expected


@pytest.mark.parametrize(
    "body",
    [
        '{"error":{"code":"InvalidAuthenticationToken","message":"Access token validation failure."}}',
        '{"error":"invalid_token","error_description":"The access token expired","token":"expired","code":4010}',
        "{'error': {'code': 'InvalidAuthenticationToken', 'request-id': 'c2920885-4c71-4dea-bee7-dbe21c52ec1e'}}",
        '{"message":"IDX10501: Unable to match key: kid: \'nOo3ZDrODXEK1jKWhXslHR_KXEg\'","code":"AADSTS50013"}',
        '{"request_id":"req_011CSHoEeqs5C35K2UUqR7Fy","type":"authentication_error"}',
        '{"detail":"Authentication credentials were not provided.","key":"name","state":"failed"}',
        '{"message":"The audience \'63ee4227-0000-0000-0000-000000000000\' is invalid"}',
        '{"msg":"Bearer token is missing","hint":"send Authorization: Bearer token","docs":"https://h.example/auth?topic=token"}',
        '{"error": "insufficient_scope", "scope": "orders:read orders:write", "required_scopes": ["a.b/c"]}',
    ],
)
def test_the_words_of_a_refusal_stay_as_they_are(body: str) -> None:
    assert shown_body(body) == body


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"access_token":"abcdefghij1","n":1}', '{"access_token":"‹hidden›","n":1}'),
        ('{"access_token": "abcdefghij1', '{"access_token": "‹hidden›'),
        ('{"tokens": ["abc1def2gh", "x9y8z7w6v5"], "next": 1}', '{"tokens": ["abc1def2gh", "x9y8z7w6v5"], "next": 1}'),
        ('{"password": "correct horse", "pin": 1234}', '{"password": "‹hidden›", "pin": ‹hidden›}'),
        ('{"a": "AKIAIOSFODNN7EXAMPLE"}', '{"a": "‹hidden›"}'),
        (f'{{"a": "see {TOKEN}."}}', '{"a": "see ‹hidden›"}'),
        ('{"a": "-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----"}', '{"a": "‹hidden›"}'),
        (
            '{"device_code":"GmRhmhcxhwAzkoEqiMEg","user_code":"WDJB-MJHT"}',
            '{"device_code":"‹hidden›","user_code":"‹hidden›"}',
        ),
        ("{'api_key': 'abc1def2ghi3'}", "{'api_key': '‹hidden›'}"),
    ],
)
def test_secrets_in_bodies_go_by_name_and_by_shape(body: str, expected: str) -> None:
    assert shown_body(body) == expected


def test_forms_markup_and_multipart_too() -> None:
    assert (
        shown_body(f"a=1&refresh_token={KEY}&b=2", "application/x-www-form-urlencoded")
        == "a=1&refresh_token=‹hidden›&b=2"
    )
    assert shown_body(f'<input type="hidden" name="csrf_token" value="{KEY}">', "text/html") == (
        '<input type="hidden" name="csrf_token" value="‹hidden›">'
    )
    assert (
        shown_body(f"<a:Password Type='x'>{KEY}</a:Password>", "text/xml")
        == "<a:Password Type='x'>‹hidden›</a:Password>"
    )
    sent = f'--b\r\nContent-Disposition: form-data; name="client_secret"\r\n\r\n{KEY}\r\n--b--\r\n'
    assert shown_body(sent, "multipart/form-data; boundary=b") == sent.replace(KEY, "‹hidden›")


def test_a_short_password_is_covered_as_a_word_and_leaves_other_words_alone() -> None:
    names = Names()
    redact.request(asked(("Authorization", "Basic " + base64.b64encode(b"svc:s3cr3").decode())), names)
    assert redact.text("user svc with S3CR3 failed; s3cr3ts and cs3cr3 stay", names) == (
        "user svc with ‹secret-1› failed; s3cr3ts and cs3cr3 stay"
    )


def test_a_server_cannot_forge_a_mark() -> None:
    assert (
        redact.text("it says ‹secret-1› and ‹hidden› and ‹this›", Names())
        == "it says <secret-1› and <hidden› and ‹this›"
    )


def test_a_secret_that_reads_like_a_mark_does_not_break_marks() -> None:
    names = Names()
    names.name(Secret("my-secret-1234"))
    assert redact.text("sent my-secret-1234 here", names) == "sent ‹secret-1› here"


def test_common_words_inside_a_secret_do_not_cover_the_words_of_a_refusal() -> None:
    names = Names()
    names.name(Secret("access_token_9Zk3jf93kfmQ2"))
    assert redact.text("the access_token expired", names) == "the access_token expired"
    assert redact.text("got: ken_9Zk3jf93 here", names) == "got: ‹secret-1› here"


def test_bodies_are_bounded_and_what_is_no_text_becomes_a_phrase() -> None:
    assert shown_body(bytes(range(256)) * 40, "image/png") == "(10,240 bytes that are no text)"
    assert len(shown_body("word " * 10_000, "text/plain")) == redact.MAX_BODY
    assert shown_body("\xfcber", "text/plain; charset=utf-8") == "\xfcber"
    assert shown_body("über".encode("latin-1"), "text/plain; charset=ISO-8859-1") == "über"


def test_a_secret_at_the_cut_does_not_peep_out() -> None:
    names = Names()
    names.name(Secret(KEY))
    body = "x " * ((redact.MAX_BODY - 10) // 2) + KEY + " y" * 40_000
    assert KEY[:8] not in shown_body(body, "text/plain", names)


def test_the_credential_of_a_quoted_bearer_token_is_told_apart() -> None:
    found = seen(("Authorization", f'Bearer "{TOKEN}"'))
    assert (found.name, found.place, found.scheme, found.family) == (
        "secret-1",
        Place.AUTHORIZATION,
        "Bearer",
        "bearer",
    )
    assert [defect.name for defect in found.defects] == ["quoted"]
    assert len(found.masked) == len(f'Bearer "{TOKEN}"')
    assert found.masked.startswith('Bearer "●●●')
    assert found.masked.count(".") == 2
    assert found.canonical_differs
    assert found.token is not None
    assert found.token.shape is Shape.JWT
    assert found.token.claims == {"iss": "https://i.example", "nonce": "‹hidden›"}
    assert (found.came_from, found.origin) == ("command (-H)", "command")


@pytest.mark.parametrize(
    ("line", "family", "user", "hint"),
    [
        (("Authorization", "Basic " + base64.b64encode(b"svc:hunter2hunter2").decode()), "basic", "svc", ""),
        (
            ("Authorization", "Basic " + base64.b64encode(b"sk_test_4eC39HqLyjWDarjt:").decode()),
            "basic",
            "‹hidden›",
            "",
        ),
        (("Authorization", KEY), "raw", "", "5hRd"),
        (("Authorization", f"Token {KEY}"), "api-key", "", "5hRd"),
        (("Authorization", f"DPoP {TOKEN}"), "dpop", "", "kQpL"),
        (("Authorization", "Negotiate YIIGhwYGKwYBBQUCoIIGezCCBneg"), "negotiate", "", "Bneg"),
        (
            ("Authorization", 'Digest username="me", response="0123456789abcdef0123456789abcdef"'),
            "digest",
            "me",
            "cdef",
        ),
        (("X-API-Key", KEY), "api-key", "", "5hRd"),
        (("Cookie", f"a=b; session={KEY}"), "cookie", "", "5hRd"),
    ],
)
def test_families_users_and_hints(line: tuple[str, str], family: str, user: str, hint: str) -> None:
    found = seen(line)
    assert (found.family, found.user, found.hint) == (family, user, hint)


def test_a_vendors_prefix_is_shown_to_seven_characters() -> None:
    assert seen(("X-API-Key", "sk_live_4eC39HqLyjWDarjtT1zdp7dc")).prefix == "sk_live"
    assert seen(("X-API-Key", KEY)).prefix == ""


def test_an_empty_or_placeholder_credential_has_no_name() -> None:
    for value in ("Bearer", "Bearer $TOKEN", ""):
        found = seen(("Authorization", value))
        assert found.name == ""
        assert found.defects[0].cause == "credential-placeholder"


def test_cookies_of_no_session_and_csrf_tokens_are_no_credentials() -> None:
    sent = asked(("Cookie", "lang=en; _ga=GA1.2.3"), ("X-CSRF-Token", KEY))
    assert redact.credentials(sent, Names()).credentials == ()


def test_a_failure_and_withheld_credentials_are_told_without_the_secret() -> None:
    names = Names()
    sent = asked(("Authorization", f"Bearer {KEY}"))
    failed = Exchange((Hop(sent, None, 1.0, 0.1, withheld=(f"{KEY} stayed",)),), Failure(FailureKind.TLS, f"no {KEY}"))
    shown = redact.answer(failed, names, label="original")
    assert shown.failure is not None
    assert (shown.failure.kind, shown.failure.says) == ("tls", "no ‹secret-1›")
    assert shown.hops[0].withheld == ("‹secret-1› stayed",)
    assert shown.hops[0].credential_sent


def test_claims_are_bounded_and_always_encode() -> None:
    deep: dict[str, object] = {}
    for _ in range(100):
        deep = {"d": deep, "l": [deep]}
    wild = {
        "big": 10**40,
        "huge": 2**5000,
        "nan": float("nan"),
        "lone": "\ud800",
        "\ud800": 1,
        "deep": deep,
        "t": TOKEN,
    }
    shown = redact.claims(
        {**wild, "long": "x" * 9_999, "many": list(range(9_999)), "email": "me@example.com", "jti": KEY}
    )
    assert saved.encode(redact.token(TOKEN))
    text = json.dumps(shown, ensure_ascii=False).encode("utf-8").decode()
    assert len(text) < 50_000
    assert shown["big"] == "1" + "0" * 40
    assert shown["t"] == "‹hidden›"
    assert (shown["email"], shown["jti"]) == ("me@example.com", KEY)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)
ANYTHING = st.text(st.characters(), max_size=400)


@settings(deadline=None)
@given(st.dictionaries(st.text(st.characters()), JSON))
def test_any_claims_encode(claims: dict[str, object]) -> None:
    names = Names()
    names.name(Secret(KEY))
    for shown in (redact.claims(claims), redact.claims(claims, names)):
        assert isinstance(json.loads(json.dumps(shown)), dict)
        saved.encode(redact.token(f"{part({'alg': 'x', **claims})}.{part(claims)}.AAAA", names))


@settings(deadline=None)
@given(
    ANYTHING,
    ANYTHING,
    st.binary(max_size=400),
    st.sampled_from(["", "application/json", "text/html", "multipart/form-data"]),
)
def test_anything_at_all_can_be_redacted_and_encoded(name: str, value: str, body: bytes, kind: str) -> None:
    names = Names()
    names.name(Secret(KEY))
    lines = (
        ("Content-Type", kind),
        (name, value),
        ("Authorization", value),
        ("Cookie", value),
        ("WWW-Authenticate", value),
    )
    sent = asked(*lines, target=f"/{value}", body=body)
    saved.encode(redact.request(sent, names))
    saved.encode(redact.credentials(sent, names))
    saved.encode(redact.response(answered(*lines, body=body), names))
    redact.text(value, names).encode("utf-8")
    redact.url(value, names).encode("utf-8")


def test_a_long_list_of_scopes_stays_whole_so_that_none_is_called_missing() -> None:
    scopes = " ".join(f"https://graph.example.com/Orders.{number:03}.ReadWrite.All" for number in range(200))
    shown = redact.claims({"scope": scopes, "scp": scopes, "name": scopes})
    assert shown["scope"] == shown["scp"] == scopes
    assert len(shown["name"]) == 1_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("go to %2Fcb%3Ftoken%3Dcorrecthorse%26page%3D2", "go to %2Fcb%3Ftoken%3D‹hidden›%26page%3D2"),
        ("next=https%253A%252F%252Fme%253Acorrecthorse%2540h", "next=https%253A%252F%252Fme%253A‹hidden›%2540h"),
        ("next=https%3A%2F%2Fh.example%2Fcb%3Fpage%3D2", "next=https%3A%2F%2Fh.example%2Fcb%3Fpage%3D2"),
        ("100%25 of 3%3D3", "100%25 of 3%3D3"),
        ("curl -u svc:correcthorse https://h.example", "curl -u svc:‹hidden› https://h.example"),
        ("curl --user 'svc:correct' -x p", "curl --user 'svc:‹hidden›' -x p"),
    ],
)
def test_what_stands_encoded_in_an_address_and_in_a_command_is_covered(text: str, expected: str) -> None:
    assert redact.text(text, Names()) == expected


@pytest.mark.parametrize("name", ["X-Hub-Signature-256", "password2", "api_key_1"])
def test_a_number_at_the_end_of_a_name_changes_nothing(name: str) -> None:
    assert redact.request(asked((name, "correct/horse")), Names()).headers[0].value == "‹secret-1›"
    assert shown_body('{"hash256": "ab12cd34ef56", "code2": "A-1"}') == '{"hash256": "ab12cd34ef56", "code2": "A-1"}'


@pytest.mark.parametrize(
    "words",
    [
        "An error occurred while attempting to decode the Jwt: Invalid JWT serialization: Missing dot delimiter(s)",
        "oidc: malformed jwt: oidc: malformed jwt, expected 3 parts got 1",
        '{"detail": {"errorcode": "oauth.v2.InvalidApiKeyForGivenResource"}}',
        '{"Code": "Forbidden.InvalidUser.UserNotInCurrentOrganization"}',
    ],
)
def test_words_that_tell_why_are_no_secrets_though_they_stand_behind_a_scheme_or_are_written_together(
    words: str,
) -> None:
    assert redact.response(answered(body=words), Names()).body == words


def test_letters_drawn_by_chance_are_no_words_written_together() -> None:
    drawn = random.Random(7)
    runs = ("".join(drawn.choices(string.ascii_letters, k=24)) for _ in range(2_000))
    assert sum(shapes.is_random(run) for run in runs) >= 2_000 * 0.89
