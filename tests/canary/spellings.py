"""Further ways in which a server may give a secret back, beside those that every surface of the suite meets."""

from __future__ import annotations

import base64
import html
import json
import quopri
from collections.abc import Callable
from urllib.parse import quote, quote_plus

from canary_search import SPELLINGS


def _each(form: str) -> Callable[[str], str]:
    """Every byte of the secret written by a format of its number."""
    return lambda secret: "".join(form.format(byte) for byte in secret.encode())


def _base64(secret: str, before: bytes = b"", after: bytes = b"") -> str:
    return base64.b64encode(before + secret.encode() + after).decode()


MORE: dict[str, Callable[[str], str]] = {
    "in another case": lambda secret: secret.swapcase(),
    "percent-encoded where it must be": lambda secret: quote(secret, safe=""),
    "form-encoded": quote_plus,
    "percent-encoded, upper hexadecimal": _each("%{:02X}"),
    "percent-encoded twice, lower hexadecimal": _each("%25{:02x}"),
    "percent-encoded in part": lambda secret: "".join(
        f"%{ord(sign):02X}" if at % 3 == 0 and sign.isascii() else sign for at, sign in enumerate(secret)
    ),
    "percent-encoded, in another case": lambda secret: quote(secret.swapcase(), safe=""),
    "base64, all that stands before it unknown": lambda secret: _base64(secret, b"\xff\xfe", b"\xfd")[3:],
    "base64url, one further": lambda secret: base64.urlsafe_b64encode(b"~" + secret.encode() + b"?").decode(),
    "base64url, two further": lambda secret: base64.urlsafe_b64encode(b"?~" + secret.encode()).decode().rstrip("="),
    "base64, percent-encoded": lambda secret: quote(_base64(secret, b"?>~", b"~~~"), safe=""),
    "base64, in JSON with escaped slashes": lambda secret: _base64(secret, b"??????", b"\xff\xff").replace("/", "\\/"),
    "base64 of it in upper case": lambda secret: _base64(secret.upper(), b"a"),
    "base64 of it percent-encoded": lambda secret: _base64(_each("%{:02x}")(secret), b"q="),
    "base64 of JSON with it": lambda secret: _base64(json.dumps({"sub": "svc", "k": secret})),
    "base64 in lines of 64, with CRLF": lambda secret: "\r\n".join(
        _base64(secret, b"z" * 43)[at : at + 64] for at in range(0, len(_base64(secret, b"z" * 43)), 64)
    ),
    "base64 in lines, folded as a header": lambda secret: "\r\n\t".join(
        _base64(secret)[at : at + 20] for at in range(0, len(_base64(secret)), 20)
    ),
    "hexadecimal with colons": lambda secret: secret.encode().hex(":"),
    "hexadecimal with spaces": lambda secret: secret.encode().hex(" ").upper(),
    "hexadecimal of base64": lambda secret: _base64(secret, b"x").encode().hex(),
    "JSON escapes, upper hexadecimal": _each("\\u{:04X}"),
    "JSON escapes in a string in JSON": lambda secret: json.dumps(_each("\\u{:04x}")(secret))[1:-1],
    "escapes of bytes": _each("\\x{:02x}"),
    "HTML entities with zeros before": _each("&#{:07d};"),
    "HTML entities, then percent-encoded": lambda secret: quote(_each("&#{:d};")(secret), safe=""),
    "HTML-escaped": lambda secret: html.escape(secret, quote=True),
    "quoted-printable": lambda secret: quopri.encodestring(b"=" * 60 + secret.encode()).decode(),
    "split by tabs": lambda secret: "\t".join(secret[at : at + 3] for at in range(0, len(secret), 3)),
    "split by <br>": lambda secret: "<br>".join(secret[at : at + 5] for at in range(0, len(secret), 5)),
    "split by <wbr/>": lambda secret: "<wbr/>".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    "split by soft hyphens": "\u00ad".join,
    "split by bidirectional marks": "\u200e".join,
    "in one word with what is around": lambda secret: f"got{secret}end",
    "between dots": lambda secret: f"...{secret}...",
}

EVERY: dict[str, Callable[[str], str]] = {**SPELLINGS, **MORE}
