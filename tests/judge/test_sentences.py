"""What a sentence means by the thing it names and what it says of it, and what is no statement of the server's."""

from __future__ import annotations

import pytest

from tui401.judge import sentences
from tui401.model.verdict import Strength

BEARER = frozenset({"credential", "bearer", "opaque", "in-authorization", "method-get"})
NOTHING = frozenset({"none", "method-get"})


def causes(text: str, marks: frozenset[str] = BEARER, status: int = 401) -> dict[str, Strength]:
    return {meant.cause: meant.strength for meant in sentences.read(text, marks, status=status)}


def test_a_state_goes_with_the_nearest_thing() -> None:
    assert causes("message: the account is fine, the certificate is not trusted") == {
        "client-certificate-required": Strength.LIKELY
    }


def test_a_verb_takes_what_stands_behind_it() -> None:
    assert causes("message: the token does not have the scope orders") == {"scope-insufficient": Strength.LIKELY}


def test_two_states_joined_by_or_decide_nothing() -> None:
    read = causes("message: the token is locked or expired")
    assert read
    assert all(strength is Strength.POSSIBLE for strength in read.values())


@pytest.mark.parametrize("begin", ["please check that", "if", "make sure that"])
def test_an_advice_or_a_condition_decides_nothing(begin: str) -> None:
    assert all(strength is Strength.POSSIBLE for strength in causes(f"message: {begin} the token is expired").values())


def test_each_sentence_of_a_line_is_read_by_itself() -> None:
    read = causes("message: Your account is suspended. Please contact us about your key.")
    assert read == {"account-disabled": Strength.LIKELY}


@pytest.mark.parametrize("field", ["request_id", "error.timestamp", "documentation_url", "realm", "scope", "path"])
def test_fields_that_tell_of_the_request_are_no_statement(field: str) -> None:
    assert not causes(f"{field}: invalid token")


def test_a_line_of_a_page_is_too_long_to_be_a_statement() -> None:
    assert not causes(f"p: the token is expired {'x' * sentences.MAX_LINE}")


def test_lines_behind_the_first_ones_are_not_read() -> None:
    assert not causes("\n".join(["p: hello"] * sentences.MAX_LINES + ["error: token expired"]))


def test_what_was_not_sent_is_missing_and_not_wrong() -> None:
    assert causes("message: no token was sent", NOTHING) == {"header-missing": Strength.LIKELY}
    assert causes("message: the token is wrong", NOTHING) == {"header-missing": Strength.POSSIBLE}


def test_something_under_an_unknown_name_may_be_what_is_wrong() -> None:
    assert causes("message: the token is wrong", NOTHING | {"perhaps"}) == {"token-unrecognised": Strength.LIKELY}


def test_the_place_of_the_words_is_told_without_their_field() -> None:
    text = "code: 7\nmessage: token lapsed"
    (meant,) = sentences.read(text, BEARER, status=401)
    assert text[meant.start : meant.end] == "token lapsed"


def test_words_of_a_token_at_a_token_endpoint_are_of_the_grant() -> None:
    marks = frozenset({"token-endpoint", "grant-refresh_token", "method-post"})
    assert causes("error_description: the token is gone, token not found", marks, 400) == {
        "grant-rejected": Strength.LIKELY
    }
    assert causes("error: unknown client", marks, 400) == {"client-rejected": Strength.LIKELY}
