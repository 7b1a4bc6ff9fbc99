"""An issuer's published keys (RFC 7517) and a token's signature against them (RFC 7515). PyJWT does the arithmetic."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.model.probe import ProbeSpec
from tui401.model.secret import Secret
from tui401.model.shown import Evidence, IssuerMetadataSeen, KeysSeen, Verified, kind_of
from tui401.probes import discovery, documents, specs
from tui401.probes.discovery import Issuers
from tui401.probes.documents import Document
from tui401.probes.failures import quoted
from tui401.probes.send import Client
from tui401.threads import in_daemon

MAX_KEYS: Final = 200  # of a set; a server that sends more is not helped
_MAX_TRIED: Final = 20  # signatures checked for a token that names no key
_MAX_NUMBER: Final = 2_800  # base64url characters of a modulus: 16,384 bits, beyond any real key
_VERIFY_LIMIT: Final = 3.0  # seconds
_NEEDS: Final = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}


def verify(token: str, header: dict[str, Any], keys: Sequence[dict[str, Any]]) -> Verified:
    """What a key set says of a token's signature. Claims are not looked at.

    Args:
        token: The token.
        header: Its JOSE header, for ``alg`` and ``kid``.
        keys: The set's keys, as decoded.
    """
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or _NEEDS.get(algorithm[:2]) is None:
        return Verified.UNSUPPORTED  # HS* has no public key, none has no signature
    fitting = [key for key in keys if key.get("kty") == _NEEDS[algorithm[:2]] and key.get("use", "sig") == "sig"]
    if isinstance(kid, str) and kid:
        mine = [key for key in keys if key.get("kid") == kid]
        if mine:
            return Verified.GOOD if any(_verifies(token, algorithm, key) for key in mine) else Verified.BAD
        # A key without a name may still be the one.
        nameless = [key for key in fitting if not key.get("kid")][:_MAX_TRIED]
        return Verified.GOOD if any(_verifies(token, algorithm, key) for key in nameless) else Verified.NO_KEY
    if not fitting:
        return Verified.NO_KEY
    return Verified.GOOD if any(_verifies(token, algorithm, key) for key in fitting[:_MAX_TRIED]) else Verified.BAD


def _verifies(token: str, algorithm: str, key: dict[str, Any]) -> bool:
    import jwt  # noqa: PLC0415 - 70 ms that only a signature needs

    if any(
        isinstance(value, str) and len(value) > _MAX_NUMBER for value in key.values() if value is not key.get("x5c")
    ):
        return False
    try:
        public = jwt.PyJWK(key, algorithm=algorithm)
        jwt.api_jws.PyJWS(algorithms=[algorithm]).decode(token, key=public, algorithms=[algorithm])
    except Exception:  # noqa: BLE001 - a foreign key may be odd in any way, and then it does not verify
        return False
    return True


async def fetch(
    client: Client,
    metadata: IssuerMetadataSeen,
    token: Secret[str],
    name: str,
    case: Case,
    *,
    header: dict[str, Any],
    limit: float,
    trusted: bool,
) -> KeysSeen:
    """An issuer's keys, fetched past caches, and the token's signature against them.

    Args:
        client: Who fetches.
        metadata: The issuer's, for ``jwks_uri``.
        token: The token.
        name: Its name in reports.
        case: Around it.
        header: The token's JOSE header.
        limit: Seconds.
        trusted: The issuer is the API's own, by the person or the API's metadata.
    """

    def failed(failure: str, says: str, document: Document | None = None) -> KeysSeen:
        return KeysSeen(
            issuer=metadata.asked,
            url=metadata.jwks_uri,
            credential=name,
            trusted=trusted,
            latency=document.latency if document is not None else 0.0,
            certificate_not_after=document.certificate_not_after if document is not None else None,
            failure=failure,
            problem=says,
        )

    if metadata.failure:
        return failed(metadata.failure, metadata.problem)
    url = metadata.jwks_uri
    if not url:
        return failed("not-metadata", f"The metadata of {quoted(metadata.asked)} names no keys (jwks_uri).")
    if urlsplit(metadata.asked).scheme == "https" and urlsplit(url).scheme != "https":
        return failed("forbidden", f"The keys of {quoted(metadata.asked)} are not at an https address; not fetched.")
    guard = None if metadata.confirmed else await client.guard(case.request)
    exchange = await client.fetch(url, guard=guard, limit=limit)
    document = documents.read(exchange, url, "keys")
    if document.failure:
        return failed(document.failure, document.problem, document)
    listed = document.fields.get("keys")
    if not isinstance(listed, list):
        return failed("not-metadata", f"What {quoted(url)} sends is no set of keys (RFC 7517).", document)
    keys = [key for key in listed[:MAX_KEYS] if isinstance(key, dict)]
    problem = f"Only the first {MAX_KEYS} of {len(listed):,} keys were read." if len(listed) > MAX_KEYS else ""
    try:
        signature = await in_daemon(lambda: verify(token.reveal(), header, keys), limit=_VERIFY_LIMIT)
    except TimeoutError:
        signature, problem = Verified.UNCHECKED, f"Checking the signature took longer than {_VERIFY_LIMIT:g} s."
    response = exchange.response
    aged = response is not None and any(v.reveal().strip() not in {"", "0"} for v in response.values("age"))
    return KeysSeen(
        issuer=metadata.asked,
        url=url,
        kids=tuple(dict.fromkeys(kid for kid in (documents.line(key.get("kid")) for key in keys) if kid)),
        algorithms=tuple(dict.fromkeys(alg for alg in (documents.line(key.get("alg")) for key in keys) if alg)),
        signature=signature,
        credential=name,
        trusted=trusted,
        fresh=not aged,
        latency=document.latency,
        certificate_not_after=document.certificate_not_after,
        problem=problem,
    )


@dataclass(frozen=True, slots=True)
class KeysGatherer:
    """Checks the request's token against the keys of the issuer that the API trusts, else of the one it names."""

    client: Client
    issuers: Issuers
    spec: ProbeSpec = specs.KEYS

    async def run(self, case: Case, facts: Facts) -> Sequence[Evidence]:
        """The keys and what they say; nothing where there is no token or nobody is named."""
        credential = facts.credential
        if credential is None or credential.token is None:
            return ()
        token = _live(case, credential.name)
        named = discovery.named(case, facts)
        if token is None or not named:
            return ()
        issuer, who, confirmed = named[0]
        half = (self.spec.limit - 3.0) / 2
        metadata, _ = await self.issuers.metadata(issuer, named_by=who, confirmed=confirmed, case=case, limit=half)
        servers = facts.resource.authorization_servers if facts.resource is not None else ()
        trusted = confirmed or any(discovery.same_issuer(issuer, server) for server in servers)
        seen = await fetch(
            self.client,
            metadata,
            token,
            credential.name,
            case,
            header=credential.token.header,
            limit=half,
            trusted=trusted,
        )
        return (Evidence(kind=kind_of(seen), subject=f"issuer:{issuer}", content=seen, at=time.time(), by="keys"),)


def _live(case: Case, name: str) -> Secret[str] | None:
    """The secret of that name."""
    return next((secret for secret in case.names.known() if case.names.name(secret) == name), None)
