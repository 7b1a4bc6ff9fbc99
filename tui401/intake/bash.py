"""A pasted command of bash or zsh, taken apart as the shell would, without running anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tui401.intake.core import IntakeError, note
from tui401.intake.expand import Expander
from tui401.intake.surface import DASHES, DOUBLE_QUOTES, INVISIBLE, ODD_SPACES, SINGLE_QUOTES
from tui401.intake.variables import Filler
from tui401.intake.words import Word
from tui401.model.http import From
from tui401.model.shown import Note

_OPERATOR: Final = re.compile(r"&&|\|\||\|&|;;|[|&;()]")
_REDIRECTION: Final = re.compile(r"(?:&>>|&>|<<<|<<-|<<|>>|>&|<&|>\||<>|[<>])")
_HERE: Final = re.compile(r"[ \t]*(['\"]?)([A-Za-z_][A-Za-z0-9_]*)\1")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:=,@%+\-]+")
_BLANKS: Final = re.compile(r"[ \t]*\n")
_ENTITY: Final = re.compile(r"&(?:amp|quot|lt|gt|apos|#\d{1,4}|#x[0-9A-Fa-f]{1,4});")
_OPTION_LINE: Final = re.compile(r"[ \t]*(?:-{1,2}[A-Za-z]|[–—][A-Za-z]|['\"“]?https?://)")


@dataclass(slots=True, repr=False)
class Command:
    """One simple command. It may hold secrets, so it has no repr; it does not outlive the reading.

    Attributes:
        words: Its words, redirections left out.
        stdin: What a here-document or here-string puts on its standard input.
        stdin_file: The file that ``<`` puts there.
        ended_by: The operator behind it: ``|``, ``&&``, a line feed, or "" at the end of the text.
        after: Where the text goes on behind that operator.
        before: The operator before it.
    """

    words: list[Word] = field(default_factory=list)
    stdin: str | None = None
    stdin_file: str | None = None
    ended_by: str = ""
    after: int = 0
    before: str = ""


class Lexer:
    """Splits a text into simple commands."""

    def __init__(self, text: str, filler: Filler, home: str) -> None:
        self.text = text
        self.notes: dict[str, Note] = {}
        self._expander = Expander(text, filler)
        self._home = home
        self._at = 0
        self._here: list[tuple[Command, str, bool, bool]] = []

    def commands(self) -> Iterator[Command]:
        """The commands of the text, in order; each is read when it is asked for, so that assignments count behind it.

        Raises:
            IntakeError: A quotation mark or bracket is opened and never closed.
        """
        before = ""
        while self._at < len(self.text):
            command = Command(before=before)
            self._command(command)
            before = command.ended_by
            if command.words:
                yield command

    @property
    def waiting(self) -> bool:
        """Whether a here-document has been announced whose lines are still to come."""
        return bool(self._here)

    def _command(self, command: Command) -> None:
        text = self.text
        while self._at < len(text):
            char = text[self._at]
            if char in " \t":
                self._at += 1
            elif char in ODD_SPACES:
                self._noticed("non-breaking-space", "A non-breaking space stood between words; it was read as a space.")
                self._at += 1
            elif char == "\n":
                self._at += 1
                if self._line_ends(command):
                    return
            elif char == "#":
                end = text.find("\n", self._at)
                self._at = len(text) if end < 0 else end
            elif self._redirection(command):
                continue
            elif (operator := _OPERATOR.match(text, self._at)) and not _ENTITY.match(text, self._at):
                self._at = operator.end()
                command.ended_by, command.after = operator.group(), self._at
                return
            else:
                self._word(command)

    def _line_ends(self, command: Command) -> bool:
        """Whether a line feed ends the command, and not only a line whose backslash was lost."""
        self._read_here_documents()
        if command.words and _OPTION_LINE.match(self.text, self._at):
            self._noticed(
                "continuation-missing",
                "A line that belongs to the command follows without a backslash before it. It was read as part of it; "
                "a shell would have ended the command there and sent the request without it.",
            )
            return False
        command.ended_by, command.after = "\n", self._at
        return bool(command.words)

    def _redirection(self, command: Command) -> bool:
        at = self._at
        digits = at
        while digits < len(self.text) and self.text[digits].isdigit() and digits - at < 3:
            digits += 1
        found = _REDIRECTION.match(self.text, digits)
        if not found or (digits > at and found.group().startswith("&")) or _ENTITY.match(self.text, at):
            return False
        if self.text.startswith(("<(", ">("), digits):
            return False
        self._at = found.end()
        sign = found.group()
        if sign in ("<<", "<<-"):
            self._here_document(command, tabs=sign == "<<-")
            return True
        while self._at < len(self.text) and self.text[self._at] in " \t":
            self._at += 1
        target = Command()
        if self._at < len(self.text) and self.text[self._at] not in "\n|;&<>":
            self._word(target)
        word = target.words[0].text if target.words else ""
        if sign == "<<<":
            command.stdin = word + "\n"
        elif sign == "<" and digits == at:
            command.stdin_file = word
        return True

    def _here_document(self, command: Command, *, tabs: bool) -> None:
        named = _HERE.match(self.text, self._at)
        if not named:
            raise IntakeError("A here-document (<<) has no name behind it. Correct the command.")
        self._at = named.end()
        self._here.append((command, named[2], bool(named[1]), tabs))

    def _read_here_documents(self) -> None:
        for command, name, literal, tabs in self._here:
            lines: list[str] = []
            while self._at < len(self.text):
                end = self.text.find("\n", self._at)
                end = len(self.text) if end < 0 else end
                line = self.text[self._at : end]
                self._at = min(end + 1, len(self.text))
                if (line.lstrip("\t") if tabs else line) == name:
                    break
                lines.append(line.lstrip("\t") if tabs else line)
            content = "".join(f"{line}\n" for line in lines)
            command.stdin = content if literal else self._expander.whole(content)
        self._here.clear()

    def _word(self, command: Command) -> None:
        made: list[str] = []
        fills: list[tuple[str, From]] = []
        text = self.text
        start, quoted = self._at, False
        while self._at < len(text):
            char = text[self._at]
            run = _PLAIN.match(text, self._at)
            if run:
                made.append(run.group())
                self._at = run.end()
            elif char in " \t\n" or char in ODD_SPACES:
                break
            elif char == "\\":
                self._backslash(made)
            elif char == "'":
                made.append(self._single())
                quoted = True
            elif char == '"':
                self._at = self._expander.double(self._at + 1, made, fills)
                quoted = True
            elif char in "$`" or text.startswith(("<(", ">("), self._at):
                self._at = self._expander.dollar(self._at, made, fills, quoted=False)
            elif char in "|;&<>()" and not _ENTITY.match(text, self._at):
                break
            elif char in DOUBLE_QUOTES + SINGLE_QUOTES and (self._at == start or made[-1:] == ["="]):
                self._smart(made, fills, char)
            elif char in DASHES and self._at == start:
                self._dash(made)
            elif char in INVISIBLE and (
                self._at == start or text[self._at + 1 : self._at + 2] in ("", " ", "\n", "\t")
            ):
                self._noticed("invisible-character", "A character that takes no place on a screen was left out.")
                self._at += 1
            else:
                made.append(char)
                self._at += 1
        word = "".join(made)
        if text.startswith("~", start) and (word == "~" or word.startswith("~/")):
            word = self._home + word[1:]
        if word or quoted:
            command.words.append(Word(word, tuple(fills)))

    def _backslash(self, made: list[str]) -> None:
        behind = _BLANKS.match(self.text, self._at + 1)
        if behind:
            if behind.end() - self._at > 2:
                self._noticed(
                    "space-behind-backslash",
                    "A space stands behind the backslash that should continue a line. The line was read as continued; "
                    "a shell would have ended the command there and sent the request without the rest.",
                )
            self._at = behind.end()
            # the word ends here only when a blank follows, as in a shell
            return
        if self._at + 1 < len(self.text):
            made.append(self.text[self._at + 1])
        self._at += 2

    def _single(self) -> str:
        end = self.text.find("'", self._at + 1)
        if end < 0:
            raise IntakeError("A single quotation mark is opened and never closed. Copy the whole command.")
        inside = self.text[self._at + 1 : end]
        self._at = end + 1
        named = self._expander.variable_in(inside)
        if named:
            self._noticed(
                "variable-in-single-quotes",
                f"A shell does not fill {named} inside single quotes, so it is sent as it stands. Use double quotes.",
                "credential-placeholder",
            )
        return inside

    def _smart(self, made: list[str], fills: list[tuple[str, From]], opening: str) -> None:
        self._noticed("smart-quotes", "Typographic quotation marks stood around words; they were read as plain ones.")
        closing = DOUBLE_QUOTES + '"' if opening in DOUBLE_QUOTES else SINGLE_QUOTES + "'"
        end = next((at for at in range(self._at + 1, len(self.text)) if self.text[at] in closing), -1)
        if end < 0:
            raise IntakeError("A typographic quotation mark is opened and never closed. Copy the whole command.")
        inside = self.text[self._at + 1 : end]
        if opening in DOUBLE_QUOTES:
            inside = self._expander.whole(inside, fills)
        made.append(inside)
        self._at = end + 1

    def _dash(self, made: list[str]) -> None:
        self._noticed("dash", "A typographic dash stood where hyphens belong; it was read as hyphens.")
        at = self._at
        while at < len(self.text) and (self.text[at] in DASHES or self.text[at] == "-"):
            at += 1
        name = _PLAIN.match(self.text, at)
        long = name is not None and len(name.group()) > 1
        made.append("--" if long else "-")
        self._at = at

    def _noticed(self, name: str, says: str, cause: str = "") -> None:
        self.notes.setdefault(name, note(name, says, cause))
