"""What a header line of a request is by its name, and whether a Basic credential is written right. Pure."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from tui401.wire.placeholder import is_placeholder
from tui401.wire.secretnames import Weight, is_companion_header, is_key_header, weigh

DATED: Final = frozenset({"x-amz-date", "date", "x-date", "x-ms-date"})
"""Header lines by which a signed request says when it was signed."""


class Sort(Enum):
    """What a header line of a request is, by its name."""

    AUTHORIZATION = auto()
    CREDENTIAL = auto()
    SIGNATURE = auto()
    DATED = auto()
    OTHER = auto()


def sort_of(name: str) -> tuple[Sort, bool]:
    """What a header line of that name is, and whether it may hold a credential where its value looks like one."""
    lower = name.lower()
    if lower in ("authorization", "proxy-authorization"):
        return Sort.AUTHORIZATION, False
    if lower == "cookie" or is_key_header(name) or is_companion_header(name):
        return Sort.CREDENTIAL, False
    perhaps = weigh(name) > Weight.IDENTIFIER
    if lower.startswith("signature"):
        return Sort.SIGNATURE, perhaps
    return Sort.DATED if lower in DATED else Sort.OTHER, perhaps


def written_right(value: str, pair: str, user: str) -> bool:
    """Whether a Basic credential whose password is a plain one has no defect that any other look would find."""
    plain = user.isascii() and user.isprintable() and not pair.startswith("ey")
    return plain and len(pair) % 4 == 0 and value[:6] == "Basic " and not is_placeholder(pair)
