"""Two servers that read their standards to the letter: Auth0's middleware with DPoP, and a store of signed requests."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from tests.real.parts.process import HERE, answers, free_port, node, running
from tests.real.parts.provider import ORDERS, Provider

KEY_ID = KEY = "S3RVER"  # the store's one account, which is its own


@dataclass(frozen=True, kw_only=True)
class Strict:
    """Express with express-oauth2-jwt-bearer.

    Paths: `/orders` wants orders:read, `/staff` the claim role=staff, `/bound/orders` a token bound by DPoP.

    Attributes:
        address: Without a path.
        provider: Whom it trusts.
        key: The private key that bound tokens are bound to.
    """

    address: str
    provider: Provider
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    def get(self, path: str, *lines: str) -> tuple[str, ...]:
        """The curl command of a GET with these header lines."""
        return ("curl", self.address + path, *(part for line in lines for part in ("-H", line)))

    def public(self, key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
        """A public key as a JWK."""
        made: dict[str, Any] = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
        return {name: made[name] for name in ("crv", "kty", "x", "y")}

    def thumbprint(self) -> str:
        """The key's thumbprint, as `cnf.jkt` holds it (RFC 7638)."""
        canonical = json.dumps(self.public(self.key), separators=(",", ":"), sort_keys=True)
        return _b64(hashlib.sha256(canonical.encode()).digest())

    def bound(self) -> str:
        """A good token, bound to the key."""
        return self.provider.sign(self.provider.claims(cnf={"jkt": self.thumbprint()}))

    def proof(self, token: str, *, key: ec.EllipticCurvePrivateKey | None = None, **changed: Any) -> str:
        """A DPoP proof for a GET of `/bound/orders` (RFC 9449, section 4.2), some claims changed."""
        signer = key or self.key
        claims = {
            "jti": secrets.token_urlsafe(12),
            "htm": "GET",
            "htu": f"{self.address}/bound/orders",
            "iat": int(time.time()),
            "ath": _b64(hashlib.sha256(token.encode()).digest()),
            **changed,
        }
        return jwt.encode(claims, signer, "ES256", headers={"typ": "dpop+jwt", "jwk": self.public(signer)})

    def proved(self, token: str, proof: str) -> tuple[str, ...]:
        """The curl command of a GET with a bound token and a proof."""
        return self.get("/bound/orders", f"Authorization: DPoP {token}", f"DPoP: {proof}")


@contextlib.contextmanager
def start_strict(folder: Path, provider: Provider) -> Iterator[Strict]:
    """Express with Auth0's middleware; raises MissingPartError or NotStartedError."""
    port = free_port()
    strict = Strict(address=f"http://127.0.0.1:{port}", provider=provider, key=ec.generate_private_key(ec.SECP256R1()))
    settings = {"port": port, "issuer": provider.issuer, "audience": ORDERS}
    ready = answers(f"{strict.address}/health")
    command = [node(), str(HERE / "bearer" / "api.mjs")]
    # In production it takes no issuer by http, which one on loopback has to be.
    with running(
        "strict", command, folder=folder, ready=ready, environment={"NODE_ENV": "test"}, stdin=json.dumps(settings)
    ):
        yield strict


@dataclass(frozen=True, kw_only=True)
class Store:
    """An object store of s3rver with the bucket `orders`.

    It checks signatures of version 2 whole, and of version 4 the date and the key id.

    Attributes:
        address: Without a path.
    """

    address: str

    def get(self, *lines: str) -> tuple[str, ...]:
        """The curl command that lists the bucket with these header lines."""
        return ("curl", f"{self.address}/orders", *(part for line in lines for part in ("-H", line)))

    def second(self, key: str = KEY, key_id: str = KEY_ID) -> tuple[str, ...]:
        """The command, signed in version 2."""
        date = dt.datetime.now(dt.UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        mac = hmac.new(key.encode(), f"GET\n\n\n{date}\n/orders".encode(), hashlib.sha1).digest()
        signature = base64.b64encode(mac).decode()
        return self.get(f"Date: {date}", f"Authorization: AWS {key_id}:{signature}")

    def fourth(self, *, key_id: str = KEY_ID, age: int = 0, parts: int = 3) -> tuple[str, ...]:
        """The command with the header of a version 4 signature; its key id, age in seconds and parts can be wrong."""
        at = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=age)
        scope = f"{key_id}/{at:%Y%m%d}/us-east-1/s3/aws4_request"
        said = (
            f"Credential={scope}",
            "SignedHeaders=host;x-amz-content-sha256;x-amz-date",
            f"Signature={secrets.token_hex(32)}",
        )
        return self.get(
            f"X-Amz-Date: {at:%Y%m%dT%H%M%SZ}",
            f"X-Amz-Content-Sha256: {hashlib.sha256(b'').hexdigest()}",
            f"Authorization: AWS4-HMAC-SHA256 {', '.join(said[:parts])}",
        )


@contextlib.contextmanager
def start_store(folder: Path) -> Iterator[Store]:
    """An s3rver with an empty bucket; raises MissingPartError or NotStartedError."""
    port = free_port()
    store = Store(address=f"http://127.0.0.1:{port}")
    settings = {"port": port, "folder": str(folder / "objects")}
    command = [node(), str(HERE / "s3" / "store.mjs")]
    ready = answers(f"{store.address}/orders")
    with running("store", command, folder=folder, ready=ready, stdin=json.dumps(settings)):
        yield store


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
