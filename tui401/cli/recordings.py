"""A recording (HAR) as something to recover: its refused exchanges, and the one that was named made into a case."""

from __future__ import annotations

import argparse
import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from tui401.cli import build
from tui401.cli.arguments import UsageError
from tui401.intake import Intake, IntakeError, elsewhere
from tui401.intake.core import World, note
from tui401.intake.files import Files
from tui401.intake.harfile import Bad, HarFile
from tui401.model.case import Case, Known
from tui401.model.http import Exchange, Origin
from tui401.model.names import Names
from tui401.model.shown import Redacted
from tui401.offline.knowledge import Knowledge
from tui401.offline.recording import Recording, Taken
from tui401.threads import in_daemon
from tui401.ui.ports import PortError, Recorded
from tui401.wire import redact

LISTED: Final = 200  # refused exchanges that are listed; any other is opened by its number
_NAMED: Final = 10  # entries that one sentence lists
_FOLLOWED: Final = 20  # redirects, as many as browsers follow
_LIMIT: Final = 600.0  # seconds for reading up to an entry; whoever waits can go back at once
_OF_THE_CONNECTION: Final = (
    *("Host", "Content-Length", "Connection", "Transfer-Encoding", "Keep-Alive", "TE", "Upgrade"),
    "Accept-Encoding",  # what we can decode is for our own client to say
)


class OpenRecording:
    """A recording that is read anew for each thing that is wanted of it, so that none of it stays in memory.

    Args:
        name: Its file, and what sentences call it.
        options: What the command line says of the API.
        data: Its bytes where they came by a pipe.

    Attributes:
        refused: The refused exchanges, the first of them where they are many; empty before ``read``.
        more: How many there are besides.
        unread: How many entries could not be judged.
    """

    def __init__(self, name: str, options: argparse.Namespace, data: bytes | None = None) -> None:
        self.name = name
        self._options = options
        self._data = data
        self.refused: tuple[Recorded, ...] = ()
        self.more = 0
        self.unread = 0

    def read(self) -> None:
        """Judges it offline, and lists what was refused.

        Raises:
            UsageError: when it cannot be read, or nothing in it was refused.
            IntakeError: when it is no HAR, or breaks off.
        """
        found: list[Recorded] = []
        wrong = ""
        with self._opened() as source:
            recording = Recording(HarFile(source, self.name), self._knowledge())
            for one in recording.refusals():
                if isinstance(one, Bad):
                    self.unread += 1
                    wrong = wrong or one.says
                elif len(found) < LISTED:
                    found.append(_listed(one.entry, one.made))
                else:
                    self.more += 1
        self.refused = tuple(found)
        if not found and wrong:
            raise UsageError(f"{wrong} No other entry of it was refused.")
        if not found:
            count = f"{recording.entries:,} exchange{'' if recording.entries == 1 else 's'}"
            raise UsageError(f"{self.name} holds {count}, and none was refused. Give the one in which it was.")

    def only(self) -> int:
        """The index of the one refused exchange, for whom nobody can ask which is meant.

        Raises:
            UsageError: when there is another one; otherwise as ``read``.
        """
        self.read()
        if len(self.refused) > 1:
            named = ", ".join(f"#{one.entry}" for one in self.refused[:_NAMED])
            count = len(self.refused) + self.more
            more = f" and {count - _NAMED:,} more" if count > _NAMED else ""
            raise UsageError(
                f"{self.name} holds {count:,} refused exchanges: {named}{more}. Name one, as "
                f"{self._names(self.refused[0].entry)} does; tui401 explain tells what each of them is."
            )
        return self.refused[0].entry

    def intake(self, entry: int) -> Intake:
        """One exchange: its request, and its answer as what was seen before.

        Args:
            entry: Its index.

        Raises:
            UsageError: when it cannot be read.
            IntakeError: when the file is no HAR, or breaks off.
        """
        with self._opened() as source:
            taken = Recording(HarFile(source, self.name), Knowledge()).take(entry)
        if isinstance(taken, Bad):
            raise UsageError(taken.says)
        if not taken.refused:
            answer = taken.hops[-1].response
            status = f" {answer.status}" if answer is not None else ""
            raise UsageError(
                f"{self._names(entry)} was not refused: it was answered{status}. Leave #{entry} out to find what was."
            )
        return intake_of(taken)

    def case_of(self, entry: int) -> Case:
        """The case of one exchange; sending it asks.

        Raises:
            UsageError: as ``intake``, or for options that are not understood.
            IntakeError: as ``intake``.
        """
        intake = self.intake(entry)
        known = build.known_from(self._options, os.environ, intake.request.origin)
        allowed = build.options_from(self._options, send_consented=False)
        return build.case_from(intake, known, allowed, build.requirements_from(self._options.openapi))

    async def case(self, entry: int) -> Case:
        """The same for the screens.

        Raises:
            PortError: when it cannot be made.
        """
        try:
            return await in_daemon(lambda: self.case_of(entry), limit=_LIMIT, name="recording")
        except (UsageError, IntakeError) as error:
            raise PortError(str(error)) from error
        except TimeoutError as error:
            raise PortError(f"{self.name} takes too long to read. Cut it to what is wanted, and open that.") from error

    def _names(self, entry: int) -> str:
        """What names an entry on the command line; what came by a pipe has to be a file first."""
        return f"{self.name if self._data is None else 'FILE.har'}#{entry}"

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        try:
            with io.BytesIO(self._data) if self._data is not None else Path(self.name).expanduser().open("rb") as file:
                yield file
        except OSError as error:
            raise UsageError(f"{self.name} cannot be read: {error.strerror or type(error).__name__}.") from error

    def _knowledge(self) -> Knowledge:
        def known(origin: Origin) -> Known:
            return build.known_from(self._options, {}, origin)

        known(Origin("https", "", 443))  # a name or address that is wrong is told before the file is read
        return Knowledge(known, build.requirements_from(self._options.openapi))


def _listed(entry: int, made: Mapping[str, Any]) -> Recorded:
    """One refusal in a line, from its object."""
    request, verdict = made["request"], made["verdict"] or {"strength": "", "cause": "", "because": ()}
    return Recorded(
        entry=entry,
        method=request["method"],
        url=Redacted(request["url"]),
        status=made["status"],
        strength=verdict["strength"],
        cause=verdict["cause"],
        because=Redacted(next(iter(verdict["because"]), "")),
    )


def intake_of(taken: Taken) -> Intake:
    """A recorded exchange as an intake.

    Where a redirect left the credential behind, the request is the one before it, as in ``curl -L``: the credential is
    what it is about, and sending it follows the redirect again.

    Args:
        taken: The exchange.
    """
    last = taken.hops[-1].request
    lost = len(taken.hops) > 1 and not redact.credentials(last, Names()).credentials
    request = taken.hops[0].request if lost else last
    way = elsewhere.way_to(os.environ, Files(World(os.environ, str(Path.home()), str(Path.cwd()))))
    transport = replace(way(request.origin), follow=_FOLLOWED if lost else 0)
    bare = not redact.credentials(request, Names()).credentials
    says = "The recorder may have left credentials out, so none in it tells nothing of what was sent."
    return Intake(
        request=replace(request.without(*_OF_THE_CONNECTION), transport=transport),
        notes=(note("credentials-left-out", says),) if taken.sanitised and bare else (),
        seen=Exchange(taken.hops),
        sanitised=taken.sanitised,
        via="har",
        way_to=way,
    )
