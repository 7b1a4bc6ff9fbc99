"""The Basic credential: base64 of user, colon, password (RFC 7617, section 2)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

from tui401.model.words import Defect
from tui401.wire.placeholder import is_placeholder

_CAUSE: Final = "basic-malformed"
_JWT: Final = re.compile(r"eyJ[A-Za-z0-9_-]++\.[A-Za-z0-9_-]++\.")
_STRANGE: Final = re.compile(r"[^A-Za-z0-9+/=_-]")
_LINE_BREAK: Final = re.compile(rb"[\r\n]")
_CONTROL: Final = re.compile(rb"[\x00-\x1f\x7f]")
_TO_STANDARD: Final = str.maketrans("-_", "+/")


def decode_basic(text: str) -> bytes | None:
    """The bytes of a Basic credential; url-safe signs and absent padding are read. None when it is no base64."""
    bare = text.rstrip("=")
    if _STRANGE.search(bare) or "=" in bare or len(bare) % 4 == 1:
        return None
    try:
        return base64.b64decode(bare.translate(_TO_STANDARD) + "=" * (-len(bare) % 4), validate=True)
    except (ValueError, binascii.Error):
        return None


def looks_basic(text: str) -> bool:
    """Whether a text without a scheme decodes to a printable user name, a colon and more."""
    raw = decode_basic(text) if len(text) >= 4 else None
    return raw is not None and b":" in raw[1:] and raw.isascii() and raw.decode("ascii").isprintable()


def basic_defects(text: str, at: int) -> list[Defect]:
    """What is wrong with a Basic credential.

    Args:
        text: What stands behind the scheme, not empty.
        at: Its offset in the header's value; offsets of the defects count from there.
    """

    def defect(name: str, says: str, start: int = 0, length: int | None = None, cause: str = _CAUSE) -> Defect:
        return Defect(name, cause, at + start, len(text) - start if length is None else length, says)

    found: list[Defect] = []
    raw = decode_basic(text)
    if _JWT.match(text):
        says = "A JWT stands where user and password belong; the scheme for it is Bearer."
        return [defect("basic-holds-token", says, cause="scheme-wrong")]
    if raw is None:
        strange = _STRANGE.search(text)
        if ":" in text:
            says = "User and password stand there as they are; Basic carries them as base64."
        elif strange:
            says = "The Basic credential holds a sign that base64 does not have."
        else:
            says = "The Basic credential has a length that base64 never has."
        return [defect("basic-not-base64", says, strange.start() if strange else 0, 1 if strange else None)]
    user, colon, password = raw.partition(b":")
    if _is_filler(user, colon, password):
        says = "User and password are empty or placeholders: they were never filled in."
        return [defect("placeholder", says, cause="credential-placeholder")]
    url_safe = min((i for i in (text.find("-"), text.find("_")) if i >= 0), default=-1)
    if url_safe >= 0:
        found.append(defect("basic-url-safe", "Basic uses plain base64, with + and /, not - and _.", url_safe, 1))
    bare = text.rstrip("=")
    if len(text) - len(bare) != -len(bare) % 4:
        says = "The padding (=) at the end of the base64 is not what its length asks for; many servers refuse that."
        found.append(defect("basic-padding", says, len(bare)))
    if not colon:
        found.append(defect("basic-no-colon", "What is encoded holds no colon between user and password."))
    broken = _LINE_BREAK.search(raw)
    if broken:
        where = "at the end of" if raw.rstrip(b"\r\n") == raw[: broken.start()] else "inside"
        says = f"A line break was encoded {where} the password, as echo without -n does."
        found.append(defect("basic-line-break", says, *_encoded_at(broken.start(), text)))
    else:
        control = _CONTROL.search(raw)
        if control:
            says = "A control character was encoded with user and password."
            found.append(defect("basic-control-character", says, *_encoded_at(control.start(), text)))
    return found


def repaired_basic(text: str) -> str | None:
    """The same user and password, encoded right; None when that cannot be told."""
    raw = decode_basic(text)
    if raw is None:
        if ":" not in text.strip(":") or not text.isprintable():
            return None
        raw = text.encode("utf-8", "surrogatepass")
    raw = _LINE_BREAK.sub(b"", raw)
    return base64.b64encode(raw).decode("ascii") if b":" in raw else None


def _is_filler(user: bytes, colon: bytes, password: bytes) -> bool:
    if not colon:
        return False
    texts = [part.decode("utf-8", "replace").strip() for part in (user, password)]
    return not any(texts) or (any(texts) and all(not text or is_placeholder(text) for text in texts))


def _encoded_at(index: int, text: str) -> tuple[int, int]:
    """Where a byte stands in its base64: the run of four signs that carries it."""
    start = index // 3 * 4
    return start, min(4, len(text) - start)
