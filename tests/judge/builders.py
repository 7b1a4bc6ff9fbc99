"""Evidence by hand: a request and answers, redacted as live ones are, and what probes would have brought."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from email.utils import formatdate
from typing import Any, Final
from urllib.parse import urlsplit

from tui401.judge.facts import derive
from tui401.judge.rank import diagnose
from tui401.model.facts import Facts
from tui401.model.http import DEFAULT_PORTS, Exchange, Failure, From, Header, Hop, Origin, Provenance, Request, Response
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import (
    ClockSeen,
    Content,
    Evidence,
    GrantSeen,
    IntakeSeen,
    IntrospectionSeen,
    IssuerMetadataSeen,
    KeysSeen,
    KnownSeen,
    Note,
    Redacted,
    ResourceMetadataSeen,
    Verified,
    kind_of,
)
from tui401.model.verdict import Diagnosis, Strength, Verdict
from tui401.wire import redact

NOW: Final = 1_795_000_000.0
API: Final = "https://api.example.com/v1/orders"
AUDIENCE: Final = "https://api.example.com"
ISSUER: Final = "https://login.example.com"
GOOD: Final = {"iss": ISSUER, "aud": AUDIENCE, "sub": "svc", "scope": "orders:read", "iat": NOW - 60, "exp": NOW + 3000}
OPAQUE: Final = "k3J9vQx7Lm2Zp8Rt5Wn1Yb6Hd4Fg0SaUc"
KEY: Final = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"
UNAUTHORIZED: Final = '{"message": "Unauthorized"}'

Headers = Sequence[tuple[str, str]]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwt(header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A token with good claims but for those given (None takes one out); its signature verifies against nothing."""
    merged = {**GOOD, **claims}
    kept = {name: value for name, value in merged.items() if value is not None}
    head = {"alg": "RS256", "typ": "JWT", "kid": "k1", **(header or {})}
    return ".".join((b64(json.dumps(head).encode()), b64(json.dumps(kept).encode()), b64(b"\x5a" * 256)))


def bearer(token: str) -> list[tuple[str, str]]:
    return [("Authorization", f"Bearer {token}")]


def invalid_token(description: str = "") -> list[tuple[str, str]]:
    said = f', error_description="{description}"' if description else ""
    return [("WWW-Authenticate", f'Bearer error="invalid_token"{said}')]


def request(
    headers: Headers = (), url: str = API, method: str = "GET", body: str | None = None, origin: From = From.COMMAND
) -> Request:
    parts = urlsplit(url)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = tuple(Header(name, Secret(value), Provenance(origin)) for name, value in headers)
    sent = Secret(body.encode()) if body is not None else None
    return Request(method, Origin(parts.scheme, parts.hostname or "", port), Secret(target), lines, sent)


class Bench:
    """Collects evidence about one request, and judges it."""

    def __init__(self, headers: Headers = (), *, url: str = API, method: str = "GET", body: str | None = None) -> None:
        self.names = Names()
        self.request = request(headers, url, method, body)
        self.evidence: list[Evidence] = []
        self.attempt = 1
        self.sent = 0
        self.add(redact.credentials(self.request, self.names), "attempt:1")

    def add(self, content: Content, subject: str = "case") -> Bench:
        self.evidence.append(Evidence(kind=kind_of(content), subject=subject, content=content, at=NOW, by="test"))
        return self

    def answer(
        self,
        status: int,
        headers: Headers = (),
        body: str = "",
        *,
        label: str = "original",
        varied: str = "",
        sent: Request | None = None,
        server_clock: float | None = 0.0,
        substitute: bool = False,
    ) -> Bench:
        """An answer to the request, or to a variant of it; ``server_clock`` is how far its Date is ahead."""
        self.sent += 1
        at = NOW + self.sent - 1
        dated = [("Date", formatdate(at + server_clock, usegmt=True))] if server_clock is not None else []
        kind = "application/json" if body[:1] in ("{", "[") else "text/html" if body[:1] == "<" else "text/plain"
        lines = [*headers, *dated, *([("Content-Type", kind)] if body else [])]
        response = Response(status, tuple(Header(n, Secret(v)) for n, v in lines), Secret(body.encode()))
        exchange = Exchange((Hop(sent or self.request, response, at, 0.1),))
        seen = redact.answer(exchange, self.names, label=label, varied=varied, substitute=substitute)
        return self.add(seen, f"attempt:{self.attempt}")

    def hops(self, *pairs: tuple[Request, int, Headers], body: str = "") -> Bench:
        """An original of several hops."""
        hops = tuple(
            Hop(
                sent, Response(status, tuple(Header(n, Secret(v)) for n, v in headers), Secret(body.encode())), NOW, 0.1
            )
            for sent, status, headers in pairs
        )
        return self.add(redact.answer(Exchange(hops), self.names, label="original"), "attempt:1")

    def failed(self, failure: Failure) -> Bench:
        exchange = Exchange((Hop(self.request, None, NOW, 0.1),), failure)
        return self.add(redact.answer(exchange, self.names, label="original"), "attempt:1")

    def refused(self, body: str = UNAUTHORIZED, headers: Headers = (), status: int = 401, **more: Any) -> Bench:
        return self.answer(status, headers, body, **more)

    def anonymous(self, status: int, body: str = UNAUTHORIZED, headers: Headers = ()) -> Bench:
        return self.answer(status, headers, body, label="anonymous", sent=request(url=str(self.request.url.reveal())))

    def garbage(self, status: int, body: str = UNAUTHORIZED, headers: Headers = ()) -> Bench:
        return self.answer(status, headers, body, label="garbage")

    def flip(self, label: str, *, again: int = 401, body: str = UNAUTHORIZED) -> Bench:
        """That variant is accepted, and the original sent again."""
        self.answer(200, (), '{"ok": true}', label=label, varied="varied")
        return self.answer(again, (), body, label="original-again")

    def clock(self, who: str, offset: float | None, uncertainty: float = 0.5, *, cached: bool = False) -> Bench:
        subject = f"api:{self.request.origin}" if who == "api" else "case"
        seen = ClockSeen(who=who, source=who, offset=offset, uncertainty=uncertainty, at=NOW, cached=cached)
        return self.add(seen, subject)

    def keys(self, signature: Verified, *, trusted: bool = True, issuer: str = ISSUER) -> Bench:
        seen = KeysSeen(
            issuer=issuer,
            url=f"{issuer}/jwks",
            kids=("k1",),
            signature=signature,
            credential="secret-1",
            trusted=trusted,
        )
        return self.add(seen, f"issuer:{issuer}")

    def issuer(self, *, failure: str = "", status: int | None = 200, confirmed: bool = True) -> Bench:
        problem = f"{ISSUER} does not answer" if failure else ""
        seen = IssuerMetadataSeen(
            asked=ISSUER,
            issuer="" if failure else ISSUER,
            failure=failure,
            problem=problem,
            status=status,
            confirmed=confirmed,
        )
        return self.add(seen, f"issuer:{ISSUER}")

    def resource(self, resource: str = AUDIENCE, *, issuers: tuple[str, ...] = (ISSUER,)) -> Bench:
        seen = ResourceMetadataSeen(
            url=f"{self.request.origin}/.well-known/oauth-protected-resource",
            resource=resource,
            authorization_servers=issuers,
            covers=True,
            status=200,
        )
        return self.add(seen, f"api:{self.request.origin}")

    def known(self, **what: Any) -> Bench:
        return self.add(KnownSeen(source="your options", **what))

    def introspected(self, *, active: bool | None, **claims: Any) -> Bench:
        seen = IntrospectionSeen(
            endpoint=f"{ISSUER}/introspect", credential="secret-1", active=active, claims=claims, status=200
        )
        return self.add(seen, "credential:secret-1")

    def granted(self, **what: Any) -> Bench:
        return self.add(GrantSeen(endpoint=f"{ISSUER}/token", **what), f"issuer:{ISSUER}")

    def intake(self, *notes: Note, recorded: bool = False, sanitised: bool = False) -> Bench:
        return self.add(IntakeSeen(notes=notes, recorded=recorded, sanitised=sanitised))

    def facts(self) -> Facts:
        return derive(self.evidence, self.attempt)

    def diagnosis(self) -> Diagnosis:
        return diagnose(self.facts())

    def verdict(self, slug: str) -> Verdict:
        return next(r.verdict for r in self.diagnosis().causes if r.verdict.cause == slug)

    def strength(self, slug: str) -> Strength:
        return self.verdict(slug).strength

    def root(self) -> tuple[str, str]:
        """The slug and the strength of what stands first."""
        root = self.diagnosis().root
        return (root.cause, root.strength.word) if root is not None else ("", "")


def note(name: str, says: str, cause: str) -> Note:
    return Note(name=name, says=Redacted(says), cause=cause)
