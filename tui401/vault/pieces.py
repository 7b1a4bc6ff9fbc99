"""Long values in stores that hold short ones: split, and replaced whole or not at all. Runs in a daemon thread."""

from __future__ import annotations

import contextlib
from typing import Any, Final

PIECE: Final = 1_200  # characters; Windows' store holds 2,560 bytes of UTF-16 for one entry
_MOST: Final = 1_000
_PARTS: Final = "tui401:parts:"
_OTHER: Final = "~"  # marks every second generation of pieces


class PartError(ValueError):
    """Only a part of a value is left; its text is a sentence."""


def put(backend: Any, service: str, name: str, value: str) -> None:
    """Stores a value; when the backend fails half-way, the older one is still whole.

    The pieces of a new value go beside those of the old one, and the entry that counts them is written last.
    """
    old = backend.get_password(service, name)
    pieces = [value[at : at + PIECE] for at in range(0, len(value), PIECE)]
    if len(pieces) > _MOST:
        raise PartError("This is larger than a credential can be.")
    mark = _OTHER if old is not None and old.startswith(_PARTS) and not old.endswith(_OTHER) else ""
    # A value that looks like our own count is written as a piece, so that it is never taken for one.
    split = len(pieces) > 1 or value.startswith(_PARTS)
    if split:
        for number, piece in enumerate(pieces, 1):
            backend.set_password(service, f"{name}#{mark}{number}", piece)
    backend.set_password(service, name, f"{_PARTS}{len(pieces)}{mark}" if split else value)
    # What is stored is stored: a piece of the old value that stays behind is no reason to say otherwise.
    with contextlib.suppress(Exception):
        _drop(backend, service, f"{name}#{mark}", (len(pieces) if split else 0) + 1)
        _drop(backend, service, f"{name}#{'' if mark else _OTHER}", 1)


def get(backend: Any, service: str, name: str) -> str | None:
    """The value, or None when there is none.

    Raises:
        PartError: when a piece of it is missing.
    """
    value = backend.get_password(service, name)
    if value is None or not value.startswith(_PARTS):
        return str(value) if value is not None else None
    count, mark = _count(value), _OTHER if value.endswith(_OTHER) else ""
    pieces = [backend.get_password(service, f"{name}#{mark}{number}") for number in range(1, count + 1)]
    if not pieces or any(piece is None for piece in pieces):
        raise PartError(f"The keyring holds only a part of {name}; store it again.")
    return "".join(pieces)


def take_out(backend: Any, service: str, name: str) -> bool:
    """Deletes a value and all of its pieces; False when there was none."""
    there = backend.get_password(service, name) is not None
    for mark in ("", _OTHER):
        _drop(backend, service, f"{name}#{mark}", 1)
    if there:
        backend.delete_password(service, name)
    return there


def _drop(backend: Any, service: str, name: str, first: int) -> None:
    number = first
    while number <= _MOST and backend.get_password(service, f"{name}{number}") is not None:
        backend.delete_password(service, f"{name}{number}")
        number += 1


def _count(value: str) -> int:
    digits = value.removeprefix(_PARTS).removesuffix(_OTHER)
    return min(int(digits), _MOST) if digits.isascii() and digits.isdigit() else 0
