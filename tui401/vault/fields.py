"""What each key of a profile takes: readers from TOML values, each of which says what is wrong with one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from tui401.model.http import DEFAULT_PORTS, Origin
from tui401.vault.durations import seconds_of

_MOST: Final = 200  # entries of one list
_HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,252}[a-z0-9_])?\.?|[0-9a-f:.]{2,45}")
_NTP: Final = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,500}")  # RFC 6749, section 3.3
_ENDPOINT: Final = re.compile(r"[A-Z]{1,20} /[\x21-\x7e]{0,1000}")

SIGN_INS: Final = ("client-credentials", "browser", "device", "command")
CLIENT_AUTHS: Final = (  # RFC 7591, section 2, and RFC 8705, section 2
    "client_secret_basic",
    "client_secret_post",
    "client_secret_jwt",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
    "none",
)


class WrongError(Exception):
    """A value is not what its key takes; the text ends a sentence that begins with the key."""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WrongError("takes a text in quotes.")
    if not value or value != value.strip() or not value.isprintable() or len(value) > 2_000:
        raise WrongError("is empty, too long, or has spaces at its ends or signs that do not show.")
    return value


def _texts(value: Any, example: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise WrongError(f"takes a list of texts: {example}")
    if len(value) > _MOST:
        raise WrongError(f"has more than {_MOST} entries.")
    return value


def _origins(value: Any) -> tuple[Origin, ...]:
    texts = _texts(value, 'origins = ["https://api.example.com"]')
    return tuple(dict.fromkeys(_origin(text, place) for place, text in enumerate(texts, 1)))


def _origin(text: str, place: int) -> Origin:
    wrong = WrongError(
        f"has no origin as its entry {place}. An origin is scheme, host and port alone: "
        "https://api.example.com or http://localhost:8080"
    )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise wrong from None
    host = (parts.hostname or "").lower()
    rest = parts.path.strip("/") or parts.query or parts.fragment or "?" in text or "#" in text
    if parts.scheme not in DEFAULT_PORTS or "@" in parts.netloc or rest or not _HOST.fullmatch(host):
        raise wrong
    if text != text.strip() or not text.isprintable() or port == 0:
        raise wrong
    return Origin(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme])


def _issuer(value: Any) -> str:
    text = _text(value)
    try:
        parts = urlsplit(text)
        whole = parts.scheme in DEFAULT_PORTS and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        whole, parts = False, urlsplit("")
    # RFC 8414, section 2: an issuer has no query and no fragment.
    if not whole or "@" in parts.netloc or "?" in text or "#" in text or " " in text:
        raise WrongError("takes the address of an authorization server, such as https://login.example.com")
    return text


def _scopes(value: Any) -> tuple[str, ...]:
    texts = _texts(value, 'scopes = ["orders:read", "orders:write"]')
    for place, text in enumerate(texts, 1):
        if not _SCOPE.fullmatch(text):
            raise WrongError(f"has no single scope as its entry {place}. Write each one by itself, without spaces.")
    return tuple(dict.fromkeys(texts))


def _ntp(value: Any) -> str:
    text = _text(value)
    port = text.rpartition(":")[2] if ":" in text and not text.endswith("]") else "123"
    if not _NTP.fullmatch(text) or not 0 < int(port) < 65_536:
        raise WrongError("takes a time server as host or host:port.")
    return text


def _one_of(*values: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in values or not isinstance(value, str):
            raise WrongError(f"takes one of {', '.join(values)}.")
        return value

    return read


def _command(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        try:
            words = shlex.split(_text(value))
        except ValueError:
            raise WrongError("has a quote that is not closed.") from None
    else:
        words = _texts(value, 'token_command = ["gcloud", "auth", "print-access-token"]')
    if not words or not words[0] or any("\0" in word for word in words):
        raise WrongError("names no program.")
    return tuple(words)


def _proxy(value: Any) -> str:
    text = _text(value)
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https", "socks5", "socks5h") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole, parts = False, urlsplit("")
    if "@" in parts.netloc:
        raise WrongError("names a user or password, and secrets do not stand in this file. Take them out.")
    if not whole or parts.path.strip("/") or parts.query or parts.fragment:
        raise WrongError("takes a proxy such as http://proxy.example.com:3128")
    return text.rstrip("/")


def _duration(value: Any) -> float:
    try:
        return seconds_of(_text(value))
    except ValueError:
        raise WrongError("takes a time such as 15m, 1h or 90d.") from None


def _least(value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise WrongError('takes a table of endpoints: {"GET /v1/orders" = ["orders:read"]}')
    if len(value) > _MOST:
        raise WrongError(f"has more than {_MOST} entries.")
    for place, endpoint in enumerate(value, 1):
        if not _ENDPOINT.fullmatch(endpoint):
            raise WrongError(f"has no endpoint as its entry {place}. Write method and path: GET /v1/orders")
    return tuple((endpoint, _scopes(scopes)) for endpoint, scopes in value.items())


FIELDS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "origins": _origins,
    "issuer": _issuer,
    "audience": _text,
    "scopes": _scopes,
    "client_id": _text,
    "client_auth": _one_of(*CLIENT_AUTHS),
    "private_key_file": _text,
    "key_id": _text,
    "sign_in": _one_of(*SIGN_INS),
    "token_command": _command,
    "credential": _text,
    "ntp": _ntp,
    "proxy": _proxy,
    "ca_file": _text,
    "client_cert_file": _text,
    "client_key_file": _text,
    "openapi": _text,
    "longest_lifetime": _duration,
    "rotation_age": _duration,
    "least_scopes": _least,
}
"""What a profile may hold, and how each value is read; another key is one entry here and one field of Profile."""

FILES: Final = ("private_key_file", "ca_file", "client_cert_file", "client_key_file", "openapi")
"""Keys that name a file; a relative one counts from the folder of ``config.toml``."""
