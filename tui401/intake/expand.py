"""What a POSIX shell expands inside a word: variables, and command substitutions that are never run here."""

from __future__ import annotations

import re
from typing import Final

from tui401.intake.core import IntakeError
from tui401.intake.variables import Filler
from tui401.model.http import From

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,200}")
_BRACED: Final = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]{0,200})(?:(:?[-=?])([^{}]{0,4000}))?\}")
_SPECIAL: Final = re.compile(r"[0-9?@*#!$]")
_VARIABLE: Final = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]{0,80})|\{([A-Za-z_][A-Za-z0-9_]{0,80})\})")
_STOP: Final = re.compile(r'[\\"$`]')
_ANSI: Final = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v"}
_ANSI_CODE: Final = re.compile(r"x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[0-7]{1,3}")


class Expander:
    """Expands parts of one text, by offset. Values come from a `Filler`."""

    def __init__(self, text: str, filler: Filler) -> None:
        self._text = text
        self._filler = filler

    def double(self, at: int, made: list[str], fills: list[tuple[str, From]]) -> int:
        """Reads up to the closing double quote; gives the offset behind it.

        Raises:
            IntakeError: It is never closed.
        """
        text = self._text
        while True:
            stop = _STOP.search(text, at)
            if not stop:
                raise IntakeError("A double quotation mark is opened and never closed. Copy the whole command.")
            made.append(text[at : stop.start()])
            at = stop.start()
            if text[at] == '"':
                return at + 1
            if text[at] == "\\":
                following = text[at + 1 : at + 2]
                # Before other characters the backslash itself is meant; before a line break both vanish.
                made.append("" if following == "\n" else following if following in '$`"\\' else f"\\{following}")
                at += 2
            else:
                at = self.dollar(at, made, fills, quoted=True)

    def whole(self, content: str, fills: list[tuple[str, From]] | None = None) -> str:
        """Expands a text as inside double quotes, quotes being letters; for here-documents."""
        made: list[str] = []
        inner = Expander(content, self._filler)
        at = 0
        while at < len(content):
            char = content[at]
            if char == "\\" and content[at + 1 : at + 2] in ("$", "`", "\\", "\n") and at + 1 < len(content):
                made.append("" if content[at + 1] == "\n" else content[at + 1])
                at += 2
            elif char in "$`":
                at = inner.dollar(at, made, fills if fills is not None else [], quoted=True)
            else:
                stop = next((i for i in range(at + 1, len(content)) if content[i] in "\\$`"), len(content))
                made.append(content[at:stop])
                at = stop
        return "".join(made)

    def dollar(self, at: int, made: list[str], fills: list[tuple[str, From]], *, quoted: bool) -> int:
        """Reads what begins with ``$``, a backtick or ``<(``; gives the offset behind it."""
        text = self._text
        if text[at] == "`":
            end = _closing_backtick(text, at + 1)
            return self._substituted(at, end, ("`", "`"), made, fills)
        if text[at] in "<>":
            return self._substituted(at, _closing(text, at + 2), (text[at : at + 2], ")"), made, fills)
        rest = text[at + 1 : at + 2]
        if rest == "(":
            return self._substituted(at, _closing(text, at + 2), ("$(", ")"), made, fills)
        if rest == "'" and not quoted:
            return self._ansi(at + 2, made)
        if rest == '"' and not quoted:
            return self.double(at + 2, made, fills)
        return self._variable(at, made, fills)

    def variable_in(self, text: str) -> str:
        """A variable that a text would have filled outside single quotes, as written; "" for none."""
        found = _VARIABLE.search(text)
        return found.group() if found else ""

    def _variable(self, at: int, made: list[str], fills: list[tuple[str, From]]) -> int:
        text = self._text
        braced = _BRACED.match(text, at + 1)
        bare = None if braced else _NAME.match(text, at + 1)
        if bare or braced:
            end = (braced or bare).end()  # type: ignore[union-attr] # one of them matched
            name = braced[1] if braced else text[at + 1 : end]
            default = braced[3] if braced and braced[2] in (":-", "-", ":=", "=") else None
            if default is not None and self._takes_default(name, colon=braced is not None and braced[2][0] == ":"):
                made.append(default)
            else:
                self._value(name, text[at:end], made, fills)
            return end
        if text.startswith("{", at + 1):
            end = text.find("}", at)
            if end < 0:
                raise IntakeError("A variable's brace ${ is never closed. Copy the whole command.")
            self._lacking("${…}", text[at : end + 1], made, fills)
            return end + 1
        special = _SPECIAL.match(text, at + 1)
        if special:
            self._lacking(text[at : at + 2], text[at : at + 2], made, fills)
            return at + 2
        made.append("$")
        return at + 1

    def _takes_default(self, name: str, *, colon: bool) -> bool:
        """Whether ``${name:-default}`` stands for its default: unset, or with a colon empty too."""
        value = self._filler.assigned.get(name, self._filler.env.get(name))
        return value is None or (colon and not value)

    def _value(self, name: str, written: str, made: list[str], fills: list[tuple[str, From]]) -> None:
        shown = f"${name}"
        found = self._filler.value(name, shown)
        if found is None:
            made.append(written)
        else:
            made.append(found[0])
            fills.append((shown, found[1]))

    def _lacking(self, shown: str, written: str, made: list[str], fills: list[tuple[str, From]]) -> None:
        given = self._filler.filled.get(shown)
        if given is not None:
            made.append(given.reveal())
            fills.append((shown, From.PROMPT))
        else:
            self._filler.lacking(shown)
            made.append(written)

    def _substituted(
        self, at: int, end: int, frame: tuple[str, str], made: list[str], fills: list[tuple[str, From]]
    ) -> int:
        inside = self._text[at + len(frame[0]) : end]
        found = self._filler.substitution(inside, frame)
        if found is None:
            made.append(self._text[at : end + 1])
        else:
            made.append(found[0])
            fills.append((f"{frame[0]}…{frame[1]}", found[1]))
        return end + 1

    def _ansi(self, at: int, made: list[str]) -> int:
        """Reads the inside of ``$'…'`` (ANSI-C quoting of bash and zsh)."""
        text = self._text
        while at < len(text):
            char = text[at]
            if char == "'":
                return at + 1
            if char != "\\":
                made.append(char)
                at += 1
                continue
            code = _ANSI_CODE.match(text, at + 1)
            if code:
                at = self._ansi_code(code, made)
            else:
                following = text[at + 1 : at + 2]
                made.append(_ANSI.get(following, following if following in "\\'\"?" else f"\\{following}"))
                at += 2
        raise IntakeError("A quotation mark $' is opened and never closed. Copy the whole command.")

    def _ansi_code(self, code: re.Match[str], made: list[str]) -> int:
        written = code.group()
        if written[0] not in "uU":  # bytes, which several in a row may make one character of
            data = bytearray()
            at = code.start() - 1
            while self._text.startswith("\\", at) and (found := _ANSI_CODE.match(self._text, at + 1)):
                if found.group()[0] in "uU":
                    break
                data.append(int(found.group().lstrip("x"), 16 if found.group()[0] == "x" else 8) & 0xFF)
                at = found.end()
            made.append(bytes(data).decode("utf-8", "surrogateescape"))
            return at
        number = int(written[1:], 16)
        made.append(chr(number) if number <= 0x10FFFF else "\ufffd")
        return code.end()


def _closing(text: str, at: int) -> int:
    """The offset of the parenthesis that closes a command substitution; quotes and nesting count."""
    depth, quote = 1, ""
    while at < len(text):
        char = text[at]
        if quote:
            if char == "\\" and quote == '"':
                at += 1
            elif char == quote:
                quote = ""
        elif char == "\\":
            at += 1
        elif char in "'\"":
            quote = char
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if not depth:
                return at
        at += 1
    raise IntakeError("A command substitution $( is opened and never closed. Copy the whole command.")


def _closing_backtick(text: str, at: int) -> int:
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text[at] == "`":
            return at
        at += 1
    raise IntakeError("A backtick is opened and never closed. Copy the whole command.")
