"""The forms of a report, by the ending of the file that it goes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tui401.report.document import as_json
from tui401.report.har import as_har
from tui401.report.html import as_html
from tui401.report.markdown import as_markdown
from tui401.report.parts import Report

FORMATS: Final[Mapping[str, Callable[[Report], bytes]]] = {
    ".md": lambda report: as_markdown(report).encode(),
    ".html": lambda report: as_html(report).encode(),
    ".json": as_json,
    ".har": as_har,
}
"""What makes the file's bytes, by its ending in lower case."""

_ALSO: Final = {".htm": ".html", ".markdown": ".md"}


def format_of(name: str) -> str:
    """The form that a file's name asks for, one of `FORMATS`.

    Raises:
        ValueError: with a sentence, for a name that asks for none.
    """
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    ending = _ALSO.get(ending, ending)
    if ending not in FORMATS:
        raise ValueError(f"A report is a .md, .html, .json or .har file; {name!r} is none of these.")
    return ending


def render(report: Report, form: str) -> bytes:
    """The bytes of a report in one of `FORMATS`."""
    return FORMATS[form](report)
