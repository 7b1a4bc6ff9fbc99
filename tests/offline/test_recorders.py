from __future__ import annotations

import json

import pytest

from tests.offline import hars
from tests.offline.hars import API, BEARER, EXPIRED, TOKEN, entry, explain, har, verdict
from tui401.intake.harentry import Entry, hop_of
from tui401.intake.harfile import HarFile

EXPECTED = {
    "firefox": "token-expired",
    "safari": "token-expired",
    "mitmproxy": "token-expired",
    "charles": "token-expired",
    "fiddler": "session-expired",
    "insomnia": "grant-rejected",
}


@pytest.mark.parametrize("recorder", EXPECTED)
def test_the_recording_of_each_recorder_is_read(recorder: str) -> None:
    (made,) = explain(getattr(hars, recorder)())
    assert verdict(made)[0] == EXPECTED[recorder]
    assert made["entry"] == 0
    assert TOKEN[:8] not in json.dumps(made)


def test_pseudo_headers_are_no_headers_and_what_was_never_answered_is_no_refusal() -> None:
    (made,) = explain(hars.chrome(sanitised=False))
    assert (made["entry"], made["request"]["url"]) == (1, API)
    assert verdict(made)[0] == "token-expired"


def test_where_a_browser_leaves_credentials_out_their_absence_is_unknown() -> None:
    (left_out,) = explain(hars.chrome(sanitised=True))
    assert "header-missing" not in [c["cause"] for c in left_out["causes"] if c["strength"] != "unknown"]
    bare = entry(401, '{"message": "Unauthorized"}')
    by_a_proxy = explain(har([bare], "mitmproxy"))
    by_a_browser = explain(har([bare], "WebInspector"))
    assert verdict(by_a_proxy[0])[0] == "header-missing"
    assert verdict(by_a_browser[0])[0] != "header-missing"


def test_a_browser_that_left_nothing_out_is_taken_at_its_word() -> None:
    cookie = entry(200, "[]", sent=[("Cookie", "sid=9f8e7d6c5b4a39281706f5e4d3c2b1a0")])
    found = explain(har([cookie, entry(401, '{"message": "Unauthorized"}')], "WebInspector"))
    assert verdict(found[0])[0] == "header-missing"


@pytest.mark.parametrize("mask", ["Bearer [REDACTED]", "***", "<redacted>", "Bearer ●●●●●●", "[token redacted]"])
def test_a_mask_that_was_put_in_afterwards_was_never_sent(mask: str) -> None:
    (made,) = explain(har([entry(401, EXPIRED, sent=[("Authorization", mask)])]))
    assert verdict(made)[0] == "token-expired"
    assert "placeholder" not in str([c for c in made["causes"] if c["strength"] in ("confirmed", "likely")])


def test_a_placeholder_that_was_sent_stays_one() -> None:
    (made,) = explain(har([entry(401, sent=[("Authorization", "Bearer YOUR_API_TOKEN")])]))
    assert verdict(made) == ("credential-placeholder", "confirmed")


def test_a_user_in_the_address_is_a_credential_and_not_shown() -> None:
    (made,) = explain(har([entry(401, url="https://svc:hunter2secret@api.example.com/v1/orders")]))
    assert "hunter2" not in json.dumps(made)
    assert made["request"]["url"] == API


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("https://api.example.com/a?b=c#d", ("https://api.example.com", "/a?b=c")),
        ("https://api.example.com", ("https://api.example.com", "/")),
        ("wss://api.example.com:8443/s", ("https://api.example.com:8443", "/s")),
        ("http://[::1]:80/x", ("http://[::1]", "/x")),
        ("https://API.example.com?x=1", ("https://api.example.com", "/?x=1")),
        ("/v1/orders", ("https://h.example", "/v1/orders")),
    ],
)
def test_addresses_are_taken_apart(given: str, told: tuple[str, str]) -> None:
    data = json.dumps(har([entry(401, url=given, sent=[(":authority", "h.example")])])).encode()
    (read,) = next(HarFile(__import__("io").BytesIO(data), "x").runs()).entries
    assert isinstance(read, Entry)
    request = hop_of(read).request
    assert (str(request.origin), request.target.reveal()) == told


def test_times_are_the_recordings_own() -> None:
    """A token that is past today and was alive then is not called expired."""
    from tests.judge.builders import jwt  # a token for a moment of its own

    alive = jwt(exp=1_795_003_600, iat=1_795_000_000)
    then = "2026-11-18T12:00:00Z"  # 1,795,003,200
    (made,) = explain(har([entry(401, sent=[("Authorization", f"Bearer {alive}")], at=then)]))
    assert verdict(made)[0] != "token-expired"
    (made,) = explain(har([entry(401, sent=[("Authorization", f"Bearer {alive}")], at="2026-11-18T14:00:00Z")]))
    assert verdict(made) == ("token-expired", "confirmed")


def test_hops_of_a_redirect_belong_to_the_exchange_that_ends_it() -> None:
    first = entry(301, sent=BEARER, came=[("Location", "https://api.example.com/v2/orders")])
    other = entry(200, "[]", url="https://api.example.com/v1/else")
    last = entry(401, EXPIRED, url="https://api.example.com/v2/orders", at="2026-11-18T12:00:01.000Z")
    (made,) = explain(har([first, other, last]))
    assert (made["entry"], made["status"]) == (2, 401)
    assert verdict(made)[0] == "header-stripped-on-redirect"
    assert made["attempts"] == [{"status": 301}, {"status": 401}]
    assert verdict(explain(har([last]))[0])[0] == "header-missing"


def test_a_request_long_after_a_redirect_is_no_hop_of_it() -> None:
    first = entry(301, sent=BEARER, came=[("Location", "https://api.example.com/v2/orders")])
    last = entry(401, url="https://api.example.com/v2/orders", at="2026-11-18T13:30:00.000Z")
    assert explain(har([first, last]))[0]["causes"] == explain(har([last]))[0]["causes"]
