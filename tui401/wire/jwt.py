"""Takes a token apart without trusting it: JWT (RFC 7519), JWE (RFC 7516), or opaque. No signature is verified here."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, Final

from tui401.model.words import Defect, Shape, TokenParts
from tui401.wire.base64url import Part, decode_bytes, decode_object
from tui401.wire.claims import audiences, numeric_date, odd_claims, roles, scopes
from tui401.wire.placeholder import is_placeholder
from tui401.wire.tokentext import MALFORMED, Piece, TokenText

__all__ = ["HARMLESS", "audiences", "expected_signature_bytes", "numeric_date", "roles", "scopes", "take_apart"]

HARMLESS: Final = frozenset({"exp-fraction", "iat-fraction", "nbf-fraction", "signature-redacted", "sub-type"})
"""Defects that many a server accepts, so that alone they conclude nothing."""

_MOST_PARTS: Final = 8
_SHORTEST_HEADER: Final = 8  # characters; {"alg":""} alone takes fifteen
_JOSE_NAMES: Final = frozenset(
    {"alg", "typ", "kid", "enc", "cty", "jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "crit"}
)
_JOSE_BEGINS: Final = re.compile(rb'\s*\{\s*"(?:alg|typ|kid|enc|cty|jku|jwk|x5[uct]|crit)')
_JSON_BEGINS: Final = re.compile(rb'\s*\{\s*["}]')
_REDACTED: Final = re.compile(
    r"[xX*•●_.…\-]{3,}|\W?(?:redacted|signature|masked|removed|hidden|omitted|filtered)\W?", re.IGNORECASE
)
_TO_URL_SAFE: Final = str.maketrans("+/", "-_")

# RFC 7518, section 3.1 and RFC 8037, section 3.1. An RSA signature is as long as its key, and keys have usual sizes.
_RSA: Final = frozenset({128, 192, 256, 384, 512, 1024, 2048})
_SIGNATURE_BYTES: Final = {
    "HS256": frozenset({32}),
    "HS384": frozenset({48}),
    "HS512": frozenset({64}),
    "ES256": frozenset({64}),
    "ES256K": frozenset({64}),
    "ES384": frozenset({96}),
    "ES512": frozenset({132}),
    "EdDSA": frozenset({64, 114}),
    "Ed25519": frozenset({64}),
    "Ed448": frozenset({114}),
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), _RSA),
}


def expected_signature_bytes(alg: object) -> frozenset[int]:
    """The lengths in bytes that a signature of this algorithm can have; empty for an algorithm that is not known."""
    return _SIGNATURE_BYTES.get(alg, frozenset()) if isinstance(alg, str) else frozenset()


def take_apart(token: str) -> TokenParts:
    """Decodes a credential as far as it can be read.

    Args:
        token: The credential without scheme, quotes or brackets (see wire.authorization).

    Returns:
        Its shape, header, claims and defects. Offsets count in `token`. A text whose first part is no JOSE header is
        opaque and has no defects, unless claims and a signature follow: then its beginning is damaged. Nothing is
        raised; a part that is too long is not decoded, and a defect says so.
    """
    size = len(token)
    if not token.strip():
        empty = Defect("empty-value", "credential-placeholder", 0, size, "There is no token.")
        return TokenParts(Shape.EMPTY, {}, {}, (empty,), size)
    if is_placeholder(token):
        says = "This is a placeholder and no token: its value was never filled in."
        filler = Defect("placeholder", "credential-placeholder", 0, size, says)
        return TokenParts(Shape.PLACEHOLDER, {}, {}, (filler,), size)
    text = TokenText.of(token)
    pieces = text.pieces(_MOST_PARTS)
    # Some vendors put a JSON behind a short prefix of their own ("pk."), so a header that short is none.
    longer = len(pieces[0].text) >= _SHORTEST_HEADER
    headless = len(pieces) == 3 and longer and _begins(pieces[1], _JSON_BEGINS) and bool(pieces[2].text)
    if not _begins(pieces[0], _JSON_BEGINS) and not headless:
        return TokenParts(Shape.OPAQUE, {}, {}, (), size)
    header = decode_object(pieces[0], "header")
    if not _is_jose(header, pieces):
        return TokenParts(Shape.OPAQUE, {}, {}, (), size)
    if (header.value is None and len(pieces) == 5) or "enc" in (header.value or {}):
        return _encrypted(text, pieces, header)
    return _signed(text, pieces, header)


def _begins(piece: Piece, pattern: re.Pattern[bytes]) -> bool:
    """Whether the first characters of a part decode to what the pattern says; the rest may be damaged."""
    start = piece.text[:64].translate(_TO_URL_SAFE)
    start = start[: len(start) // 4 * 4]
    try:
        # A sign outside the alphabet counts as the end of what can be read.
        return pattern.match(base64.b64decode(start.encode("ascii"), b"-_", validate=True)) is not None
    except (ValueError, binascii.Error):
        short = re.match(r"[A-Za-z0-9_-]*", start)
        kept = short.group() if short else ""
        kept = kept[: len(kept) // 4 * 4]
        return pattern.match(base64.urlsafe_b64decode(kept)) is not None


def _is_jose(header: Part, pieces: list[Piece]) -> bool:
    """Whether a first part that begins like JSON is a JOSE header; many an opaque token is base64 of JSON, too."""
    if header.value is not None and not header.value.keys().isdisjoint(_JOSE_NAMES):
        return True
    if header.value is None and _begins(pieces[0], _JOSE_BEGINS):
        return True
    return len(pieces) >= 3 and _begins(pieces[1], _JSON_BEGINS)


def _encrypted(text: TokenText, pieces: list[Piece], header: Part) -> TokenParts:
    defects = [*text.defects, *header.defects]
    whole = len(pieces) == 5 and header.value is not None
    if len(pieces) != 5:
        defects.append(_part_count(text, pieces, 5))
    names = ("encrypted key", "initialization vector", "ciphertext", "authentication tag")
    for name, piece in zip(names, pieces[1:5], strict=False):
        defects.extend(decode_bytes(piece, name).defects)
        if not piece.text and name in names[2:]:
            whole = False
            defects.append(Defect("part-empty", MALFORMED, piece.at, 0, f"The token's {name} is missing."))
    shape = Shape.JWE if whole else Shape.BROKEN_JWT
    return TokenParts(shape, header.value or {}, {}, tuple(defects), text.size)


def _signed(text: TokenText, pieces: list[Piece], header: Part) -> TokenParts:
    defects = [*text.defects, *header.defects]
    head = header.value or {}
    claims: dict[str, Any] = {}
    whole = len(pieces) == 3 and header.value is not None
    if len(pieces) != 3:
        defects.append(_part_count(text, pieces, 3))
    if header.value is not None:
        defects.extend(_algorithm(head, pieces[0]))
    if len(pieces) > 1:
        body = decode_object(pieces[1], "claims") if pieces[1].text else Part(None, None, ())
        if not pieces[1].text:
            defects.append(Defect("part-empty", MALFORMED, pieces[1].at, 0, "The token's claims are missing."))
        defects.extend(body.defects)
        whole = whole and body.value is not None
        claims = body.value or {}
        defects.extend(odd_claims(claims, pieces[1].at, pieces[1].length))
    signature: int | None = None
    if len(pieces) == 3:
        signature, found = _signature(head.get("alg"), pieces[2])
        defects.extend(found)
    shape = Shape.JWT if whole else Shape.BROKEN_JWT
    return TokenParts(shape, head, claims, tuple(defects), text.size, signature)


def _part_count(text: TokenText, pieces: list[Piece], wanted: int) -> Defect:
    if len(pieces) < wanted:
        says = f"The token is cut off: it has {len(pieces)} of {wanted} parts."
        return Defect("cut-off", MALFORMED, text.size, 0, says)
    more = pieces[wanted]
    says = f"The token has more than {wanted} parts: something is joined to its end."
    return Defect("too-many-parts", MALFORMED, max(more.at - 1, 0), text.size - max(more.at - 1, 0), says)


def _algorithm(header: dict[str, Any], piece: Piece) -> list[Defect]:
    alg = header.get("alg")
    if alg is None:
        return [Defect("alg-missing", MALFORMED, piece.at, piece.length, "The token's header names no algorithm.")]
    if not isinstance(alg, str):
        return [Defect("alg-type", MALFORMED, piece.at, piece.length, "The algorithm in the header is not a text.")]
    if alg.lower() == "none":
        says = 'The token is not signed: its algorithm is "none", which servers refuse.'
        return [Defect("alg-none", "algorithm-rejected", piece.at, piece.length, says)]
    return []


def _signature(alg: object, piece: Piece) -> tuple[int | None, list[Defect]]:
    """The length of the signature in bytes, and what is wrong with it."""

    def defect(name: str, says: str, cause: str = MALFORMED) -> Defect:
        return Defect(name, cause, piece.at, piece.length, says)

    encoded = piece.text.partition("~")[0]  # disclosures of an SD-JWT follow behind it
    if not encoded:
        unsigned = isinstance(alg, str) and alg.lower() == "none"
        return None, [] if unsigned else [defect("signature-missing", "The token's signature is missing.")]
    if _REDACTED.fullmatch(encoded):
        return None, [defect("signature-redacted", "The token's signature was struck out in this recording.")]
    part = decode_bytes(Piece(encoded, piece.start, piece.source), "signature")
    if part.raw is None:
        return None, list(part.defects)
    size, expected, found = len(part.raw), expected_signature_bytes(alg), list(part.defects)
    if expected and size not in expected:
        if str(alg).startswith("ES") and part.raw[:1] == b"\x30" and size > 8 and part.raw[1] in {size - 2, 0x81}:
            says = "The signature is in DER, as certificates have it; tokens carry the two numbers side by side."
            found.append(defect("signature-der", says, "token-signature-invalid"))
        elif size > max(expected):
            found.append(defect("signature-long", f"The signature is longer than {alg} makes it: {size} bytes."))
        else:
            found.append(defect("signature-short", f"The signature is cut: {size} bytes are no length of {alg}."))
    return size, found
