"""What an authorization server remembers: clients, grants, refresh families and tokens that it issued."""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from tui401.practice.clock import Clock
from tui401.practice.keys import Alg, SigningKey

ACCESS_LIFE: Final = 3600  # seconds
REFRESH_LIFE: Final = 30 * 86400  # seconds
_KEPT: Final = 20_000  # tokens remembered; the oldest go first
_T = TypeVar("_T")


class OAuthError(Exception):
    """A refusal of the authorization server (RFC 6749, section 5.2).

    Attributes:
        code: The error code.
        description: Words for the client's developer, ASCII.
        status: 400, or 401 for a client that is not authenticated.
    """

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.description = description
        self.status = status


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client.

    Attributes:
        id: Its identifier.
        secret: Its secret.
        scopes: What it may have at most.
        default_scope: What it gets when it names none.
        audiences: The resources that it may ask for; the first is taken when it names none.
        grants: Grant types that it may use.
        opaque: Whether its access tokens are opaque in place of JWTs.
        may_see_all: Whether it may introspect the tokens of other clients, as an API does.
    """

    id: str
    secret: str = field(repr=False)
    scopes: frozenset[str] = frozenset()
    default_scope: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    grants: frozenset[str] = frozenset({"client_credentials", "refresh_token"})
    opaque: bool = False
    may_see_all: bool = False


@dataclass(slots=True)
class Family:
    """One grant and all that came of it; revoked as a whole when a used refresh token comes back."""

    client: str
    subject: str
    scope: tuple[str, ...]
    audience: str
    revoked: bool = False


@dataclass(slots=True)
class _Refresh:
    family: Family
    expires: float
    used: bool = False


@dataclass(slots=True)
class _Access:
    claims: dict[str, Any]
    family: Family | None
    revoked: bool = False


class Realm:
    """One issuer: its keys, its clients and its memory.

    Attributes:
        issuer: The issuer identifier, an address without a trailing slash.
        keys: The published keys; the first one signs.
        clients: Registered clients by identifier.
        scopes: Every scope that this issuer knows.
    """

    def __init__(self, issuer: str, clock: Clock, scopes: Iterable[str], alg: Alg = "ES256") -> None:
        self.issuer = issuer
        self.clock = clock
        self.scopes = frozenset(scopes)
        self.keys = [SigningKey.new(alg)]
        self.clients: dict[str, Client] = {}
        self._alg: Alg = alg
        self._refresh: OrderedDict[str, _Refresh] = OrderedDict()
        self._access: OrderedDict[str, _Access] = OrderedDict()

    def rotate(self, *, withdraw: bool = False) -> SigningKey:
        """Sign with a new key from now on; the old ones stay published unless they are withdrawn."""
        self.keys = [SigningKey.new(self._alg), *([] if withdraw else self.keys)]
        return self.keys[0]

    def authenticate(self, client_id: str, secret: str) -> Client:
        """The client with that secret.

        Raises:
            OAuthError: invalid_client, in the same words for an unknown client and a wrong secret.
        """
        client = self.clients.get(client_id)
        known = client.secret if client else secrets.token_hex(16)
        if not hmac.compare_digest(known.encode(), secret.encode("utf-8", "replace")) or client is None:
            raise OAuthError("invalid_client", "The client is unknown or its secret is wrong", 401)
        return client

    def claims(self, client: Client, *, subject: str, scope: Iterable[str], audience: str) -> dict[str, Any]:
        """The claims of a new access token (RFC 9068, section 2.2), valid from now."""
        now = int(self.clock.now())
        return {
            "iss": self.issuer,
            "sub": subject,
            "aud": audience,
            "client_id": client.id,
            "scope": " ".join(scope),
            "iat": now,
            "nbf": now,
            "exp": now + ACCESS_LIFE,
            "jti": secrets.token_urlsafe(12),
        }

    def issue(self, client: Client, claims: dict[str, Any], family: Family | None = None) -> str:
        """An access token over these claims, remembered for introspection and revocation."""
        token = secrets.token_urlsafe(32) if client.opaque else self.keys[0].sign(claims)
        _remember(self._access, token, _Access(claims, family))
        return token

    def refreshable(self, family: Family) -> str:
        """A new refresh token of that family."""
        token = "rt-" + secrets.token_urlsafe(32)
        _remember(self._refresh, token, _Refresh(family, self.clock.now() + REFRESH_LIFE))
        return token

    def redeem(self, client: Client, token: str) -> Family:
        """Use a refresh token up.

        Raises:
            OAuthError: invalid_grant when it is unknown, another client's, expired, revoked or used; a used one
                that comes back revokes its whole family (RFC 9700, section 4.14.2).
        """
        entry = self._refresh.get(token)
        if entry is None or entry.family.client != client.id:
            raise OAuthError("invalid_grant", "The refresh token is unknown")
        if entry.used:
            entry.family.revoked = True
            raise OAuthError("invalid_grant", "The refresh token was used before; its whole family is revoked now")
        if entry.family.revoked:
            raise OAuthError("invalid_grant", "The refresh token was revoked")
        if entry.expires <= self.clock.now():
            raise OAuthError("invalid_grant", "The refresh token has expired")
        entry.used = True
        return entry.family

    def peek(self, client: Client, token: str) -> Family | None:
        """The family of a refresh token of that client that could be redeemed now, without using it up."""
        entry = self._refresh.get(token)
        if entry is None or entry.family.client != client.id or entry.used or entry.family.revoked:
            return None
        return entry.family

    def introspect(self, caller: Client, token: str) -> dict[str, Any]:
        """What the caller may know of a token (RFC 7662, section 2.2)."""
        now = self.clock.now()
        access = self._access.get(token)
        if access is not None:
            claims = access.claims
            gone = access.revoked or (access.family is not None and access.family.revoked)
            mine = caller.may_see_all or claims.get("client_id") == caller.id
            if mine and not gone and claims["nbf"] <= now < claims["exp"]:
                return {"active": True, "token_type": "Bearer", **claims}
            return {"active": False}
        entry = self._refresh.get(token)
        if entry is not None and entry.family.client == caller.id and self.peek(caller, token) and entry.expires > now:
            return {"active": True, "client_id": caller.id, "sub": entry.family.subject, "exp": int(entry.expires)}
        return {"active": False}

    def revoke(self, caller: Client, token: str) -> None:
        """Revoke a token; a refresh token takes its family with it (RFC 7009, section 2.1). Unknown ones are fine.

        Raises:
            OAuthError: When the token was issued to another client.
        """
        entry, access = self._refresh.get(token), self._access.get(token)
        owner = entry.family.client if entry else access.claims.get("client_id") if access else caller.id
        if owner != caller.id:
            raise OAuthError("unauthorized_client", "The token was issued to another client")
        if entry is not None:
            entry.family.revoked = True
        if access is not None:
            access.revoked = True


def _remember(store: OrderedDict[str, _T], key: str, value: _T) -> None:
    store[key] = value
    while len(store) > _KEPT:
        store.popitem(last=False)
