"""The passwords and client secrets of a case, and how often each was refused (judging.md: twice, then no more)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tui401.model.case import Case
from tui401.model.http import Exchange, Request
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import GrantSeen, Place
from tui401.wire import places, redact

MOST_REFUSALS: Final = 2  # in a quarter of an hour, counted across runs
_REFUSED: Final = frozenset({401, 403})
_IN_FORMS: Final = frozenset({"client_secret", "password"})


@dataclass(frozen=True, slots=True)
class Password:
    """A password, and where it counts.

    Attributes:
        secret: The password, or the pair that holds it; told apart in memory only.
        where: Who may refuse it: an origin, an issuer, a proxy.
        user: Whose it is, for a person; "" where that is not said.
        proxy: It is for the forward proxy, so a 407 alone refuses it.
    """

    secret: Secret[str]
    where: str
    user: str
    proxy: bool = False

    @property
    def account(self) -> tuple[str, str]:
        """What it is counted by across runs: who refuses it, and whose it is."""
        return self.where, self.user


def of_request(request: Request, names: Names) -> tuple[Password, ...]:
    """The passwords that go out with a request: Basic, Digest, a form's, and the forward proxy's."""
    found: list[Password] = []
    shown = {c.place_name.lower(): c.user for c in redact.credentials(request, names).credentials if c.user}
    via = request.transport.proxy
    proxy = via.url if via is not None else ""
    for located in places.locate(request):
        scheme, name = located.scheme.lower(), located.place_name.lower()
        in_header = located.place in {Place.AUTHORIZATION, Place.PROXY} and scheme in {"basic", "digest"}
        in_form = located.place is Place.BODY and name in _IN_FORMS
        if located.value and (in_header or in_form):
            for_proxy = located.place is Place.PROXY
            where = proxy if for_proxy else str(request.origin)
            found.append(Password(located.value, where, str(shown.get(name, "")), for_proxy))
    if request.held is not None:
        whose = redact.text(request.held.user.reveal(), names)
        found.append(Password(request.held.password, str(request.origin), str(whose)))
    if via is not None and via.credential:
        user = via.credential.reveal().partition(":")[0]
        found.append(Password(via.credential, proxy, str(redact.text(user, names)), proxy=True))
    return tuple(found)


def of_client(case: Case) -> Password | None:
    """The client's secret, which the issuer may refuse."""
    known = case.known
    return Password(known.client_secret, known.issuer, known.client_id) if known.client_secret else None


def of_case(case: Case) -> tuple[Password, ...]:
    """All of them."""
    client = of_client(case)
    return (*of_request(case.request, case.names), *((client,) if client is not None else ()))


def refused_in(exchange: Exchange, sent: tuple[Password, ...]) -> tuple[Password, ...]:
    """Those of the passwords that were sent which an answer refuses."""
    response, failure = exchange.response, exchange.failure
    status = response.status if response is not None else failure.proxy_status if failure is not None else None
    return tuple(p for p in sent if (status == 407 if p.proxy else response is not None and status in _REFUSED))


def is_refused(seen: GrantSeen) -> bool:
    """Whether a token endpoint refused the client's secret (RFC 6749, section 5.2)."""
    return not seen.ok and (seen.error == "invalid_client" or (seen.status == 401 and not seen.error))


@dataclass(slots=True)
class Refusals:
    """Counts refusals of each password.

    Attributes:
        earlier: Refusals in other runs, by account; they count against the passwords that this run began with.
    """

    earlier: Mapping[tuple[str, str], int] = field(default_factory=dict)
    _counted: dict[tuple[str, Secret[str]], int] = field(default_factory=dict)

    def begin(self, passwords: tuple[Password, ...]) -> None:
        """Charges passwords with what other runs counted for their accounts."""
        for password in passwords:
            times = self.earlier.get(password.account, 0)
            if times:
                self._counted[password.where, password.secret] = times

    def forgive(self, password: Password) -> None:
        """The person says that it is another password than the one that was refused."""
        self._counted.pop((password.where, password.secret), None)

    def add(self, password: Password) -> None:
        """Counts one refusal."""
        key = password.where, password.secret
        self._counted[key] = self._counted.get(key, 0) + 1

    def left(self, password: Password) -> int:
        """How often it may still be refused before it is sent no more."""
        return max(0, MOST_REFUSALS - self._counted.get((password.where, password.secret), 0))

    def spent(self, passwords: tuple[Password, ...]) -> Password | None:
        """The first that was refused so often that it is not sent again now."""
        return next((password for password in passwords if not self.left(password)), None)
