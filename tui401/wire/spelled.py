"""Spellings that a text can be read in: without escapes, without gaps, in lower case, decoded.

Each spelling has a second function that also tells where its characters stood; it is slower, so it runs on a hit only.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from tui401.wire.mapped import Mapped, as_bytes

_FOLD: Final = {code: code + 32 for code in range(65, 91)}
_ESCAPE: Final = re.compile(
    r"%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\U[0-9A-Fa-f]{8}|\\/|\\\"|\\'|\\\\"
    r"|&#(?:[0-9]{1,7}|[xX][0-9A-Fa-f]{1,6});|&(?:amp|lt|gt|quot|apos|sol|plus|equals|period|lowbar|hyphen);"
)
_ENTITIES: Final = {
    "amp": "&",
    "lt": "<",
    "gt": ">",
    "quot": '"',
    "apos": "'",
    "sol": "/",
    "plus": "+",
    "equals": "=",
    "period": ".",
    "lowbar": "_",
    "hyphen": "-",
}
# What can split a word and is not seen: white space, control characters, zero-width characters (as UTF-8 bytes too),
# escaped line breaks, line breaks of HTML.
_GAP: Final = re.compile(
    r"(?:[\s\x00-\x20\x7f]|\\[rnt](?=[\s\\\x21-\x7e])|\xc2[\x80-\xa0\xad]|\xe2\x80[\x80-\xaf]|\xe2\x81[\x9f-\xaf]"
    r"|\xef\xbb\xbf|\xe1\xa0\x8e|\xe3\x80\x80|\xcd\x8f)+|<w?br ?/?>"
)
SOFT_BREAK: Final = re.compile(r"=\r?\n")
LINE_SPLIT: Final = re.compile(r"(?<=[A-Za-z0-9+/_=-])(?:=?\r?\n[ \t]*|\\r\\n|\\n|\r)(?=[A-Za-z0-9+/_-])")
_NOT_HEX: Final = re.compile(r"[: -]")
_URL_SAFE: Final = str.maketrans("-_", "+/")
_TIMES_ESCAPED: Final = 3


def folded(text: str) -> str:
    """The text in lower case, of equal length."""
    if text.isascii():
        return text.lower()
    lower = text.lower()
    return lower if len(lower) == len(text) else text.translate(_FOLD)


def plain_base64(text: str) -> str:
    """The base64 of a text, without padding."""
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii").rstrip("=")


def _spelled(found: re.Match[str]) -> str:
    text = found.group()
    kind, digits = text[:2], text[2:].removesuffix(";")
    if kind in {"\\u", "\\x", "\\U"}:
        return _character(int(digits, 16))
    if kind == "&#":
        return _character(int(digits[1:], 16) if digits[0] in "xX" else int(digits))
    if text[0] == "%":
        return bytes.fromhex(text[1:]).decode("latin-1")
    return _ENTITIES[text[1:-1]] if text[0] == "&" else text[1]


def _character(code: int) -> str:
    return as_bytes(chr(code)) if code < 0x110000 else ""


def unescaped(text: str) -> str:
    """Percent-encoding, JSON and HTML escapes undone, up to three layers of them."""
    for _ in range(_TIMES_ESCAPED):
        if "%" not in text and "\\" not in text and "&" not in text:
            return text
        new = _ESCAPE.sub(_spelled, text)
        if new == text:
            return text
        text = new
    return text


def squeezed(text: str) -> str:
    """Unescaped, and without anything that splits words."""
    return _GAP.sub("", unescaped(text))


def unescaped_map(text: str) -> Mapped:
    """What ``unescaped`` gives, with places."""
    mapped = Mapped.of(text)
    for _ in range(_TIMES_ESCAPED):
        new = mapped.sub(_ESCAPE, _spelled)
        if new.text == mapped.text:
            break
        mapped = new
    return mapped


def squeezed_map(text: str) -> Mapped:
    """What ``squeezed`` gives, with places."""
    return unescaped_map(text).sub(_GAP, lambda _found: "")


def softened_map(text: str) -> Mapped:
    """What ``squeezed`` gives of a text without quoted-printable's soft line breaks, with places."""
    mapped = Mapped.of(text).sub(SOFT_BREAK, lambda _found: "")
    for pattern, spell in ((_ESCAPE, _spelled),) * _TIMES_ESCAPED + ((_GAP, lambda _found: ""),):
        mapped = mapped.sub(pattern, spell)
    return mapped


def unfolded_map(text: str) -> Mapped:
    """Unescaped, and without line breaks inside runs of base64, with places."""
    return unescaped_map(text).sub(LINE_SPLIT, lambda _found: "")


def base64_decoded(run: str) -> Iterator[bytes]:
    """The run decoded from each of its first four characters on: it may be cut off at its beginning."""
    plain = run.translate(_URL_SAFE)
    for skip in range(4):
        part = plain[skip:]
        part = part[: len(part) // 4 * 4] if len(part) % 4 == 1 else part + "=" * (-len(part) % 4)
        try:
            yield base64.b64decode(part)
        except (ValueError, binascii.Error):
            continue


def hex_decoded(run: str) -> Iterator[bytes]:
    """The run decoded from its first and from its second digit on."""
    digits = _NOT_HEX.sub("", run)
    for skip in range(2):
        part = digits[skip:]
        try:
            yield bytes.fromhex(part[: len(part) // 2 * 2])
        except ValueError:  # something else than digits stands in it
            continue
