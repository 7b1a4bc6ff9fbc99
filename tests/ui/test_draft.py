"""A request edited by hand keeps exactly the bytes that the person wants."""

from __future__ import annotations

import pytest

from tui401.model.http import From, Header, Origin, Provenance, Request, Transport
from tui401.model.secret import Secret
from tui401.ui.draft import (
    Draft,
    DraftError,
    body_text,
    header_line,
    length_stated,
    request_line,
    with_body,
    with_header_at,
    with_header_moved,
    with_request_line,
    without_header_at,
)

HOME = Origin("https", "api.example.com", 443)
OTHER = Origin("https", "other.example.net", 8443)
KEPT = Provenance(From.VARIABLE, "$TOKEN")


def made(*headers: tuple[str, str], body: bytes | None = None, target: str = "/v1/a%2Fb/./c?x=1&&y") -> Request:
    return Request(
        "GET",
        HOME,
        Secret(target),
        tuple(Header(name, Secret(value), KEPT) for name, value in headers),
        Secret(body) if body is not None else None,
        Transport(verify=False, follow=3),
    )


def no_way(_origin: Origin) -> Transport:
    return Transport(connect_limit=1.0)


def lines(request: Request) -> list[str]:
    return [header_line(header).reveal() for header in request.headers]


@pytest.mark.parametrize("value", ["Bearer  two", " lead", "", "trail ", "a: b", "tab\there", "ü", "end\n"])
def test_a_header_that_is_written_again_as_it_stands_is_the_same_header(value: str) -> None:
    request = made(("X-A", value), ("Accept", "*/*"))
    assert with_header_at(request, 0, header_line(request.headers[0])) is request
    assert with_header_at(request, 1, Secret(f"X-B: {value}")).headers[1].value.reveal() == value


def test_one_space_separates_and_every_further_one_is_the_values() -> None:
    request = made(("A", "b"))
    assert with_header_at(request, 0, Secret("A:b")).headers[0].value.reveal() == "b"
    assert with_header_at(request, 0, Secret("A:   b")).headers[0].value.reveal() == "  b"


def test_an_edited_header_says_that_it_was_edited_and_the_others_keep_their_provenance() -> None:
    request = with_header_at(made(("A", "b"), ("C", "d")), 0, Secret("A: c"))
    assert [header.provenance.origin for header in request.headers] == [From.EDIT, From.VARIABLE]


@pytest.mark.parametrize("line", ["no colon", ": nameless", "two words: x", "na\nme: x"])
def test_what_is_no_header_is_told_in_a_sentence(line: str) -> None:
    with pytest.raises(DraftError, match="A header is a name, a colon and a value"):
        with_header_at(made(), 0, Secret(line))


def test_headers_are_added_behind_the_last_moved_and_taken_out() -> None:
    request = with_header_at(made(("A", "1"), ("B", "2")), 2, Secret("C: 3"))
    assert lines(request) == ["A: 1", "B: 2", "C: 3"]
    assert lines(with_header_moved(request, 2, -1)) == ["A: 1", "C: 3", "B: 2"]
    assert with_header_moved(request, 0, -1) is request
    assert with_header_moved(request, 2, 1) is request
    assert lines(without_header_at(request, 1)) == ["A: 1", "C: 3"]


def test_the_request_line_gives_the_same_request_back() -> None:
    request = made()
    assert with_request_line(request, request_line(request), no_way) == request


def test_the_path_and_query_are_kept_letter_by_letter() -> None:
    kept = with_request_line(made(), Secret("PATCH https://api.example.com/../%7e/a?q=%20&&"), no_way)
    assert (kept.method, kept.target.reveal()) == ("PATCH", "/../%7e/a?q=%20&&")
    assert with_request_line(made(), Secret("GET https://api.example.com"), no_way).target.reveal() == "/"
    assert with_request_line(made(), Secret("GET https://api.example.com?a"), no_way).target.reveal() == "/?a"


def test_another_origin_does_not_get_the_commands_own_transport() -> None:
    moved = with_request_line(made(), Secret("GET https://other.example.net:8443/x"), no_way)
    assert moved.origin == OTHER
    assert moved.transport == Transport(verify=True, follow=3)
    at_home = with_request_line(made(), Secret("GET https://api.example.com:443/x"), no_way)
    assert at_home.transport == made().transport


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("GET", "Write the method"),
        ("G@T https://a/", "Write the method"),
        ("GET ftp://a/", "begins with https"),
        ("GET https://u:p@a/", "user and password"),
        ("GET https://a/#x", "behind a #"),
        ("GET https://a b/", "holds a space"),
        ("GET https:///x", "host"),
    ],
)
def test_what_is_no_address_is_told_in_a_sentence(line: str, says: str) -> None:
    with pytest.raises(DraftError, match=says):
        with_request_line(made(), Secret(line), no_way)


@pytest.mark.parametrize("body", [b"", b"a=b\r\n", "ü\n".encode(), b'{"a": 1}'])
def test_a_body_that_is_written_again_as_it_stands_is_the_same_bytes(body: bytes) -> None:
    request = made(body=body)
    text = body_text(request)
    assert text is not None
    assert with_body(request, text) is request


def test_a_body_that_is_no_text_or_too_long_is_not_offered_for_editing() -> None:
    assert body_text(made(body=b"\xff\x00")) is None
    assert body_text(made(body=b"a" * 40_000)) is None
    assert body_text(made()) == Secret("")


def test_an_emptied_body_is_no_body() -> None:
    assert with_body(made(body=b"x"), Secret("")).body is None
    assert with_body(made(), Secret("ü")).body == Secret("ü".encode())


def test_a_content_length_of_ones_own_that_is_wrong_is_noticed_and_left() -> None:
    request = made(("Content-Length", "12"), body=b"abc")
    assert length_stated(request) == ("12", 3)
    assert length_stated(made(("Content-Length", "3"), body=b"abc")) is None
    assert length_stated(made()) is None


def test_undo_and_redo_go_back_and_forth_and_a_new_change_ends_redo() -> None:
    first = Draft.of(made())
    second = first.to(without_header_at(made(("A", "1")), 0)).to(made(("B", "2")))
    assert second.changed
    assert lines(second.undo().redo().request) == ["B: 2"]
    assert second.undo().undo().undo().request == made()
    other = second.undo().to(made(("C", "3")))
    assert other.redo() is other
    assert first.to(made()) is first
    assert "B: 2" not in repr(second)
