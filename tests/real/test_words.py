"""The recorded words are what the servers say today; `pytest tests/real --record-words` writes them anew."""

from __future__ import annotations

import json
import re

import pytest

from tests.real.parts import words
from tests.real.parts.fault import Fault


@pytest.mark.timeout(300)
def test_recorded_words_are_what_servers_say_today(
    faults: dict[tuple[str, str], Fault], request: pytest.FixtureRequest
) -> None:
    lines = words.record(faults.values())
    if request.config.getoption("--record-words", default=False):
        words.FILE.write_text(words.as_text(lines), encoding="utf-8")
    recorded = {(line["server"], line["fault"]): line for line in words.read()}
    said = {(line["server"], line["fault"]): line for line in lines}
    assert said == recorded
    for fault in faults.values():
        status = said[fault.server, fault.name]["status"]
        assert (status is None or status >= 400) == fault.refused, f"{fault.server} answers {status} to {fault.name}"


def test_recorded_words_hold_nothing_that_could_be_a_credential() -> None:
    for line in words.read():
        assert not re.search(r"eyJ|[A-Za-z0-9_-]{40,}", json.dumps(line)), line
