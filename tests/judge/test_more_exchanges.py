"""Refusals as public documents and threads word them, beside the open corpus: each with its source and cause.

Credentials are made up. `decidable` says whether the exchange alone can tell the cause; a line has the corpus's form.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.judge import test_corpus
from tests.judge.test_corpus import answers

corpus = test_corpus.corpus  # the fixture that loads the corpus's own reader and scorer

FILES = {
    "more_exchanges.jsonl": (700, 0.99),
    "thread_exchanges.jsonl": (195, 0.98),
    "vendor_exchanges.jsonl": (183, 0.97),
}
"""Vendors' documentation, then issue threads of frameworks, then vendors, clouds and token endpoints: the fewest lines,
and what of the decidable ones is right (raise it, never lower it)."""


@pytest.fixture(scope="module", params=FILES)
def file(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def cases(corpus: ModuleType, file: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = corpus.read(Path(__file__).with_name(file))
    return found


def test_nearly_all_are_read_right_and_none_is_confirmed_and_wrong(
    corpus: ModuleType, file: str, cases: list[Mapping[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    figures, missed = corpus.score(cases, answers(corpus, cases))
    with capsys.disabled():
        sys.stdout.write("\n".join((f"\n{file}: {figures}", *missed, "")))
    assert figures["confirmed_wrong"] == 0
    assert figures["right"] >= FILES[file][1] * figures["decidable"]
    assert figures["honest"] == figures["undecidable"]


def test_every_line_has_a_public_source_and_a_name_of_its_own(file: str, cases: list[Mapping[str, Any]]) -> None:
    assert len(cases) >= FILES[file][0]
    assert len({case["id"] for case in cases}) == len(cases)
    assert all(case["source"].startswith("https://") for case in cases)
