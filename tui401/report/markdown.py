"""A report as GitHub Markdown. Text from outside stays text: nothing of it becomes a link, an image, a tag, a heading.

Backslashes are not enough for that: GitHub and GitLab make links of addresses, mentions, issue numbers and commit ids
after they have undone the escapes. Within code spans they make nothing of them, so every word that is not plain prose
stands in one. There are headings, lists and code, and no tables: Slack and older trackers show those as rows of bars.
"""

from __future__ import annotations

import re
from typing import Final

from tui401.report.parts import Line, Report, Section
from tui401.report.prose import LONGEST, pieces
from tui401.report.texts import utc
from tui401.wire.visible import visible

_MOST_LINES: Final = 400


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
    items = [*map(_item, section.lines), *(_item(Line(text=row_in_words(row))) for row in section.rows)]
    lines += items[:_MOST_LINES]
    if len(items) > _MOST_LINES:
        lines.append(f"- … and {len(items) - _MOST_LINES} more lines, in the JSON report")
    for code in section.code:
        shown = visible(code, 4 * LONGEST)
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", shown)), default=0))
        lines += ["", f"{fence}sh", shown, fence] if items else [f"{fence}sh", shown, fence]
    return lines


def row_in_words(row: tuple[str, ...]) -> str:
    """A row of a table as one line."""
    first, *others = row
    told = "; ".join(cell for cell in others if cell)
    return f"{first}: {told}" if told else first


def _item(line: Line) -> str:
    indent = "  " * min(max(line.level, 0), 1)
    text = _prose(line.text) or "(nothing)"  # an empty item under another would make a heading of that one
    return f"{indent}- {text}: {_code(visible(line.value, LONGEST))}" if line.value else f"{indent}- {text}"


def _prose(text: str) -> str:
    """One line of prose; runs of words that are not plain become code spans."""
    return " ".join(f"{one.before}{_code(one.text)}{one.after}" if one.code else one.text for one in pieces(text))


def _code(text: str) -> str:
    """A code span that shows exactly this text (CommonMark, section 6.1)."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") or (text[:1] == text[-1:] == " " and text.strip()) else ""
    return f"{fence}{pad}{text}{pad}{fence}"
