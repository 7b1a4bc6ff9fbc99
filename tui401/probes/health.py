"""The token endpoint's health: asked without any credential, it shows that it is up, how fast, and its certificate.

Discovery and keys tell the same of themselves; together they are the health of an issuer.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.model.http import Exchange, FailureKind
from tui401.model.probe import ProbeSpec
from tui401.model.shown import Evidence, IssuerMetadataSeen, TokenEndpointSeen, kind_of
from tui401.probes import discovery, specs
from tui401.probes.discovery import Issuers
from tui401.probes.failures import quoted
from tui401.probes.send import Client

_FAILURES: Final = {FailureKind.TIMEOUT: "timeout", FailureKind.UNSENDABLE: "forbidden"}


def read(exchange: Exchange, metadata: IssuerMetadataSeen) -> TokenEndpointSeen:
    """What an answer to a request without a credential shows: any below 500 comes from an endpoint that is up."""
    url = metadata.token_endpoint
    hop = exchange.hops[-1] if exchange.hops else None
    seen = TokenEndpointSeen(
        issuer=metadata.asked,
        url=url,
        latency=hop.elapsed if hop is not None else 0.0,
        certificate_not_after=hop.peer.certificate_not_after if hop is not None else None,
    )
    if exchange.failure is not None:
        failure = _FAILURES.get(exchange.failure.kind, "unreachable")
        return _with(seen, failure=failure, problem=exchange.failure.says)
    response = exchange.response
    if response is None:
        return _with(seen, failure="unreachable", problem=f"{quoted(url)} did not answer.")
    if response.status >= 500:
        says = f"The token endpoint {quoted(url)} answers {response.status}."
        return _with(seen, status=response.status, failure="status", problem=says)
    return _with(seen, status=response.status)


def _with(
    seen: TokenEndpointSeen, *, status: int | None = None, failure: str = "", problem: str = ""
) -> TokenEndpointSeen:
    return TokenEndpointSeen(
        issuer=seen.issuer,
        url=seen.url,
        status=status,
        latency=seen.latency,
        certificate_not_after=seen.certificate_not_after,
        failure=failure,
        problem=problem,
    )


@dataclass(frozen=True, slots=True)
class TokenEndpointGatherer:
    """Asks the confirmed issuer's token endpoint for nothing, to see that it answers."""

    client: Client
    issuers: Issuers
    spec: ProbeSpec = specs.TOKEN_ENDPOINT

    async def run(self, case: Case, facts: Facts) -> Sequence[Evidence]:
        """Its health; nothing for an issuer that nobody vouches for, or whose metadata cannot be read."""
        issuer, who, confirmed = next(iter(discovery.named(case, facts)), ("", "", False))
        if not confirmed:
            return ()
        half = self.spec.limit / 2
        metadata, _ = await self.issuers.metadata(issuer, named_by=who, confirmed=True, case=case, limit=half)
        url = metadata.token_endpoint
        if metadata.problem or not url:
            return ()
        if urlsplit(issuer).scheme == "https" and urlsplit(url).scheme != "https":
            return ()  # no secret would go there, so its health is nobody's concern
        seen = read(await self.client.fetch(url, limit=half), metadata)
        return (
            Evidence(kind=kind_of(seen), subject=f"issuer:{issuer}", content=seen, at=time.time(), by="token endpoint"),
        )
