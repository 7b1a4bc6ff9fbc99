"""Base64url as tokens carry it (RFC 7515, section 2), and what stands in its place when something went wrong."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any, Final

from tui401.model.words import Defect
from tui401.wire.textjson import decode
from tui401.wire.tokentext import MALFORMED, Piece

MAX_PART: Final = 262_144  # characters of one part; no server's header limit is near it

_STRANGE: Final = re.compile(r"[^A-Za-z0-9_-]")
_TO_URL_SAFE: Final = str.maketrans("+/", "-_")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a token, decoded as far as it could be.

    Attributes:
        raw: The bytes; None when they cannot be decoded.
        value: The JSON object in it; None when there is none or it was not asked for.
        defects: What is wrong with it.
    """

    raw: bytes | None
    value: dict[str, Any] | None
    defects: tuple[Defect, ...]


def decode_bytes(piece: Piece, what: str) -> Part:
    """Decodes a part to bytes, naming the standard alphabet, padding, strange signs and a cut in it.

    Args:
        piece: The part.
        what: What to call it in a sentence, for example "header".
    """
    text, defects = piece.text, []
    if len(text) > MAX_PART:
        says = f"The token's {what} is longer than {MAX_PART:,} characters and was not decoded."
        return Part(None, None, (Defect("too-large", MALFORMED, piece.at, piece.length, says),))
    standard = min((at for at in (text.find("+"), text.find("/")) if at >= 0), default=-1)
    if standard >= 0:
        says = f"The token's {what} is in the alphabet of plain base64; tokens use base64url, with - and _."
        defects.append(Defect("standard-base64", MALFORMED, piece.offset(standard), 1, says))
        text = text.translate(_TO_URL_SAFE)
    bare = text.rstrip("=")
    if bare != text:
        says = f"The token's {what} ends in padding (=), which tokens leave out."
        at = piece.offset(len(bare))
        defects.append(Defect("padding", MALFORMED, at, piece.offset(len(text)) - at, says))
        text = bare
    strange = _STRANGE.search(text)
    if strange:
        says = f"The token's {what} holds a sign that base64url does not have."
        defects.append(Defect("not-base64url", MALFORMED, piece.offset(strange.start()), 1, says))
        return Part(None, None, tuple(defects))
    if len(text) % 4 == 1:
        says = f"The token's {what} has a length that base64url never has: at least one character is missing."
        defects.append(Defect("base64-cut", MALFORMED, piece.at + piece.length, 0, says))
        return Part(None, None, tuple(defects))
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):  # cannot happen after the checks above; parsers of strangers' text are total
        raw = None
    return Part(raw, None, tuple(defects))


def decode_object(piece: Piece, what: str) -> Part:
    """Decodes a part to a JSON object; the arguments are those of decode_bytes."""
    part = decode_bytes(piece, what)
    if part.raw is None:
        return part

    def problem(name: str, says: str) -> Defect:
        return Defect(name, MALFORMED, piece.at, piece.length, says)

    try:
        text = part.raw.decode("utf-8")
    except UnicodeDecodeError:
        broken = problem("not-utf8", f"The token's {what} is not text: its bytes are no UTF-8.")
        return Part(part.raw, None, (*part.defects, broken))
    found = decode(text)
    if found.problem == "too-deep":
        broken = problem("too-deep", f"The token's {what} is nested too deeply and was not read.")
        return Part(part.raw, None, (*part.defects, broken))
    if found.problem:
        broken = problem("not-json", f"The token's {what} is not whole: what it decodes to is no JSON.")
        return Part(part.raw, None, (*part.defects, broken))
    if not isinstance(found.value, dict):
        broken = problem("not-object", f"The token's {what} is JSON, but no object.")
        return Part(part.raw, None, (*part.defects, broken))
    defects = list(part.defects)
    if found.repeated:
        defects.append(
            problem("duplicate-key", f"A name stands twice in the token's {what}; readers differ on which counts.")
        )
    if found.constants:
        defects.append(problem("not-a-number", f"The token's {what} holds NaN or Infinity, which JSON does not have."))
    return Part(part.raw, found.value, tuple(defects))
