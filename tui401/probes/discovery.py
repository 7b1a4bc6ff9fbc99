"""An authorization server's metadata: RFC 8414 and OpenID Connect Discovery 1.0, under safety.md's rules."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.model.http import Exchange
from tui401.model.probe import ProbeSpec
from tui401.model.shown import OWN_ADDRESS, ClockSeen, Evidence, IssuerMetadataSeen, kind_of
from tui401.probes import clock, documents, specs
from tui401.probes.address import Guard
from tui401.probes.documents import Document
from tui401.probes.failures import quoted
from tui401.probes.send import Client

_FRESH: Final = 10.0  # seconds in which one fetch serves all who ask
_PERSON: Final = "you"
_ORDER: Final = ("", "mismatch", "not-metadata", "status", "timeout", "unreachable", "forbidden")


def addresses_of(issuer: str) -> tuple[str, ...]:
    """Where an issuer's metadata can be, likeliest first.

    OpenID appends its path to the issuer, RFC 8414 (section 3.1) puts its own between host and path.
    """
    parts = urlsplit(issuer)
    root, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    found = [
        f"{root}{path}/.well-known/openid-configuration",
        f"{root}/.well-known/oauth-authorization-server{path}",
        f"{root}/.well-known/openid-configuration{path}",
    ]
    return tuple(dict.fromkeys(found))


def same_issuer(one: str, other: str) -> bool:
    """Whether two identifiers are equal, a slash at the end aside."""
    return one.rstrip("/") == other.rstrip("/")


@dataclass(slots=True)
class Issuers:
    """Fetches metadata, each issuer's once for all who ask at the same time."""

    client: Client
    _running: dict[tuple[str, bool], tuple[float, asyncio.Task[tuple[IssuerMetadataSeen, ClockSeen | None]]]] = field(
        default_factory=dict
    )

    async def metadata(
        self, issuer: str, *, named_by: str, confirmed: bool, case: Case, limit: float
    ) -> tuple[IssuerMetadataSeen, ClockSeen | None]:
        """An issuer's metadata, and its clock where an answer of its own showed one.

        Args:
            issuer: Its identifier.
            named_by: Who named it, for a person.
            confirmed: A person, a profile or an option vouches for it; if not, it is asked under a guard.
            case: Around it.
            limit: Seconds.
        """
        key = (issuer, confirmed)
        held = self._running.get(key)
        now = asyncio.get_running_loop().time()
        if held is None or held[1].cancelled() or now - held[0] > _FRESH:
            task = self.client.in_background(self._fetch(issuer, named_by, case, confirmed=confirmed, limit=limit))
            held = self._running[key] = (now, task)
        return await asyncio.shield(held[1])

    async def _fetch(
        self, issuer: str, named_by: str, case: Case, *, confirmed: bool, limit: float
    ) -> tuple[IssuerMetadataSeen, ClockSeen | None]:
        seen = IssuerMetadataSeen(asked=issuer, named_by=named_by, confirmed=confirmed)
        wrong = _unaskable(issuer, confirmed=confirmed)
        if wrong:
            return _with_problem(seen, Document({}, failure="forbidden", problem=wrong), ""), None
        began = asyncio.get_running_loop().time()
        guard = None if confirmed else await self.client.guard(case.request)
        first, *more = addresses_of(issuer)
        fetched = await asyncio.gather(*(self._one(url, guard, limit) for url in (first, *more[:1])))
        if more[1:] and all(document.failure == "status" for _, document, _ in fetched):
            left = limit - (asyncio.get_running_loop().time() - began)
            fetched += [await self._one(more[1], guard, max(0.1, left))]
        read = [(_seen(seen, url, document), exchange) for url, document, exchange in fetched]
        best, answered = min(read, key=lambda pair: _ORDER.index(pair[0].failure))
        if best.failure == "status":  # an outage says more than a page that is not there
            best, answered = max(read, key=lambda pair: pair[0].status or 0)
        return best, clock.of_hop(answered.hops[-1], "issuer") if answered.hops else None

    async def _one(self, url: str, guard: Guard | None, limit: float) -> tuple[str, Document, Exchange]:
        exchange = await self.client.fetch(url, guard=guard, limit=limit)
        return url, documents.read(exchange, url, "metadata"), exchange


def _unaskable(issuer: str, *, confirmed: bool) -> str:
    """Why an issuer cannot be asked at all; "" when it can."""
    shown = quoted(issuer)
    no_address = f"The issuer {shown} is no address, so its metadata cannot be fetched. Name it with --issuer."
    try:
        parts = urlsplit(issuer)
        scheme, host = parts.scheme.lower(), parts.hostname
    except ValueError:
        return no_address
    if scheme not in {"https", "http"} or not host:
        return no_address
    if "‹" in issuer or parts.username is not None:
        return f"The issuer {shown} holds a credential, so nothing was sent there."
    if parts.query or parts.fragment:
        return f"The issuer {shown} has a query or fragment, which an issuer may not have (RFC 8414, section 2)."
    if scheme == "http" and not confirmed:
        return f"Nothing was sent to {shown}: nobody has confirmed it, and it is not https. Name it with --issuer."
    return ""


def _with_problem(seen: IssuerMetadataSeen, document: Document, url: str) -> IssuerMetadataSeen:
    return IssuerMetadataSeen(
        asked=seen.asked,
        named_by=seen.named_by,
        confirmed=seen.confirmed,
        url=url,
        latency=document.latency,
        certificate_not_after=document.certificate_not_after,
        status=document.status,
        problem=document.problem,
        failure=document.failure,
    )


def _seen(seen: IssuerMetadataSeen, url: str, document: Document) -> IssuerMetadataSeen:
    """A document as metadata: its issuer must be the one that was asked for (RFC 8414, section 3.3)."""
    if document.failure:
        return _with_problem(seen, document, url)
    fields = document.fields
    issuer = documents.text(fields, "issuer")
    problem = failure = ""
    if not issuer:
        failure, problem = "not-metadata", f"What {quoted(url)} sends names no issuer, so it is not metadata."
    elif issuer != seen.asked and not (seen.confirmed and same_issuer(issuer, seen.asked)):
        near = " Only the slash at the end differs." if same_issuer(issuer, seen.asked) else ""
        failure = "mismatch"
        problem = f"{quoted(url)} is the metadata of {quoted(issuer)}, not of {quoted(seen.asked)}.{near}"
    return IssuerMetadataSeen(
        asked=seen.asked,
        named_by=seen.named_by,
        confirmed=seen.confirmed,
        url=url,
        issuer=issuer,
        token_endpoint=documents.text(fields, "token_endpoint"),
        jwks_uri=documents.text(fields, "jwks_uri"),
        introspection_endpoint=documents.text(fields, "introspection_endpoint"),
        revocation_endpoint=documents.text(fields, "revocation_endpoint"),
        authorization_endpoint=documents.text(fields, "authorization_endpoint"),
        device_authorization_endpoint=documents.text(fields, "device_authorization_endpoint"),
        grants=documents.texts(fields, "grant_types_supported"),
        scopes=documents.texts(fields, "scopes_supported"),
        auth_methods=documents.texts(fields, "token_endpoint_auth_methods_supported"),
        algorithms=documents.texts(fields, "id_token_signing_alg_values_supported"),
        code_challenges=documents.texts(fields, "code_challenge_methods_supported"),
        auth_algorithms=documents.texts(fields, "token_endpoint_auth_signing_alg_values_supported"),
        dpop_algorithms=documents.texts(fields, "dpop_signing_alg_values_supported"),
        acr_values=documents.texts(fields, "acr_values_supported"),
        names_itself=fields.get("authorization_response_iss_parameter_supported") is True,
        latency=document.latency,
        certificate_not_after=document.certificate_not_after,
        status=document.status,
        problem=problem,
        failure=failure,
    )


def outside(metadata: IssuerMetadataSeen) -> tuple[str, ...]:
    """Endpoints that are not on the issuer's own origin: shown when the issuer is confirmed (safety.md)."""
    own = urlsplit(metadata.issuer or metadata.asked)[:2]
    endpoints = (
        metadata.token_endpoint,
        metadata.jwks_uri,
        metadata.introspection_endpoint,
        metadata.revocation_endpoint,
        metadata.authorization_endpoint,
        metadata.device_authorization_endpoint,
    )
    return tuple(dict.fromkeys(url for url in endpoints if url and _origin(url) != own))


def _origin(url: str) -> tuple[str, ...]:
    try:
        return urlsplit(url)[:2]
    except ValueError:
        return ()


def named(case: Case, facts: Facts) -> tuple[tuple[str, str, bool], ...]:
    """The issuers that were named: identifier, by whom, and whether a person vouches for it. The surest first."""
    known = case.known.issuer
    found: list[tuple[str, str, bool]] = []
    if known:
        found.append((known, case.known.source or _PERSON, True))
    for server in facts.resource.authorization_servers[:2] if facts.resource is not None else ():
        found.append((server, "the API's metadata", False))
    claim = facts.token.claims.get("iss") if facts.token is not None else None
    if isinstance(claim, str) and claim and len(claim) <= documents.MAX_TEXT:
        found.append((claim, "the token", False))
    kept: dict[str, tuple[str, str, bool]] = {}
    for entry in found:
        kept.setdefault(entry[0].rstrip("/"), entry)
    return tuple(kept.values())


@dataclass(frozen=True, slots=True)
class DiscoveryGatherer:
    """Fetches the metadata of every issuer that was named."""

    issuers: Issuers
    spec: ProbeSpec = specs.DISCOVERY

    async def run(self, case: Case, facts: Facts) -> Sequence[Evidence]:
        """Metadata and clocks."""
        return await gathered(self.issuers, named(case, facts), case, limit=self.spec.limit - 3.0, by="discovery")


async def gathered(
    issuers: Issuers, names: Sequence[tuple[str, str, bool]], case: Case, *, limit: float, by: str
) -> tuple[Evidence, ...]:
    """The metadata of several issuers, side by side, as evidence."""
    brought = await asyncio.gather(
        *(issuers.metadata(name, named_by=who, confirmed=sure, case=case, limit=limit) for name, who, sure in names)
    )
    found: list[Evidence] = []
    for seen, read in brought:
        found.append(Evidence(kind=kind_of(seen), subject=f"issuer:{seen.asked}", content=seen, at=time.time(), by=by))
        if read is not None:
            found.append(Evidence(kind=kind_of(read), subject=f"issuer:{seen.asked}", content=read, at=read.at, by=by))
    return tuple(found)


async def at_origin(issuers: Issuers, case: Case, *, limit: float) -> tuple[Evidence, ...]:
    """The metadata of the API's own origin as an issuer, which many small servers are; () where it is none.

    Nobody named it, so that it has none is no fault of anybody and no evidence.
    """
    names = ((str(case.request.origin), OWN_ADDRESS, False),)
    found = await gathered(issuers, names, case, limit=limit, by="discovery")
    lacks = any(isinstance(piece.content, IssuerMetadataSeen) and piece.content.failure for piece in found)
    return () if lacks else found
