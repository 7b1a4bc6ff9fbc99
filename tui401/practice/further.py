"""Endpoints of the API that want more than a token: a session, a stronger sign-in, an approval, a signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tui401.practice.answers import Answer, Request, as_json, challenge

SIGN_IN: Final = "urn:practice:mfa"
_PARAMETER: Final = re.compile(r'([a-zA-Z]+)="([^"]*)"')
_COOKIE: Final = re.compile(r"(?:^|;)\s*session=([^;\s]+)")
_NO_STORE: Final = ("Cache-Control", "no-store")

Refuse = Callable[..., Exception]
Endpoint = Callable[[Request], Awaitable[Answer]]
Claims = Callable[[Request], Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Secrets:
    """What these endpoints take.

    Attributes:
        session: The one living session.
        csrf: The token that its page gave.
        signing_key: The key that requests to the ledger are signed with.
    """

    session: str = field(repr=False)
    csrf: str = field(repr=False)
    signing_key: str = field(repr=False)


class Further:
    """Answers requests to these endpoints.

    Args:
        secrets: What they take.
        claims: The claims of a request's token, or a refusal.
        refuse: Makes the exception that refuses.
    """

    def __init__(self, secrets: Secrets, claims: Claims, refuse: Refuse) -> None:
        self._secrets = secrets
        self._claims = claims
        self._refuse = refuse

    @property
    def routes(self) -> dict[str, dict[str, Endpoint]]:
        """The endpoints by path and method."""
        return {
            "/v1/cart": {"GET": self._cart, "POST": self._order},
            "/v1/payments": {"GET": self._payments},
            "/v1/partners": {"GET": self._partners},
            "/v1/ledger": {"GET": self._ledger},
        }

    async def _cart(self, request: Request) -> Answer:
        found = _COOKIE.search(request.first("cookie") or "")
        if found is None:
            raise self._refuse(401, "unauthorized", "No session came; sign in first")
        if not hmac.compare_digest(found[1].encode("utf-8", "replace"), self._secrets.session.encode()):
            raise self._refuse(401, "session_expired", "Your session has expired; sign in again")
        return as_json(200, {"cart": []}, _NO_STORE)

    async def _order(self, request: Request) -> Answer:
        answer = await self._cart(request)
        given = request.first("x-csrf-token")
        if given is None or not hmac.compare_digest(given.encode("utf-8", "replace"), self._secrets.csrf.encode()):
            raise self._refuse(403, "csrf", "CSRF token missing; send it as X-CSRF-Token")
        return answer

    async def _payments(self, request: Request) -> Answer:
        claims = await self._claims(request)
        if claims.get("acr") != SIGN_IN:
            said = challenge(
                "Bearer",
                ("realm", "practice"),
                ("error", "insufficient_user_authentication"),
                ("error_description", "A stronger sign-in is required"),
                ("acr_values", SIGN_IN),
            )
            error = "insufficient_user_authentication"
            raise self._refuse(401, error, "A stronger sign-in is required for payments", said)
        return as_json(200, {"payments": []})

    async def _partners(self, request: Request) -> Answer:
        await self._claims(request)
        said = "An administrator of the organization has to approve this application first"
        raise self._refuse(403, "consent_required", said)

    async def _ledger(self, request: Request) -> Answer:
        said = challenge("HMAC-SHA256", ("realm", "practice"))
        scheme, _, rest = (request.first("authorization") or "").partition(" ")
        given = dict(_PARAMETER.findall(rest))
        if scheme.lower() != "hmac-sha256" or "signature" not in given:
            raise self._refuse(401, "unauthorized", "Requests to the ledger have to be signed", said)
        covered = given.get("headers", "date").split()
        values = [request.first(name) for name in covered]
        lines = [f"{name}: {value}" for name, value in zip(covered, values, strict=True)]
        wanted = signature(self._secrets.signing_key, lines)
        if None in values or not hmac.compare_digest(wanted.encode(), given["signature"].encode("utf-8", "replace")):
            raise self._refuse(401, "signature", "The request signature does not match what was received", said)
        return as_json(200, {"ledger": []})


def signature(key: str, lines: list[str]) -> str:
    """The HMAC over header lines, as the ledger reads it."""
    made = hmac.new(key.encode(), "\n".join(lines).encode("utf-8", "replace"), hashlib.sha256).digest()
    return base64.b64encode(made).decode()
