"""A pasted curl command to its words: which shell it was written for, where it begins, and where it ends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tui401.intake import bash, surface, windows
from tui401.intake.called import ASSIGNMENT, WRAPPERS, for_curl, is_curl
from tui401.intake.core import IntakeError, note, plain
from tui401.intake.variables import Filler
from tui401.intake.words import Word
from tui401.model.shown import Note

_CMD: Final = re.compile(r"\^[ \t]*\n|\^\"|(?i:^[A-Z]:\\)")
_POWERSHELL: Final = re.compile(r"`[ \t]*\n|(?i:\$env:)|(?i:^\s*+(?:Invoke-RestMethod|Invoke-WebRequest|irm|iwr)\b)")
_CMDLET: Final = re.compile(r"(?im)^[ \t]*(?:\$\w{1,60}[ \t]*=[ \t]*)?(Invoke-RestMethod|Invoke-WebRequest|irm|iwr)\b")
_AUTHORIZATION: Final = re.compile(r"(?i)authorization|--user\b|--oauth2-bearer|(?<=\s)-u\s?\S")


@dataclass(slots=True, repr=False)
class Taken:
    """A command taken out of a text. It may hold secrets, so it has no repr; it does not outlive the reading.

    Attributes:
        words: Its words, behind ``curl``.
        notes: What was noticed.
        stdin: What a here-document puts on standard input.
        stdin_file: The file that ``<`` puts there.
        env: Variables that stand before the command and change how curl works.
    """

    words: list[Word]
    notes: list[Note] = field(default_factory=list)
    stdin: bytes | None = None
    stdin_file: str | None = None
    env: dict[str, str] = field(default_factory=dict)


def take(text: str, filler: Filler, home: str) -> Taken:
    """Finds the first curl command of a text and takes it apart.

    Args:
        text: The text, already freed of what stands around it (`surface.cleaned`).
        filler: Who knows the variables.
        home: What ``~`` stands for.

    Raises:
        IntakeError: There is no curl command, or a quotation mark is never closed.
    """
    prompt = text.lstrip()[:3]
    text, notes = surface.without_prompts(text)
    if _CMDLET.search(text) and not surface.calls_curl(text):
        raise IntakeError(
            "This is a PowerShell command. Only curl is understood here as yet: in PowerShell write curl.exe with the "
            "same address and headers, or paste the bare URL."
        )
    if prompt.startswith("PS ") or _POWERSHELL.search(text):
        return _windows("PowerShell", _from_curl(text), filler, notes)
    if _CMD.search(text):
        return _windows("cmd", _from_curl(text), filler, notes)
    return _posix(text, filler, home, notes)


def is_cmdlet(text: str) -> bool:
    """Whether a text calls one of PowerShell's own HTTP commands."""
    return _CMDLET.search(text[:20_000]) is not None


def _from_curl(text: str) -> str:
    """The text from the line on which curl is called."""
    for found in re.finditer(r"(?m)^.*$", text[:20_000]):
        if surface.calls_curl(found.group()):
            return text[found.start() :]
    return text


def _windows(name: str, text: str, filler: Filler, notes: list[Note]) -> Taken:
    command = windows.cmd(text, filler) if name == "cmd" else windows.powershell(text, filler)
    words = command.words
    while words and not is_curl(words[0].text):
        words = words[1:]
    if not words:
        raise IntakeError("No curl command was found in this text. Paste it from “curl” on.")
    notes.append(note("shell", f"The command was read as {name} would read it."))
    if name == "PowerShell" and words[0].text.lower() == "curl":
        says = "In older PowerShell curl is another program, Invoke-WebRequest; write curl.exe there."
        notes.append(note("powershell-alias", says))
    return Taken(_templated(words[1:], filler, percent=False), [*notes, *_cut(command.ended_by, text[command.after :])])


def _posix(text: str, filler: Filler, home: str, notes: list[Note]) -> Taken:
    lexer = bash.Lexer(text, filler, home)
    env: dict[str, str] = {}
    commands = lexer.commands()
    for command in commands:
        words = command.words
        assigned: dict[str, str] = {}
        while words and (found := ASSIGNMENT.match(words[0].text) if not is_curl(words[0].text) else None):
            assigned[found[1]] = words[0].text[found.end() :]
            words = words[1:]
        words = _without_wrappers(words, assigned)
        if not words:
            filler.assigned.update(assigned)  # a line of its own: later lines see it
            env.update(for_curl(assigned))
            continue
        if not is_curl(words[0].text):
            continue
        env.update(for_curl(assigned))
        while lexer.waiting and next(commands, None) is not None:
            pass  # the here-document stands behind the rest of the line
        taken = Taken(_templated(words[1:], filler), [*notes, *lexer.notes.values()], env=env)
        taken.stdin = command.stdin.encode("utf-8", "surrogateescape") if command.stdin is not None else None
        taken.stdin_file = command.stdin_file
        if command.before == "|" and command.stdin is None:
            taken.notes.append(note("pipe-before", "What stands before the pipe is not run here."))
        taken.notes += _cut(command.ended_by, text[command.after :])
        if assigned:
            taken.notes += _shadowed(assigned, filler)
        return taken
    raise IntakeError("No curl command was found in this text. Paste it from “curl” on.")


def _without_wrappers(words: list[Word], assigned: dict[str, str]) -> list[Word]:
    while words and words[0].text in WRAPPERS:
        words = words[1:]
        while words and (words[0].text.startswith("-") or ASSIGNMENT.match(words[0].text)):
            found = ASSIGNMENT.match(words[0].text)
            if found:
                assigned[found[1]] = words[0].text[found.end() :]
            words = words[1:]
    if words and words[0].text.startswith("\\"):
        words = [Word(words[0].text[1:], words[0].fills), *words[1:]]
    return words


def _shadowed(assigned: Mapping[str, str], filler: Filler) -> list[Note]:
    """A variable that is set on the command's own line is not seen by that line."""
    used = [f"${name}" for name in assigned if f"${name}" in filler.unfilled or name in filler.variables]
    return [
        note(
            "variable-set-too-late",
            f"{plain(shown)} is set on the command's own line, and a shell fills it from before that. "
            "Set it on a line of its own.",
            "credential-placeholder",
        )
        for shown in used
    ]


def _templated(words: list[Word], filler: Filler, *, percent: bool = True) -> list[Word]:
    made: list[Word] = []
    before = ""
    for word in words:
        if before.startswith("--expand-"):  # there {{name}} is curl's own
            made.append(word)
        else:
            text, fills = filler.templates(word.text, percent=percent)
            made.append(Word(text, (*word.fills, *fills)))
        before = word.text
    return made


def _cut(operator: str, rest: str) -> list[Note]:
    if not operator or not rest.strip():
        return []
    lost = "header-missing" if _AUTHORIZATION.search(rest[:20_000]) else ""
    if operator == "&" and not rest.startswith((" ", "\n")):
        says = (
            "A shell ends the command at an & that stands outside quotes; what follows is not sent. Quote the address."
        )
        return [note("cut-at-ampersand", says, lost)]
    if operator == "\n":
        return [note("cut-at-line-end", "The command ends with its line; the lines behind it were left out.", lost)]
    return [note("cut-at-operator", f"The command ends at {operator}; what follows is not run here.", lost)]
