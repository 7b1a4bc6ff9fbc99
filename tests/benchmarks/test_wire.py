"""The parsers take time in proportion to length: eight times the input may not take far more than eight times."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tui401.wire import authorization, bodies, challenge, ids, jwt, visible

SMALL, FACTOR, GENEROUS = 8_192, 8, 4.0
FLOOR = 0.002  # seconds; below it a ratio says nothing

EVIL = [
    *('"', '\\"', "\\", 'a="b, a="', 'a="x" b ', '"x" y ', "a=", "a ", "=", ",", ";", " ", "\t", "Basic ", "B a,"),
    *("eyJhbGciOiJub25lIn0", "eyJ.", ".", "%2E", "%20", "\n", "ey J", "Bearer ", "'", "<", "[", "{", "(", "b'", ">"),
    *("<a ", "<a a=", "<!--", "<![CDATA[", "<!", "<!x[", "<script>", "&", "&amp", "</a>", "<a>", "-", "]]", "a='"),
    *('{"a":', "{'a':", "[1,", "'\\", "a&", "a=b&", "Trace ID: ", "request id ", "\x1b", "\u202e", "\u0300", "\ud800"),
]

PARSERS: list[tuple[str, Callable[[str], object]]] = [
    ("challenge", lambda text: challenge.parse([text, 'Bearer a="' + text])),
    ("authorization", lambda text: (authorization.take_apart("Bearer " + text), authorization.repaired(text))),
    ("jwt", lambda text: jwt.take_apart("eyJhbGciOiJub25lIn0." + text)),
    ("json", lambda text: bodies.read("{" + text, "application/json")),
    ("xml", lambda text: bodies.read("<Error>" + text, "text/xml")),
    ("html", lambda text: bodies.read("<html>" + text, "text/html")),
    ("text", lambda text: ids.identifiers_in((("text", text),))),
    ("visible", lambda text: visible.visible(text, len(text) * 10)),
]


def seconds(parser: Callable[[str], object], text: str) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        parser(text)
        best = min(best, time.perf_counter() - start)
    return best


@pytest.mark.benchmark
@pytest.mark.parametrize(("name", "parser"), PARSERS, ids=[name for name, _ in PARSERS])
def test_time_is_linear_in_length(name: str, parser: Callable[[str], object]) -> None:
    slow = []
    for unit in EVIL:
        short, long = (unit * SMALL)[:SMALL], (unit * SMALL * FACTOR)[: SMALL * FACTOR]
        before, after = seconds(parser, short), seconds(parser, long)
        if after > FLOOR * FACTOR and after > before * FACTOR * GENEROUS:
            slow.append((unit, round(before, 4), round(after, 4)))
    assert slow == [], f"{name} takes more than linear time"
