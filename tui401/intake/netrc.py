"""The netrc file, as curl reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tui401.intake.core import IntakeError
from tui401.model.secret import Secret

_BLANK: Final = " \t"
_SPACE: Final = " \t\r\n\v\f"
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Login:
    """What a netrc file says for a host.

    Attributes:
        user: The login name, or None when the entry has none.
        password: The password, or None when the entry has none.
        line: The line on which its entry begins, from 1.
        is_default: It came from ``default`` and not from a ``machine`` of that name.
    """

    user: Secret[str] | None
    password: Secret[str] | None
    line: int
    is_default: bool = False


@dataclass(slots=True, repr=False)
class _Entry:
    line: int = 0
    ours: bool = False
    is_default: bool = False
    values: dict[str, str] = field(default_factory=dict)


def find(text: str, host: str, user: str | None = None) -> Login | None:
    """The first entry for a host, and for a user where one is named already.

    Args:
        text: The file.
        host: The host name, in any letter case.
        user: A login name that the address has; its password is looked for.

    Returns:
        The entry, or None when there is none.

    Raises:
        IntakeError: A quoted word is never closed, which curl refuses.
    """
    entry = _Entry()
    wants = ""
    in_macro = False
    for number, line in enumerate(text.split("\n"), start=1):
        if in_macro:
            in_macro = line not in ("", "\r")
            continue
        for word in _words(line, number):
            lower = word.lower()
            if wants == "machine":
                entry, wants = _Entry(number, ours=lower == host.lower()), ""
            elif wants:
                entry.values[wants] = word
                wants = ""
            elif lower in ("machine", "default", "macdef"):
                if _fits(entry, user):
                    return _login(entry)
                entry, wants = _Entry(), "machine" if lower == "machine" else ""
                if lower == "default":
                    entry = _Entry(number, ours=True, is_default=True)
                if lower == "macdef":
                    in_macro = True
                    break
            elif lower in ("login", "password", "account"):
                wants = lower
    return _login(entry) if _fits(entry, user) else None


def _fits(entry: _Entry, user: str | None) -> bool:
    if not entry.ours or not (entry.values.keys() & {"login", "password"}):
        return False
    return not user or entry.values.get("login", user) == user


def _login(entry: _Entry) -> Login:
    user, password = entry.values.get("login"), entry.values.get("password")
    return Login(
        Secret(user) if user is not None else None,
        Secret(password) if password is not None else None,
        entry.line,
        entry.is_default,
    )


def _words(line: str, number: int) -> list[str]:
    """The words of a line up to a comment; a word in quotes may hold spaces and escapes."""
    words: list[str] = []
    at = 0
    while True:
        while at < len(line) and line[at] in _SPACE:
            at += 1
        if at >= len(line) or line[at] == "#":
            return words
        if line[at] == '"':
            word, at = _quoted(line, at + 1, number)
        else:
            end = at
            while end < len(line) and line[end] not in _SPACE:
                end += 1
            word, at = line[at:end], end
        words.append(word)


def _quoted(line: str, at: int, number: int) -> tuple[str, int]:
    made: list[str] = []
    while at < len(line):
        char = line[at]
        at += 1
        if char == '"':
            return "".join(made), at
        if char == "\\" and at < len(line):
            made.append(_ESCAPES.get(line[at], line[at]))
            at += 1
        elif char != "\\":
            made.append(char)
    raise IntakeError(
        f"Line {number} of the netrc file opens a quotation mark and does not close it. Correct the line."
    )
