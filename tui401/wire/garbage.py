"""Worthless credentials of the form of a real one: what the experiment ``garbage`` sends (judging.md)."""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
import string
import time
from typing import Any, Final

from tui401.model.secret import Secret
from tui401.model.words import Shape
from tui401.wire import fields, jwt, schemes
from tui401.wire.secretnames import Weight, weigh
from tui401.wire.shapes import public_prefix

SUBJECT: Final = "tui401-probe"

_KEPT_HEADERS: Final = ("alg", "typ", "kid", "cty", "enc", "zip")
_KEPT_CLAIMS: Final = ("iss", "aud", "client_id", "azp", "token_use", "typ", "ver", "tid")
_HEX: Final = re.compile(r"[0-9a-f-]+|[0-9A-F-]+")
_CHECKED: Final = re.compile(r"(?:gh[pousr]|npm)_")  # these end in a CRC-32 of what stands before it
_PREFIX: Final = re.compile(r"[A-Za-z]{1,12}(?:[_-][A-Za-z0-9]{1,8})?[_-](?=[A-Za-z0-9])")
_BASE62: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_LIFETIME: Final = 3_600
_DEFAULT_LENGTH: Final = 32
_TRIES: Final = 8


def garbage_for(scheme: str, value: Secret[str], *, now: float | None = None) -> Secret[str]:
    """A worthless credential of the same form.

    A JWT keeps ``alg``, ``typ``, ``kid``, issuer and audience, so that a server gets as far as its signature; its
    subject is ``tui401-probe``, its times are good, its signature is random and of the same length. A Basic credential
    has an invented user name. A key keeps its public prefix, its length and the kinds of its characters.

    Args:
        scheme: The scheme as spelled.
        value: The real credential.
        now: Seconds since the epoch; the machine's clock by default.
    """
    text = value.reveal()
    if scheme.lower() == "basic":
        pair = f"{SUBJECT}-{secrets.token_hex(4)}:{secrets.token_urlsafe(12)}"
        return Secret(base64.b64encode(pair.encode()).decode("ascii"))
    if scheme and schemes.has_parameters(scheme, text):
        return Secret(_parameters(text))
    parts = jwt.take_apart(text)
    if parts.shape is Shape.JWT:
        signed = text.strip().rpartition(".")[2]
        return Secret(_token(parts.header, parts.claims, signed, time.time() if now is None else now))
    if parts.shape is Shape.JWE:
        head, *rest = text.strip().split(".")
        return Secret(".".join([head, *(_random_base64url(len(part)) for part in rest)]))
    return Secret(_alike(text))


def _token(header: dict[str, Any], claims: dict[str, Any], signature: str, now: float) -> str:
    head: dict[str, Any] = {name: header[name] for name in _KEPT_HEADERS if name in header}
    body: dict[str, Any] = {name: claims[name] for name in _KEPT_CLAIMS if name in claims}
    body |= {"sub": SUBJECT, "iat": int(now) - 5, "exp": int(now) + _LIFETIME, "jti": secrets.token_hex(8)}
    return ".".join([_base64url(head), _base64url(body), _random_base64url(len(signature.rstrip("=")))])


def _base64url(value: dict[str, Any]) -> str:
    raw = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _random_base64url(length: int) -> str:
    """As many characters; the last one without stray bits, so that strict decoders take it."""
    whole = base64.urlsafe_b64encode(secrets.token_bytes(length)).decode("ascii")
    spare = length % 4
    if spare in {2, 3}:
        size = length * 3 // 4
        return base64.urlsafe_b64encode(secrets.token_bytes(size)).decode("ascii").rstrip("=")
    return whole[:length]


def _parameters(text: str) -> str:
    for name, start, end in reversed(list(fields.parameters(text))):
        secret = weigh(name) >= Weight.TOKEN or name.lower() in {"response", "mac", "auth"}
        if secret and weigh(name) is not Weight.IDENTIFIER and name.lower() not in {"credential", "keyid"}:
            text = text[:start] + _shuffled(text[start:end], "") + text[end:]
    return text


def _alike(text: str) -> str:
    if len(text) < 4:
        return _shuffled("a1" * (_DEFAULT_LENGTH // 2), "")
    found = _PREFIX.match(text)
    prefix = found.group() if found and len(text) - found.end() >= 8 else public_prefix(text)
    for _ in range(_TRIES):
        new = _shuffled(text, prefix)
        if new != text and not _checksum_holds(new):
            return new
    return _shuffled("a1" * (_DEFAULT_LENGTH // 2), "")


def _shuffled(text: str, prefix: str) -> str:
    rest = text[len(prefix) :]
    if _HEX.fullmatch(rest):
        digits = string.digits + ("abcdef" if rest == rest.lower() else "ABCDEF")
        return prefix + "".join(sign if sign == "-" else secrets.choice(digits) for sign in rest)
    return prefix + "".join(_another(sign) for sign in rest)


def _another(sign: str) -> str:
    if sign in string.digits:
        return secrets.choice(string.digits)
    if sign in string.ascii_lowercase:
        return secrets.choice(string.ascii_lowercase)
    if sign in string.ascii_uppercase:
        return secrets.choice(string.ascii_uppercase)
    return sign if sign.isascii() and sign.isprintable() else "x"


def _checksum_holds(key: str) -> bool:
    """Whether a key of GitHub or npm would pass for real offline: its last six characters are its CRC-32 in base 62."""
    if not _CHECKED.match(key) or len(key) < 16:
        return False
    body, check = key[4:-6], key[-6:]
    number, digits = binascii.crc32(body.encode()) & 0xFFFFFFFF, ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return check == digits.rjust(6, "0")
