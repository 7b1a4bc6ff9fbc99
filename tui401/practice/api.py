"""The protected API: bearer tokens, an API key, a Token scheme and Basic, each really validated."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tui401.practice.answers import Answer, Request, as_json, basic, challenge, plain
from tui401.practice.dpop import check
from tui401.practice.further import Further, Secrets
from tui401.practice.gate import GATES
from tui401.practice.verify import RefusedError, Verifier, bearer, bound, permit

REALM: Final = "practice"
SCOPES: Final = ("orders:read", "orders:write", "profile")
_TRACE: Final = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_REMEMBERED: Final = 256  # idempotency keys
_WELL_KNOWN: Final = "/.well-known/oauth-protected-resource"


@dataclass(frozen=True, slots=True)
class Setup:
    """What the API is configured with.

    Attributes:
        origin: Its own origin, which is also the resource that it advertises.
        api_key: The one good key for X-API-Key.
        token_key: The one good key for the scheme Token.
        user: User and password for Basic.
        terse: Whether every refusal is a bare 401 that says nothing.
        server: Value of the Server header, or None.
        via: Value of the Via header, or None.
        metadata: Whether it publishes protected resource metadata (RFC 9728).
        further: What its further endpoints take.
        gate: What stands before it, "" for nothing.
        guards_paths: Whether paths that do not exist are refused as those that do.
    """

    origin: str
    api_key: str = field(repr=False)
    token_key: str = field(repr=False)
    user: tuple[str, str] = field(repr=False)
    terse: bool = False
    server: str | None = None
    via: str | None = None
    metadata: bool = True
    further: Secrets = field(default=Secrets("", "", ""), repr=False)
    gate: str = ""
    guards_paths: bool = False


class _StopError(Exception):
    """Carries the answer that refuses the request."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Api:
    """Answers requests to the protected API."""

    def __init__(self, setup: Setup, verifier: Verifier) -> None:
        self._setup = setup
        self._verifier = verifier
        self._orders = [{"id": 1, "item": "paper", "quantity": 3}, {"id": 2, "item": "ink", "quantity": 1}]
        self._replays: OrderedDict[tuple[str, str], tuple[str, Answer]] = OrderedDict()
        self._routes: dict[str, dict[str, Callable[[Request], Awaitable[Answer]]]] = {
            "/health": {"GET": self._health},
            "/v1/orders": {"GET": self._read_orders, "POST": self._write_order},
            "/v1/me": {"GET": self._me},
            "/v1/admin": {"GET": self._admin},
            "/v1/stock": {"GET": self._stock},
            "/v1/reports": {"GET": self._reports},
            "/v1/legacy": {"GET": self._legacy},
            _WELL_KNOWN: {"GET": self._resource},
            f"{_WELL_KNOWN}/v1": {"GET": self._resource},
            **Further(setup.further, self._bearer, self._refuse).routes,
        }

    async def __call__(self, request: Request) -> Answer:
        """Answer one request."""
        request_id = secrets.token_hex(8)
        try:
            answer = await self._route(request)
        except _StopError as stop:
            answer = self._bare(stop.answer) if self._setup.terse else stop.answer
        trace = _TRACE.fullmatch((request.first("traceparent") or "").strip())
        trace_id = trace.group(1) if trace else secrets.token_hex(16)
        headers = [("X-Request-Id", request_id), ("traceparent", f"00-{trace_id}-{secrets.token_hex(8)}-01")]
        if self._setup.server:
            headers.append(("Server", self._setup.server))
        if self._setup.via:
            headers.append(("Via", self._setup.via))
        return answer.plus(*headers)

    async def _route(self, request: Request) -> Answer:
        gate = GATES.get(self._setup.gate)
        stopped = gate(request) if gate is not None and not request.path.startswith(_WELL_KNOWN) else None
        if stopped is not None:
            raise _StopError(stopped)
        methods = self._routes.get(request.path)
        if methods is None:
            if self._setup.guards_paths and not request.path.startswith("/.well-known/"):
                raise self._refuse(401, "unauthorized", "Unauthorized", challenge("Bearer", ("realm", REALM)))
            return _nothing()
        handler = methods.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            allow = ", ".join([*methods, "HEAD", "OPTIONS"])
            return Answer(204, (("Allow", allow),)) if request.method == "OPTIONS" else _wrong_method(allow)
        return await handler(request)

    def _bare(self, answer: Answer) -> Answer:
        """The same words for every refusal; the scheme alone stays, since a 401 must carry a challenge."""
        said = next((value for name, value in answer.headers if name == "WWW-Authenticate"), "Bearer")
        body = as_json(401, {"message": "Unauthorized"})
        return body.plus(("WWW-Authenticate", said.split(" ")[0]))

    # --- who may come in -----------------------------------------------------------------------------------------

    async def _bearer(self, request: Request, scope: str | None = None) -> dict[str, Any]:
        """The claims of the request's token, or a refusal in the words of RFC 6750, section 3."""
        scheme = "Bearer"
        try:
            given = request.all("authorization")
            proven = bound(given)
            scheme = "DPoP" if proven is not None else "Bearer"
            token = proven if proven is not None else bearer(given)
            claims = await self._verifier.claims(token)
            self._prove(request, claims, token if proven is not None else None)
            permit(claims, scope)
        except RefusedError as refused:
            said = challenge(
                scheme,
                ("realm", REALM),
                ("error", refused.error),
                ("error_description", refused.description if refused.error else None),
                ("scope", refused.scope or (scope if refused.error is None else None)),
                ("resource_metadata", f"{self._setup.origin}{_WELL_KNOWN}" if self._setup.metadata else None),
            )
            content = {"error": refused.error or "unauthorized", "message": refused.description}
            raise _StopError(as_json(refused.status, content, said, ("Cache-Control", "no-store"))) from refused
        return claims

    def _prove(self, request: Request, claims: dict[str, Any], token: str | None) -> None:
        """Let a token pass that is bound to no key, or whose key the request proves."""
        held = claims.get("cnf")
        key = held.get("jkt") if isinstance(held, dict) else None
        if key is not None and token is None:
            raise RefusedError("The token is bound to a DPoP key, and no proof of it came with the request")
        if token is not None:
            url, now = self._setup.origin + request.path, self._verifier.clock.now()
            check(request.all("dpop"), method=request.method, url=url, token=token, bound=key, now=now)

    def _refuse(self, status: int, error: str, message: str, *headers: tuple[str, str]) -> _StopError:
        return _StopError(as_json(status, {"error": error, "message": message}, *headers))

    # --- endpoints -----------------------------------------------------------------------------------------------

    async def _health(self, _request: Request) -> Answer:
        return as_json(200, {"status": "up"})

    async def _resource(self, request: Request) -> Answer:
        """Protected resource metadata (RFC 9728); the path variant describes the resource of that path."""
        if not self._setup.metadata:
            return _nothing()
        resource = self._setup.origin + request.path.removeprefix(_WELL_KNOWN)
        content = {
            "resource": resource,
            "resource_name": "Practice orders",
            "authorization_servers": [self._verifier.trust.issuer],
            "scopes_supported": list(SCOPES),
            "bearer_methods_supported": ["header"],
        }
        return as_json(200, content, ("Cache-Control", "public, max-age=300"))

    async def _read_orders(self, request: Request) -> Answer:
        await self._bearer(request, "orders:read")
        return as_json(200, {"orders": self._orders})

    async def _write_order(self, request: Request) -> Answer:
        claims = await self._bearer(request, "orders:write")
        key, digest = request.first("idempotency-key"), hashlib.sha256(request.body).hexdigest()
        owner = str(claims.get("sub"))
        if key is not None and (owner, key) in self._replays:
            before, answer = self._replays[owner, key]
            if before != digest:
                return as_json(422, {"message": "This Idempotency-Key was used with another body"})
            return answer.plus(("Idempotency-Replayed", "true"))
        try:
            item = json.loads(request.body)["item"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return as_json(400, {"message": 'The body is no JSON object with an "item"'})
        order = {"id": len(self._orders) + 1, "item": plain(item, 60), "quantity": 1}
        self._orders = [*self._orders, order][-_REMEMBERED:]
        answer = as_json(201, order, ("Location", f"/v1/orders/{order['id']}"))
        if key is not None:
            self._replays[owner, key] = (digest, answer)
            while len(self._replays) > _REMEMBERED:
                self._replays.popitem(last=False)
        return answer

    async def _me(self, request: Request) -> Answer:
        claims = await self._bearer(request)
        return as_json(200, {name: claims.get(name) for name in ("sub", "client_id", "scope")})

    async def _admin(self, request: Request) -> Answer:
        claims = await self._bearer(request)
        roles = claims.get("roles")
        if not isinstance(roles, list) or "admin" not in roles:
            who = plain(claims.get("sub"), 60)
            raise self._refuse(403, "forbidden", f"{who} is known here and does not have the role admin")
        return as_json(200, {"settings": {"currency": "EUR"}})

    async def _stock(self, request: Request) -> Answer:
        said = challenge("ApiKey", ("realm", REALM))
        key = request.first("x-api-key")
        if key is None:
            raise self._refuse(401, "api_key_missing", "The API key is missing; send it as X-API-Key", said)
        if not _same(key, self._setup.api_key):
            raise self._refuse(401, "api_key_invalid", "The API key is not valid", said)
        return as_json(200, {"stock": [{"item": "paper", "left": 40}]})

    async def _reports(self, request: Request) -> Answer:
        said = challenge("Token", ("realm", REALM))
        scheme, space, key = (request.first("authorization") or "").partition(" ")
        if scheme and not space:
            raise self._refuse(401, "malformed", "The Authorization header has no scheme; expected Token", said)
        if not scheme:
            raise self._refuse(401, "unauthorized", "No credential came; send Authorization: Token and the key", said)
        if scheme.lower() != "token":
            message = f"The scheme {plain(scheme, 30)} is not supported here; this endpoint reads the scheme Token"
            raise self._refuse(401, "unsupported_scheme", message, said)
        if not _same(key.strip(), self._setup.token_key):
            raise self._refuse(401, "invalid_key", "The key behind Token is not valid", said)
        return as_json(200, {"reports": ["2026-10"]})

    async def _legacy(self, request: Request) -> Answer:
        said = challenge("Basic", ("realm", REALM), ("charset", "UTF-8"))
        value = request.first("authorization")
        if value is None:
            raise self._refuse(401, "unauthorized", "No user name and password came", said)
        pair = basic(value)
        if pair is None:
            raise self._refuse(401, "malformed", "The Authorization header is no readable Basic credential", said)
        user, password = self._setup.user
        if not (_same(pair[0], user) & _same(pair[1], password)):
            raise self._refuse(401, "bad_credentials", "The user name or the password is wrong", said)
        return as_json(200, {"legacy": True})


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _nothing() -> Answer:
    return as_json(404, {"message": "There is nothing here"})


def _wrong_method(allow: str) -> Answer:
    return as_json(405, {"message": f"Only {allow} are answered here"}, ("Allow", allow))
