"""A protected resource's own metadata (RFC 9728): what the API says of its issuers, scopes and itself."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.model.http import DEFAULT_PORTS, Origin, Request
from tui401.model.probe import ProbeSpec
from tui401.model.shown import Evidence, ResourceMetadataSeen, kind_of
from tui401.probes import discovery, documents, specs
from tui401.probes.discovery import Issuers
from tui401.probes.failures import quoted
from tui401.probes.send import Client


def covers(resource: str, request: Request) -> bool:
    """Whether a resource identifier covers a request's address: its origin, and its path or one above (section 3.3)."""
    try:
        parts = urlsplit(resource)
        scheme, host, port = parts.scheme.lower(), (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    if scheme not in DEFAULT_PORTS or not host or parts.fragment:
        return False
    if Origin(scheme, host, port or DEFAULT_PORTS[scheme]) != request.origin:
        return False
    path = request.target.reveal().partition("?")[0]
    above = parts.path.rstrip("/")
    return path == above or path.startswith(f"{above}/")


def address_of(case: Case, facts: Facts) -> str:
    """Where the metadata is: where the challenge says (section 5.1), else its well-known place on the API's origin."""
    for challenge in facts.challenges:
        told = challenge.param("resource_metadata")
        if told:
            return told
    if case.known.issuer or case.known.audience:
        return ""  # what it would tell is known, and the API is asked as little as can be
    return f"{case.request.origin}/.well-known/oauth-protected-resource"


async def fetch(client: Client, url: str, case: Case, *, limit: float) -> ResourceMetadataSeen:
    """The metadata at an address that a challenge named, without credentials and under a guard."""
    if "‹" in url or len(url) > documents.MAX_TEXT:
        return ResourceMetadataSeen(
            url=quoted(url), problem="The address that the challenge names holds a credential; nothing was sent there."
        )
    guard = await client.guard(case.request)
    exchange = await client.fetch(url, guard=guard, limit=limit)
    document = documents.read(exchange, url, "metadata of the API")
    resource = documents.text(document.fields, "resource")
    problem = document.problem
    fits = bool(resource) and covers(resource, case.request)
    if not problem and not resource:
        problem = f"What {quoted(url)} sends names no resource, so it is not metadata (RFC 9728, section 2)."
    elif not problem and not fits:
        problem = (
            f"The metadata is of {quoted(resource)}, which does not cover the request's address; it was left aside."
        )
    if problem:
        return ResourceMetadataSeen(url=quoted(url), resource=resource, status=document.status, problem=problem)
    return ResourceMetadataSeen(
        url=quoted(url),
        resource=resource,
        authorization_servers=documents.texts(document.fields, "authorization_servers"),
        scopes=documents.texts(document.fields, "scopes_supported"),
        bearer_methods=documents.texts(document.fields, "bearer_methods_supported"),
        algorithms=documents.texts(document.fields, "resource_signing_alg_values_supported"),
        covers=True,
        status=document.status,
    )


@dataclass(frozen=True, slots=True)
class ResourceGatherer:
    """Fetches the API's metadata, and that of the issuers it names; without any, looks for one at the API's origin."""

    client: Client
    issuers: Issuers
    spec: ProbeSpec = specs.RESOURCE

    async def run(self, case: Case, facts: Facts) -> Sequence[Evidence]:
        """The metadata of the API and of the issuers it names; where nobody names one, of the API as its own issuer."""
        began = time.monotonic()
        described = await self._described(case, facts)
        found = [] if described is None else [described]
        seen = described.content if described is not None else None
        servers = seen.authorization_servers[:2] if isinstance(seen, ResourceMetadataSeen) else ()
        met = {name.rstrip("/") for name, _, _ in discovery.named(case, facts)}
        names = [(s, "the API's metadata", False) for s in servers if s.rstrip("/") not in met]
        left = self.spec.limit - (time.monotonic() - began) - 0.5
        if left <= 0:
            return tuple(found)
        if names:
            found += await discovery.gathered(self.issuers, names, case, limit=left, by="resource metadata")
        elif not met and not servers and not _misleads(seen):
            found += await discovery.at_origin(self.issuers, case, limit=left)
        return tuple(found)

    async def _described(self, case: Case, facts: Facts) -> Evidence | None:
        """The API's own metadata; None where there is no place to look for it."""
        url = address_of(case, facts)
        if not url:
            return None
        seen = await fetch(self.client, url, case, limit=self.spec.limit / 2)
        subject = f"api:{case.request.origin}"
        return Evidence(kind=kind_of(seen), subject=subject, content=seen, at=time.time(), by="resource metadata")


def _misleads(seen: object) -> bool:
    """Whether what the API said of its metadata is wrong: then nothing more is asked of it; none at all is no lie."""
    if not isinstance(seen, ResourceMetadataSeen) or not seen.problem:
        return False
    return bool(seen.resource) or seen.status is None
