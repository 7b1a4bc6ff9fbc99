"""A forward proxy's password that is refused goes out twice at most, however many requests would take it along."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tui401.model.http import Failure, FailureKind, Proxy, Transport
from tui401.model.secret import Secret
from tui401.probes.failures import quoted

if TYPE_CHECKING:
    from tui401.probes.client import Came

MOST_REFUSALS: Final = 2  # judging.md: a refused password, in a quarter of an hour
_ASKED: Final = 407  # RFC 9110, section 15.5.8


@dataclass(slots=True)
class _Standing:
    """What one proxy made of one password: while nobody knows, requests go through it one after another."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    taken: bool = False
    refused: int = 0

    def learn(self, came: Came) -> None:
        failure = came.failure
        status = came.response.status if came.response is not None else failure.proxy_status if failure else None
        if status == _ASKED:
            self.refused += 1
        elif came.response is not None or (failure is not None and failure.kind is FailureKind.TLS):
            self.taken = True


class ProxyPasswords:
    """Sees every request of a client that takes a proxy's password along."""

    def __init__(self) -> None:
        self._standing: dict[tuple[str, Secret[str]], _Standing] = {}

    async def through(self, transport: Transport, send: Callable[[], Awaitable[Came]]) -> Came | Failure:
        """What a request brought, or why it was not sent.

        Args:
            transport: How it travels.
            send: Sends it.
        """
        via = transport.proxy
        if via is None or not via.credential:
            return await send()
        standing = self._standing.setdefault((via.url, via.credential), _Standing())
        if standing.taken:
            return await send()
        async with standing.lock:
            if standing.refused >= MOST_REFUSALS:
                return _spent(via)
            came = await send()
            standing.learn(came)
        return came


def _spent(via: Proxy) -> Failure:
    return Failure(
        FailureKind.PROXY,
        f"The proxy {quoted(via.url)} refused its password twice, and once more could lock the account, so nothing was"
        " sent through it. Correct --proxy-user or the proxy's variable.",
    )
