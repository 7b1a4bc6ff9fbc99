from __future__ import annotations

import time
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui401.causes import all_causes
from tui401.dialects import Dialect, DialectError, Matcher, load, package_matcher, parse
from tui401.dialects.matcher import MAX_TEXT

WHOLE = """
name = "acme"
title = "Acme"
kind = "application"
sources = ["https://acme.example/docs/errors"]
[[recognise]]
host = 'acme\\.example$'
[[says]]
where = ["body"]
match = 'token is stale'
cause = "token-expired"
strength = "confirmed"
[[expects]]
aspect = "scope"
where = ["body"]
match = 'wants (?P<value>[a-z: ]+)'
separators = " "
[[keys]]
prefix = "acme_live_"
title = "an Acme live key"
environment = "live"
"""


def test_a_whole_file_is_read() -> None:
    acme = parse(WHOLE, "acme")
    reading = Matcher([acme]).read(
        {"host": "api.acme.example", "body": "error: the token is stale\nit wants a:b c:d"}, status=401, marks=()
    )
    assert [(hit.says.cause, hit.where) for hit in reading.hits] == [("token-expired", "body")]
    assert [wanted.values for wanted in reading.wanted] == [("a:b", "c:d")]


def test_the_words_of_a_server_count_only_where_it_is_recognised() -> None:
    reading = Matcher([parse(WHOLE, "acme")]).read(
        {"host": "api.other.example", "body": "the token is stale"}, status=401, marks=()
    )
    assert not reading.hits
    assert not reading.recognised


BROKEN = [
    ("name = 3", "cannot be read"),
    ("name = [", "cannot be read"),
    (WHOLE.replace('cause = "token-expired"', 'cause = "token-expired"\ncolour = "red"'), "colour"),
    (WHOLE.replace("token is stale", "token (is"), "refused by RE2"),
    (WHOLE.replace("token is stale", "(a)\\1"), "refused by RE2"),
    (WHOLE.replace("(?P<value>", "("), "needs a group"),
    (WHOLE.replace('"https://acme.example/docs/errors"', '"http://acme.example"'), "https source"),
    (WHOLE.replace('name = "acme"', 'name = "acne"'), "must be equal"),
    (WHOLE.replace('strength = "confirmed"', 'strength = "sure"'), "cannot be read"),
    (WHOLE.replace("token is stale", "x" * 3000), "longer than"),
    ("#" * 300_000, "larger than"),
]


@pytest.mark.parametrize(("text", "says"), BROKEN)
def test_a_broken_file_is_refused_with_a_sentence_that_says_where(text: str, says: str) -> None:
    with pytest.raises(DialectError, match=says):
        parse(text, "acme")


@pytest.mark.parametrize("dialect", load(), ids=lambda dialect: dialect.name)
def test_every_file_of_the_package_is_whole(dialect: Dialect) -> None:
    data = resources.files("tui401.dialects").joinpath("data", f"{dialect.name}.toml")
    assert parse(data.read_text(encoding="utf-8"), dialect.name, causes=all_causes()) == dialect


@pytest.mark.parametrize("dialect", load(), ids=lambda dialect: dialect.name)
def test_every_dialect_of_the_package_speaks_of_causes_that_exist(dialect: Dialect) -> None:
    for says in dialect.says:
        assert says.cause in all_causes() or not says.cause
        assert not says.source or says.source.startswith("https://")


def test_generic_dialects_come_last() -> None:
    kinds = [dialect.generic for dialect in load()]
    assert kinds == sorted(kinds)
    assert any(kinds)


def test_a_pattern_is_found_at_the_end_of_the_longest_text() -> None:
    text = ("the scope of the access token is not the issuer of the audience signature kid " * 400)[: MAX_TEXT - 40]
    reading = package_matcher().read(
        {"body": f"{text}\nthe token has expired"}, status=401, marks={"credential", "jwt"}
    )
    assert any(hit.says.cause == "token-expired" for hit in reading.hits)


@given(st.text(max_size=400), st.sampled_from(["body", "challenge", "header", "grant", "host", "path"]))
def test_no_text_makes_the_matcher_raise(text: str, place: str) -> None:
    reading = package_matcher().read({place: text}, status=401, marks={"credential"})
    assert all(0 <= hit.start <= hit.end <= len(text) for hit in reading.hits)


def test_reading_takes_time_linear_in_the_text() -> None:
    matcher = package_matcher()

    def took(size: int) -> float:
        text = ("token expired issuer invalid scope missing " * 400)[:size]
        best = 1e9
        for _ in range(5):
            began = time.perf_counter()
            matcher.read({"body": text}, status=401, marks={"credential"})
            best = min(best, time.perf_counter() - began)
        return best

    took(1_000)
    assert took(16_000) < 64 * took(1_000)


# The example words of RFC 6750 and plain English that any server may write: they tell no server from another.
ANYBODYS = [
    "The access token expired",
    "The token is expired",
    "The token has expired",
    "The access token was revoked",
    "The access token is invalid",
    "The audience is invalid",
    "Invalid audience",
    "The issuer is invalid",
    "Invalid issuer",
    "The signature is invalid",
    "Invalid signature",
    "Insufficient scope",
    "Permission denied",
    "Invalid API key",
    "Account disabled",
]


@pytest.mark.parametrize("words", ANYBODYS)
@pytest.mark.parametrize("shape", ["jwt", "opaque"])
def test_plain_english_of_an_unknown_server_confirms_nothing(words: str, shape: str) -> None:
    texts = {"host": "api.example.com", "body": f"message: {words}", "challenge": f"error_description: {words}"}
    reading = package_matcher().read(texts, status=401, marks={"credential", "bearer", "in-authorization", shape})
    assert not [hit.says.cause for hit in reading.hits if hit.says.strength == "confirmed"]
