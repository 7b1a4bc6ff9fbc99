from __future__ import annotations

import base64
import hashlib
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui401.report import Line, Report, Section, as_html, build
from tui401.report.html import POLICY, _section
from tui401.wire.visible import is_visible, visible

MADE_AT = 1_795_435_711.0
VOID = {"meta", "link", "br", "hr", "img", "input"}
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "section", "nav", "h1", "h2", "p"),
    *("ul", "li", "a", "code", "pre", "table", "thead", "tbody", "tr", "th", "td"),
}
SIGNS = "ab 1.<>&\"'/=`{}[]()*!-#;:\n\r\t\u202e\u200b\x1b\x9b\ud800é"
NASTY = st.lists(
    st.sampled_from([*SIGNS, "</li>", "</style>", "<script>", "<!--", "]]>", "javascript:", "&lt;", "onload="]),
    max_size=30,
).map("".join)


class Page(HTMLParser):
    """What a browser would make of it: the tags in their places, the attributes, and the text of each part."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append((self.open[-1] if self.open else "", data))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        assert decl == "DOCTYPE html"

    def words(self) -> str:
        return " ".join(data for tag, data in self.text if tag not in ("style", "title"))


def report_of(made: Any) -> Report:
    return build(made.view, made.facts, made.diagnosis, made.causes, made_at=MADE_AT)


def checked(text: str) -> Page:
    page = Page(text)
    assert {tag for tag, _ in page.tags} <= ALLOWED
    for tag, attributes in page.tags:
        allowed = {"a": {"href"}, "html": {"lang"}, "meta": {"charset", "name", "content", "http-equiv"}}.get(
            tag, set()
        )
        assert set(attributes) <= allowed | {"id", "class", "aria-label", "scope"}, (tag, attributes)
        assert re.fullmatch(r"#part-\d+", attributes.get("href") or "#part-1")
    assert is_visible(text, lines=True)
    return page


def test_the_page_holds_what_the_report_says_and_nothing_that_acts(made: Any) -> None:
    report = report_of(made)
    page = checked(as_html(report))
    words = " ".join(page.words().split())
    for section in report.sections:
        assert section.title in words
        for line in section.lines:
            assert not line.value or " ".join(visible(line.value, 2_000).split()) in words
    assert "[Click](https://evil.example/login)" in words, "the server's words are still there, as text"
    assert sum(tag == "pre" for tag, _ in page.tags) == 2, "the check and the line to reproduce"


def test_the_page_loads_nothing_and_allows_only_its_own_style(made: Any) -> None:
    text = as_html(report_of(made))
    page = checked(text)
    policies = [attributes["content"] for _, attributes in page.tags if attributes.get("http-equiv")]
    assert policies == [POLICY]
    assert "default-src 'none'" in POLICY
    assert "unsafe" not in POLICY
    (style,) = (data for tag, data in page.text if tag == "style")
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in POLICY
    assert not re.search(r"url\(|@import|expression|src=", style)
    assert text.index("Content-Security-Policy") < text.index("<style>"), "a policy holds for what stands behind it"


def test_the_page_is_made_for_paper_and_for_the_dark(made: Any) -> None:
    text = as_html(report_of(made))
    assert "@media print" in text
    assert "@media (prefers-color-scheme: dark)" in text
    assert '<html lang="en">' in text


def test_the_page_reads_without_its_style_as_the_lines_in_their_order(made: Any) -> None:
    report = report_of(made)
    words = " ".join(Page(re.sub(r"<style>.*?</style>", "", as_html(report), flags=re.DOTALL)).words().split())
    at = 0
    for title in ("Request", *(section.title for section in report.sections[1:])):
        at = words.index(title, at)


@given(NASTY, NASTY, st.integers(0, 2))
def test_any_text_stays_text(text: str, value: str, level: int) -> None:
    section = Section(
        title=text,
        lines=(Line(text="first"), Line(text=text, value=value, level=level), Line(text=value)),
        head=(text, value),
        rows=((text, value),),
        code=(value,),
    )
    text_of = "\n".join(_section(section, 1))
    page = checked(text_of)
    assert sum(tag == "li" for tag, _ in page.tags) == 3
    assert sum(tag in ("td", "th") for tag, _ in page.tags) == 4
    code = re.search(r"<pre><code>(.*?)</code></pre>", text_of, re.DOTALL)
    assert code is not None
    assert unescape(code[1]) == visible(value, 8_000)


@pytest.mark.parametrize("levels", [(1, 1, 0), (0, 1, 1), (0, 0), (0, 1, 0, 1), (1,), ()])
def test_lists_nest_as_their_levels_say(levels: tuple[int, ...]) -> None:
    lines = tuple(Line(text=f"n{at}", level=level) for at, level in enumerate(levels))
    page = checked("\n".join(_section(Section(title="Part", lines=lines), 1)))
    assert [data.strip() for tag, data in page.text if tag == "li" and data.strip()] == [
        f"n{at}" for at in range(len(levels))
    ]
