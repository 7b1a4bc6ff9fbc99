"""What the editor starts from and what it gives back. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tui401.model.fix import TokenWish
from tui401.model.http import Origin, Transport
from tui401.model.names import Names
from tui401.recovery.ways import wished
from tui401.ui.draft import Draft
from tui401.ui.findings import credential_of
from tui401.ui.wishes import Wish, audiences, scopes, who_gives

if TYPE_CHECKING:
    from tui401.model.case import Case
    from tui401.model.facts import Facts
    from tui401.ui.session import Session

_TOKENS: Final = frozenset({"bearer", "dpop", "raw", "other"})


@dataclass(frozen=True, slots=True)
class Editing:
    """What the editor starts from.

    Attributes:
        draft: The request as it was left the last time, or as it was sent.
        names: The names of the case's secrets; they are not added to.
        attempt: The number that sending begins.
        way_to: How a request travels to another origin.
        audiences: What a token can be asked for, with who speaks of it.
        scopes: The same.
        asks: Who would be asked for a token; "" where nobody can be.
        tokens: The request carries a token, or nothing, so another token may be what it needs.
        ended: The case has ended, so nobody can be asked before the request was sent once more.
    """

    draft: Draft
    names: Names
    attempt: int
    way_to: Callable[[Origin], Transport]
    audiences: tuple[Wish, ...] = ()
    scopes: tuple[Wish, ...] = ()
    asks: str = ""
    tokens: bool = True
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Edited:
    """What the person made of it.

    Attributes:
        draft: As it stands; it is kept for the next time where nothing is sent.
        send: Send it now.
        wish: Ask for this token first and put it into the request.
    """

    draft: Draft
    send: bool = False
    wish: TokenWish | None = None


def editing_of(session: Session) -> Editing | None:
    """What there is to edit of a session; None where its request is not in memory."""
    case = session.case
    if case is None:
        return None
    facts, credential = session.facts, credential_of(session.view)
    kept = session.draft
    draft = kept if kept is not None and kept.base == case.request else Draft.of(case.request)
    return Editing(
        draft=draft,
        names=case.names,
        attempt=session.view.attempt + 1,
        way_to=case.way_to,
        audiences=audiences(facts),
        scopes=scopes(facts),
        asks=who_gives(session.choices, session.view.known, able=_able(case, facts) and bool(session.choices)),
        tokens=credential is None or credential.family in _TOKENS,
        ended=not session.running and _able(case, facts),
    )


def _able(case: Case, facts: Facts | None) -> bool:
    """Whether a grant is known that needs no person: it may be asked for though nothing is to be mended now."""
    return facts is not None and not case.options.only_api and wished(case, facts, TokenWish()) is not None
