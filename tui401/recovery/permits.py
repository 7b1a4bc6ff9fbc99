"""Who may receive what: the questions that safety.md wants answered before a credential leaves (no I/O but asking)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from tui401.model.case import Case
from tui401.model.fix import Answer, Question
from tui401.model.http import DEFAULT_PORTS, Origin, Request
from tui401.model.secret import Secret
from tui401.model.shown import Place
from tui401.recovery import asking
from tui401.recovery.passwords import Refusals, of_case, of_client, of_request
from tui401.wire import places, redact

PASSWORD_SPENT: Final = (
    "This password was refused twice within a quarter of an hour. Once more could lock the account, so it is not sent; "
    "correct it, or wait."
)
CLIENT_SPENT: Final = (
    "The issuer refused this client's secret twice within a quarter of an hour. Once more could lock the client, so it "
    "is not sent; correct it, or wait."
)
NOT_THERE: Final = "Its credential was not sent there: only you can allow that."
NEVER_IN_THE_CLEAR: Final = (
    "Nothing was sent: from https to http no credential ever goes. Take it out of the request, or keep https."
)
NOT_VERIFIED: Final = (
    "No new credential was sent: under -k nobody has verified who answers. Name the server's CA with --cacert in its "
    "place, or choose this fix in the wizard and say yes."
)


class Permits:
    """What of a case's secrets may go where.

    Args:
        case: The case; its request changes while it is recovered.
        ask: Puts a question to the person.
        tell: A sentence for the person.
    """

    def __init__(self, case: Case, ask: Callable[[Question], Awaitable[Answer]], tell: Callable[[str], None]) -> None:
        self.case = case
        self.refusals = Refusals(case.options.refused_lately)
        self._ask = ask
        self._tell = tell
        self._agreed: set[tuple[Origin, Origin]] = set()

    # -- origins -------------------------------------------------------------------------------------------------

    def may_cross(self, own: Origin, to: Origin) -> bool:
        """Whether a redirect may take the credential along: an option named that origin, or the profile lists both."""
        profile = self.case.known.origins
        listed = to in self.case.options.credential_to or (own in profile and to in profile)
        return listed and not (own.scheme == "https" and to.scheme == "http")

    def along(self, request: Request) -> Callable[[Origin, Origin], bool]:
        """Whether redirects of this request may take its credential along: as curl would, and to a listed origin only.

        curl leaves Authorization and Cookie behind where the origin changes, unless ``--location-trusted`` was given.
        What the person's own command did is what is judged, so a listed origin changes nothing of that; straight to
        the final address is an experiment of its own.
        """
        left = any(
            found.place is Place.AUTHORIZATION or found.place is Place.COOKIE for found in places.locate(request)
        )
        return _never if left and not request.transport.trusted else self.may_cross

    async def may_go(self, request: Request) -> bool:
        """Whether a variant of the case's request may carry its credential to where it leads; asks once for each."""
        own, to = self.case.request.origin, request.origin
        carried = [found for found in places.locate(request) if found.value and found.counts]
        if to == own or not carried or self.may_cross(own, to) or (own, to) in self._agreed:
            return True
        if own.scheme == "https" and to.scheme == "http":
            return False
        marks = [self._mark(found) for found in carried]
        question = asking.to_cross(own, to, marks, firm=not is_upgrade(own, to))
        if (await self._ask(question)).key != "yes":
            return False
        self._agreed.add((own, to))
        return True

    async def may_move(self, edited: Request, *, new: bool = False) -> bool:
        """Whether a request that was changed by hand may carry a credential to where it leads now; says why not.

        Args:
            edited: The request.
            new: It will get a token that is still to be asked for.
        """
        own, to = self.case.request.origin, edited.origin
        carried = [found for found in places.locate(edited) if found.value and found.counts]
        if to == own or not (carried or new) or (own, to) in self._agreed:
            return True
        if own.scheme == "https" and to.scheme == "http":
            self._tell(NEVER_IN_THE_CLEAR)
            return False
        marks = ["a new token"] if new else [self._mark(found) for found in carried]
        question = asking.to_move(own, to, marks)
        if (await self._ask(question)).key != "yes":
            return False
        self._agreed.add((own, to))
        return True

    def _mark(self, found: places.Located) -> str:
        place = redact.text(found.place_name or found.place.value, self.case.names)
        return f"{place} {self.case.names.mark(places.secret_of(found))}"

    # -- a server that nobody has verified -----------------------------------------------------------------------

    async def may_trust(self, request: Request) -> bool:
        """Whether a new credential may go where the request goes: under -k after a yes of its own, each time."""
        if request.transport.verify or request.origin.scheme != "https":
            return True
        if (await self._ask(asking.to_trust(request.origin))).key == "yes":
            return True
        self._tell(NOT_VERIFIED)
        return False

    async def may_send_edited(self, edited: Request) -> bool:
        """Whether a request that was changed by hand may be sent: to where it leads, with what it carries."""
        return await self.may_move(edited) and await self._may_trust_edit(edited)

    async def _may_trust_edit(self, edited: Request) -> bool:
        """Under -k it asks where a credential came in that was not there before."""
        held = set(_values(self.case.request))
        return all(value in held for value in _values(edited)) or await self.may_trust(edited)

    # -- passwords -----------------------------------------------------------------------------------------------

    async def begin(self) -> bool:
        """Charges what other runs counted; whether the request's own passwords may be sent once more."""
        self.refusals.begin(of_case(self.case))
        spent = self.refusals.spent(of_request(self.case.request, self.case.names))
        if spent is None:
            return True
        # Passwords are never kept, not even as a fingerprint, so only the person knows whether this is another one.
        if (await self._ask(asking.another_password(spent.where, spent.user))).key == "yes":
            self.refusals.forgive(spent)
            return not self.spent(self.case.request)
        self._tell(PASSWORD_SPENT)
        return False

    def spent(self, request: Request) -> bool:
        """Whether the request carries a password that was refused too often to be sent again now; says so."""
        if self.refusals.spent(of_request(request, self.case.names)) is None:
            return False
        self._tell(PASSWORD_SPENT)
        return True

    def client_secret_left(self) -> int:
        """How often the client's secret may still be refused; says so where it is never."""
        client = of_client(self.case)
        left = self.refusals.left(client) if client is not None else 2
        if not left:
            self._tell(CLIENT_SPENT)
        return left


def _never(_own: Origin, _to: Origin) -> bool:
    return False


def is_upgrade(own: Origin, to: Origin) -> bool:
    """Whether a crossing is from http to https of the same host at default ports, for which ``--yes`` is enough."""
    usual = all(origin.port == DEFAULT_PORTS[origin.scheme] for origin in (own, to))
    return usual and own.host == to.host and (own.scheme, to.scheme) == ("http", "https")


def _values(request: Request) -> list[Secret[str]]:
    return [found.value for found in places.locate(request) if found.value]
