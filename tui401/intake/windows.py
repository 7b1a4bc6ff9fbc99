"""Pasted commands of Windows' cmd.exe and PowerShell, taken apart as these shells would, without running anything."""

from __future__ import annotations

import re
from typing import Final

from tui401.intake.bash import Command
from tui401.intake.core import IntakeError
from tui401.intake.variables import Filler
from tui401.intake.words import Word
from tui401.model.http import From

_PERCENT: Final = re.compile(r"%([A-Za-z_][A-Za-z0-9_()]{0,80})%")
_PS_VARIABLE: Final = re.compile(
    r"\$(?:(?:env:)?([A-Za-z_][A-Za-z0-9_]{0,80})|\{(?:env:)?([A-Za-z_][A-Za-z0-9_]{0,80})\})", re.IGNORECASE
)
_PS_ESCAPES: Final = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "e": "\x1b",
}
_UNCLOSED: Final = "A quotation mark is opened and never closed. Copy the whole command."
_PLAIN_PERCENT: Final = "\ue000"  # stands for ^% until variables are filled
_SLASHES: Final = re.compile(r"\\+")


def cmd(text: str, filler: Filler) -> Command:
    """The first command of a text for cmd.exe: carets, operators, the words as C programs get them, variables."""
    line, command = _without_carets(text)
    for word in _c_words(line):
        fills: list[tuple[str, From]] = []

        def fill(match: re.Match[str], fills: list[tuple[str, From]] = fills) -> str:
            found = filler.value(match[1], match[0])
            if found is None:
                return match[0]
            fills.append((match[0], found[1]))
            return found[0]

        filled = _PERCENT.sub(fill, word).replace(_PLAIN_PERCENT, "%")
        command.words.append(Word(filled, tuple(fills)))
    return command


def _without_carets(text: str) -> tuple[str, Command]:
    """The command line behind cmd's own reading: ``^`` makes the next sign plain, an operator ends the command."""
    made: list[str] = []
    command = Command()
    at, quoted = 0, False
    while at < len(text):
        char = text[at]
        if char == "^" and not quoted:
            following = text[at + 1 : at + 2]
            at += 2
            if following == "\n":  # the line goes on; browsers write a line feed inside a value as two of them
                if text.startswith("\n", at):
                    made.append("\n")
                    at += 1
            else:
                made.append(_PLAIN_PERCENT if following == "%" else following)
            continue
        if char == '"':
            quoted = not quoted
        elif char == "\n" or (char in "|&<>" and not quoted):
            command.ended_by, command.after = char, at + 1
            break
        made.append(char)
        at += 1
    return "".join(made), command


def _c_words(line: str) -> list[str]:
    r"""Splits a line as Windows' C run-time does: double quotes, ``\"``, and ``""`` inside quotes for a quote."""
    words: list[str] = []
    made: list[str] = []
    at, quoted, begun = 0, False, False
    while at < len(line):
        char = line[at]
        if char == "\\":
            run = _SLASHES.match(line, at)
            count = len(run.group()) if run else 1
            at += count
            if line.startswith('"', at):
                made.append("\\" * (count // 2))
                if count % 2:
                    made.append('"')
                    at += 1
            else:
                made.append("\\" * count)
            begun = True
        elif char == '"':
            if quoted and line.startswith('"', at + 1):
                made.append('"')
                at += 1
            else:
                quoted = not quoted
            begun = True
            at += 1
        elif char in " \t\n" and not quoted:
            if begun:
                words.append("".join(made))
                made, begun = [], False
            at += 1
        else:
            made.append(char)
            begun = True
            at += 1
    if quoted:
        raise IntakeError(_UNCLOSED)
    if begun:
        words.append("".join(made))
    return words


def powershell(text: str, filler: Filler) -> Command:
    """The first command of a text for PowerShell."""
    return _PowerShell(text, filler).command()


class _PowerShell:
    def __init__(self, text: str, filler: Filler) -> None:
        self._text = text
        self._filler = filler
        self._at = 0

    def command(self) -> Command:
        command = Command()
        text = self._text
        while self._at < len(text):
            char = text[self._at]
            if char in " \t":
                self._at += 1
            elif char == "`" and text[self._at + 1 : self._at + 2] == "\n":
                self._at += 2
            elif char in "\n|;":
                self._at += 1
                if command.words:
                    command.ended_by, command.after = char, self._at
                    return command
            elif char == "&" and not command.words:  # the call operator
                self._at += 1
            elif char == "#":
                end = text.find("\n", self._at)
                self._at = len(text) if end < 0 else end
            else:
                self._word(command)
        return command

    def _word(self, command: Command) -> None:
        made: list[str] = []
        fills: list[tuple[str, From]] = []
        text = self._text
        while self._at < len(text):
            char = text[self._at]
            if char in " \t\n|;":
                break
            if char == "`":
                if text[self._at + 1 : self._at + 2] == "\n":
                    break
                made.append(text[self._at + 1 : self._at + 2])
                self._at += 2
            elif char == "'":
                self._single(made)
            elif char == '"':
                self._double(made, fills)
            elif char == "$":
                self._dollar(made, fills)
            else:
                made.append(char)
                self._at += 1
        command.words.append(Word(_native("".join(made)), tuple(fills)))

    def _single(self, made: list[str]) -> None:
        at = self._at + 1
        while True:
            end = self._text.find("'", at)
            if end < 0:
                raise IntakeError(_UNCLOSED)
            made.append(self._text[at:end])
            if not self._text.startswith("'", end + 1):
                self._at = end + 1
                return
            made.append("'")
            at = end + 2

    def _double(self, made: list[str], fills: list[tuple[str, From]]) -> None:
        self._at += 1
        text = self._text
        while self._at < len(text):
            char = text[self._at]
            if char == "`":
                following = text[self._at + 1 : self._at + 2]
                made.append(_PS_ESCAPES.get(following, following))
                self._at += 2
            elif char == '"':
                if text.startswith('"', self._at + 1):
                    made.append('"')
                    self._at += 2
                else:
                    self._at += 1
                    return
            elif char == "$":
                self._dollar(made, fills)
            else:
                made.append(char)
                self._at += 1
        raise IntakeError(_UNCLOSED)

    def _dollar(self, made: list[str], fills: list[tuple[str, From]]) -> None:
        text = self._text
        if text.startswith("$(", self._at):
            end, depth = self._at + 2, 1
            while end < len(text) and depth:
                depth += {"(": 1, ")": -1}.get(text[end], 0)
                end += 1
            if depth:
                raise IntakeError("A subexpression $( is opened and never closed. Copy the whole command.")
            found = self._filler.substitution(text[self._at + 2 : end - 1], ("$(", ")"))
            written, shown = text[self._at : end], "$(…)"
        else:
            named = _PS_VARIABLE.match(text, self._at)
            if not named:
                made.append("$")
                self._at += 1
                return
            end, name = named.end(), named[1] or named[2]
            written, shown = named.group(), f"${name}"
            found = self._filler.value(name, shown)
        made.append(written if found is None else found[0])
        if found is not None:
            fills.append((shown, found[1]))
        self._at = end


def _native(word: str) -> str:
    r"""A word as a native program gets it: people write ``\"`` for a quote, which older PowerShell wants."""
    return word.replace('\\"', '"') if '\\"' in word else word
