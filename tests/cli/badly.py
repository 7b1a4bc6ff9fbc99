"""What tests of bad input share: the key that may not be told, and what a sentence has to be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.canary.loopback import Seen, response

KEY = "kQ7xV2mPq9LwZ3bT5hRdY8nC4"
HEADER = ["-H", f"X-API-Key: {KEY}"]
BAD, OPEN = 2, 3
Tui401 = Callable[..., Any]


def refusal(_seen: Seen) -> bytes:
    return response("401 Unauthorized", [("WWW-Authenticate", 'Bearer realm="x"')], '{"error": "unauthorized"}')


def told(ran: Any, code: int) -> str:
    """The sentence on standard error, after a look that it is one and that nothing else came."""
    assert ran.code == code, (ran.code, ran.out, ran.err)
    assert "Traceback" not in ran.err + ran.out
    assert "fault of its own" not in ran.err + ran.out
    assert KEY[:8] not in ran.err + ran.out
    last = str(ran.err.strip().splitlines()[-1])
    if code == BAD:
        assert ran.out == ""
        assert " " in last
        assert last.endswith((".", "`", "?")), last
    return last


def kept(tui401: Tui401, ran: Any, outcome: str) -> None:
    """The case that was opened is in the journal, ended as it was told."""
    case = re.search(r"tui401 open ([0-9a-f]{8})", ran.err)
    assert case is not None, ran.err
    listed = json.loads(tui401("cases", "--format", "json").out)
    assert {line["id"]: line["outcome"] for line in listed}[case[1]] == outcome
    assert tui401("report", case[1]).out.startswith("#")
