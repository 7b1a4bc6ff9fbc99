"""What the wizard needs from the rest of the program, as few typed protocols. ``tui401.cli`` puts the real ones in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from tui401.model.case import Case
    from tui401.model.events import Event
    from tui401.model.facts import Facts
    from tui401.model.fix import Answer, Question
    from tui401.model.saved import SavedCase
    from tui401.model.secret import Secret
    from tui401.model.shown import Evidence, Redacted
    from tui401.model.verdict import Outcome
    from tui401.model.view import CaseView
    from tui401.report.parts import Report

_NO_SECRETS: Final[Mapping[str, Secret[str]]] = MappingProxyType({})
_NOTHING: Final = cast("Redacted", "")


class PortError(Exception):
    """Something outside did not do what was asked. Its text is a sentence for a person, free of secrets."""


class Reading(NamedTuple):
    """What was recognised in a text that a person gave.

    Attributes:
        shown: The text with ``‹secret-1›`` in place of every credential.
        secrets: The credential behind each name, so that an edited text can be put together again.
        recognised: One line: ``GET api.example.com · Bearer JWT of login.example.com · profile prod``.
        notes: Sentences on what was noticed; nothing is repaired silently.
        will_ask: Who would be sent what, one line each: ``api.example.com, once, with this credential``.
        reads: Files and variables that it would read.
        unfilled: Placeholders without a value, ``TOKEN`` for ``$TOKEN``; they are asked for before anything is sent.
        problem: A sentence when nothing can be made of it: what is missing and what to do; else "".
    """

    shown: Redacted
    secrets: Mapping[str, Secret[str]] = _NO_SECRETS
    recognised: Redacted = _NOTHING
    notes: tuple[Redacted, ...] = ()
    will_ask: tuple[Redacted, ...] = ()
    reads: tuple[str, ...] = ()
    unfilled: tuple[str, ...] = ()
    problem: str = ""


class Reader(Protocol):
    """Understands what a person pastes, types or names."""

    async def read(self, text: Secret[str]) -> Reading:
        """What can be recognised. Sends nothing; opens the named file only when the text is a path."""
        ...

    async def start(self, text: Secret[str], *, filled: Mapping[str, Secret[str]], send: bool) -> Case:
        """The case to recover.

        Args:
            text: What the person gave.
            filled: The values of placeholders.
            send: The person agreed on the start screen to one send; without it nothing is sent unasked.

        Raises:
            PortError: with what is wrong and what to do.
        """
        ...


class Recover(Protocol):
    """``tui401.recovery.loop.recover`` with all but these bound."""

    async def __call__(
        self, case: Case, *, ask: Callable[[Question], Awaitable[Answer]], emit: Callable[[Event], None]
    ) -> Outcome:
        """Runs until the case ends; cancelling it ends it at once."""
        ...


class Least(Protocol):
    """``tui401.recovery.afterwards``: the search for the least scopes with which a request succeeds."""

    def why_not(self, case: Case, view: CaseView) -> str:
        """Why there can be none, as a sentence; "" when there can."""
        ...

    async def __call__(
        self,
        case: Case,
        view: CaseView,
        *,
        ask: Callable[[Question], Awaitable[Answer]],
        emit: Callable[[Event], None],
    ) -> object:
        """Searches, after a yes to what it costs; its events go on where the recovery's ended."""
        ...


class Reporter(Protocol):
    """Builds the report of a case."""

    def build(self, view: CaseView) -> Report:
        """The report, redacted."""
        ...

    def render(self, report: Report, form: str) -> bytes:
        """The report's bytes as ``.md``, ``.html``, ``.json`` (which can be judged again) or ``.har``."""
        ...

    def struck(self, view: CaseView, values: Sequence[str], lines: Sequence[str]) -> CaseView:
        """The case without these values, wherever they stand, and with its report without these lines."""
        ...

    def keep(self, view: CaseView, values: Sequence[str], lines: Sequence[str]) -> None:
        """Strikes the same out of the journal's copy; that cannot be undone.

        Raises:
            PortError: when it could not be done, or traces are left.
        """
        ...


class Vault(Protocol):
    """The operating system's credential store. Every call has a time limit and may raise ``PortError``."""

    async def store(self, name: str, secret: Secret[str]) -> str:
        """Keeps it under that name; a sentence on where it went, or ""."""
        ...

    async def names(self) -> Sequence[str]:
        """The names that credentials are kept under."""
        ...

    async def take(self, name: str) -> Secret[str]:
        """The credential of that name."""
        ...


class SealedVault(Protocol):
    """An encrypted file in the place of a keyring that cannot be used. Every call may raise ``PortError``."""

    @property
    def new(self) -> bool:
        """Nothing is in it yet, so its passphrase is chosen now."""
        ...

    async def store(self, name: str, secret: Secret[str], passphrase: Secret[str]) -> str:
        """Keeps it there, and all others from now on; a sentence on where it went."""
        ...


class Profiles(Protocol):
    """The profiles in the configuration."""

    async def keep(self, name: str, values: Mapping[str, str]) -> str:
        """Enters a new one, and says so in a sentence.

        Raises:
            PortError: when it cannot be entered.
        """
        ...


class Recent(NamedTuple):
    """A case of the journal in one line: when by this machine's clock, and how it stands."""

    case: str
    at: float
    method: str
    url: Redacted
    outcome: Outcome | None = None
    cause: str = ""


class Journal(Protocol):
    """The cases on disk."""

    async def recent(self, limit: int) -> Sequence[Recent]:
        """The latest cases, newest first.

        Raises:
            PortError: when none can be kept, or they cannot be read.
        """
        ...

    def damaged(self) -> str:
        """A sentence on what was damaged and saved, once `recent` was called; "" where nothing was."""
        ...

    async def load(self, case: str) -> SavedCase:
        """A case with its events.

        Raises:
            PortError: when it cannot be read.
        """
        ...


class Need(NamedTuple):
    """A value that was not kept with a case, and is asked for again.

    Attributes:
        key: Which one.
        title: What it is, for a person.
        lines: What there is to know before giving it.
        whole: It is taken letter by letter, line breaks too.
        optional: The case goes on without it as well.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    whole: bool = False
    optional: bool = False


class Resume(Protocol):
    """Makes a case of this machine's journal alive again."""

    def needs(self, case: str) -> Sequence[Need]:
        """What has to be given again, in order; () where all was kept.

        Raises:
            PortError: when nothing of a request was kept.
        """
        ...

    def case(self, case: str, given: Mapping[str, Secret[str]]) -> Case:
        """The case, its values filled in.

        Raises:
            PortError: when it cannot be made.
        """
        ...


class Recorded(NamedTuple):
    """A refused exchange of a recording: its index there, what was asked and answered, and what is thought of it.

    Attributes:
        strength: How sure the verdict is; "" where there is none. ``cause``: which; ``because``: its first reason.
    """

    entry: int
    method: str
    url: Redacted
    status: int
    strength: str = ""
    cause: str = ""
    because: Redacted = _NOTHING


class Recording(Protocol):
    """The refused exchanges of a recording.

    Attributes:
        name: Its file.
        refused: Those that are listed, in the order of the file.
        more: How many there are besides.
        unread: How many entries could not be judged.
    """

    name: str
    refused: tuple[Recorded, ...]
    more: int
    unread: int

    async def case(self, entry: int) -> Case:
        """The case of one of them, or of any other entry.

        Raises:
            PortError: when it cannot be made.
        """
        ...


class Derive(Protocol):
    """``tui401.judge.facts.derive``."""

    def __call__(self, evidence: Sequence[Evidence], attempt: int) -> Facts:
        """The facts of an attempt."""
        ...


class Exercise(NamedTuple):
    """A fault that can be practised: the slug of its cause, one sentence, and what is to be seen in it."""

    slug: str
    title: str
    how: str


class Lesson(NamedTuple):
    """An exercise that runs.

    Attributes:
        exercise: Which one.
        case: The failing command, with what a person would know of it.
        paste: What mends it where nothing but another credential does; it is never printed. None elsewhere.
    """

    exercise: Exercise
    case: Case
    paste: Secret[str] | None = None


class School(Protocol):
    """The practice server."""

    def exercises(self) -> Sequence[Exercise]:
        """All exercises, in the order of the six steps."""
        ...

    async def begin(self, slug: str) -> Lesson:
        """Starts the server with that fault; one that ran before is stopped.

        Raises:
            PortError: when it does not start.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """All of them. Those that may be None are left out of the screens.

    Attributes:
        practise: The practice server.
        sealed: An encrypted file, where a person chooses one.
        profiles: The profiles in the configuration.
    """

    reader: Reader
    recover: Recover
    reporter: Reporter
    derive: Derive | None = None
    vault: Vault | None = None
    journal: Journal | None = None
    resume: Resume | None = None
    least: Least | None = None
    practise: School | None = None
    sealed: SealedVault | None = None
    profiles: Profiles | None = None
