"""Any input to any parser of ``wire`` and ``intake``: an answer, or what it declares to raise, and nothing else.

``TUI401_FUZZ=1000000`` gives the parsers about that many inputs, and prints how many there were; without it the run is
short. Inputs are valid ones with some of them damaged, so that they come far into a parser.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import strategies as drawn
from tests.fuzz.calls import Parser, consumed
from tests.fuzz.table import PARSERS
from tui401.intake.curl_options import LETTERS, OPTIONS

WANTED = int(os.environ.get("TUI401_FUZZ", "0"))
SHORT = {"text": 120, "claims": 150, "request": 120, "response": 100, "exchange": 40, "words": 150}  # inputs of a kind
SHARES = {"text": 0.86, "claims": 0.03, "request": 0.07, "response": 0.01, "exchange": 0.01, "words": 0.02}

WORD = st.one_of(
    st.sampled_from([f"--{name}" for name in OPTIONS] + [f"-{letter}" for letter in LETTERS]),
    st.sampled_from(drawn.FRAGMENTS),
    drawn.mutated(drawn.urls),
    st.text(max_size=12),
)
INPUTS: dict[str, st.SearchStrategy[Any]] = {
    "text": drawn.TEXTS,
    "claims": drawn.CLAIMS,
    "request": drawn.REQUESTS,
    "response": drawn.RESPONSES,
    "exchange": drawn.EXCHANGES,
    "words": st.lists(WORD, max_size=10),
}
COUNTED: Counter[str] = Counter()


def of(kind: str) -> dict[str, Parser]:
    return {name: parser for name, parser in PARSERS.items() if parser.takes == kind}


def examples(kind: str) -> int:
    """How many inputs of a kind: each goes to every parser that takes it."""
    return max(SHORT[kind], int(WANTED * SHARES[kind]) // len(of(kind)))


def run(name: str, parser: Parser, made: Any) -> None:
    COUNTED[name] += 1
    try:
        consumed(parser.call(made))
    except parser.raises as error:
        if not str(error).strip():
            raise AssertionError(f"{name} gave an error without a sentence") from error
    except Exception as error:
        error.add_note(f"{name} was given {made!r}")
        raise


def fuzz(kind: str) -> Callable[[], None]:
    @settings(max_examples=examples(kind), deadline=None, suppress_health_check=list(HealthCheck))
    @given(INPUTS[kind])
    def test(made: Any) -> None:
        for name, parser in of(kind).items():
            run(name, parser, made)

    return test


@pytest.mark.timeout(WANTED // 20 + 300)
@pytest.mark.parametrize("kind", INPUTS)
def test_any_input_gives_an_answer_or_the_declared_error(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = COUNTED.total()
    fuzz(kind)()
    given = COUNTED.total() - before
    assert given >= len(of(kind)) * min(20, SHORT[kind] // 3), "too few were tried"
    if WANTED:
        with capsys.disabled():
            sys.stdout.write(f"\n{kind}: {given:,} inputs to {len(of(kind))} parsers\n")
