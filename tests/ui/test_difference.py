"""What differs between two requests and between two answers."""

from __future__ import annotations

from tui401.model.shown import AnswerSeen, FailureShown, HeaderShown, HopShown, Redacted, RequestShown, ResponseShown
from tui401.ui.blocks import Change, Para
from tui401.ui.difference import answer_changes, changes, request_lines


def request(*headers: tuple[str, str], url: str = "https://a/", body: str = "") -> RequestShown:
    return RequestShown(
        method="GET",
        url=Redacted(url),
        headers=tuple(HeaderShown(name=n, value=Redacted(v)) for n, v in headers),
        body=Redacted(body),
    )


def answer(status: int, *headers: tuple[str, str], body: str = "") -> AnswerSeen:
    response = ResponseShown(
        status=status,
        headers=tuple(HeaderShown(name=n, value=Redacted(v)) for n, v in headers),
        body=Redacted(body),
    )
    return AnswerSeen(label="original", hops=(HopShown(request=request(("A", "1")), response=response),))


def test_lines_that_are_alike_are_left_out() -> None:
    before = request_lines(request(("A", "1"), ("B", "2"), ("C", "3")))
    after = request_lines(request(("A", "1"), ("B", "9"), ("C", "3")))
    assert changes(before, after, {}) == (Change("-", "B: 2"), Change("+", "B: 9"))
    assert changes(before, before, {}, around=2) == ()


def test_an_order_of_headers_is_a_difference() -> None:
    before = request_lines(request(("A", "1"), ("B", "2")))
    after = request_lines(request(("B", "2"), ("A", "1")))
    assert [block.sign for block in changes(before, after, {}) if isinstance(block, Change)].count("+") == 1


def test_two_secrets_that_look_alike_are_told_apart_in_words() -> None:
    before = request_lines(request(("X", "‹secret-1›")))
    after = request_lines(request(("X", "‹secret-2›")))
    assert changes(before, after, {})[1] == Change("+", "X: ‹secret-2›    another value")
    hints = {"secret-1": "aaaa", "secret-2": "bbbb"}
    assert changes(before, after, hints)[1] == Change("+", "X: ‹secret-2›")


def test_bodies_are_compared_line_by_line_with_a_little_around() -> None:
    before = request_lines(request(body="a\nb\nc\nd\ne\nf"))
    after = request_lines(request(body="a\nb\nc\nX\ne\nf"))
    shown = changes(before, after, {}, around=1)
    assert [(b.sign, b.text) for b in shown if isinstance(b, Change)] == [
        (" ", "c"),
        ("-", "d"),
        ("+", "X"),
        (" ", "e"),
    ]


def test_what_differs_each_time_is_no_difference_of_two_answers() -> None:
    one = answer(401, ("Date", "now"), ("X-Request-Id", "1"), ("WWW-Authenticate", "Bearer"), body="no")
    other = answer(401, ("Date", "then"), ("X-Request-Id", "2"), ("WWW-Authenticate", "Bearer"), body="no")
    said = [block.text for block in answer_changes(one, other, {}) if isinstance(block, Para)]
    assert said == [
        "The same request, byte for byte as far as it may be seen.",
        "The same answer, but for what differs each time.",
    ]


def test_an_answer_and_none_differ() -> None:
    none = AnswerSeen(
        label="original", hops=(), failure=FailureShown(kind="timeout", says=Redacted("No answer in 3 s."))
    )
    shown = [b for b in answer_changes(answer(401), none, {}) if isinstance(b, Change)]
    assert Change("-", "status 401") in shown
    assert Change("+", "no answer: No answer in 3 s.") in shown
