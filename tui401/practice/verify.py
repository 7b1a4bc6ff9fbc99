"""How the API judges a bearer credential: shape, key, signature, issuer, type, times and audience (RFC 6750, 9068)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt
from jwt.exceptions import PyJWTError

from tui401.practice.answers import json_object, plain
from tui401.practice.clock import Clock
from tui401.practice.trust import IssuerDownError, Trust

LEEWAY: Final = 30  # seconds by which clocks may differ
_ALGORITHMS: Final = ("ES256", "RS256")
_B64TOKEN: Final = re.compile(r"[A-Za-z0-9\-._~+/]+=*")  # RFC 6750, section 2.1
_ACCESS_TYPES: Final = ("at+jwt", "application/at+jwt")
_LONGEST: Final = 3600 + LEEWAY  # seconds that an assertion of a client itself may live


class RefusedError(Exception):
    """Why a credential is refused.

    Attributes:
        description: Words for the caller, ASCII, without quotes.
        error: The error code of RFC 6750, section 3.1; None when no credential came.
        scope: The scope that would be enough.
        status: Status code.
    """

    def __init__(
        self, description: str, error: str | None = "invalid_token", *, scope: str | None = None, status: int = 401
    ) -> None:
        super().__init__(description)
        self.description = description
        self.error = error
        self.scope = scope
        self.status = status


def bearer(values: list[str]) -> str:
    """The token of a request's Authorization headers.

    RFC 6750, section 3.1, answers ``invalid_request`` with 400; this API answers 401, as many do, so that every
    refusal of a credential looks alike to a client.

    Raises:
        RefusedError: When there is none, more than one, or it is not ``Bearer``, one space and a token.
    """
    if not values:
        raise RefusedError("No credential came with the request; send Authorization: Bearer and the token", None)
    if len(values) > 1:
        raise RefusedError("The Authorization header came more than once", "invalid_request")
    value = values[0]
    scheme, space, token = value.partition(" ")
    if scheme.lower() != "bearer":
        if not space:
            raise RefusedError(
                "The Authorization header has no scheme; expected Bearer, one space and the token", "invalid_request"
            )
        raise RefusedError(f"The scheme {plain(scheme, 30)} is not supported here; use Bearer", "invalid_request")
    if not token.strip():
        raise RefusedError("The Authorization header has the scheme Bearer and no token behind it", "invalid_request")
    if not _B64TOKEN.fullmatch(token):
        raise RefusedError(
            "The Authorization header is malformed; expected Bearer, one space and the token alone", "invalid_request"
        )
    return token


def bound(values: list[str]) -> str | None:
    """The token of an Authorization header of the scheme DPoP (RFC 9449, section 7.1), or None."""
    scheme, _, token = values[0].partition(" ") if len(values) == 1 else ("", "", "")
    return token if scheme.lower() == "dpop" and _B64TOKEN.fullmatch(token) else None


def permit(claims: Mapping[str, Any], scope: str | None) -> None:
    """Let claims pass that hold this scope; None asks for no scope.

    Raises:
        RefusedError: insufficient_scope with 403 (RFC 6750, section 3.1).
    """
    if scope is not None and scope not in str(claims.get("scope", "")).split():
        raise RefusedError(f"The token lacks the scope {scope}", "insufficient_scope", scope=scope, status=403)


@dataclass(frozen=True, slots=True)
class Verifier:
    """Judges tokens for one API.

    Attributes:
        trust: The authorization server.
        clock: The clock that validity is judged by.
        audiences: The audiences that are accepted.
        introspects: Whether opaque tokens are asked about at the authorization server.
        apps: Public keys (JWK) of clients that may sign their own assertions, with their scope.
        asks: Whether JWTs are asked about at the authorization server, too.
        disabled: Whether the account behind every token is switched off.
    """

    trust: Trust
    clock: Clock
    audiences: Collection[str]
    introspects: bool
    apps: Mapping[str, tuple[dict[str, Any], str]]
    asks: bool = False
    disabled: bool = False

    async def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token that is good here.

        Raises:
            RefusedError: When it is not, or when its issuer cannot be asked.
        """
        try:
            opaque = self.introspects and token.count(".") != 2
            claims = await (self._opaque(token) if opaque else self._jwt(token))
            if self.asks and not opaque and (await self.trust.introspect(token)).get("active") is not True:
                raise RefusedError("The access token was revoked")
        except IssuerDownError as error:
            raise RefusedError(
                "The access token could not be validated because the authorization server "
                f"{plain(self.trust.issuer)} is unavailable: {error}"
            ) from error

        if self.disabled:
            raise RefusedError(f"The account {plain(claims.get('sub'), 60)} is disabled")
        return claims

    async def _opaque(self, token: str) -> dict[str, Any]:
        said = await self.trust.introspect(token)
        if said.get("active") is not True:
            raise RefusedError("The access token is not known to the authorization server: it is not active")
        self._meant_for_us(said)
        return said

    async def _jwt(self, token: str) -> dict[str, Any]:
        head, claims = _decoded(token)
        if head.get("alg") not in _ALGORITHMS:
            raise RefusedError(f"The signing algorithm {plain(head.get('alg'), 20)} of the token is not accepted")
        app = self.apps.get(str(claims.get("iss")))
        if app is not None:
            _signed(token, app[0])
            self._in_time(claims)
            exp, iat = claims.get("exp"), claims.get("iat")
            if not isinstance(iat, (int, float)) or not isinstance(exp, (int, float)) or exp - iat > _LONGEST:
                raise RefusedError("An assertion of a client itself needs iat and exp, at most one hour apart")
            self._meant_for_us(claims)
            return {**claims, "scope": app[1], "client_id": claims.get("iss")}
        if claims.get("iss") != self.trust.issuer:
            raise RefusedError(
                f"The token was issued by {plain(claims.get('iss'))}; "
                f"this API trusts the issuer {plain(self.trust.issuer)} only"
            )
        key = await self.trust.key(head.get("kid"))
        if key is None:
            raise RefusedError(
                f"The key that signed the token, kid {plain(head.get('kid'), 60)}, is not in the issuer's key set"
            )
        _signed(token, key)
        if str(head.get("typ", "")).lower() not in _ACCESS_TYPES:
            kind = "an ID token" if "at_hash" in claims or "nonce" in claims else f"of type {plain(head.get('typ'))}"
            raise RefusedError(f"The token is {kind}; this API takes access tokens only")
        self._in_time(claims)
        self._meant_for_us(claims)
        return claims

    def _in_time(self, claims: dict[str, Any]) -> None:
        now = self.clock.now()
        exp = claims.get("exp")
        if not isinstance(exp, (int, float)):
            raise RefusedError("The token says no time of expiry")
        if exp + LEEWAY <= now:
            raise RefusedError(f"The token expired at {self.clock.spoken(exp)}")
        for name in ("nbf", "iat"):
            begin = claims.get(name)
            if isinstance(begin, (int, float)) and begin - LEEWAY > now:
                raise RefusedError(
                    f"The token is not yet valid: {name} is {self.clock.spoken(begin)}, "
                    f"it is {self.clock.spoken(now)} here"
                )

    def _meant_for_us(self, claims: dict[str, Any]) -> None:
        found = claims.get("aud")
        named = found if isinstance(found, list) else [found]
        if not any(isinstance(one, str) and one in self.audiences for one in named):
            wanted = min(self.audiences, key=len)
            raise RefusedError(
                f"The token's audience is {plain(' '.join(str(one) for one in named))}; "
                f"this API expects the audience {plain(wanted)}"
            )


def _decoded(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    parts = token.split(".")
    if len(parts) != 3:
        raise RefusedError(f"The access token is malformed: a JWT has 3 parts, this has {len(parts)}")
    both = []
    for name, part in zip(("header", "payload"), parts, strict=False):
        try:
            content = json_object(base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True))
        except (ValueError, binascii.Error):
            content = {}
        if not content:
            raise RefusedError(f"The access token is malformed: its {name} cannot be decoded")
        both.append(content)
    return both[0], both[1]


def _signed(token: str, key: dict[str, Any]) -> None:
    """Verify the signature with a JWK; claims are judged apart, so that each refusal has words of its own."""
    try:
        jwt.PyJWS().decode(token, jwt.PyJWK(key).key, algorithms=[str(key.get("alg"))])
    except (PyJWTError, ValueError) as error:
        raise RefusedError("The token's signature does not verify with the issuer's key") from error
