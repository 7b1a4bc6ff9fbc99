"""The signature of an answer: equal for two answers that say the same (judging.md, "Experiments")."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from tui401.model.http import Response
from tui401.model.shown import ResponseShown
from tui401.wire import challenge
from tui401.wire.shapes import is_random

_LENGTH: Final = 16  # hexadecimal digits
_VARYING_PARAMETERS: Final = frozenset(
    {
        "nonce",
        "opaque",
        "cnonce",
        "nextnonce",
        "rspauth",
        "state",
        "session",
        "request_id",
        "trace_id",
        "correlation_id",
    }
)
_MONTH: Final = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_DAY: Final = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}"
_VARYING: Final = re.compile(
    r"‹[a-z0-9-]{1,20}›"
    r"|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
    r"|\d{4}-\d\d-\d\d(?:[T ]\d\d?:\d\d(?::\d\d)?(?:[.,]\d{1,12})?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?)?"
    r"|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}"
    rf"|(?:{_DAY},? )?\d{{1,2}}[ -]{_MONTH}[ -]\d{{2,4}}"
    rf"|(?:{_DAY} )?{_MONTH} \d{{1,2}},? (?:\d\d:\d\d:\d\d (?:[A-Z]{{2,5}} )?)?\d{{4}}"
    r"|\b\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?: ?(?:AM|PM|am|pm|Z|UTC|GMT))?"
    r"|\b(?=[a-fA-F]{0,40}\d)[0-9a-fA-F]{8,}\b|\b[0-9a-fA-F]{16,}\b"
    r"|\d+\.\d{3,}|(?<![A-Za-z_])\d{5,}"  # error codes such as AADSTS50013 stay
)
_RUN: Final = re.compile(r"[A-Za-z0-9_+/=-]{10,}")
_TURN: Final = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_BLANKS: Final = re.compile(r"\s+")
_ID_TURNS: Final = 4  # changes between letters and digits


def of(response: Response, shown: ResponseShown) -> str:
    """The signature of an answer: status, challenge, media type, and body with what varies masked.

    Identifiers, times, dates, long numbers, nonces and secrets vary; so does white space. Two answers to the same
    question have the same signature unless the server means something else.

    Args:
        response: The answer.
        shown: The same answer after redaction, which the words are taken from.

    Returns:
        Sixteen hexadecimal digits.
    """
    pieces = [str(response.status), shown.media_type]
    for name in ("WWW-Authenticate", "Proxy-Authenticate"):
        for item in challenge.parse(shown.values(name)):
            pieces.append(f"{name} {item.scheme.lower()}")
            pieces += [
                f"{key.lower()}={masked(value)}" for key, value in item.params if key.lower() not in _VARYING_PARAMETERS
            ]
    pieces.append(masked(shown.body))
    return hashlib.sha256("\x1f".join(pieces).encode("utf-8", "replace")).hexdigest()[:_LENGTH]


def masked(text: str) -> str:
    """The text with what varies from answer to answer struck out."""
    return _BLANKS.sub(" ", _RUN.sub(_identifier, _VARYING.sub("#", text))).strip()


def _identifier(found: re.Match[str]) -> str:
    run = found.group()
    return "#" if sum(1 for _ in _TURN.finditer(run)) >= _ID_TURNS or is_random(run) else run
