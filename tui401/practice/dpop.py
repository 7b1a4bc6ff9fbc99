"""DPoP proofs, really checked (RFC 9449, section 4.3), and made for the faults that need one."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, Final

import jwt
from jwt.exceptions import PyJWTError

from tui401.practice.keys import SigningKey
from tui401.practice.verify import RefusedError

_LIFE: Final = 120  # seconds by which a proof's time may be off
_MEMBERS: Final = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}


def thumbprint(key: dict[str, Any]) -> str:
    """The SHA-256 thumbprint of a public key (RFC 7638)."""
    kept = {name: key.get(name) for name in _MEMBERS.get(str(key.get("kty")), ("kty",))}
    return _hash(json.dumps(kept, separators=(",", ":"), sort_keys=True))


def proof(key: SigningKey, *, method: str, url: str, token: str, now: float) -> str:
    """A proof of that key for one request with that token."""
    claims = {
        "jti": base64.urlsafe_b64encode(hashlib.sha256(f"{now}{url}".encode()).digest()[:12]).decode(),
        "htm": method,
        "htu": url,
        "iat": int(now),
        "ath": _hash(token),
    }
    return key.sign(claims, typ="dpop+jwt", public=True)


def check(proofs: list[str], *, method: str, url: str, token: str, bound: object, now: float) -> None:
    """Let a request pass whose one proof fits it.

    Args:
        proofs: The values of its DPoP header.
        method: Its method.
        url: Its address without query.
        token: Its access token.
        bound: The thumbprint that the token is bound to.
        now: Seconds since the epoch by the API's clock.

    Raises:
        RefusedError: invalid_dpop_proof, with what does not fit.
    """
    if len(proofs) != 1:
        raise RefusedError("Exactly one DPoP proof has to come with a bound token", "invalid_dpop_proof")
    try:
        head = jwt.get_unverified_header(proofs[0])
        key = jwt.PyJWK(head["jwk"])
        claims = jwt.decode(proofs[0], key.key, algorithms=["ES256", "RS256"], options={"verify_iat": False})
    except (PyJWTError, KeyError, ValueError, TypeError) as error:
        raise RefusedError("The DPoP proof does not verify with the key inside", "invalid_dpop_proof") from error
    made = claims.get("iat")
    if claims.get("htm") != method or claims.get("htu") != url:
        raise RefusedError("The DPoP proof was made for another method or address", "invalid_dpop_proof")
    if not isinstance(made, (int, float)) or abs(now - made) > _LIFE:
        raise RefusedError("The DPoP proof is too old or of the future", "invalid_dpop_proof")
    if claims.get("ath") != _hash(token) or thumbprint(head["jwk"]) != bound:
        raise RefusedError("The DPoP proof belongs to another token or key", "invalid_dpop_proof")


def _hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
