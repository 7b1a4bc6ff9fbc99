"""The report that support needs: one content, several renderings."""

from tui401.report.content import build
from tui401.report.document import as_json, from_json
from tui401.report.formats import FORMATS, format_of, render
from tui401.report.har import as_har
from tui401.report.html import as_html
from tui401.report.markdown import as_markdown
from tui401.report.parts import Line, Report, Section

__all__ = [
    "FORMATS",
    "Line",
    "Report",
    "Section",
    "as_har",
    "as_html",
    "as_json",
    "as_markdown",
    "build",
    "format_of",
    "from_json",
    "render",
]
