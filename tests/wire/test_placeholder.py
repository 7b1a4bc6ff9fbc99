"""Placeholders by themselves; how they are told in a header stands in test_authorization."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui401.wire.placeholder import is_placeholder, looks_random


@pytest.mark.parametrize(
    "text", ["*" * 3_000, "sk-" + "x" * 200, "  $TOKEN\n", "{{{token}}}", "@YOUR_TOKEN", "$env:TOKEN"]
)
def test_placeholders_of_every_length_and_edge(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text", ["", " ", "your token here " * 20, "@handle", "{{eyJhbGciOiJIUzI1NiJ9.e30.x}}", "$", "<>", "{}"]
)
def test_nothing_and_what_no_hand_wrote_are_none(text: str) -> None:
    assert not is_placeholder(text)


@given(st.text(alphabet="0123456789abcdefABCDEF", min_size=24, max_size=64).filter(looks_random))
def test_a_random_key_is_never_a_placeholder_not_even_in_a_frame(key: str) -> None:
    for text in (key, f"<{key}>", f"{{{{{key}}}}}", f"${key}", f"%{key}%", f"sk-{key}"):
        assert not is_placeholder(text)


@given(st.one_of(st.text(), st.text(alphabet="<>[]{}()$%#@ token your_key-xX*.0", max_size=130)))
def test_any_text_is_judged(text: str) -> None:
    assert is_placeholder(text) in {True, False}
