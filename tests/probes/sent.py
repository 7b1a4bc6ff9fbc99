"""What tests of the client ask of an exchange, and the secret that they send."""

from __future__ import annotations

from tui401.model.http import (
    Exchange,
    Failure,
)

TOKEN = "tok-8c1f7d2e9b4a6053"


def failed(exchange: Exchange) -> Failure:
    assert exchange.response is None
    assert exchange.failure is not None
    assert TOKEN not in exchange.failure.says
    return exchange.failure


def status(exchange: Exchange) -> int:
    assert exchange.response is not None, exchange.failure
    return exchange.response.status
