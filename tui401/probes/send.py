"""The client of every request: it sends what it is told to, follows redirects by hand, and never raises for a failure.

A credential goes to the origin that the person's request names and to no other (safety.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar
from urllib.parse import quote_plus, urlsplit

from tui401.dpop import Proofs
from tui401.model.case import straight
from tui401.model.http import (
    DEFAULT_PORTS,
    Exchange,
    Failure,
    FailureKind,
    From,
    Header,
    Hop,
    Origin,
    Provenance,
    Request,
    Response,
    Transport,
)
from tui401.model.secret import Secret
from tui401.probes import address
from tui401.probes.address import AddressClass, Guard
from tui401.probes.failures import quoted
from tui401.probes.proxy_passwords import ProxyPasswords

if TYPE_CHECKING:
    from tui401.probes.client import Came

T = TypeVar("T")

MAX_FOLLOWED: Final = 50  # curl's own bound
FETCH_LIMIT: Final = 10.0  # seconds
_BY_US: Final = Provenance(From.DEFAULT, "tui401")


def never(_from: Origin, _to: Origin) -> bool:
    """No origin but the request's own may have the credential."""
    return False


class Client:
    """Sends requests, each over a connection of its own. An async context manager.

    Args:
        way_to: How a request travels to another origin than the one that the person's request names.

    Attributes:
        sent: Requests to APIs so far, every hop counted.
        fetched: Requests for metadata, keys and grants so far.
        proofs: The keys of bound tokens; a request that carries one is sent with a fresh proof each time (RFC 9449).
    """

    def __init__(self, way_to: Callable[[Origin], Transport] = straight) -> None:
        self.way_to = way_to
        self.sent = 0
        self.fetched = 0
        self.proofs = Proofs()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._proxy_passwords = ProxyPasswords()
        self._dripping: set[Origin] = set()  # those whose bodies did not come to their end in time

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Ends the client and what it still fetches."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def in_background(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """A task that several may wait for, each free to stop waiting; it ends with the client at the latest."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def send(self, request: Request, *, may_cross: Callable[[Origin, Origin], bool] = never) -> Exchange:
        """Sends a request and follows its redirects as far as its transport says.

        Args:
            request: Exactly what goes out; added are Host, User-Agent and the body's framing where it gives none.
            may_cross: Whether the credential of the first origin may go to the second (safety.md); asked for each
                crossing, and never for one from https to http.

        Returns:
            Every hop, and a failure where no answer came. Only cancellation is raised.
        """
        from tui401.probes import redirect  # noqa: PLC0415 - needed once a request is sent

        hops: list[Hop] = []
        met: set[tuple[str, str, bool]] = set()
        current, stripped = request, False
        withheld: tuple[str, ...] = ()
        proved_again = False
        deadline = asyncio.get_running_loop().time() + request.transport.total_limit
        while True:
            self.sent += 1
            left = max(0.001, deadline - asyncio.get_running_loop().time())
            came = await self._once(self.proofs.onto(current), limit=left)
            if isinstance(came, Failure):
                return Exchange(tuple(hops), came)
            hops.append(Hop(came.sent, came.response, came.started_at, came.elapsed, came.peer, withheld))
            if came.response is None:
                return Exchange(tuple(hops), came.failure)
            if self.proofs.hears(current, came.response) and not proved_again:
                proved_again = True
                continue  # the server gave a nonce that the proof has to hold, so it goes out once more
            proved = self._proved(current, came.response)
            if proved is not None:
                current = proved
                continue
            if request.transport.follow <= 0:
                return Exchange(tuple(hops))
            step = redirect.next_hop(
                request, current, came.response, stripped=stripped, may_cross=may_cross, way_to=self.way_to
            )
            if step is None:
                return Exchange(tuple(hops))
            if isinstance(step, Failure):
                return Exchange(tuple(hops), step)
            met.add((current.method, current.url.reveal(), stripped))
            current, withheld, stripped, proved_again = step.request, step.withheld, step.stripped, False
            stop = self._stops(request, current, met, stripped=stripped, followed=len(hops))
            if stop is not None:
                return Exchange(tuple(hops), stop)

    async def _once(self, request: Request, *, limit: float, guard: Guard | None = None) -> Came | Failure:
        from tui401.probes import client  # noqa: PLC0415 - the HTTP library costs 100 ms to import

        patience = client.DRIP_LIMIT if request.origin in self._dripping else client.BODY_LIMIT
        came = await self._proxy_passwords.through(
            request.transport, lambda: client.once(request, limit=limit, guard=guard, body_limit=patience)
        )
        if not isinstance(came, Failure) and came.dripped:
            self._dripping.add(request.origin)
        return came

    @staticmethod
    def _proved(request: Request, response: Response) -> Request | None:
        if request.held is None:
            return None
        from tui401.probes import held  # noqa: PLC0415 - the HTTP library costs 100 ms to import

        return held.answer(request, response)

    @staticmethod
    def _stops(
        first: Request, current: Request, met: set[tuple[str, str, bool]], *, stripped: bool, followed: int
    ) -> Failure | None:
        if (current.method, current.url.reveal(), stripped) in met:
            return Failure(
                FailureKind.REDIRECTS,
                f"The redirects go in a circle: {current.origin} leads back to an address that was asked already."
                " Call the final address directly, or ask the server's owner.",
            )
        most = min(first.transport.follow, MAX_FOLLOWED)
        if followed > most:
            return Failure(
                FailureKind.REDIRECTS,
                f"There are more than {most} redirects; the last one leads to {current.origin}."
                " Call the final address directly, or raise --max-redirs.",
            )
        return None

    async def guard(self, request: Request) -> Guard:
        """Which addresses may be asked for metadata that nobody has confirmed, beside this request's API."""
        return await address.guard_for(request.origin, request.transport)

    async def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Sequence[Header] = (),
        form: Sequence[tuple[str, Secret[str]]] | None = None,
        transport: Transport | None = None,
        guard: Guard | None = None,
        limit: float = FETCH_LIMIT,
    ) -> Exchange:
        """Asks for metadata, keys, or at a token endpoint: no credential of a request, no cookies, no redirects.

        Args:
            url: The address, http or https.
            method: POST is taken where there is a form.
            headers: Sent as they are; Accept is added where it is missing.
            form: Sent as application/x-www-form-urlencoded (RFC 6749, appendix B).
            transport: How the bytes travel; by the client's way to that origin when None, with TLS verified.
            guard: Given for an address that nobody has confirmed: https only, and only addresses that it allows.
            limit: Seconds for all of it.

        Returns:
            One hop; a redirect is its answer. An address that may not be asked is a failure of kind UNSENDABLE.
        """
        parsed = _parse(url)
        if isinstance(parsed, Failure):
            return Exchange((), parsed)
        origin, target = parsed
        if guard is not None and origin.scheme != "https" and not _is_the_api(origin, guard):
            says = f"Nothing was sent to {origin}: nobody has confirmed it, and it is not https."
            return Exchange((), Failure(FailureKind.UNSENDABLE, f"{says} If it is yours, name it with --issuer."))
        lines = list(headers)
        if not any(header.named("accept") for header in lines):
            lines.append(Header("Accept", Secret("application/json"), _BY_US))
        lines.append(Header("Cache-Control", Secret("no-cache"), _BY_US))
        body: Secret[bytes] | None = None
        if form is not None:
            lines.append(Header("Content-Type", Secret("application/x-www-form-urlencoded"), _BY_US))
            body = Secret("&".join(f"{quote_plus(k)}={quote_plus(v.reveal())}" for k, v in form).encode("ascii"))
            method = "POST"
        request = Request(
            method=method,
            origin=origin,
            target=Secret(target),
            headers=tuple(lines),
            body=body,
            transport=transport or replace(self.way_to(origin), connect_limit=limit, total_limit=limit),
        )
        self.fetched += 1
        came = await self._once(request, limit=limit, guard=guard)
        if isinstance(came, Failure):
            return Exchange((), came)
        return Exchange(
            (Hop(came.sent, came.response, came.started_at, came.elapsed, came.peer),),
            came.failure,
        )


def _is_the_api(origin: Origin, guard: Guard) -> bool:
    """The API's own origin on this very machine: nobody can listen in, and the person's request went there already."""
    return origin == guard.api and AddressClass.LOOPBACK in guard.classes


def _parse(url: str) -> tuple[Origin, str] | Failure:
    wrong = Failure(
        FailureKind.UNSENDABLE,
        f"{quoted(url.partition('?')[0])} is no http or https address that can be asked. Check it.",
    )
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), (parts.hostname or "").lower(), parts.port
    except ValueError:
        return wrong
    if scheme not in DEFAULT_PORTS or not host or parts.username is not None or any(ord(c) <= 0x20 for c in url):
        return wrong
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Origin(scheme, host, port or DEFAULT_PORTS[scheme]), target
