"""Proofs that a request comes from whoever holds a token's key (DPoP, RFC 9449). PyJWT does the arithmetic."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from tui401.model.http import From, Origin, Provenance, Request, Response
from tui401.model.secret import Secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

ALGORITHMS: Final = ("ES256", "EdDSA", "RS256", "PS256")
"""What proofs can be signed with, the best first; ES256 is what every server has that takes any."""
MAX_NONCE: Final = 1_024  # characters
_BY_US: Final = Provenance(From.DEFAULT, "tui401")
_RSA_BITS: Final = 2_048


@dataclass(frozen=True, slots=True)
class Prover:
    """A key made for one token, and its proofs. The key rests in memory and ends with the recovery."""

    algorithm: str
    jwk: dict[str, Any]
    _key: Any = field(repr=False)

    @classmethod
    def make(cls, announced: Sequence[str] = ()) -> Self | None:
        """A new key of the best algorithm that a server announces; None where it announces none that is known here.

        Args:
            announced: () where the server says nothing, so that ES256 is taken.
        """
        algorithm = next((a for a in ALGORITHMS if not announced or a in announced), None)
        if algorithm is None:
            return None
        import jwt  # noqa: PLC0415 - 70 ms that only a bound token needs

        key = _new_key(algorithm)
        jwk = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
        public = {name: value for name, value in jwk.items() if name in {"kty", "crv", "x", "y", "n", "e"}}
        return cls(algorithm, public, key)

    @property
    def thumbprint(self) -> str:
        """The key's name (RFC 7638), for ``dpop_jkt`` (RFC 9449, section 10)."""
        ordered = json.dumps(dict(sorted(self.jwk.items())), separators=(",", ":"))
        return _coded(hashlib.sha256(ordered.encode()).digest())

    def proof(self, method: str, address: str, *, token: Secret[str] | None = None, nonce: str = "") -> Secret[str]:
        """A fresh proof (section 4.2).

        Args:
            method: The request's.
            address: Where it goes; query and fragment are left out.
            token: The access token that goes along, None at a token endpoint.
            nonce: What the server gave last, "" for none.
        """
        import jwt  # noqa: PLC0415 - loaded by then

        claims: dict[str, Any] = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": address.partition("#")[0].partition("?")[0],
            "iat": int(time.time()),
        }
        if token is not None:
            claims["ath"] = _coded(hashlib.sha256(token.reveal().encode("ascii", "replace")).digest())
        if nonce:
            claims["nonce"] = nonce
        return Secret(jwt.encode(claims, self._key, self.algorithm, headers={"typ": "dpop+jwt", "jwk": self.jwk}))


def _new_key(algorithm: str) -> Key:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: PLC0415 - the same

    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65_537, key_size=_RSA_BITS)


def _coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def nonce_of(response: Response) -> str:
    """The nonce that a server wants in the next proof (section 8); "" for none."""
    found = [value.reveal() for value in response.values("dpop-nonce")]
    usable = len(found) == 1 and 0 < len(found[0]) <= MAX_NONCE and found[0].isascii() and found[0].isprintable()
    return found[0] if usable else ""


def wants_nonce(response: Response) -> bool:
    """Whether an API refuses a proof only because it lacks the server's nonce (section 9)."""
    if response.status != 401 or not nonce_of(response):
        return False
    return any("use_dpop_nonce" in value.reveal() for value in response.values("www-authenticate"))


@dataclass(slots=True)
class Proofs:
    """The keys of tokens that are bound to one, and the nonces that servers gave."""

    _provers: dict[Secret[str], Prover] = field(default_factory=dict)
    _nonces: dict[Origin, str] = field(default_factory=dict)

    def bind(self, token: Secret[str], prover: Prover) -> None:
        """From now on a request that carries this token is sent with a proof."""
        self._provers[token] = prover

    def binds(self, token: Secret[str]) -> bool:
        """Whether a token is bound to a key that is held here."""
        return token in self._provers

    def onto(self, request: Request) -> Request:
        """The request with a fresh proof where its token is bound; else as it is."""
        token = _token_of(request)
        prover = self._provers.get(token) if token is not None else None
        if prover is None:
            return request
        nonce = self._nonces.get(request.origin, "")
        proof = prover.proof(request.method, request.url.reveal(), token=token, nonce=nonce)
        return request.with_header("DPoP", proof, _BY_US)

    def hears(self, request: Request, response: Response) -> bool:
        """Keeps the nonce that an answer brings; whether the same request is to be sent again with it."""
        token = _token_of(request)
        if token is None or not self.binds(token):
            return False
        nonce = nonce_of(response)
        known = self._nonces.get(request.origin)
        if nonce:
            self._nonces[request.origin] = nonce
        return wants_nonce(response) and nonce != known


def _token_of(request: Request) -> Secret[str] | None:
    values = request.values("Authorization")
    scheme, _, token = values[0].reveal().partition(" ") if len(values) == 1 else ("", "", "")
    return Secret(token.strip()) if scheme.lower() == "dpop" and token else None
