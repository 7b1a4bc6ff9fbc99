"""When a case has ended: what can be kept of it, and ways to go on with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from tui401.model.fix import Answer, Question
from tui401.model.verdict import Outcome
from tui401.ui.credential import understood
from tui401.ui.plain.asking import Asker, Way
from tui401.ui.plain.hand import by_hand
from tui401.ui.plain.lines import lines, spoken, stopped
from tui401.ui.plain.looking import Looking, looking
from tui401.ui.plain.telling import standing
from tui401.ui.ports import PortError
from tui401.ui.prevent import guard_line, profile_name, profile_values
from tui401.ui.solved_page import solved_blocks, store_name
from tui401.ui.text import clean

if TYPE_CHECKING:
    from tui401.model.case import Case
    from tui401.model.events import Event
    from tui401.model.secret import Secret
    from tui401.model.view import CaseView
    from tui401.ui.ports import Ports
    from tui401.ui.session import Session


class Following(NamedTuple):
    """What a case goes on with: the case to run next, and what was known of it until then."""

    case: Case
    view: CaseView | None = None


class Afterwards:
    """Asks what to do with a case that has ended.

    Args:
        asker: The terminal.
        ports: The rest of the program.
        looking: What can be looked at.
        clock: This machine's clock, seconds since the epoch.
        ask: Puts a question of a search that goes on from here.
        emit: Takes its events.
    """

    def __init__(
        self,
        asker: Asker,
        ports: Ports,
        looking: Looking,
        *,
        clock: Callable[[], float],
        ask: Callable[[Question], Awaitable[Answer]],
        emit: Callable[[Event], None],
    ) -> None:
        self._asker, self._ports, self._looking, self._clock = asker, ports, looking, clock
        self._ask, self._emit = ask, emit

    async def following(self, session: Session) -> Following | None:
        """What a case that has ended goes on with; None where the person is done with it."""
        view = session.view
        solved = view.outcome is Outcome.RECOVERED
        if solved:
            self._asker.say(["", *lines(solved_blocks(view), view.hints)])
        else:
            self._asker.say(standing(session, self._clock()))
        while True:
            first, second = (self._done(session), looking(view)) if solved else (looking(view), self._done(session))
            what = await self._asker.choose(
                "The case has ended. What now?", [*first, *second, Way("Done", "done")], hints=session.view.hints
            )
            match what:
                case "done":
                    return None
                case "again" if session.case is not None:
                    return Following(_asking_again(session.case))
                case "edit":
                    following = await self._edited(session)
                    if following is not None:
                        return following
                case "resume":
                    following = await self._resumed(session)
                    if following is not None:
                        return following
                case _:
                    try:
                        await self._keep(what, session)
                    except PortError as error:
                        self._asker.say([spoken(str(error))])

    def _done(self, session: Session) -> Sequence[Way[str]]:
        view, ports = session.view, self._ports
        ways: list[Way[str]] = []
        if view.outcome is Outcome.RECOVERED:
            if ports.vault is not None and session.secret() is not None:
                ways.append(Way("Store the credential in the keyring", "store"))
            if ports.least is not None and session.case is not None and not ports.least.why_not(session.case, view):
                ways.append(Way("Find the least scopes that work", "least"))
            if session.lesson is None and ports.profiles is not None and profile_name(view):
                ways.append(Way(f"Keep it as profile {profile_name(view)}", "keep"))
            if session.lesson is None and guard_line(view):
                ways.append(Way("Print the check for CI", "guard"))
        if session.case is not None:
            ways += [Way("Send it again; it asks before it sends", "again"), Way("Change the request by hand", "edit")]
        elif session.kept and ports.resume is not None:
            ways.append(Way("Go on from here; it asks before it sends", "resume"))
        return ways

    async def _keep(self, what: str, session: Session) -> None:
        ports, view, secret = self._ports, session.view, session.secret()
        match what:
            case "store" if ports.vault is not None and secret is not None:
                name = store_name(view)
                self._asker.say([spoken(await ports.vault.store(name, secret) or f"Stored in the keyring as {name}.")])
            case "keep" if ports.profiles is not None:
                self._asker.say([spoken(await ports.profiles.keep(profile_name(view), profile_values(view)))])
            case "guard":
                self._asker.say(["", *map(clean, guard_line(view).splitlines())])
            case "least" if ports.least is not None and session.case is not None:
                await ports.least(session.case, view, ask=self._ask, emit=self._emit)
                self._asker.say(["", *lines(solved_blocks(session.view), session.view.hints)])
            case _:
                await self._looking.at(what, session)

    async def _edited(self, session: Session) -> Following | None:
        answer = await by_hand(self._asker, session)
        if answer is None or answer.request is None or session.case is None:
            return None
        at_home = answer.request.origin == session.case.request.origin
        options = replace(session.case.options, send_consented=at_home)  # to another origin it asks, and names it
        case = session.going_on(replace(session.case, request=answer.request, options=options), "edited by hand")
        return Following(case, session.view)

    async def _resumed(self, session: Session) -> Following | None:
        port = self._ports.resume
        if port is None:
            return None
        given: dict[str, Secret[str]] = {}
        try:
            for need in port.needs(session.view.case):
                self._asker.say(["", stopped(need.title), *map(spoken, need.lines)])
                value = await self._asker.secret("Type or paste it; it is not shown. Empty goes on without: ")
                if not value and not need.optional:
                    return None
                if value:
                    given[need.key] = value if need.whole else understood(value.reveal()).secret
            case = port.case(session.view.case, given)
        except PortError as error:
            self._asker.say([spoken(str(error))])
            return None
        return Following(session.going_on(case, "opened again"), session.view)


def _asking_again(case: Case) -> Case:
    """The same case anew; sending asks first, since the consent of before was for one send."""
    return replace(case, options=replace(case.options, send_consented=False))
