"""The six steps as a list to print: whole, in order, in the words of the pages, and no wider than paper."""

from __future__ import annotations

import re

import pytest

from tui401.causes import all_causes
from tui401.causes.checklist import Ticked, checklist
from tui401.causes.steps import STEP_PAGES
from tui401.cli.arguments import UsageError
from tui401.cli.why import page, steps_to_tick
from tui401.model.cause import Level
from tui401.model.verdict import STEPS, Status, Step

EMPTY = checklist(all_causes())


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_the_steps_stand_in_order_in_the_words_of_their_pages() -> None:
    told = squeezed(EMPTY)
    places = [
        told.index(f"{n} {STEP_PAGES[step].name}: {STEP_PAGES[step].question}") for n, step in enumerate(STEPS, 1)
    ]
    assert places == sorted(places)
    for step in STEPS:
        words = STEP_PAGES[step]
        assert words.looks_at in told
        assert words.settle in told
        assert words.settle in squeezed(page(step.value))  # and ``tui401 why`` has the same


def test_what_is_not_rare_can_be_ticked_off() -> None:
    for cause in all_causes().values():
        assert (f"[ ] {cause.title} ({cause.slug})" in squeezed(EMPTY)) is (cause.likelihood is not Level.LOW)


def test_it_is_plain_text_for_paper() -> None:
    assert all(len(line) <= 78 for line in EMPTY.splitlines())
    assert EMPTY.isascii() or not re.search("[\x00-\x09\x0b-\x1f\x7f]", EMPTY)


def test_a_case_ticks_what_it_came_to() -> None:
    ticked = {
        Step.TOKEN: Ticked(Status.PASSED, "passed"),
        Step.AUDIENCE: Ticked(Status.FAILED, "failed", "It is meant for another API."),
        Step.PERMISSIONS: Ticked(Status.SKIPPED, "not applicable"),
        Step.SERVER: Ticked(Status.UNKNOWN, "unknown, 2 of 6 checked"),
    }
    told = checklist(all_causes(), ticked, "GET https://api.example.com/v1")
    assert "[x] 1  Token" in told
    assert "[!] 3  Audience" in told
    assert "failed: It is meant for another API." in told
    assert "[-] 5  Permissions" in told
    assert "[ ] 6  Server" in told
    assert "unknown, 2 of 6 checked" in told
    assert told.splitlines()[1] == "GET https://api.example.com/v1"
    assert "[!] failed" in told.splitlines()[2]


def test_the_command_prints_it_and_takes_no_topic() -> None:
    assert steps_to_tick("") == EMPTY
    with pytest.raises(UsageError, match="without 'clock'"):
        steps_to_tick("clock")
