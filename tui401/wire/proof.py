"""A DPoP proof beside its request (RFC 9449, section 4.3): what does not fit. The signature is not checked."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from tui401.model.http import Request
from tui401.model.words import Defect

CAUSE: Final = "dpop-proof-invalid"
_MEMBERS: Final = {"EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n"), "OKP": ("crv", "kty", "x")}
_PORTS: Final = {"http": 80, "https": 443}


def token_hash(token: str) -> str:
    """What ``ath`` must be for an access token: its SHA-256 in base64url (section 4.2)."""
    return _base64url(hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest())


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """The SHA-256 thumbprint of a public key (RFC 7638); "" for a key of another kind or with a member missing."""
    kind = jwk.get("kty")
    members = _MEMBERS.get(kind, ()) if isinstance(kind, str) else ()
    kept = {name: jwk.get(name) for name in members}
    if not kept or not all(isinstance(value, str) for value in kept.values()):
        return ""
    text = json.dumps(kept, separators=(",", ":"), sort_keys=True)
    return _base64url(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())


def same_address(htu: str, url: str) -> bool:
    """Whether ``htu`` names the address of a request; query and fragment do not count (section 4.3, item 9)."""
    try:
        one, other = urlsplit(htu), urlsplit(url)
        ports = [part.port or _PORTS.get(part.scheme.lower()) for part in (one, other)]
    except ValueError:
        return False
    origins = [(part.scheme.lower(), (part.hostname or "").lower()) for part in (one, other)]
    paths = [part.path or "/" for part in (one, other)]
    return origins[0] == origins[1] and ports[0] == ports[1] and paths[0] == paths[1]


def unbound(request: Request, claims: Mapping[str, Any]) -> tuple[Defect, ...]:
    """A defect where the proof was made for another access token than the one that it stands beside.

    It is looked at here, where the token is at hand; judgement sees neither (section 4.3, item 11).

    Args:
        request: The request that carries both.
        claims: Of the proof.
    """
    value = next(iter(request.values("authorization")), None)
    token = value.reveal().partition(" ")[2].strip() if value is not None else ""
    made_for = claims.get("ath")
    if not token or not isinstance(made_for, str) or made_for == token_hash(token):
        return ()
    says = "The proof was made for another access token: its ath is the hash of another one."
    return (Defect("ath-differs", CAUSE, 0, 0, says),)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
