"""The words by which refusals are read that no dialect reads: the file is whole, and what it names is understood."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

import pytest

from tui401.dialects import vocabulary
from tui401.judge.meanings import meaning
from tui401.judge.sentences import MAX_LINE

RAW: dict[str, Any] = tomllib.loads(
    resources.files("tui401.dialects").joinpath(vocabulary.FILE).read_text(encoding="utf-8")
)
MARKS = (
    frozenset({"credential", "bearer", "opaque", "in-authorization"}),
    frozenset({"credential", "api-key", "key", "signature", "in-header"}),
    frozenset({"none", "method-get"}),
)


def test_the_first_expression_that_matches_names_the_thing() -> None:
    found = vocabulary.load().things.find("the signing key of your access token and its user name")
    assert [name for name, _, _ in found] == ["signing-key", "token", "password"]


def test_a_word_is_whole() -> None:
    assert not vocabulary.load().things.find("monkey accountant tokenizer")


@pytest.mark.parametrize("thing", sorted({entry["name"] for entry in RAW["things"]}))
def test_every_thing_means_something_in_some_state(thing: str) -> None:
    states = {entry["name"] for entry in RAW["states"]}
    assert any(meaning(thing, state, thing, marks, 403) for state in states for marks in MARKS)


@pytest.mark.parametrize("state", sorted({entry["name"] for entry in RAW["states"]}))
def test_every_state_means_something_of_some_thing(state: str) -> None:
    things = {entry["name"] for entry in RAW["things"]}
    assert any(meaning(thing, state, thing, marks, 403) for thing in things for marks in MARKS)


def test_every_translation_is_a_word_of_the_vocabulary() -> None:
    words = vocabulary.load()
    for entry in RAW["translations"]:
        english = f"{entry['name']} token"
        plain = words.things.find(entry["name"]) or words.states.find(english) or entry["name"] in ("not", "sign in")
        assert plain, entry["name"]


def test_a_translated_sentence_keeps_what_is_english() -> None:
    assert vocabulary.load().translated("token 已过期").split() == ["token", "expired"]
    assert vocabulary.load().translated("the firmware key") == "the firmware key"


def test_no_expression_finds_nothing() -> None:
    words = vocabulary.load()
    for named in (words.things, words.states, words.translations):
        assert not named.pattern.match("")
        assert all(start < end for _, start, end in named.find("a " * (MAX_LINE // 2)))
