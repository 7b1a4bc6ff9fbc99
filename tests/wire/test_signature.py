from __future__ import annotations

import pytest

from tui401.model.http import Header, Response
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.wire import redact

OTHER = "kQ7xV2mPq9LwZ3bT5hRd"


def signature(body: str = "", *lines: tuple[str, str], status: int = 401, kind: str = "application/json") -> str:
    headers = tuple(Header(name, Secret(value)) for name, value in (("Content-Type", kind), *lines))
    return redact.response(Response(status, headers, Secret(body.encode())), Names()).signature


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"id":"6f1c9a3e-1111-4222-8333-444455556666"}', '{"id":"00000000-aaaa-4222-8333-444455556667"}'),
        ('{"t":"2026-11-23T10:11:12Z"}', '{"t":"2026-11-24T00:00:00.123+01:00"}'),
        ("at Mon, 23 Nov 2026 15:47:31 GMT", "at Tue, 24 Nov 2026 03:00:00 GMT"),
        ('{"timestamp":1790000000123,"n":1}', '{"timestamp":1790000009999,"n":1}'),
        ("<RequestId>9E09E2E8D09D863C</RequestId>", "<RequestId>0A1B2C3D4E5F6071</RequestId>"),
        ('{"request_id":"req_011CSHoEeqs5C35K2UUqR7Fy"}', '{"request_id":"req_011CAbcdefs5C35K2UUqR7Xx"}'),
        ('{"error":"no","took":"0.00123"}', '{"error":"no","took":"0.01123"}'),
        ('{"token":"abcDEF123ghiJKL456mno"}', '{"token":"xyzDEF789ghiJKL000mno"}'),
        ('{"error": "no"}', '{"error":  "no"}\n'),
    ],
)
def test_answers_that_differ_in_identifiers_times_and_secrets_say_the_same(one: str, other: str) -> None:
    assert signature(one) == signature(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"error":"expired"}', '{"error":"invalid"}'),
        ('{"code":4010}', '{"code":4011}'),
        ("The audience 'a' is invalid", "The issuer 'a' is invalid"),
        ("AADSTS50013", "AADSTS70043"),
        ('{"error":"no"}', ""),
    ],
)
def test_answers_that_say_something_else_differ(one: str, other: str) -> None:
    assert signature(one) != signature(other)


def test_status_challenge_and_media_type_count_and_other_headers_do_not() -> None:
    plain = signature("x", ("WWW-Authenticate", 'Bearer realm="r"'))
    assert plain == signature("x", ("www-authenticate", 'bearer realm="r"'), ("Date", "now"), ("X-Request-Id", "1"))
    assert plain != signature("x", ("WWW-Authenticate", 'Bearer realm="r", error="invalid_token"'))
    assert plain != signature("x", ("WWW-Authenticate", 'Basic realm="r"'))
    assert plain != signature("x", ("WWW-Authenticate", 'Bearer realm="r"'), status=403)
    assert plain != signature("x", ("WWW-Authenticate", 'Bearer realm="r"'), kind="text/html")


def test_nonces_do_not_count() -> None:
    def digest(nonce: str) -> str:
        return signature("", ("WWW-Authenticate", f'Digest realm="r", nonce="{nonce}", opaque="{nonce}1", qop="auth"'))

    assert digest("abc") == digest("dcd98b7102dd2f0e8b11d0f600bfb0c093")


def test_the_echo_of_another_credential_does_not_count() -> None:
    names = Names()
    names.name(Secret(OTHER))
    one = Response(401, (), Secret(f"token {OTHER} is not known".encode()))
    other = Response(401, (), Secret(b"token 9Zk3jf93kfmQ2x81kQpL is not known"))
    assert redact.response(one, names).signature == redact.response(other, names).signature
