"""Header values taken apart: each defect with its place and cause, and the same credential written right."""

from __future__ import annotations

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui401.wire.authorization import Authorization, canonical, repaired, take_apart

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnc2lnc2lnc2lnc2lnc2lnc2lnc2lnc2lnc2lnc2k"
RIGHT = f"Bearer {TOKEN}"
END = len(RIGHT)


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def defects(value: str) -> list[tuple[str, str, int, int]]:
    return [(d.name, d.cause, d.at, d.length) for d in take_apart(value).defects]


@pytest.mark.parametrize(
    "value",
    [
        RIGHT,
        f"bearer {TOKEN}",
        "Bearer 2YotnFZFEjr1zCsicMWpAA",
        "Bearer 12|kQ7zkQ7zkQ7zkQ7z",
        "Bearer $aact_YTU5YTE0M2M2N2I4MTliNzk0YTI5N2U5MzdjNWZmNDQ6OjAwMDAw",
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
        "token 0123456789abcdef0123456789abcdef01234567",
        f"JWT {TOKEN}",
        f"DPoP {TOKEN}",
        basic("user:pass"),
        basic("sk_test_1:"),
        basic(":a1b2c3"),
        'Digest username="a", realm="b c", response="d"',
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=ab",
        'hmac username="bob", algorithm="hmac-sha1", headers="date", signature="c2lnbmF0dXJl"',
        'Token token="abc123", nonce="x"',
        "Zoho-oauthtoken 1000.abc.def",
    ],
)
def test_a_right_header_has_no_defect(value: str) -> None:
    parsed = take_apart(value)
    assert (parsed.defects, parsed.usable) == ((), True)
    assert value == f"{parsed.scheme} {parsed.credential.reveal()}"


AROUND = [
    (f"Bearer  {TOKEN}", "two-spaces", 7, 1),
    (f"Bearer    {TOKEN}", "two-spaces", 7, 3),
    (f"Bearer\t{TOKEN}", "tab-after-scheme", 6, 1),
    (f" Bearer {TOKEN}", "leading-space", 0, 1),
    (f"Bearer {TOKEN} ", "trailing-space", END, 1),
    (f"Bearer {TOKEN}\n", "control-character", END, 1),
    (f"Bearer {TOKEN}\r\n", "control-character", END, 2),
    (f"Bearer {TOKEN}\x00", "control-character", END, 1),
    (f"Bearer {TOKEN}\x7f", "control-character", END, 1),
    (f"Bearer\r\n {TOKEN}", "control-character", 6, 3),
    (f"Bearer\u00a0{TOKEN}", "non-ascii", 6, 1),
    (f"Bearer \u200b{TOKEN}", "non-ascii", 6, 2),
    (f"\ufeffBearer {TOKEN}", "non-ascii", 0, 1),
    (f"Bearer {TOKEN}\u200b", "non-ascii", END, 1),
    (f"Bearer Bearer {TOKEN}", "scheme-doubled", 7, 7),
    (f"Bearer bearer  {TOKEN}", "scheme-doubled", 7, 8),
    (f'Bearer "{TOKEN}"', "quoted", 7, len(TOKEN) + 2),
    (f"Bearer '{TOKEN}'", "quoted", 7, len(TOKEN) + 2),
    (f"Bearer “{TOKEN}”", "quoted", 7, len(TOKEN) + 2),
    (f'"Bearer {TOKEN}"', "quoted", 0, END + 2),
    (f"'Bearer {TOKEN}'", "quoted", 0, END + 2),
    (f'Bearer "{TOKEN}', "quoted", 7, 1),
    (f"Bearer {TOKEN}'", "quoted", END, 1),
    (f"Bearer b'{TOKEN}'", "quoted", 7, len(TOKEN) + 3),
    (f"Bearer <{TOKEN}>", "brackets", 7, len(TOKEN) + 2),
    (f"Bearer [{TOKEN}]", "brackets", 7, len(TOKEN) + 2),
    (f"Bearer {{{TOKEN}}}", "brackets", 7, len(TOKEN) + 2),
    (f"Bearer {TOKEN}>", "brackets", END, 1),
    (f"<Bearer {TOKEN}>", "brackets", 0, END + 2),
    (f"Bearer: {TOKEN}", "colon-after-scheme", 6, 1),
    (f"Bearer:{TOKEN}", "colon-after-scheme", 6, 1),
    (f"Bearer : {TOKEN}", "colon-after-scheme", 7, 1),
    (f"Bearer={TOKEN}", "equals-after-scheme", 6, 1),
    (f"Bearer%20{TOKEN}", "percent-encoded", 6, 3),
    (f"Bearer+{TOKEN}", "percent-encoded", 6, 1),
    (f"Bearer{TOKEN}", "space-missing", 6, 0),
    (f"Bearer {TOKEN},", "sign-behind", END, 1),
    (f"Bearer {TOKEN};", "sign-behind", END, 1),
    (f"Bearer {TOKEN}.", "sign-behind", END, 1),
    (f"Bearer {TOKEN}\\n", "sign-behind", END, 2),
    (f"Bearer access_token={TOKEN}", "name-before", 7, 13),
    (f"Authorization: Bearer {TOKEN}", "header-name-inside", 0, 14),
    (f"Bearer {{'access_token': '{TOKEN}', 'expires_in': 3600}}", "object", 7, len(TOKEN) + 40),
    (f'Bearer {{"token":"{TOKEN}"}}', "object", 7, len(TOKEN) + 12),
]


@pytest.mark.parametrize(("value", "name", "at", "length"), AROUND)
def test_what_stands_around_the_credential_is_malformed_header(value: str, name: str, at: int, length: int) -> None:
    assert defects(value) == [(name, "header-malformed", at, length)]
    parsed = take_apart(value)
    assert (parsed.meant, parsed.credential.reveal()) == ("Bearer", TOKEN)
    assert value[slice(*parsed.credential_span)] == TOKEN
    assert value[slice(*parsed.scheme_span)] == parsed.scheme


@pytest.mark.parametrize("value", [row[0] for row in AROUND])
def test_what_stands_around_is_taken_away_and_nothing_else(value: str) -> None:
    assert canonical(value) == RIGHT
    assert canonical(RIGHT) is None
    assert repaired(value) is None


INSIDE = [
    (f"Bearer {TOKEN[:9]}\n{TOKEN[9:]}", "control-character", 16, 1),
    (f"Bearer {TOKEN[:9]}\r\n  {TOKEN[9:]}", "control-character", 16, 4),
    (f"Bearer {TOKEN[:9]} {TOKEN[9:]}", "space-inside", 16, 1),
    (f"Bearer {TOKEN[:9]}\u200b{TOKEN[9:]}", "non-ascii", 16, 1),
    (f"Bearer {TOKEN.replace('.', '%2E')}", "percent-encoded", 7 + TOKEN.index("."), 3),
]


@pytest.mark.parametrize(("value", "name", "at", "length"), INSIDE)
def test_damage_inside_is_a_malformed_token_and_is_mended_only_on_request(
    value: str, name: str, at: int, length: int
) -> None:
    assert defects(value) == [(name, "token-malformed", at, length)]
    assert canonical(value) is None
    assert repaired(value) == RIGHT


def test_damage_inside_stays_when_only_what_is_around_goes() -> None:
    assert canonical("Token  9944b09199c6 2bcf") == "Token 9944b09199c6 2bcf"
    assert repaired("Token  9944b09199c6 2bcf") == "Token 9944b09199c62bcf"


@pytest.mark.parametrize(
    ("value", "meant"), [(f"Baerer {TOKEN}", "Bearer"), (f"Beare {TOKEN}", "Bearer"), ("Bsaic dXNlcjpwYXNz", "Basic")]
)
def test_a_misspelled_scheme_is_the_wrong_scheme(value: str, meant: str) -> None:
    [(name, cause, at, length)] = defects(value)
    assert (name, cause, at, length) == ("scheme-misspelled", "scheme-wrong", 0, value.index(" "))
    assert canonical(value) == f"{meant} {value.split(' ')[1]}"


def test_a_bare_token_lacks_its_scheme() -> None:
    assert defects(TOKEN) == [("scheme-missing", "scheme-missing", 0, 0)]
    assert canonical(TOKEN) == RIGHT
    assert canonical("dXNlcjpwYXNz") == "Basic dXNlcjpwYXNz"
    assert take_apart("sk-proj-a1B2c3D4a1B2 c3D4").scheme == ""


@pytest.mark.parametrize("value", ["", " ", "Bearer", "Bearer ", "Bearer  ", "basic", 'Bearer ""', "Bearer Bearer "])
def test_nothing_sent_is_a_placeholder_before_all_else(value: str) -> None:
    parsed = take_apart(value)
    assert [d.cause for d in parsed.defects] == ["credential-placeholder"]
    assert (parsed.usable, canonical(value), repaired(value)) == (False, None, None)


PLACEHOLDERS = [
    *(
        "$TOKEN",
        "${TOKEN}",
        "${TOKEN:-x}",
        "{{token}}",
        "{{ access.token }}",
        "<token>",
        "<your access token>",
        "%TOKEN%",
    ),
    *("YOUR_API_KEY", "your-api-key-here", "YOUR_TENANT_TOKEN", "yourApiKey", "<YOUR_API_KEY>", "INSERT_TOKEN_HERE"),
    *(
        "undefined",
        "null",
        "None",
        "nil",
        "[object Object]",
        "[object Promise]",
        "xxxxxxxx",
        "XXX-XXX-XXX",
        "sk-xxxxxx",
    ),
    *("token", "access_token", "REDACTED", "[REDACTED]", "***", "●●●●", "...", "#{token}", "<%= token %>", "{token}"),
    *("$(cat token.txt)", "${{ secrets.TOKEN }}", "<function getToken>", "changeme", "paste token here", "<redacted>"),
]


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder_is_told_as_a_whole_and_before_all_else(text: str) -> None:
    for value in (f"Bearer {text}", f'Bearer  "{text}"', f"Token {text}"):
        parsed = take_apart(value)
        assert [(d.name, d.cause) for d in parsed.defects] == [("placeholder", "credential-placeholder")], value
        assert canonical(value) is None


@pytest.mark.parametrize(
    "text",
    [
        *("sk_test_4eC39HqLyjW4eC39HqLyjW", "pi_1PiXFxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxzlzo", "hunter2", "secret-7f3a"),
        *("tokenA1b2C3d4", "none-4f5a6b7c8d9e", "my-cat-is-grey", "nullable77", "YOURS7f8a9b0c1d2e3f", "test"),
        *(TOKEN, "2YotnFZFEjr1zCsicMWpAA", "ghp_A1b2C3d4E5A1b2C3d4E5A1b2C3d4E5F6g7H8", "xxa", "$2b$10$abcdefghijk"),
    ],
)
def test_a_real_key_is_no_placeholder_whatever_it_holds(text: str) -> None:
    assert take_apart(f"Bearer {text}").usable
    [defect] = take_apart(f"Bearer <{text}x1y2z3w4>").defects
    assert (defect.name, defect.cause) == ("brackets", "header-malformed")


@pytest.mark.parametrize(
    ("value", "name", "at", "length"),
    [
        ("Basic user:pass!", "basic-not-base64", 10, 1),
        ("Basic dXNlcjpwYXNz*", "basic-not-base64", 18, 1),
        ("Basic dXNlcjpwYX", "basic-padding", 16, 0),
        (basic("user"), "basic-no-colon", 6, 8),
        (basic("user:pass\n"), "basic-line-break", 18, 4),
        ("Basic dXNlcjp-fn5-", "basic-url-safe", 13, 1),
    ],
)
def test_a_basic_credential_is_looked_into(value: str, name: str, at: int, length: int) -> None:
    assert defects(value) == [(name, "basic-malformed", at, length)]


def test_a_basic_credential_is_encoded_anew_on_request_only() -> None:
    assert canonical("Basic user:pass!") is None
    assert repaired("Basic user:pass!") == basic("user:pass!")
    assert repaired(basic("user:pass\n")) == basic("user:pass")
    assert repaired("Basic dXNlcjp-fn5-") == "Basic dXNlcjp+fn5+"
    assert repaired(basic("user")) is None


@pytest.mark.parametrize("text", [":", "undefined:undefined", "$USER:$PASS", "YOUR_API_KEY:"])
def test_a_basic_credential_of_nothing_is_a_placeholder(text: str) -> None:
    assert [d.cause for d in take_apart(basic(text)).defects] == ["credential-placeholder"]


def test_a_jwt_behind_basic_is_the_wrong_scheme() -> None:
    assert defects(f"Basic {TOKEN}") == [("basic-holds-token", "scheme-wrong", 6, len(TOKEN))]
    assert canonical(f"Basic {TOKEN}", "Bearer") == RIGHT


@pytest.mark.parametrize("joint", [", ", ","])
def test_two_headers_joined_into_one_are_a_duplicate(joint: str) -> None:
    value = f"{RIGHT}{joint}Basic dXNlcjpwYXNz"
    assert defects(value) == [("two-credentials", "header-duplicated", END, len(value) - END)]
    assert canonical(value) == RIGHT


def test_a_header_for_bare_keys_takes_no_scheme() -> None:
    assert take_apart("a1b2c3", bare=True).defects == ()
    [defect] = take_apart("Bearer a1b2c3", bare=True).defects
    assert (defect.name, defect.cause) == ("scheme-unexpected", "header-malformed")
    assert canonical('"a1b2c3"', "") == canonical("Bearer a1b2c3", "") == "a1b2c3"
    assert canonical("a1b2c3", "") is None
    assert take_apart("undefined", bare=True).defects[0].cause == "credential-placeholder"


def test_another_scheme_can_be_written() -> None:
    assert canonical(RIGHT, "DPoP") == f"DPoP {TOKEN}"


def test_several_defects_come_in_the_order_of_the_value() -> None:
    assert [d[0] for d in defects(f' Bearer:  <"{TOKEN}">,')] == [
        "leading-space",
        "colon-after-scheme",
        "brackets",
        "quoted",
        "sign-behind",
    ]


def test_neither_the_result_nor_its_defects_show_the_credential() -> None:
    for value in [row[0] for row in (*AROUND, *INSIDE)]:
        shown = repr(take_apart(value)) + "".join(d.says for d in take_apart(value).defects)
        assert not any(TOKEN[i : i + 8] in shown for i in range(len(TOKEN) - 8))


SIGNS = st.text(alphabet=" \t\r\n\x00\"'<>[]{}():=,;.%20\\eyJBearer basic$\u00a0\ufeff“”\ud800", max_size=60)
PIECES = st.lists(
    st.sampled_from(
        [
            "Bearer",
            "Basic",
            " ",
            "  ",
            "\t",
            TOKEN,
            '"',
            "<",
            ">",
            "$TOKEN",
            ":",
            "%20",
            ",",
            "\n",
            "Authorization:",
            "b'",
        ]
    ),
    max_size=12,
).map("".join)


@given(st.one_of(st.text(), SIGNS, PIECES), st.booleans())
@example(value="Bearer b''", bare=False)
def test_any_text_is_taken_apart(value: str, bare: bool) -> None:  # noqa: FBT001 - Hypothesis hands values over by place
    parsed = take_apart(value, bare=bare)
    start, end = parsed.credential_span
    assert 0 <= start <= end <= len(value)
    assert value[start:end] == parsed.credential.reveal()
    assert len(parsed.defects) < 64
    for defect in parsed.defects:
        assert 0 <= defect.at <= defect.at + defect.length <= len(value)
    whole(parsed, value)


def whole(parsed: Authorization, value: str) -> None:
    written = canonical(value)
    if written is not None:
        assert written != value
        assert written.endswith(parsed.credential.reveal()) or not parsed.scheme
        assert written.isascii()
        assert written.isprintable()
    repaired(value)
    canonical(value, "")
