"""The recorded words: `test_diagnose.py` compares each with what its server says today to plain curl.

``pytest tests/real/test_words.py --record-words`` writes them anew.
"""

from __future__ import annotations

import json
import re

import pytest

from tests.real.parts import words
from tests.real.parts.fault import Fault


@pytest.mark.timeout(300)
def test_words_are_recorded_for_every_fault(request: pytest.FixtureRequest) -> None:
    faults: dict[tuple[str, str], Fault] = request.getfixturevalue("faults")
    if request.config.getoption("--record-words", default=False):
        words.FILE.write_text(words.as_text(words.record(faults.values())), encoding="utf-8")
    assert [(line["server"], line["fault"]) for line in words.read()] == list(faults)


def test_recorded_words_hold_nothing_that_could_be_a_credential() -> None:
    for line in words.read():
        assert not re.search(r"eyJ|[A-Za-z0-9_-]{40,}", json.dumps(line)), line
