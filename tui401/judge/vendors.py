"""What is known of whoever runs a server, by its address: where outages are told. Pure."""

from __future__ import annotations

from tui401.dialects import package_matcher
from tui401.judge import texts
from tui401.model.shown import Redacted, RequestShown


def status_page(url: str) -> str:
    """Where the owner of a server tells of outages; "" where that is not known."""
    host, path = texts.place(RequestShown(method="GET", url=Redacted(url)))
    reading = package_matcher().read({"host": host, "path": path}, status=None, marks=frozenset())
    return next((dialect.status_page for dialect in reading.recognised if dialect.status_page), "")
