"""A report as one HTML file: no script, nothing from elsewhere, readable on paper, in the dark and without a style.

Every text is escaped, whoever wrote it. The page's own policy (CSP) allows nothing but its one style, by its hash, so
a mistake here could still load nothing and run nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from tui401.report.parts import Line, Report, Section
from tui401.report.prose import LONGEST, pieces
from tui401.report.texts import utc
from tui401.wire.visible import visible

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2128; --quiet: #59636e; --paper: #fff; --line: #d1d9e0; --soft: #f6f8fa;
  --accent: #0969da; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9198a1; --paper: #0d1117; --line: #3d444d;
  --soft: #161b22; --accent: #4493f8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; color: var(--ink); background: var(--paper);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0 0 .2rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 .4rem; padding-bottom: .2rem; border-bottom: 1px solid var(--line); }
p { margin: .3rem 0; color: var(--quiet); }
ul { margin: .3rem 0; padding-left: 1.2rem; }
li { margin: .15rem 0; overflow-wrap: anywhere; }
code, pre { font: .92em/1.5 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; }
code { background: var(--soft); border-radius: .2em; padding: .05em .3em; overflow-wrap: anywhere;
  white-space: pre-wrap; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: .4em; padding: .7em .9em;
  white-space: pre-wrap; overflow-wrap: anywhere; }
pre code { background: none; padding: 0; }
.summary { border-left: .25rem solid var(--accent); background: var(--soft); padding: .6rem 1rem .6rem .6rem; }
.summary > ul { margin: 0; }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem .9rem; font-size: .9em; }
a { color: var(--accent); }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: .93em; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
footer { margin-top: 2.5rem; font-size: .85em; }
@media print {
  :root { --ink: #000; --quiet: #333; --paper: #fff; --line: #999; --soft: #fff; --accent: #000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  h2 { break-after: avoid; }
  li, tr, pre { break-inside: avoid; }
}
"""
_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY: Final = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"
"""What the page allows itself (Content Security Policy, level 3)."""
_MOST_LINES: Final = 2_000
_AGAIN: Final = "The JSON report of this case can be judged again: <code>tui401 open FILE</code>."


def as_html(report: Report) -> str:
    """The whole report as a page; ends with a line break."""
    title = f"tui401 report, case {report.case}: {report.outcome}"
    made = f"Written by tui401 {report.version} at {utc(report.made_at)}."
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY, quote=True)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="referrer" content="no-referrer">',
        '<meta name="robots" content="noindex">',
        f"<title>{_text(title)}</title>",
        f"<style>{_STYLE}</style>",
        "</head>",
        "<body>",
        f"<header><h1>{_prose(title)}</h1></header>",
        "<main>",
        '<section class="summary" aria-label="Summary">',
        *_list(report.summary),
        "</section>",
        '<nav aria-label="Parts of this report"><ul>',
        *(f'<li><a href="#part-{n}">{_text(one.title)}</a></li>' for n, one in enumerate(report.sections, 1)),
        "</ul></nav>",
    ]
    for number, section in enumerate(report.sections, 1):
        lines += _section(section, number)
    lines += ["</main>", f"<footer><p>{_prose(made)} {_AGAIN}</p></footer>", "</body>", "</html>"]
    return "\n".join(lines) + "\n"


def _section(section: Section, number: int) -> Iterator[str]:
    yield "<section>"
    yield f'<h2 id="part-{number}">{_text(section.title)}</h2>'
    yield from _list(section.lines[:_MOST_LINES])
    if section.rows:
        yield "<table>"
        if section.head:
            heads = "".join(f'<th scope="col">{_text(name)}</th>' for name in section.head)
            yield f"<thead><tr>{heads}</tr></thead>"
        yield "<tbody>"
        for row in section.rows[:_MOST_LINES]:
            yield f"<tr>{''.join(f'<td>{_prose(cell)}</td>' for cell in row)}</tr>"
        yield "</tbody></table>"
    left = max(0, len(section.lines) - _MOST_LINES) + max(0, len(section.rows) - _MOST_LINES)
    if left:
        yield f"<p>… and {left:,} more lines, in the JSON report</p>"
    for code in section.code:
        yield f"<pre><code>{_text(code, 4 * LONGEST)}</code></pre>"
    yield "</section>"


def _list(lines: Iterable[Line]) -> Iterator[str]:
    """The lines as a list, those of level 1 within the item that they say more about."""
    every = list(lines)
    if not every:
        return
    yield "<ul>"
    inside = False
    for number, line in enumerate(every):
        deeper = line.level > 0 and number > 0
        if deeper and not inside:
            yield "<ul>"
        elif inside and not deeper:
            yield "</ul></li>"
        inside = deeper
        after = every[number + 1] if number + 1 < len(every) else None
        opens = not deeper and after is not None and after.level > 0
        yield f"<li>{_line(line)}" + ("" if opens else "</li>")
    if inside:
        yield "</ul></li>"
    yield "</ul>"


def _line(line: Line) -> str:
    text = _prose(line.text)
    return f"{text}: <code>{_text(line.value)}</code>" if line.value else text


def _prose(text: str) -> str:
    return " ".join(
        f"{_text(one.before)}<code>{_text(one.text)}</code>{_text(one.after)}" if one.code else _text(one.text)
        for one in pieces(text)
    )


def _text(text: str, limit: int = LONGEST) -> str:
    return escape(visible(text, limit), quote=True)
