"""The report that support needs: one content, several renderings."""

from tui401.report.content import build
from tui401.report.document import as_json, from_json
from tui401.report.markdown import as_markdown
from tui401.report.parts import Line, Report, Section

__all__ = ["Line", "Report", "Section", "as_json", "as_markdown", "build", "from_json"]
