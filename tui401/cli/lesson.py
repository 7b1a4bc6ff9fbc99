"""Cases on the practice server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tui401.ui.ports import Exercise, PortError
from tui401.ui.ports import Lesson as Running

# The wizard draws its first frame before these are loaded.
if TYPE_CHECKING:
    from tui401.model.case import Case
    from tui401.practice import PracticeThread
    from tui401.practice.running import World

DEFAULT: Final = "token-expired"
_LIMIT: Final = 20.0  # seconds for a server to start, and to stop


class Lesson:
    """A practice server that is started when the person asks for one.

    Args:
        terse: It gives no reasons.
    """

    def __init__(self, *, terse: bool = False) -> None:
        self._terse = terse
        self._practice: PracticeThread | None = None

    def exercises(self) -> Sequence[Exercise]:
        """All exercises, in the order of the six steps."""
        from tui401.practice import catalogue  # noqa: PLC0415 - only where somebody practises

        return [Exercise(slug=fault.slug, title=fault.title, how=fault.how) for fault in catalogue()]

    async def begin(self, slug: str = DEFAULT) -> Running:
        """Starts a server with that fault, in place of one that runs, and gives its failing command.

        Raises:
            PortError: when there is no such fault, or no loopback socket can be had.
        """
        from tui401.model.secret import Secret  # noqa: PLC0415 - only where somebody practises
        from tui401.practice import PracticeError, PracticeThread, named  # noqa: PLC0415 - the same
        from tui401.threads import in_daemon  # noqa: PLC0415 - the same

        earlier, self._practice = self._practice, None
        try:
            fault = named(slug)
            if earlier is not None:
                await in_daemon(earlier.stop, limit=_LIMIT)
            practice = self._practice = PracticeThread(slug, terse=self._terse)
            world = await in_daemon(practice.start, limit=_LIMIT)
        except (ValueError, PracticeError, TimeoutError) as error:
            raise PortError(f"The practice server did not start. {error}") from error
        paste = world.knows.paste
        return Running(
            exercise=Exercise(slug=fault.slug, title=fault.title, how=fault.how),
            case=case_on(world),
            paste=Secret(paste) if paste else None,
        )

    def end(self) -> None:
        """Stops the server, where there is one."""
        if self._practice is not None:
            self._practice.stop()


def case_on(world: World) -> Case:
    """The case of the practice world's failing command, with what a person would know of it."""
    from dataclasses import replace  # noqa: PLC0415 - see above

    from tui401.cli import build  # noqa: PLC0415 - the same
    from tui401.model.case import Known, Options, straight  # noqa: PLC0415 - the same
    from tui401.model.secret import Secret  # noqa: PLC0415 - the same

    knows = world.knows
    known = Known(
        issuer=knows.issuer or "",
        client_id=knows.client_id or "",
        client_secret=Secret(knows.client_secret) if knows.client_secret else None,
        refresh_token=Secret(knows.refresh_token) if knows.refresh_token else None,
        audience=knows.audience or "",
        scopes=tuple((knows.scope or "").split()),
        ntp=knows.ntp or "",
        source="the practice server",
    )
    # What stands in the person's own .curlrc has no place in a lesson, and no proxy leads to this machine.
    intake = replace(build.read_argv(["-q", "--noproxy", "*", *world.argv[1:]]), way_to=straight)
    return build.case_from(intake, known, Options(send_consented=True))
