"""Cases on the practice server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui401.ui.ports import PortError

# The wizard draws its first frame before these are loaded.
if TYPE_CHECKING:
    from tui401.model.case import Case
    from tui401.practice import PracticeThread
    from tui401.practice.running import World

DEFAULT: Final = "token-expired"


class Lesson:
    """A practice server that is started when the person asks for one."""

    def __init__(self) -> None:
        self._practice: PracticeThread | None = None

    async def begin(self) -> Case:
        """Starts the server, unless it runs, and gives the case of its failing command.

        Raises:
            PortError: when no loopback socket can be had.
        """
        from tui401.practice import PracticeError, PracticeThread  # noqa: PLC0415 - only where somebody practises
        from tui401.threads import in_daemon  # noqa: PLC0415 - the same

        practice = self._practice or PracticeThread(DEFAULT)
        try:
            world = await in_daemon(practice.start, limit=20.0)
        except (PracticeError, TimeoutError) as error:
            raise PortError(f"The practice server did not start. {error}") from error
        self._practice = practice
        return case_on(world)

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
