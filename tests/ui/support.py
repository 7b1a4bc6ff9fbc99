"""Ports that answer from a recording, and a screen as plain lines of text."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import recording
from textual.app import App
from textual.pilot import Pilot

from tui401.cli.adapters import Reporter
from tui401.model.case import Case
from tui401.model.events import Event
from tui401.model.fix import Answer, Question
from tui401.model.saved import SavedCase
from tui401.model.secret import Secret
from tui401.model.shown import Redacted
from tui401.model.verdict import Outcome
from tui401.ui.app import Wizard
from tui401.ui.ports import Derive, Exercise, Least, Lesson, PortError, Ports, Reading, Recent, Resume

SNAPSHOTS = Path(__file__).parent / "snapshots"
SIZES = ((80, 24), (120, 40))


@dataclass
class FakeReader:
    """Recognises the canary token wherever it stands."""

    read_texts: list[Secret[str]] = field(default_factory=list)
    started: list[tuple[Secret[str], Mapping[str, Secret[str]], bool]] = field(default_factory=list)
    unfilled: tuple[str, ...] = ()

    async def read(self, text: Secret[str]) -> Reading:
        self.read_texts.append(text)
        raw = text.reveal()
        secret = Secret(recording.TOKEN)
        has = recording.TOKEN in raw
        shown = Redacted(raw.replace(recording.TOKEN, "‹secret-1›"))
        if "curl" not in raw:
            return Reading(
                shown=shown,
                secrets={"secret-1": secret} if has else {},
                problem="No address is in it: give the whole command, from curl on.",
            )
        return Reading(
            shown=shown,
            secrets={"secret-1": secret} if has else {},
            recognised=Redacted("GET api.example.com/v1/orders · Bearer JWT of login.example.com · profile prod"),
            notes=(Redacted("The token ended in a line break; it is sent as you gave it."),),
            will_ask=(
                Redacted("api.example.com, once, with this credential"),
                Redacted("login.example.com, 2×, without · NTP time.example.net"),
            ),
            unfilled=self.unfilled,
        )

    async def start(self, text: Secret[str], *, filled: Mapping[str, Secret[str]], send: bool) -> Case:
        self.started.append((text, dict(filled), send))
        return recording.case()


@dataclass
class FakeVault:
    kept: dict[str, Secret[str]] = field(default_factory=dict)
    problem: str = ""
    hangs: bool = False

    async def _maybe(self) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.problem:
            raise PortError(self.problem)

    async def store(self, name: str, secret: Secret[str]) -> str:
        await self._maybe()
        self.kept[name] = secret
        return f"Stored in the keyring as {name}."

    async def names(self) -> Sequence[str]:
        await self._maybe()
        return tuple(self.kept)

    async def take(self, name: str) -> Secret[str]:
        await self._maybe()
        return self.kept[name]


@dataclass
class FakeSealed:
    new: bool = True
    kept: dict[str, tuple[Secret[str], Secret[str]]] = field(default_factory=dict)
    problem: str = ""

    async def store(self, name: str, secret: Secret[str], passphrase: Secret[str]) -> str:
        if self.problem:
            raise PortError(self.problem)
        self.kept[name] = (secret, passphrase)
        return f"Stored in the encrypted file as {name}."


@dataclass
class FakeProfiles:
    kept: dict[str, dict[str, str]] = field(default_factory=dict)
    problem: str = ""

    async def keep(self, name: str, values: Mapping[str, str]) -> str:
        if self.problem:
            raise PortError(self.problem)
        self.kept[name] = dict(values)
        return f"The profile {name} is kept."


@dataclass
class FakeJournal:
    events: tuple[Event, ...] = ()
    trouble: str = ""

    def damaged(self) -> str:
        return self.trouble

    async def recent(self, limit: int) -> Sequence[Recent]:
        return (
            Recent(
                case=recording.CASE,
                at=recording.T0 - 300,
                method="GET",
                url=recording.URL,
                outcome=Outcome.RECOVERED,
                cause="token-expired",
            ),
            Recent(
                case="00112233",
                at=recording.T0 - 200_000,
                method="POST",
                url=Redacted("https://api.partner.io/sync"),
                outcome=Outcome.DIAGNOSED,
                cause="audience-mismatch",
            ),
        )[:limit]

    async def load(self, case: str) -> SavedCase:
        return SavedCase(case=case, attempt=1, evidence=(), events=self.events)


EXERCISES = (
    Exercise(slug="token-expired", title="The access token expired", how="The API names the instant of expiry."),
    Exercise(slug="api-key-invalid", title="The API key is not valid here", how="Another one has to be pasted."),
    Exercise(slug="audience-mismatch", title="The token is meant for another API", how="One for this API is accepted."),
)


@dataclass
class FakeSchool:
    begun: list[str] = field(default_factory=list)
    problem: str = ""

    def exercises(self) -> Sequence[Exercise]:
        return EXERCISES

    async def begin(self, slug: str) -> Lesson:
        if self.problem:
            raise PortError(self.problem)
        self.begun.append(slug)
        exercise = next(e for e in EXERCISES if e.slug == slug)
        return Lesson(exercise=exercise, case=recording.case(), paste=Secret(recording.FRESH))


Recover = Callable[..., Awaitable[Outcome]]


@dataclass
class Kit:
    """An app on a recording, with its ports at hand."""

    replay: recording.Replay
    reader: FakeReader = field(default_factory=FakeReader)
    vault: FakeVault | None = field(default_factory=FakeVault)
    journal: FakeJournal | None = field(default_factory=FakeJournal)
    school: FakeSchool | None = None
    sealed: FakeSealed | None = None
    profiles: FakeProfiles | None = None
    resume: Resume | None = None
    least: Least | None = None
    derive: Derive | None = None
    now: float = recording.T0

    def app(self, *, start: bool = False, burst: float = 0.0, folder: Path | None = None, **more: object) -> Wizard:
        ports = Ports(
            reader=self.reader,
            recover=self.replay,
            reporter=Reporter(),
            vault=self.vault,
            journal=self.journal,
            practise=self.school,
            sealed=self.sealed,
            profiles=self.profiles,
            resume=self.resume,
            least=self.least,
            derive=self.derive,
        )
        return Wizard(
            ports,
            case=None if start or "exercise" in more or "saved" in more else recording.case(),
            clock=lambda: self.now,
            burst_seconds=burst,
            guard_seconds=0.0,
            tick_seconds=3600.0,
            rest_seconds=0.0,
            save_folder=folder or Path("reports"),
            **more,  # type: ignore[arg-type]
        )


async def settle(pilot: Pilot[object]) -> None:
    """Waits until every message is handled and every worker but the recovery itself is done."""
    for _ in range(3):
        workers = [w for w in pilot.app.workers if w.group not in ("recovery", "start", "least") and not w.is_finished]
        if workers:
            await pilot.app.workers.wait_for_complete(workers)
        await pilot.pause()


async def until(pilot: Pilot[object], true: Callable[[], bool]) -> None:
    """Handles messages until something holds; the test's own time limit ends it otherwise."""
    while not true():
        session = pilot.app.session  # type: ignore[attr-defined]
        assert session is None or not session.fault, session.fault
        await pilot.pause()
    await settle(pilot)


def lines_of(app: App[object]) -> list[str]:
    """What stands on the screen, a line each, without trailing blanks."""
    update = app.screen._compositor.render_strips(app.screen.size)
    return ["".join(segment.text for segment in strip).rstrip() for strip in update]


def text_of(app: App[object]) -> str:
    return "\n".join(lines_of(app)) + "\n"


def check_snapshot(app: App[object], name: str) -> None:
    """Compares the screen with its file, exactly; ``TUI401_SNAPSHOTS=write`` writes it instead."""
    size = app.size
    path = SNAPSHOTS / f"{name}-{size.width}x{size.height}.txt"
    text = text_of(app)
    if os.environ.get("TUI401_SNAPSHOTS") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


class Forever:
    """A recovery that emits without end, as fast as the loop lets it."""

    def __init__(self) -> None:
        self.emitted = 0

    async def __call__(
        self,
        case: Case,  # noqa: ARG002 - the protocol's
        *,
        ask: Callable[[Question], Awaitable[Answer]],  # noqa: ARG002 - the protocol's
        emit: Callable[[Event], None],
    ) -> Outcome:
        for event in recording.RUNNING:
            emit(event)
        while True:
            emit(recording.CLOCKS[self.emitted % 3])
            self.emitted += 1
            await asyncio.sleep(0)
