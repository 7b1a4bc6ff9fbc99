"""A report as GitHub Markdown. Text from outside stays text: nothing of it becomes a link, an image, a tag, a heading.

Backslashes are not enough for that: GitHub and GitLab make links of addresses, mentions, issue numbers and commit ids
after they have undone the escapes. Within code spans they make nothing of them, so every word that is not plain prose
stands in one.
"""

from __future__ import annotations

import re
from typing import Final

from tui401.report.parts import Line, Report, Section
from tui401.report.texts import utc
from tui401.wire.visible import visible

_LIMIT: Final = 2_000
_MOST_LINES: Final = 400

# A word of prose: signs that may stand before and behind it, and between them letters and digits of any script, single
# hyphens and apostrophes, a time of day, a number.
_WORD: Final = re.compile(
    r"(?P<before>[“‘\"'(]{0,3})"
    r"(?P<core>[^\W_]{1,60}(?:[-'’–][^\W_]{1,60}){0,8}|[+±-]?[0-9]{1,15}(?:[.,][0-9]{1,15}){0,4}%?"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|[–—±…¦/])?"
    r"(?P<after>[.,;:!?)”’\"'…]{0,4})"
)
# What GitHub and GitLab make links of though it looks like a word: commit ids, GH-7. Identifiers are set apart too.
_REFERENCE: Final = re.compile(
    r"(?i)(?:[^-]{0,60}-){0,8}(?=[a-f]*[0-9])[0-9a-f]{7,64}(?:-.{0,200})?|gh-[0-9].*|www|.{33,}"
)
_NUMBERED: Final = re.compile(r"[0-9]+[.)]+")


def as_markdown(report: Report) -> str:
    """The whole report; ends with a line break."""
    lines = [f"# tui401 report, case {_prose(report.case)}: {_prose(report.outcome)}", ""]
    lines += [_item(line) for line in report.summary]
    for section in report.sections:
        lines += ["", *_section(section)]
    made = f"Written by tui401 {report.version} at {utc(report.made_at)}."
    lines += ["", f"{_prose(made)} The JSON report of this case can be judged again: `tui401 open FILE`.", ""]
    return "\n".join(lines)


def _section(section: Section) -> list[str]:
    lines = [f"## {_prose(section.title)}", ""]
    lines += [_item(line) for line in section.lines[:_MOST_LINES]]
    if len(section.lines) > _MOST_LINES:
        lines.append(f"- … and {len(section.lines) - _MOST_LINES} more lines, in the JSON report")
    if section.rows:
        lines += [""] if section.lines else []
        lines.append("| " + " | ".join(map(_cell, section.head)) + " |")
        lines.append("|" + " --- |" * len(section.head))
        lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in section.rows[:_MOST_LINES]]
    for code in section.code:
        shown = visible(code, 4 * _LIMIT)
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", shown)), default=0))
        lines += ["", f"{fence}sh", shown, fence] if section.lines or section.rows else [f"{fence}sh", shown, fence]
    return lines


def _item(line: Line) -> str:
    indent = "  " * min(max(line.level, 0), 1)
    text = _prose(line.text) or "(nothing)"  # an empty item under another would make a heading of that one
    return f"{indent}- {text}: {_code(visible(line.value, _LIMIT))}" if line.value else f"{indent}- {text}"


def _cell(text: str) -> str:
    # A bar ends a cell even within a code span, and ways to escape it there differ.
    return _prose(text.replace("|", "¦"))


def _prose(text: str) -> str:
    """One line of prose; runs of words that are not plain become code spans."""
    made: list[str] = []
    waiting: list[str] = []

    def give() -> None:
        if waiting:
            run = " ".join(waiting)
            kept = run.rstrip(",;") or run
            made.append(_code(kept) + run[len(kept) :])
            waiting.clear()

    for word in visible(text, _LIMIT).split(" "):
        if not word:
            continue
        parts = _WORD.fullmatch(word)
        if parts is not None and not _REFERENCE.fullmatch(parts["core"] or "") and (made or waiting or _begins(word)):
            give()
            made.append(word)
        elif (found := _inner(word)) and not waiting:
            before, core, after = found
            made.append(f"{before}{_code(core)}{after}")
        else:
            waiting.append(word)
    give()
    return " ".join(made)


def _begins(word: str) -> bool:
    """Whether the word may begin a line: one that reads as a list's number or bullet may not."""
    return _NUMBERED.fullmatch(word) is None and word not in ("-", "+")


def _inner(word: str) -> tuple[str, str, str] | None:
    """A word that is no prose without the quotation marks and stops around it, so that these stay outside."""
    stripped = word.lstrip("“(")
    before = word[: len(word) - len(stripped)]
    core = stripped.rstrip(",;:”)")
    after = stripped[len(core) :]
    if not core or not (before or after) or len(before) > 3 or len(after) > 4:
        return None
    opened, closed = core.count("("), core.count(")")
    if opened != closed:  # the bracket belongs to the word
        return None
    return before, core, after


def _code(text: str) -> str:
    """A code span that shows exactly this text (CommonMark, section 6.1)."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") or (text[:1] == text[-1:] == " " and text.strip()) else ""
    return f"{fence}{pad}{text}{pad}{fence}"
