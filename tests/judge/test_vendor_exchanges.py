"""Refusals of vendors, clouds, gateways and token endpoints, each labelled before it was judged.

The lines have the open corpus's form and name their sources. Their causes were written down and committed before the
program saw them, batch by batch; how many of a batch it read before anything was mended is told where it was mended.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.judge import test_corpus
from tests.judge.test_corpus import answers

corpus = test_corpus.corpus  # the fixture that loads the corpus's own reader and scorer

FILE = Path(__file__).with_name("vendor_exchanges.jsonl")
RIGHT = 0.97  # of the decidable ones; raise it, never lower it
IN_THREE = 0.98


@pytest.fixture(scope="module")
def cases(corpus: ModuleType) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = corpus.read(FILE)
    return found


def test_nearly_all_are_read_right_and_none_is_confirmed_and_wrong(
    corpus: ModuleType, cases: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    figures, missed = corpus.score(cases, answers(corpus, cases))
    with capsys.disabled():
        sys.stdout.write("\n".join((f"\nvendors' exchanges: {figures}", *missed, "")))
    assert figures["confirmed_wrong"] == 0
    assert figures["right"] >= RIGHT * figures["decidable"]
    assert figures["in_three"] >= IN_THREE * figures["decidable"]
    assert figures["honest"] == figures["undecidable"]


def test_every_line_has_a_public_source_and_a_name_of_its_own(cases: list[dict[str, Any]]) -> None:
    assert len({case["id"] for case in cases}) == len(cases)
    assert all(case["source"].startswith("https://") for case in cases)
