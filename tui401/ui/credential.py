"""Understands a pasted credential: with ``Authorization: Bearer`` in front, in quotes, broken over lines. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tui401.model.secret import Secret

_LINE_ENDS: Final = ("\r\n", "\r", "\n")
_QUOTES: Final = ('""', "''", "``", "“”", "‘’", "<>")
_SCHEMES: Final = ("bearer", "token", "basic", "dpop", "apikey")
_FIELDS: Final = ("authorization:", "proxy-authorization:", "x-api-key:", "api-key:")


@dataclass(frozen=True, slots=True)
class Understood:
    """A credential as it was understood.

    Attributes:
        secret: It alone.
        notes: Sentences on what was left out around it; nothing is repaired silently.
    """

    secret: Secret[str]
    notes: tuple[str, ...] = ()


def understood(raw: str) -> Understood:
    """The credential in a pasted text. Time is linear in its length."""
    notes: list[str] = []
    text = raw.strip(" \t")
    if any(end in text.strip("\r\n") for end in _LINE_ENDS):
        notes.append("Line breaks inside it were left out; a terminal may have wrapped it.")
    elif text != text.strip("\r\n"):
        notes.append("The line break at its end was left out.")
    text = "".join(part.strip(" \t") if number else part for number, part in enumerate(text.splitlines())).strip()
    text, field = _without(text, _FIELDS, "")
    if field:
        notes.append(f"The header name “{field}” in front was left out.")
        text = text.strip()
    text = _unquoted(text, notes)
    text, scheme = _without(text, _SCHEMES, " ")
    if scheme:
        notes.append(f"“{scheme}” in front was left out: the request has its own scheme.")
        text = text.strip()
    return Understood(Secret(_unquoted(text, notes)), tuple(dict.fromkeys(notes)))


def _unquoted(text: str, notes: list[str]) -> str:
    if len(text) > 1 and text[0] + text[-1] in _QUOTES:
        notes.append("The quotes around it were left out.")
        return text[1:-1].strip()
    return text


def _without(text: str, fronts: tuple[str, ...], after: str) -> tuple[str, str]:
    lowered = text[:32].lower()
    for front in fronts:
        if lowered.startswith(front + after):
            return text[len(front) + len(after) :], text[: len(front)]
    return text, ""
