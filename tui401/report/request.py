"""What was asked, what came, and who answered. Pure."""

from __future__ import annotations

from typing import Final

from tui401.model.facts import Facts
from tui401.model.shown import HopShown
from tui401.model.view import CaseView
from tui401.report.parts import Line, Section
from tui401.report.texts import ids_of, sent_at, server_time, short, utc

_SHOWN_HEADERS: Final = ("www-authenticate", "proxy-authenticate", "retry-after", "server", "via")
_BODY: Final = 600


def request(view: CaseView, facts: Facts) -> Section:
    """Endpoint, time by both clocks, identifiers, the answer, and who gave it."""
    lines = [Line(text="Endpoint", value=f"{facts.request.method} {facts.request.url}")]
    at = sent_at(facts)
    if at is not None:
        lines.append(Line(text=f"Time of the request: {utc(at)} by this machine's clock"))
    lines += _by_the_server(facts)
    lines += _answer(facts)
    lines += [Line(text=f"Identifier {name}", value=value) for name, value in ids_of(facts)]
    lines += _who(facts)
    lines += _redirects(facts.answer.hops if facts.answer is not None else ())
    if view.known.profile:
        lines.append(Line(text=f"Profile: {view.known.profile}"))
    if facts.recorded:
        lines.append(Line(text="This exchange was recorded earlier; nothing was sent for it"))
    return Section(title="Request", lines=tuple(lines))


def _by_the_server(facts: Facts) -> list[Line]:
    if facts.response is None:
        return []
    moment = server_time(facts)
    if moment:
        aged = any(value.strip() not in ("", "0") for value in facts.response.values("age"))
        remark = "; the answer came from a cache, so this may be old" if aged else ""
        return [Line(text=f"Time by the server's clock: {moment}, from its Date header{remark}")]
    given = facts.response.values("date")[:1]
    if given:
        return [Line(text="The server's Date header is no date", value=given[0])]
    return [Line(text="Time by the server's clock: not known, the answer has no Date header")]


def _answer(facts: Facts) -> list[Line]:
    response = facts.response
    if response is None:
        failure = facts.answer.failure if facts.answer is not None else None
        return [Line(text=f"No answer came: {failure.says}" if failure is not None else "No answer was seen")]
    lines = [Line(text=f"Status: {response.status}")]
    lines += [Line(text=h.name, value=h.value) for h in response.headers if h.name.lower() in _SHOWN_HEADERS]
    if not response.values("www-authenticate") and response.status == 401:
        lines.append(Line(text="The answer has no WWW-Authenticate header, though RFC 9110 requires one with a 401"))
    if response.body.strip():
        lines.append(Line(text="Body of the answer", value=short(response.body.strip(), _BODY)))
    return lines


def _who(facts: Facts) -> list[Line]:
    if facts.who.kind == "unknown":
        return []
    named = f"{facts.who.kind} ({facts.who.name})" if facts.who.name else facts.who.kind
    lines = [Line(text=f"Answered by: {named}")]
    lines += [Line(text=reason, level=1) for reason in facts.who.reasons[:3]]
    return lines


def _redirects(hops: tuple[HopShown, ...]) -> list[Line]:
    if len(hops) < 2:
        return []
    answers = [hop.response.status if hop.response is not None else 0 for hop in hops[:-1]]
    # A server may also want the same request once more, with a nonce of its own in the proof.
    what = "Redirects" if any(300 <= status < 400 for status in answers) else "Answers"
    lines = [Line(text=f"{what} on the way: {len(hops) - 1}")]
    for hop in hops:
        status = hop.response.status if hop.response is not None else "no answer"
        carried = "with a credential" if hop.credential_sent else "without a credential"
        lines.append(Line(text=f"{status} {carried}", value=hop.request.url, level=1))
        lines += [Line(text=sentence, level=1) for sentence in hop.withheld]
    return lines
