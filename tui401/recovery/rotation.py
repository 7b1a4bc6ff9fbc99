"""Using up a refresh token that may rotate, so that no successor is lost (safety.md, "Staying alive"; RFC 9700, 4.14).

In this order: one program at a time holds the session; what it intends is on disk before anything is sent; the
successor is stored before the new access token is used; what was intended is struck off. A program that dies in
between leaves an intent, and whoever comes next knows that the rotation is in doubt.
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from tui401.locking import LockError, held_async
from tui401.model.secret import Secret

if TYPE_CHECKING:
    from tui401.recovery.tools import Granted

T = TypeVar("T")
KeepSuccessor = Callable[[Secret[str]], Awaitable[str]]
"""Stores a refresh token's successor; a sentence when it could not, else ""."""

Send = Callable[[Secret[str]], Awaitable["Granted"]]
"""Sends a refresh token to its issuer, once."""

GRANT: Final = "refresh_token"
_PATIENCE: Final = 0.2  # seconds that an answer under way is waited for when the person leaves
_REUSED: Final = re.compile(
    r"\bre-?us|already (?:been )?(?:used|redeemed|consumed)|rotat|used (?:before|twice)", re.IGNORECASE
)

IN_DOUBT: Final = (
    "The last refresh of this session was cut off before its answer came, so the issuer may have replaced the refresh "
    "token already. The old one is tried once."
)
LOST: Final = (
    "The issuer no longer takes it: the refresh that was cut off had reached it, and what it answered never came. "
    "Sign in again."
)
REUSED: Final = (
    "The issuer saw this refresh token used before: another program holds the same session, and the issuer may have "
    "ended it for both. Sign in again, and see that only one program uses each refresh token."
)
SPENT: Final = (
    "This refresh token was replaced by tui401 before, and its successor is not in the keyring any more. Used again it "
    "could end the session everywhere, so it is not sent. Sign in again."
)
NEWER: Final = "This refresh token was replaced by tui401 before, so its successor from the keyring is used."
NOT_RECORDED: Final = (
    "What is about to be refreshed could not be noted on disk, so a refresh cut off now would go untold."
)
IN_MEMORY: Final = "The issuer gave a refresh token. It is in this session's memory only, and ends with it."


class Intents(Protocol):
    """Refreshes that were begun, on disk; tokens stand under a keyed name that tells nothing of them."""

    def begin(self, session: str, token: str) -> bool:
        """Notes that this token is about to be used; on disk when this returns. False when it could not be noted."""
        ...

    def came(self, session: str, token: str, successor: str) -> None:
        """The issuer replaced the token by this one, which is about to be stored."""
        ...

    def end(self, session: str, token: str, *, used_up: bool) -> None:
        """The answer came, and what it brought is stored. ``used_up``: the issuer replaced the token."""
        ...

    def state(self, session: str, token: str) -> str:
        """``begun`` while no answer came, ``used-up`` when it was replaced, "" for a token that counts as it is."""
        ...

    def family(self, session: str, token: str) -> str:
        """The token with which the line of successors began in which this one stands; itself where it is new."""
        ...


class InMemory:
    """Intents of this session, where nothing can be kept on disk."""

    def __init__(self) -> None:
        self._states: dict[tuple[str, str], str] = {}
        self._families: dict[tuple[str, str], str] = {}

    def begin(self, session: str, token: str) -> bool:
        """Notes it."""
        self._states[session, token] = "begun"
        return True

    def came(self, session: str, token: str, successor: str) -> None:
        """Notes whose successor that one is."""
        self._families[session, successor] = self.family(session, token)

    def end(self, session: str, token: str, *, used_up: bool) -> None:
        """Strikes it off."""
        self._states[session, token] = "used-up" if used_up else ""

    def state(self, session: str, token: str) -> str:
        """How it stands."""
        return self._states.get((session, token), "")

    def family(self, session: str, token: str) -> str:
        """Where its line began."""
        return self._families.get((session, token), token)


async def _nothing() -> None:
    return None


@dataclass(slots=True, kw_only=True)
class Rotation:
    """What a refresh works with.

    Attributes:
        lock: The folder of the locks that other processes respect; None where there are no others.
        intents: What was begun.
        key: Names tokens in the intents (HMAC-SHA-256); of the keyring, or of this session.
        keep: Stores a successor, and says in a sentence when it could not; None where there is no place for it.
        stored: The successor that was stored last for this session, None where none is.
    """

    lock: Path | None = None
    intents: Intents = field(default_factory=InMemory)
    key: bytes = b""
    keep: KeepSuccessor | None = None
    stored: Callable[[], Awaitable[Secret[str] | None]] = _nothing

    def name(self, token: Secret[str]) -> str:
        """The keyed name of a token."""
        return hmac.new(self.key, token.reveal().encode("utf-8", "surrogatepass"), "sha256").hexdigest()

    async def refresh(
        self,
        token: Secret[str],
        session: str,
        send: Send,
        tell: Callable[[str], None],
        hold: Callable[[Secret[str]], None] = lambda _successor: None,
    ) -> Refreshed | None:
        """Uses a refresh token once.

        Args:
            token: The one at hand; where its successor was stored meanwhile, that one is used.
            session: Whose it is: the client and its issuer.
            send: Sends the one that it is given.
            tell: A sentence for the person.
            hold: Takes a successor into memory the moment it comes, even where the person is leaving.

        Returns:
            What came, and the refresh token that counts from now on; None when nothing was sent, which is told.
        """
        try:
            async with self._turn(session):
                return await self._in_turn(token, session, send, tell, hold)
        except LockError as error:
            tell(f"Nothing was refreshed, so that no two programs use one refresh token at once. {error}")
            return None

    async def kept(self, token: Secret[str]) -> str:
        """Stores a refresh token; a sentence when that cannot be, else ""."""
        return await self.keep(token) if self.keep is not None else IN_MEMORY

    @asynccontextmanager
    async def _turn(self, session: str) -> AsyncIterator[None]:
        if self.lock is None:
            yield
            return
        # The name of a session is no secret, but a file's name takes fewer signs than an address has.
        digest = hmac.new(b"tui401 refresh", session.encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:24]
        async with held_async(self.lock / f"refresh-{digest}.lock"):
            yield

    async def _in_turn(
        self,
        token: Secret[str],
        session: str,
        send: Send,
        tell: Callable[[str], None],
        hold: Callable[[Secret[str]], None],
    ) -> Refreshed | None:
        state = self.intents.state(session, self.name(token))
        if state:
            newer = await self.stored()
            if newer is not None and newer != token and self._are_of_one_line(session, token, newer):
                tell(NEWER)
                token, state = newer, self.intents.state(session, self.name(newer))
        if state == "used-up":
            tell(SPENT)
            return None
        if state == "begun":
            tell(IN_DOUBT)
        if not self.intents.begin(session, self.name(token)):
            tell(NOT_RECORDED)
        return await _even_if_cancelled(self._used(token, session, send, tell, hold, in_doubt=state == "begun"))

    def _are_of_one_line(self, session: str, token: Secret[str], other: Secret[str]) -> bool:
        """Whether one came of the other: what is stored may be of an older sign-in."""
        return self.intents.family(session, self.name(token)) == self.intents.family(session, self.name(other))

    async def _used(
        self,
        token: Secret[str],
        session: str,
        send: Send,
        tell: Callable[[str], None],
        hold: Callable[[Secret[str]], None],
        *,
        in_doubt: bool,
    ) -> Refreshed:
        granted = await send(token)
        seen, successor = granted.seen, granted.refresh_token
        if successor is not None:
            hold(successor)
            self.intents.came(session, self.name(token), self.name(successor))
            # The successor is safe before anything else is done with what came.
            problem = await self.kept(successor)
            if problem:
                tell(problem)
        if seen.error == "invalid_grant" and in_doubt:
            tell(LOST)
        elif seen.error == "invalid_grant" and _REUSED.search(seen.description):
            tell(REUSED)
        if seen.status is not None and seen.status < 500:
            self.intents.end(session, self.name(token), used_up=successor is not None)
        return Refreshed(granted, successor or token)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh brought, and the refresh token that counts from now on."""

    granted: Granted
    token: Secret[str]


async def _even_if_cancelled(work: Coroutine[Any, Any, T]) -> T:
    """Awaits what should not be cut off: when the person leaves, an answer under way is waited for a moment longer."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            await asyncio.wait({task}, timeout=_PATIENCE)
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=_PATIENCE)
        raise
