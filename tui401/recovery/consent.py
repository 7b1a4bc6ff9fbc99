"""Which sends wait for a yes (judging.md, "Consent"). Pure: it looks at a request and says why it would ask."""

from __future__ import annotations

import re
from typing import Final

from tui401.model.http import Request

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""RFC 9110, section 9.2.1: methods that ask for no change."""

# A GET that ends a session or spends a one-time link changes something all the same.
_TELLING: Final = re.compile(r"log-?_?out|sign-?_?out|revoke|delete|remove|confirm|unsubscribe|cancel", re.IGNORECASE)


def reason_to_ask(request: Request) -> str:
    """Why sending this request again should wait for a yes, as a sentence; "" where it need not."""
    if request.method.upper() not in SAFE_METHODS:
        return f"{request.method} can change something at {request.origin.host}, and this would send it once more."
    if _TELLING.search(request.target.reveal()):
        return f"The address speaks of ending or confirming something, so each {request.method} may have an effect."
    return ""
