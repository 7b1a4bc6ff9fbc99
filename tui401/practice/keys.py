"""Signing keys that are made at start, and the tokens signed with them (RFC 7515, RFC 7517)."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from typing import Any, Literal

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

Alg = Literal["ES256", "RS256"]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its identifier.

    Attributes:
        kid: Its identifier in the key set.
        alg: ES256 or RS256.
    """

    kid: str
    alg: Alg
    _private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = field(repr=False)

    @classmethod
    def new(cls, alg: Alg = "ES256") -> SigningKey:
        """A fresh key; ES256 takes well under a millisecond, RS256 about a tenth of a second."""
        private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = (
            ec.generate_private_key(ec.SECP256R1()) if alg == "ES256" else rsa.generate_private_key(65537, 2048)
        )
        return cls("key-" + secrets.token_hex(4), alg, private)

    def jwk(self) -> dict[str, Any]:
        """The public half as a JSON Web Key (RFC 7517)."""
        if isinstance(self._private, ec.EllipticCurvePrivateKey):
            public = ECAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        else:
            public = RSAAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        public.pop("key_ops", None)
        return {**public, "kid": self.kid, "use": "sig", "alg": self.alg}

    def sign(self, claims: dict[str, Any], typ: str = "at+jwt", *, public: bool = False) -> str:
        """A compact JWT over these claims; ``at+jwt`` is an access token's type (RFC 9068, section 2.1).

        Args:
            claims: What it says.
            typ: Its type.
            public: The header holds the public key in place of its identifier, as a DPoP proof's does.
        """
        named = {"jwk": self.public()} if public else {"kid": self.kid}
        return jwt.encode(claims, self._private, algorithm=self.alg, headers={"typ": typ, **named})

    def public(self) -> dict[str, Any]:
        """The members of the public key alone."""
        return {name: value for name, value in self.jwk().items() if name not in ("kid", "use", "alg")}


def unsigned(claims: dict[str, Any]) -> str:
    """A token of the algorithm none: its signature is empty (RFC 7518, section 3.6)."""
    return jwt.encode(claims, "", algorithm="none", headers={"typ": "at+jwt"})


def edited(token: str, **claims: Any) -> str:
    """The token with claims changed after signing, so that its signature no longer verifies."""
    head, payload, signature = token.split(".")
    before = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    after = json.dumps({**before, **claims}, separators=(",", ":")).encode()
    return f"{head}.{base64.urlsafe_b64encode(after).rstrip(b'=').decode()}.{signature}"
