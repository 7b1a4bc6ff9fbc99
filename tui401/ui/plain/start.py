"""The beginning in plain lines: what there is to look at, and again when a case is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui401.ui.knowledge import cause_of
from tui401.ui.plain.asking import Asker, GoneError, Way
from tui401.ui.plain.giving import given
from tui401.ui.plain.lines import spoken
from tui401.ui.plain.walk import Walk
from tui401.ui.ports import PortError
from tui401.ui.session import Session

if TYPE_CHECKING:
    from tui401.model.case import Case
    from tui401.model.saved import SavedCase
    from tui401.model.secret import Secret
    from tui401.ui.plain.terminal import Terminal
    from tui401.ui.ports import Exercise, Ports, Recent, Recorded, Recording

_RECENT: Final = 5
_WELCOME: Final = (
    "tui401: why does it answer 401? In plain lines.",
    "Questions are numbered. ? says them again, q leaves. Nothing is sent before a line that says so is chosen.",
)


class PlainWizard:
    """The wizard in plain lines.

    Args:
        terminal: Where it speaks and listens.
        ports: The rest of the program.
        clock: This machine's clock, seconds since the epoch.
        folder: Where reports go.
    """

    def __init__(self, terminal: Terminal, ports: Ports, *, clock: Callable[[], float], folder: Path) -> None:
        self._asker = Asker(terminal)
        self._ports = ports
        self._clock = clock
        self._walk = Walk(self._asker, ports, clock=clock, folder=folder)

    @property
    def session(self) -> Session | None:
        """The recovery that ran last; None before any."""
        return self._walk.session

    async def run(
        self,
        *,
        case: Case | None = None,
        given: Secret[str] | None = None,
        saved: SavedCase | None = None,
        kept: bool = False,
        exercise: str | None = None,
        recording: Recording | None = None,
    ) -> None:
        """Runs until the person leaves. The arguments are those of the wizard on screens."""
        self._asker.say(_WELCOME)
        try:
            if case is not None:
                await self._walk.case(case)
            elif saved is not None:
                await self._saved(saved, kept=kept)
            elif recording is not None:
                await self._recording(recording)
            elif exercise is not None:
                await self._practise(exercise)
            elif given is not None:
                await self._given(given)
            else:
                await self._start()
        except GoneError:
            return

    async def _start(self) -> None:
        while True:
            recent = await self._recent()
            ways: list[Way[str | Recent]] = [Way("Paste a call that answers 401", "paste")]
            if self._ports.practise is not None:
                ways.append(Way("Practise on a server inside this program", "practise"))
            ways += [Way(_recent_line(one), one) for one in recent]
            chosen = await self._asker.choose("What is it about?", [*ways, Way("Leave", "leave")], obvious=True)
            match chosen:
                case "paste":
                    await self._given()
                case "practise":
                    await self._practise("")
                case "leave":
                    return
                case one if not isinstance(one, str):
                    await self._open(one)

    async def _given(self, text: Secret[str] | None = None) -> None:
        found = await given(self._asker, self._ports.reader, text)
        if found is not None:
            await self._walk.case(found.case, send=found.send)

    async def _saved(self, saved: SavedCase, *, kept: bool) -> None:
        await self._walk.saved(Session.replayed(saved.events, derive=self._ports.derive, kept=kept))

    # -- the journal ---------------------------------------------------------------------------------------------

    async def _recent(self) -> tuple[Recent, ...]:
        if self._ports.journal is None:
            return ()
        try:
            return tuple(await self._ports.journal.recent(_RECENT))
        except PortError as error:
            self._asker.say([spoken(str(error))])
            return ()

    async def _open(self, recent: Recent) -> None:
        if self._ports.journal is None:
            return
        try:
            saved = await self._ports.journal.load(recent.case)
        except PortError as error:
            self._asker.say([spoken(str(error))])
            return
        await self._saved(saved, kept=True)

    # -- exercises and recordings --------------------------------------------------------------------------------

    async def _practise(self, slug: str) -> None:
        """One exercise after another, the one of that name first."""
        school = self._ports.practise
        if school is None:
            return
        while True:
            chosen = slug or await self._exercise(school.exercises())
            if not chosen:
                return
            slug = ""
            try:
                lesson = await school.begin(chosen)
            except PortError as error:
                self._asker.say([spoken(str(error))])
                return
            self._asker.say(["", spoken(f"The exercise: {lesson.exercise.title}.")])
            await self._walk.case(lesson.case, lesson=lesson)

    async def _exercise(self, exercises: Sequence[Exercise]) -> str:
        ways = [Way(f"{_step_of(one)}: {one.title}", one.slug) for one in exercises]
        return await self._asker.choose("Which exercise?", [*ways, Way("None: go back", "")])

    async def _recording(self, recording: Recording) -> None:
        while True:
            ways = [Way(_recorded_line(one), one.entry) for one in recording.refused]
            more = f" {recording.more} more are not listed; any entry opens by FILE.har#17" if recording.more else ""
            title = f"Which of the refused exchanges of {recording.name}?{more}"
            entry = await self._asker.choose(title, [*ways, Way("None: leave", -1)])
            if entry < 0:
                return
            try:
                case = await recording.case(entry)
            except PortError as error:
                self._asker.say([spoken(str(error))])
                continue
            await self._walk.case(case)


def _step_of(exercise: Exercise) -> str:
    cause = cause_of(exercise.slug)
    return cause.step.value.capitalize() if cause is not None else "Other"


def _recent_line(recent: Recent) -> str:
    when = datetime.fromtimestamp(recent.at).strftime("%d %B, %H:%M")  # noqa: DTZ006 - the person's own time
    word = recent.outcome.value if recent.outcome is not None else "unfinished"
    url = recent.url.split("?", 1)[0]
    return f"Open the case of {when}: {recent.method} {url}, {word}{f', {recent.cause}' if recent.cause else ''}"


def _recorded_line(one: Recorded) -> str:
    verdict = f"{one.strength} {one.cause}" if one.cause else "no verdict"
    return f"Entry {one.entry}: {one.method} {one.url}, answered {one.status}, {verdict}"
