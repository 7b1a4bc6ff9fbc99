"""The challenge parser: by the grammar where the grammar rules, by sense where servers break it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui401.model.words import Challenge
from tui401.wire import challenge
from tui401.wire.challenge import parse

HERE = Path(__file__).parent
OWN = HERE / "challenge_vectors.jsonl"
CORPUS = Path(os.environ.get("TUI401_CORPUS") or HERE.parents[2] / "shared" / "corpus") / "challenges.jsonl"


def vectors(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def plain(challenges: list[Challenge]) -> list[dict[str, Any]]:
    return [{"scheme": c.scheme, "token68": c.token68, "params": [list(p) for p in c.params]} for c in challenges]


@pytest.mark.parametrize("vector", vectors(OWN), ids=lambda vector: vector["name"])
def test_reads_as_the_vector_says(vector: dict[str, Any]) -> None:
    assert plain(parse(vector["fields"])) == vector["challenges"]


@pytest.mark.skipif(
    not CORPUS.is_file(), reason="the open corpus lies neither beside the checkout nor at TUI401_CORPUS"
)
def test_agrees_with_every_valid_vector_of_the_open_corpus() -> None:
    every = vectors(CORPUS)
    valid = [vector for vector in every if vector["valid"]]
    assert len(valid) >= 50
    wrong = [v["id"] for v in valid if plain(parse(v["fields"])) != v["challenges"]]
    assert wrong == []
    for vector in every:
        parse(vector["fields"])


def test_a_parameter_is_found_without_regard_to_case() -> None:
    [only] = parse(['Bearer REALM="a", realm="b"'])
    assert only.param("Realm") == "a"
    assert only.param("scope") is None


def test_what_lies_beyond_the_bounds_is_left_out() -> None:
    assert len(parse(["Basic," * 20_000])) == challenge.MAX_CHALLENGES
    assert sum(len(c.params) for c in parse(["Bearer " + "a=b," * 20_000])) == challenge.MAX_PARAMS
    [cut] = parse(['Bearer realm="' + "x" * 200_000])
    assert len(cut.params[0][1]) < challenge.MAX_CHARS
    two = parse(['Bearer a="' + "x" * 50_000 + '"', 'Basic b="' + "y" * 50_000 + '"'])
    assert sum(len(value) for c in two for _, value in c.params) < challenge.MAX_CHARS
    assert len(parse(["Basic"] * 100_000)) <= challenge.MAX_CHALLENGES


SIGNS = st.text(alphabet=' \t,;="\\abBearer:@\x00\ud800é', max_size=200)
WORDS = st.lists(
    st.sampled_from(["Bearer ", "Basic", 'realm="a"', " error=", '"', "\\", ", ", " ", "=", "NTLM", "token ", ";"]),
    max_size=60,
).map("".join)


@given(st.lists(st.one_of(st.text(), SIGNS, WORDS), max_size=4))
def test_any_text_is_read_and_nothing_is_made_up(fields: list[str]) -> None:
    total = sum(map(len, fields))
    for found in parse(fields):
        pieces = [found.scheme, found.token68 or "", *(text for pair in found.params for text in pair)]
        assert sum(map(len, pieces)) <= total


TOKENS = st.text(alphabet="abcdefgABC012-_.", min_size=1, max_size=12)
VALUES = st.text(max_size=40)
WRITTEN = st.lists(
    st.tuples(TOKENS, st.lists(st.tuples(TOKENS, VALUES), min_size=1, max_size=4)), min_size=1, max_size=4
)


@given(WRITTEN)
def test_what_is_written_by_the_grammar_comes_back(written: list[tuple[str, list[tuple[str, str]]]]) -> None:
    def quoted(value: str) -> str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

    field = ", ".join(scheme + " " + ", ".join(f"{n}={quoted(v)}" for n, v in params) for scheme, params in written)
    assert parse([field]) == [Challenge(scheme, None, tuple(params)) for scheme, params in written]
