"""Text from outside made visible: nothing that acts, hides or reorders is left in it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui401.wire.visible import is_visible, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words", "plain words"),
        ("Käufer – “quoted” 日本語 🙂", "Käufer – “quoted” 日本語 🙂"),
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("\x00\x07\x08\t\r\n", "␀␇␈␉␍␊"),
        ("\x7f", "␡"),
        ("\x9b31m\x85", "‹U+009B›31m‹U+0085›"),
        ("abc\u202edcba\u2066", "abc‹U+202E›dcba‹U+2066›"),
        ("a\u200bb\u200dc\ufeffd\u2060e", "a‹U+200B›b‹U+200D›c‹U+FEFF›d‹U+2060›e"),
        ("\u2028\u2029", "‹U+2028›‹U+2029›"),
        ("\U000e0041\U000e007f", "‹U+E0041›‹U+E007F›"),
        ("\ufe0f\U000e0101", "‹U+FE0F›‹U+E0101›"),
        ("\ud800x\udfff", "‹U+D800›x‹U+DFFF›"),
        ("\u00a0\u3164\u00ad", "‹U+00A0›‹U+3164›‹U+00AD›"),
        ("\ue000\uffff", "‹U+E000›‹U+FFFF›"),
        ("e\u0301", "e\u0301"),
        ("全\u3000角 \ufffd", "全\u3000角 \ufffd"),
        ("a" + "\u20dd" * 5, "a" + "\u20dd" * 4 + "‹U+20DD›"),
        ("[red]not markup[/]", "[red]not markup[/]"),
    ],
)
def test_each_sign_is_shown_for_what_it_is(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_lines_stay_lines_when_asked_for() -> None:
    assert visible("a\nb\r\nc\rd", lines=True) == "a\nb\nc␍d"
    assert visible("a\nb") == "a␊b"


def test_a_tower_of_marks_is_cut_down() -> None:
    assert visible("a" + "\u0300" * 6) == "a" + "\u0300" * 4 + "‹U+0300›" * 2


def test_what_is_cut_is_counted_within_the_limit() -> None:
    assert visible("x" * 100, 100) == "x" * 100
    cut = visible("x" * 101, 100)
    assert len(cut) <= 100
    kept = cut.count("x")
    assert cut == "x" * kept + f"… ({101 - kept} more characters)"
    assert visible("\x1b" * 5_000_000, 100).endswith("more characters)")
    assert visible("\u202e" * 90, 100).count("‹U+202E›") == (100 - len("… (90 more characters)")) // 8


DANGEROUS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@given(st.text(st.characters()), st.integers(0, 200), st.booleans())
def test_no_dangerous_sign_is_left_and_the_length_is_bounded(text: str, limit: int, lines: bool) -> None:  # noqa: FBT001 - Hypothesis hands values over by place
    shown = visible(text, limit, lines=lines)
    assert len(shown) <= max(limit, 40)
    assert {unicodedata.category(sign) for sign in shown if not (lines and sign == "\n")}.isdisjoint(DANGEROUS)
    assert is_visible(shown, lines=lines)
    assert visible(shown, limit, lines=lines) == shown
