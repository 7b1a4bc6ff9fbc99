"""Every parser of the fuzz table takes time in proportion to length, whatever is repeated.

``TUI401_FUZZ`` repeats each of the units; without it every parser meets some of them, others than its neighbours.
"""

from __future__ import annotations

import contextlib
import os
import time

import pytest

from tests.fuzz.calls import Parser, consumed
from tests.fuzz.strategies import COMMANDS, FRAGMENTS, TOKEN
from tests.fuzz.table import PARSERS

SMALL, FACTOR, GENEROUS = 2_500, 8, 4.0
FLOOR = 0.002  # seconds; below it a ratio says nothing
STEP = 1 if os.environ.get("TUI401_FUZZ") else 40
MORE = (
    'a="b", a="',
    'a="x" b ',
    "Basic ",
    "B a,",
    "eyJ.",
    "ey J",
    "<a a=",
    "<![CDATA[",
    '{"a":',
    "{'a':",
    "[1,",
    "a=b&",
    "a.",
)
UNITS = [unit for unit in (*FRAGMENTS, *MORE, *COMMANDS, f"{TOKEN} ") if unit]
OF_TEXT = {name: parser for name, parser in PARSERS.items() if parser.takes == "text"}


def seconds(parser: Parser, text: str, rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        with contextlib.suppress(*parser.raises):
            consumed(parser.call(text))
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.benchmark
@pytest.mark.timeout(1_500)
def test_every_parser_is_linear_in_length() -> None:
    slow = []
    for at, (name, parser) in enumerate(OF_TEXT.items()):
        for unit in UNITS[at % STEP :: STEP]:
            short, long = (unit * SMALL)[:SMALL], (unit * SMALL * FACTOR)[: SMALL * FACTOR]
            if seconds(parser, long, 1) <= FLOOR * FACTOR:
                continue
            before, after = seconds(parser, short, 3), seconds(parser, long, 3)
            if after > FLOOR * FACTOR and after > before * FACTOR * GENEROUS:
                slow.append((name, unit[:30], round(before, 4), round(after, 4)))
    assert slow == [], "more than linear time"
