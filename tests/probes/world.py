"""A case around the practice world, with what judgement derives from it."""

from __future__ import annotations

from typing import Any

from tui401.judge import facts as judged
from tui401.model.case import Case, Known
from tui401.model.facts import Facts
from tui401.model.http import Exchange, Header, Origin, Request
from tui401.model.secret import Secret
from tui401.model.shown import Content, Evidence, kind_of
from tui401.wire import redact


def case_of(api: str, target: str = "/v1/orders", *headers: Header, known: Known | None = None, **more: Any) -> Case:
    scheme, _, rest = api.partition("://")
    host, _, port = rest.rpartition(":")
    method = more.pop("method", "GET")
    request = Request(method, Origin(scheme, host, int(port)), Secret(target), headers, **more)
    return Case(id="0000abcd", request=request, known=known or Known())


def facts_of(case: Case, exchange: Exchange | None = None, *more: Content) -> Facts:
    """What judgement knows after the original was sent."""
    pieces: list[Content] = [redact.credentials(case.request, case.names), case.known.shown(), *more]
    if exchange is not None:
        pieces.append(redact.answer(exchange, case.names, label="original"))
    subject = "attempt:1"
    return judged.derive(
        [Evidence(kind=kind_of(p), subject=subject, content=p, at=float(n), by="test") for n, p in enumerate(pieces)], 1
    )


def bearer(token: str) -> Header:
    return Header("Authorization", Secret(f"Bearer {token}"))
