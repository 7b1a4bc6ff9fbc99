"""No letter of a secret shows while it is written."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.wire.spans import of_body, of_header_line, of_request_line

TOKEN = "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.q7Zx9Wv2Kp0Lm4"


def shown(line: str, spans: list[tuple[int, int, str]]) -> str:
    out, at = "", 0
    for start, end, _mark in spans:
        out += line[at:start] + "●"
        at = end
    return out + line[at:]


@pytest.mark.parametrize("front", ["Authorization: Bearer ", "authorization: Token ", "X-API-Key: ", "Cookie: sid="])
@pytest.mark.parametrize("secret", [TOKEN, "short1", "hunter2-and-more"])
def test_a_credential_is_covered_from_its_first_letter_on(front: str, secret: str) -> None:
    for length in range(1, len(secret) + 1):
        line = front + secret[:length]
        drawn = shown(line, of_header_line(line, Names(), at=len(line)))
        assert secret[: max(3, length)][:length] not in drawn.removeprefix(front), line
        assert drawn.startswith(front)


def test_a_scheme_that_is_being_written_is_seen() -> None:
    for length in range(1, 7):
        line = f"Authorization: {'Bearer'[:length]}"
        assert of_header_line(line, Names(), at=len(line)) == []


def test_two_spaces_behind_the_scheme_stay_visible() -> None:
    line = "Authorization: Bearer  " + TOKEN
    assert shown(line, of_header_line(line, Names())) == "Authorization: Bearer  ●"


def test_a_key_under_an_unknown_name_is_covered_before_it_looks_like_one() -> None:
    secret = "k3y7Zx9Wv2Kp0Lm4Qa8"
    for length in range(8, len(secret) + 1):
        line = f"X-Custom: {secret[:length]}"
        assert secret[:8] not in shown(line, of_header_line(line, Names(), at=len(line)))


def test_plain_values_stay_readable() -> None:
    for line in ("Accept: application/json", "Content-Type: text/plain; charset=utf-8", "User-Agent: curl"):
        assert of_header_line(line, Names(), at=len(line)) == []


def test_a_known_secret_is_covered_wherever_it_is_moved_and_keeps_its_name() -> None:
    names = Names()
    names.name(Secret("another-one-entirely"))
    names.name(Secret(TOKEN))
    line = f"X-Trace: {TOKEN}"
    ((start, end, mark),) = of_header_line(line, names)
    assert (line[start:end], mark) == (TOKEN, "‹secret-2›")


def test_secrets_in_an_address_are_covered_and_the_rest_is_not() -> None:
    line = f"GET https://api.example.com/v1/orders?page=2&access_token={TOKEN}"
    assert shown(line, of_request_line(line, Names())) == "GET https://api.example.com/v1/orders?page=2&access_token=●"


def test_secrets_in_a_body_are_covered_by_their_field() -> None:
    text = '{"client_id": "svc", "client_secret": "pw"}'
    assert shown(text, of_body(text, "application/json", Names())) == '{"client_id": "svc", "client_secret": "●"}'
    assert shown("grant_type=password&password=x", of_body("grant_type=password&password=x", "", Names())).endswith("●")


def test_spans_are_in_order_and_apart() -> None:
    names = Names()
    names.name(Secret(TOKEN))
    line = f"Cookie: a={TOKEN}; b={TOKEN}; sid=abcdefgh1234"
    spans = of_header_line(line, names)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    assert len(spans) == 3


def test_no_name_is_given_while_writing() -> None:
    names = Names()
    of_header_line(f"Authorization: Bearer {TOKEN}", names)
    assert names.known() == ()
