"""What intake gives back: one request, where each part of it came from, and what was noticed on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tui401.model.case import straight
from tui401.model.http import Exchange, Header, Origin, Request, Transport
from tui401.model.secret import Secret
from tui401.model.shown import IntakeSeen, Note, Redacted

MAX_TEXT: Final = 1 << 20  # characters of a pasted or opened text
MAX_FILE: Final = 64 << 20  # bytes of a file that a command reads
_LONGEST_NAME: Final = 80
_LONGEST_RUN: Final = 24  # letters and digits on end that a file's name may have before it looks like a key


class IntakeError(ValueError):
    """A sentence for a person: what was wrong with what they gave, and what to do now. Free of secrets."""


@dataclass(frozen=True, slots=True)
class World:
    """What surrounds a command: the environment, the home folder, the working folder, standard input.

    Attributes:
        env: Environment variables; never shown.
        around: The environment without what the command itself assigns (``https_proxy=… curl …``), which holds for its
            own request alone; None where it assigns nothing.
        home: The person's home folder.
        cwd: The folder that relative names start from.
        stdin: What stood on standard input, or None when there is none to read.
        stdin_file: The file that a pasted command puts on standard input.
        trusted: The person typed the command here. A pasted text is not, so its files are only listed at first.
        allowed: Files that may be read all the same, since they were listed and the person agreed.
    """

    env: Mapping[str, str] = field(repr=False)
    home: str
    cwd: str
    stdin: bytes | None = field(default=None, repr=False)
    stdin_file: str | None = None
    trusted: bool = True
    allowed: frozenset[str] = frozenset()
    around: Mapping[str, str] | None = field(default=None, repr=False)

    @property
    def machine(self) -> Mapping[str, str]:
        """The environment as it is around the command."""
        return self.env if self.around is None else self.around


@dataclass(frozen=True, slots=True)
class Source:
    """What an intake was made from, so that it can be made again once a value is filled in or files are allowed."""

    text: Secret[str]
    world: World = field(repr=False)
    argv: tuple[Secret[str], ...] = ()
    filled: tuple[tuple[str, Secret[str]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One request and what was noticed while reading it.

    Attributes:
        request: What to send. While `unfilled`, `prompts` or `pending` is not empty it is a draft: do not send it.
        notes: What was noticed, in the order it was met.
        unfilled: Variables, templates and command substitutions without a value, as written: ``$TOKEN``, ``{{key}}``.
        prompts: Values that curl itself would ask for, for example ``password for -u``.
        reads: Files that the command reads, absolute where they are files of this machine.
        pending: Whether these files have not been read yet, because nobody has said yes (`read_files` reads them).
        variables: Environment variables that were filled in.
        seen: An exchange that the text itself shows, as attempt 0.
        sanitised: It was recorded by what may leave credentials out.
        via: ``curl`` (prefix form), ``paste``, ``transcript``, ``http``, ``url`` or ``har``.
        source: What it was made from; for `fill` and `read_files`.
        way_to: How requests travel to other origins than the request's own.
        shadowed: Authorization headers that the command names and another source replaced.
        decided: What is settled of the way without a thing being named: ``proxy`` (none is to be used), ``ca``
            (``--capath``). Nobody else may fill these in.
    """

    request: Request
    notes: tuple[Note, ...] = ()
    unfilled: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    pending: bool = False
    variables: tuple[str, ...] = ()
    seen: Exchange | None = None
    sanitised: bool = False
    via: str = "curl"
    source: Source | None = field(default=None, repr=False)
    way_to: Callable[[Origin], Transport] = field(default=straight, repr=False)
    shadowed: tuple[Header, ...] = ()
    decided: frozenset[str] = frozenset()

    @property
    def ready(self) -> bool:
        """Whether the request is whole: nothing to fill in, to ask for or to read."""
        return not (self.unfilled or self.prompts or self.pending)

    def shown(self) -> IntakeSeen:
        """What of it may be seen, saved and judged."""
        recorded = self.seen is not None
        return IntakeSeen(notes=self.notes, via=self.via, recorded=recorded, sanitised=self.sanitised)


def note(name: str, says: str, cause: str = "") -> Note:
    """A note whose sentence was written here and holds no value of the person's."""
    return Note(name=name, says=Redacted(says), cause=cause)


def plain(name: str) -> str:
    """A file's, host's or variable's name for a sentence: visible characters only, bounded, "" when it may be a key."""
    shown = "".join(c if c.isprintable() else "�" for c in name[: _LONGEST_NAME + 1])
    run = longest = 0
    for char in shown:
        run = run + 1 if char.isalnum() else 0
        longest = max(longest, run)
    if longest > _LONGEST_RUN or len(shown) > _LONGEST_NAME:
        return ""
    return shown


def quoted(name: str, *, instead: str = "that name") -> str:
    """The name in quotation marks for a sentence, or a phrase where it had better not be repeated."""
    shown = plain(name)
    return f"“{shown}”" if shown else instead


def is_number(text: str, digits: int) -> bool:
    """Whether a text is a decimal number of at most so many ASCII digits."""
    return text.isascii() and text.isdigit() and len(text) <= digits


def to_bytes(text: str) -> bytes:
    """Text as curl puts it on the wire: UTF-8, with bytes that were no UTF-8 on the command line given back."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a surrogate pair, which no terminal produces
        return text.encode("utf-8", "replace")


def to_text(data: bytes) -> str:
    """The reverse of `to_bytes`, for every sequence of bytes."""
    return data.decode("utf-8", "surrogateescape")
