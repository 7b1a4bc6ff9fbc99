"""How a client proves itself to its issuer: a secret (RFC 6749, section 2.3.1), a signed assertion (RFC 7523), nothing.

A private key is read when it is needed and forgotten afterwards.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote_plus, urlsplit

from tui401.model.case import Known
from tui401.model.http import From, Header, Provenance
from tui401.model.secret import Secret
from tui401.model.shown import IssuerMetadataSeen
from tui401.threads import in_daemon

MAX_KEY: Final = 65_536  # bytes of a key file
_READ_LIMIT: Final = 3.0  # seconds; the file may lie on a network's disk
_LIFE: Final = 60  # seconds that an assertion is good for
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_BY_US: Final = Provenance(From.DEFAULT, "tui401")
_CURVES: Final = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_RSA: Final = ("RS256", "PS256", "RS384", "PS384", "RS512", "PS512")
_SECRETS: Final = ("client_secret_basic", "client_secret_post")
_CERTIFICATES: Final = frozenset({"tls_client_auth", "self_signed_tls_client_auth"})  # RFC 8705: the transport's

Form = list[tuple[str, Secret[str]]]


class NoProofError(Exception):
    """The client cannot prove itself; the text is a sentence, free of secrets."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to prove a client's identity: by name (RFC 7591), and for an assertion whom it is made out to."""

    method: str
    audience: str = ""


def methods(metadata: IssuerMetadataSeen, known: Known) -> tuple[Way, ...]:
    """How to prove the client's identity, best first: () when the issuer takes none of the ways that are known here.

    What is not announced is ``client_secret_basic`` (RFC 8414, section 2), yet some servers that announce nothing
    read the form alone, so that comes second. An assertion is made out to the issuer, as RFC 7523 is read today; some
    servers still want the token endpoint's own address, which is tried second where it is the issuer's own.
    """
    announced = metadata.auth_methods
    method = known.client_auth
    if not method and known.private_key:
        method = "private_key_jwt" if not announced or "private_key_jwt" in announced else ""
    if not method and known.client_secret is None:
        return () if known.private_key else (Way("none"),)
    if method in {"private_key_jwt", "client_secret_jwt"}:
        own = metadata.issuer or metadata.asked
        to = [own, *([metadata.token_endpoint] if _same_origin(own, metadata.token_endpoint) else [])]
        return tuple(Way(method, audience) for audience in dict.fromkeys(to))
    if method:
        return (Way(method),)
    if not announced:
        return tuple(map(Way, _SECRETS))
    return tuple(Way(m) for m in _SECRETS if m in announced)[:1]


def _same_origin(one: str, other: str) -> bool:
    try:
        return bool(other) and urlsplit(one)[:2] == urlsplit(other)[:2]
    except ValueError:
        return False


async def proof(way: Way, metadata: IssuerMetadataSeen, known: Known) -> tuple[tuple[Header, ...], Form]:
    """The header or form fields by which the client proves itself.

    Raises:
        NoProofError: The key cannot be read or used, or the secret is missing.
    """
    secret, method = known.client_secret, way.method
    fields: Form = [("client_id", Secret(known.client_id))]
    if method == "none" or method in _CERTIFICATES:
        return (), fields
    if method == "private_key_jwt":
        return (), [*fields, *_asserted(await _by_key(way, metadata, known))]
    if secret is None:
        raise NoProofError(f"The client is to prove itself by {method}, and its secret is not known.")
    if method == "client_secret_basic":
        # Both are form-encoded first, so that a colon or a character beyond ASCII survives.
        pair = f"{quote_plus(known.client_id)}:{quote_plus(secret.reveal())}"
        value = "Basic " + base64.b64encode(pair.encode("ascii")).decode("ascii")
        return (Header("Authorization", Secret(value), _BY_US),), []
    if method == "client_secret_post":
        return (), [*fields, ("client_secret", secret)]
    if method == "client_secret_jwt":
        return (), [*fields, *_asserted(_signed(secret.reveal(), "HS256", way, known, {}))]
    raise NoProofError(f"The client is to prove itself by {method}, which tui401 does not know how to do.")


def _asserted(assertion: Secret[str]) -> Form:
    return [("client_assertion_type", Secret(_ASSERTION)), ("client_assertion", assertion)]


async def _by_key(way: Way, metadata: IssuerMetadataSeen, known: Known) -> Secret[str]:
    if not known.private_key:
        raise NoProofError("The client is to prove itself by a key, and no key file is named.")
    path = known.private_key
    try:
        pem = await in_daemon(_reader(path), limit=_READ_LIMIT)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NoProofError(f"The client's key {path} cannot be read: {reason}. Name another file.") from None
    except TimeoutError:
        raise NoProofError(f"The client's key {path} could not be read within {_READ_LIMIT:g} s.") from None
    if len(pem) > MAX_KEY:
        raise NoProofError(f"The client's key {path} is larger than a key can be (over 64 KiB).")
    key = _key(pem, path)
    algorithm = _algorithm(key, metadata.auth_algorithms)
    if not algorithm:
        taken = ", ".join(metadata.auth_algorithms)
        raise NoProofError(f"The client's key {path} cannot sign by what {metadata.asked} takes: {taken}.")
    header = {"kid": known.key_id} if known.key_id else {}
    return _signed(key, algorithm, way, known, {**header, **_certificate(pem)})


def _reader(path: str) -> Callable[[], bytes]:
    def read() -> bytes:
        with Path(path).expanduser().open("rb") as file:
            return file.read(MAX_KEY + 1)

    return read


def _key(pem: bytes, path: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - only a client with a key needs it
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - the same

    try:
        return load_pem_private_key(pem, None)
    except TypeError:
        raise NoProofError(f"The client's key {path} is locked by a passphrase. Name one without.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise NoProofError(f"{path} holds no private key in PEM.") from None


def _algorithm(key: Any, announced: Sequence[str]) -> str:
    """What a key can sign by and the issuer takes; "" for nothing."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: PLC0415 - the same

    fitting: tuple[str, ...] = ()
    if isinstance(key, rsa.RSAPrivateKey):
        fitting = _RSA
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        fitting = (_CURVES.get(key.curve.name, ""),)
    elif isinstance(key, ed25519.Ed25519PrivateKey):
        fitting = ("EdDSA",)
    return next((name for name in fitting if name and (not announced or name in announced)), "")


def _certificate(pem: bytes) -> dict[str, str]:
    """The thumbprint of a certificate that lies beside the key: some issuers know a client's key by it alone."""
    from cryptography import x509  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415 - the same

    if b"-----BEGIN CERTIFICATE-----" not in pem:
        return {}
    try:
        der = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    except ValueError:
        return {}
    return {"x5t#S256": base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode("ascii")}


def _signed(key: Any, algorithm: str, way: Way, known: Known, header: dict[str, str]) -> Secret[str]:
    import jwt  # noqa: PLC0415 - only a client that signs needs it

    now = int(time.time())
    claims = {
        "iss": known.client_id,
        "sub": known.client_id,
        "aud": way.audience,
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + _LIFE,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a short secret is the issuer's affair, and a warning would print where we are
        return Secret(jwt.encode(claims, key, algorithm, headers=header))
