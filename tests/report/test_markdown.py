from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

import tui401
from tui401.report import Line, Report, Section, as_json, as_markdown, build
from tui401.wire.visible import is_visible, visible

GOLDEN = Path(__file__).parent / "golden"
MADE_AT = 1_795_435_711.0
SIGNS = "ab 01.,:;!?()[]<>{}*_`~#|\\/@&$%=+-'\"“”\n\r\t\u202e\u200b\x1b\x9b"
NASTY = st.lists(st.sampled_from([*SIGNS, " ", "http://e.x", "www.", "GH-1", "1. "]), max_size=30).map("".join)
# What GitHub and GitLab link in text that is not code.
LINKED = re.compile(
    r"://|www\.|[\w.]@[\w.]|(?<!\w)@\w|(?<!\w)#\d|(?i:\bgh-\d)|:\w*[a-z]\w*:|\b(?=[a-f]*\d)[0-9a-f]{7,40}\b|\w\.[a-z]{2,}|\$\S+\$"
)


def report_of(made: Any) -> Report:
    return build(made.view, made.facts, made.diagnosis, made.causes, made_at=MADE_AT)


def tokens(text: str) -> list[Token]:
    """Every token, inline ones too, as a reader of GitHub's Markdown with links out of bare addresses sees them."""
    every: list[Token] = []
    for token in MarkdownIt("gfm-like", {"html": True}).parse(text):
        every += [token, *(token.children or [])]
    return every


def section_text(section: Section) -> str:
    from tui401.report.markdown import _section

    return "\n".join(["# Title", "", *_section(section), "", "End."])


def check(text: str, headings: int) -> list[Token]:
    found = tokens(text)
    kinds = {token.type for token in found}
    assert not kinds & {"link_open", "image", "html_inline", "html_block", "hr", "blockquote_open", "ordered_list_open"}
    assert not kinds & {"em_open", "strong_open", "s_open", "hardbreak", "code_block", "lheading_open"}
    assert sum(1 for token in found if token.type == "heading_open") == headings
    for token in found:
        if token.type == "text":
            assert not LINKED.search(token.content), token.content
    assert is_visible(text, lines=True)
    return found


def test_the_report_reads_as_it_was_agreed(made: Any) -> None:
    text = as_markdown(report_of(made)).replace(f"tui401 {tui401.__version__}", "tui401 VERSION")
    golden = GOLDEN / "report.md"
    if os.environ.get("TUI401_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_the_json_report_reads_as_it_was_agreed(made: Any) -> None:
    text = as_json(report_of(made)).decode().replace(f'"version": "{tui401.__version__}"', '"version": "VERSION"')
    golden = GOLDEN / "report.json"
    if os.environ.get("TUI401_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_nothing_that_a_server_says_becomes_a_link_an_image_a_tag_or_a_heading(made: Any) -> None:
    report = report_of(made)
    found = check(as_markdown(report), headings=1 + len(report.sections))
    shown = " ".join(token.content for token in found if token.type == "code_inline")
    assert "[Click](https://evil.example/login)" in shown, "the server's words are still there, as text"
    fences = [token for token in found if token.type == "fence"]
    assert [fence.content.split(" ")[1] for fence in fences] == ["guard", "token"]


def test_there_is_no_table_and_each_row_is_an_item(made: Any) -> None:
    report = report_of(made)
    found = tokens(as_markdown(report))
    items = sum(1 for token in found if token.type == "list_item_open")
    assert items == len(report.summary) + sum(len(s.lines) + len(s.rows) for s in report.sections)
    assert any(section.rows for section in report.sections)
    assert not [token for token in found if token.type == "table_open"]


@given(NASTY, NASTY)
def test_any_text_stays_text(text: str, value: str) -> None:
    section = Section(
        title="Part",
        lines=(Line(text="x"), Line(text=text, value=value, level=1)),
        head=("a", "b"),
        rows=((text, value),),
    )
    found = check(section_text(section), headings=2)
    assert sum(1 for token in found if token.type == "list_item_open") == 3


@given(NASTY.filter(str.strip))
def test_a_value_is_shown_exactly(value: str) -> None:
    section = Section(title="Part", lines=(Line(text="It is", value=value),))
    spans = [token.content for token in tokens(section_text(section)) if token.type == "code_inline"]
    assert spans == [visible(value, 2_000)]


@given(NASTY, st.integers(0, 3))
def test_a_line_of_prose_loses_no_word(text: str, level: int) -> None:
    section = Section(title="Part", lines=(Line(text="x"), Line(text=text, level=level)))
    inline = [token for token in MarkdownIt("gfm-like").parse(section_text(section)) if token.type == "inline"]
    shown = "".join(child.content for child in (inline[3].children or [])) if len(inline) > 4 else ""
    assert shown.split() == (visible(text, 2_000).split() or ["(nothing)"])


def test_a_fence_in_the_command_does_not_end_the_code() -> None:
    section = Section(title="Part", code=("curl ```` ` x\n```\n# heading",))
    found = check(section_text(section), headings=2)
    assert [t.content for t in found if t.type == "fence"] == ["curl ```` ` x␊```␊# heading\n"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("answered 401 at 2026-11-23 12:07:31 UTC", "answered 401 at 2026-11-23 12:07:31 UTC"),
        ("the API says “no, never”", "the API says “no, never”"),
        ("see (https://a.example/b), then", "see (`https://a.example/b`), then"),
        ("request 6f1c9a2e-77b1-4f5e-9f0a-2b1d3c4e5f60", "request `6f1c9a2e-77b1-4f5e-9f0a-2b1d3c4e5f60`"),
        ("commit deadbeef01 of GH-7", "commit `deadbeef01` of `GH-7`"),
        ("1. first", "`1.` first"),
        ("@octocat and #1", "`@octocat` and `#1`"),
    ],
)
def test_prose_stays_readable(text: str, written: str) -> None:
    lines = section_text(Section(title="Part", lines=(Line(text=text),))).splitlines()
    assert f"- {written}" in lines


def test_a_very_long_section_is_cut_and_says_so() -> None:
    text = section_text(Section(title="Part", lines=tuple(Line(text=f"n {n}") for n in range(1_000))))
    assert "and 600 more lines" in text
