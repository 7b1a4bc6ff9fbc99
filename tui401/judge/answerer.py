"""Who wrote an answer: an edge, a gateway, a proxy, a framework or the application, with what shows it. Pure.

Most answers bear the mark of something that only passed them on. So words count before marks; what shows that it
handed the request on is not taken for who answered; an edge counts only where it speaks or the page is none of an API.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from tui401.dialects import Dialect
from tui401.dialects.loader import compiled
from tui401.model.facts import WhoAnswered
from tui401.model.shown import ResponseShown

_NEAREST: Final = ("application", "framework", "issuer", "gateway", "proxy", "edge")
"""A server that is recognised only by an edge's header may stand behind that edge, so the nearer one counts."""
_AROUND: Final = ("edge", "proxy")
_JSON: Final = ("application/json", "+json", "/json")
_MOST: Final = 5
_MARKS: Final = ("via", "x-served-by", "x-powered-by", "x-cache")


def who(
    speaking: Sequence[Dialect], recognised: Collection[Dialect], response: ResponseShown, *, headers: str, issuer: str
) -> WhoAnswered:
    """Who wrote it.

    Args:
        speaking: Dialects whose words the answer holds, the surest first.
        recognised: Dialects whose server left a mark on it.
        response: The answer.
        headers: Its header lines, see ``tui401.judge.texts``.
        issuer: Who issued the server's certificate, "" where that is not known.
    """
    reasons = _shape(response)
    passed = [d for d in recognised if d.passed and compiled(d.passed).search(headers)]
    inspecting = next((d for d in recognised if any(way.certificate for way in d.recognise)), None)
    if inspecting is not None and issuer:
        reasons.insert(0, f"the certificate was issued by {issuer[:80]}: something on the way opens TLS")
    if passed:
        reasons.insert(0, f"{passed[0].title} handed the request on and only brought the answer")
    chosen = next((d for d in speaking if d.kind), None)
    if chosen is not None:
        return _told(chosen, f"its words are those of {chosen.title}", reasons)
    known = sorted((d for d in recognised if d.kind and d not in passed), key=lambda d: _NEAREST.index(d.kind))
    behind = _of_an_api(response)
    standing = [d for d in known if not (d.kind in _AROUND and behind)]
    if standing:
        return _told(standing[0], f"it has the marks of {standing[0].title}", reasons)
    if behind:
        through = [f"it came through {d.title}" for d in known if d is not inspecting]
        whose = "its body is JSON, as applications write it"
        return WhoAnswered(kind="application", reasons=tuple([whose, *through, *reasons][:_MOST]))
    return WhoAnswered(reasons=tuple(reasons[:_MOST]))


def _told(chosen: Dialect, first: str, reasons: Sequence[str]) -> WhoAnswered:
    return WhoAnswered(kind=chosen.kind, name=chosen.title, reasons=tuple([first, *reasons][:_MOST]))


def _of_an_api(response: ResponseShown) -> bool:
    """Whether the body is what an API writes, and no page of a server or proxy."""
    media = response.media_type.partition(";")[0].strip().lower()
    return response.body.lstrip()[:1] in ("{", "[") or (bool(response.body) and media.endswith(_JSON))


def _shape(response: ResponseShown) -> list[str]:
    """What the answer's form tells, whoever it was."""
    reasons = []
    server = next(iter(response.values("server")), "")
    if server:
        reasons.append(f"Server: {server[:60]}")
    if response.status == 401 and not response.values("www-authenticate"):
        reasons.append("a 401 without a challenge, which HTTP servers and gateways send with one (RFC 9110)")
    if response.body.lstrip()[:1] == "<" and "html" in response.body[:400].lower():
        reasons.append("its body is a web page, as servers, gateways and proxies write it")
    for name in _MARKS:
        value = next(iter(response.values(name)), "")
        if value:
            reasons.append(f"{name.title()}: {value[:60]}")
    return reasons
