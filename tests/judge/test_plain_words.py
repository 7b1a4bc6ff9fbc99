"""What is read of real refusals where nobody described their servers: every dialect but the generic ones is left out.

So the words of hundreds of vendors stand for those of the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from tests.judge import test_corpus
from tests.judge.test_corpus import answers
from tui401.dialects import matcher
from tui401.dialects.loader import load

corpus = test_corpus.corpus  # the fixture that loads the corpus's own reader and scorer

FILES: Final = ("more_exchanges.jsonl", "thread_exchanges.jsonl", "vendor_exchanges.jsonl")
RIGHT: Final = 0.97  # of the decidable ones; raise it, never lower it


@pytest.fixture
def undescribed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is known of any server by its name."""
    generic = tuple(dialect for dialect in load() if dialect.generic)
    monkeypatch.setattr(matcher, "load", lambda: generic)
    matcher.package_matcher.cache_clear()
    yield
    matcher.package_matcher.cache_clear()


@pytest.mark.usefixtures("undescribed")
def test_words_of_servers_that_nobody_described_are_read(corpus: ModuleType) -> None:
    cases = [case for file in FILES for case in corpus.read(Path(__file__).with_name(file))]
    figures, missed = corpus.score(cases, answers(corpus, cases))
    assert figures["confirmed_wrong"] == 0, missed
    assert figures["right"] >= RIGHT * figures["decidable"], (figures, missed)
    assert figures["honest"] == figures["undecidable"], missed
