"""A request is kept without its secrets and comes back byte by byte once they are given again."""

from __future__ import annotations

import pytest

from tui401.model.http import Header, Origin, Proxy, Request, Transport
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import HeaderShown, Redacted, RequestShown, WayShown
from tui401.wire import redact
from tui401.wire.refill import filled, missing, way_of

TOKEN = "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.q7Zx9Wv2Kp0Lm4Rt8Yb3"
HOME = Origin("https", "api.example.com", 8443)


def request(
    *headers: tuple[str, str], target: str = "/v1/a%2Fb?x=1&&y", body: bytes | None = None, way: Transport | None = None
) -> Request:
    made = tuple(Header(name, Secret(value)) for name, value in headers)
    return Request("POST", HOME, Secret(target), made, Secret(body) if body is not None else None, way or Transport())


def again(before: Request, **more: str) -> Request:
    names = Names()
    shown, way = redact.request(before, names), way_of(before.transport)
    by_name = {names.name(secret): secret for secret in names.known()}
    given = {item.key: by_name[item.key] for item in missing(shown, way) if item.key in by_name}
    return filled(shown, way, {**given, **{key: Secret(value) for key, value in more.items()}})


def same(first: Request, second: Request) -> bool:
    lines = [[(h.name, h.value) for h in r.headers] for r in (first, second)]
    return lines[0] == lines[1] and (first.method, first.origin, first.target, first.body, first.transport) == (
        second.method,
        second.origin,
        second.target,
        second.body,
        second.transport,
    )


@pytest.mark.parametrize(
    "before",
    [
        request(("Authorization", f"Bearer  {TOKEN}"), ("Accept", "*/*")),
        request(("X-API-Key", "k3y7Zx9Wv2Kp0Lm4Qa8Hs"), ("Authorization", f"Bearer {TOKEN}")),
        request(target=f"/v1?access_token={TOKEN}&page=2"),
        request(target="/v1?api_key=a%2Bb%2F7Zx9Wv2Kp0Lm4Qa8"),
        request(body=b'{"a": "b"}\r\n'),
        request(body="ü".encode()),
        request(("A", ""), ("A", " lead")),
    ],
    ids=["two spaces", "two secrets", "query", "encoded", "body", "utf-8", "odd headers"],
)
def test_the_same_request_comes_back(before: Request) -> None:
    after = again(before)
    if "%2B" in before.target.reveal():
        assert after.target.reveal() in (before.target.reveal(), "/v1?api_key=a+b/7Zx9Wv2Kp0Lm4Qa8")
    else:
        assert same(before, after)


def test_a_body_with_a_secret_is_asked_for_whole_and_one_without_is_kept() -> None:
    before = request(body=b"grant_type=password&password=hunter2")
    shown = redact.request(before, Names())
    (item,) = missing(shown, WayShown())
    assert (item.key, item.whole) == ("body", True)
    assert same(before, again(before, body="grant_type=password&password=hunter2"))
    assert missing(redact.request(request(body=b"plain"), Names()), WayShown()) == ()


def test_a_body_that_is_no_text_or_too_long_is_asked_for() -> None:
    for body in (bytes(range(256)) * 4, b"a" * 40_000):
        (item,) = missing(redact.request(request(body=body), Names()), WayShown())
        assert item.key == "body"


def test_a_header_that_hides_something_under_no_name_is_asked_for_whole() -> None:
    shown = RequestShown(
        method="GET",
        url=Redacted("https://a/"),
        headers=(HeaderShown(name="A", value=Redacted("1")), HeaderShown(name="Cookie", value=Redacted("a=‹hidden›"))),
    )
    (item,) = missing(shown, WayShown())
    assert (item.key, item.name, item.whole) == ("header:1", "the whole value of the header Cookie", True)
    made = filled(shown, WayShown(), {"header:1": Secret("a=b; c=d")})
    assert made.headers[1].value == Secret("a=b; c=d")


def test_what_was_struck_out_is_asked_for_and_never_sent_as_its_mark() -> None:
    header = HeaderShown(name="X-Tenant", value=Redacted("‹struck-2›"))
    shown = RequestShown(
        method="POST", url=Redacted("https://‹struck-1›/v1"), headers=(header,), body=Redacted("‹struck-2›")
    )
    assert [item.key for item in missing(shown, WayShown())] == ["address", "header:0", "body"]
    given = {"address": "https://api.example.com/v1", "header:0": "acme", "body": "acme"}
    made = filled(shown, WayShown(), {key: Secret(value) for key, value in given.items()})
    assert made.url.reveal() == "https://api.example.com/v1"
    assert [header.value.reveal() for header in made.headers] == ["acme"]


def test_basic_is_given_encoded_or_as_user_and_password() -> None:
    before = request(("Authorization", "Basic dXNlcjpwYXNzd29yZC0xMjM="))
    shown = redact.request(before, Names())
    (item,) = missing(shown, WayShown())
    assert item.basic
    for value in ("dXNlcjpwYXNzd29yZC0xMjM=", "user:password-123"):
        made = filled(shown, WayShown(), {item.key: Secret(value)})
        assert made.headers[0].value == before.headers[0].value


def test_how_it_travels_comes_back_and_its_secrets_are_asked_for() -> None:
    way = Transport(
        verify=False,
        ca_file="ca.pem",
        cert_file="me.pem",
        key_file="me.key",
        key_password=Secret("passphrase"),
        proxy=Proxy("http://proxy.example.com:8080", Secret("user:pw")),
        resolve=(("api.example.com", 443, "127.0.0.1"),),
        follow=50,
        total_limit=7.0,
        http10=True,
        keep_method=True,
    )
    shown = way_of(way)
    assert "passphrase" not in repr(shown)
    assert "user:pw" not in repr(shown)
    keys = {item.key for item in missing(redact.request(request(), Names()), shown)}
    assert keys == {"proxy", "key"}
    made = filled(redact.request(request(), Names()), shown, {"proxy": Secret("user:pw"), "key": Secret("passphrase")})
    assert made.transport.proxy is not None
    assert (made.transport.proxy.url, made.transport.proxy.credential) == (
        "http://proxy.example.com:8080",
        Secret("user:pw"),
    )
    assert made.transport.key_password == Secret("passphrase")
    assert (made.transport.resolve, made.transport.follow, made.transport.verify) == (way.resolve, 50, False)


def test_nothing_is_sent_with_a_gap() -> None:
    shown = redact.request(request(("Authorization", f"Bearer {TOKEN}")), Names())
    with pytest.raises(ValueError, match="No value was given for the secret in the header Authorization"):
        filled(shown, WayShown(), {})


def test_names_go_on_where_they_stopped() -> None:
    names = Names()
    names.resume({"secret-1": "5f3a", "secret-2": "9c1e"}, {"secret-2": Secret("the-same-as-before-9c1e")})
    assert names.name(Secret("the-same-as-before-9c1e")) == "secret-2"
    assert names.name(Secret("one-that-is-new-here")) == "secret-3"
