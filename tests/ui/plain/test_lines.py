"""Blocks as lines: each makes sense without its place, its colour or a sign."""

from __future__ import annotations

import pytest

from tui401.model.verdict import Status
from tui401.ui.blocks import (
    Block,
    Change,
    Check,
    Command,
    Compare,
    Gap,
    Head,
    Lead,
    Marked,
    Para,
    Row,
    Title,
    Tone,
)
from tui401.ui.plain.lines import lines, spoken, stopped


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (Title("4  Clock", "passed"), ["4 Clock: passed."]),
        (Lead("Confirmed", "The access token has expired", Tone.BAD), ["Confirmed: The access token has expired."]),
        (Head("What to do"), ["What to do:"]),
        (Para("it expired"), ["It expired."]),
        (Para("two spaces", mark="!"), ["Note: two spaces."]),
        (Para("found", mark="✓"), ["Found."]),
        (Check(Status.FAILED, "scope", "orders:read is missing"), ["Failed: scope: orders:read is missing."]),
        (Check(Status.SKIPPED, "audience"), ["Not applicable: audience."]),
        (Row("Ends", "13:38", "✗ 41 min ago"), ["Ends: 13:38 (wrong: 41 min ago)."]),
        (
            Compare(("the request has", "https://a.example"), ("the API expects", "https://b.example"), by="its words"),
            ["The request has: https://a.example.", "The API expects: https://b.example.", "Expected by its words."],
        ),
        (
            Marked("Bearer  ●●●●●●●", 6, 2, "two spaces after the scheme"),
            ["As it stands: Bearer  (masked).", "Two spaces after the scheme, at character 7."],
        ),
        (Change("-", "X: a"), ["Taken out: X: a"]),
        (Change("+", "X: b"), ["Put in: X: b"]),
        (Change(" ", "X:  c    aud a    scope b"), ["As before: X:  c, aud a, scope b"]),
        (Command("date -u"), ["Command: date -u"]),
        (Gap(), []),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, tuple) else "",
)
def test_each_block_is_said_in_words(block: Block, said: list[str]) -> None:
    assert lines((block,)) == said


def test_a_row_without_a_name_goes_on_with_the_one_above() -> None:
    assert lines((Row("Sends", "the id"), Row("", "the secret"), Row("", "both"))) == [
        "Sends: the id.",
        "Sends: the secret.",
        "Sends: both.",
    ]


def test_a_chip_is_said_by_its_last_characters_and_dots_as_masked() -> None:
    assert spoken("Bearer ‹secret-1›", {"secret-1": "5f3a"}) == "Bearer (masked, ends in 5f3a)"
    assert spoken("key ‹secret-2›", {"secret-2": ""}) == "key (masked)"
    assert spoken("Bearer ●●●●●●●●●●") == "Bearer (masked)"


@pytest.mark.parametrize("hostile", ["a\x1b[2Jb", "a\x9b2Jb", "a\u202eb", "a\nb", "a\r\x08b", "a\u2500\u2502b"])
def test_text_from_outside_moves_no_cursor_and_draws_no_box(hostile: str) -> None:
    (said,) = lines((Para(hostile),))
    assert said.isprintable()
    assert not any("\u2500" <= sign <= "\u257f" or sign == "\u202e" for sign in said)


def test_a_sentence_has_one_stop() -> None:
    assert [stopped(text) for text in ("a", "A.", "why?", "", "“so”")] == ["A.", "A.", "Why?", "", "“so”"]
