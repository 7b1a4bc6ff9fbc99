"""A person who signs in elsewhere: shown where, and asked whether they go on, while the grant waits beside them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tui401.model.demands import Elsewhere
from tui401.model.secret import Secret
from tui401.recovery import asking_issuer
from tui401.recovery.tools import Ask

OpenBrowser = Callable[[Secret[str]], Awaitable[str]]
"""Opens an address in the system's browser; a sentence when it could not, else ""."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Shows one person where to sign in.

    Attributes:
        ask: Puts the question that waits beside the grant; the grant withdraws it when it is done.
        tell: A sentence for the person.
        open_browser: Opens an address.
    """

    ask: Ask
    tell: Callable[[str], None]
    open_browser: OpenBrowser

    async def show(self, elsewhere: Elsewhere) -> None:
        """Returns when the person gives up."""
        opens = elsewhere.opened
        while True:
            if opens:
                problem = await self.open_browser(elsewhere.address)
                if problem:
                    self.tell(problem)
            answer = await self.ask(asking_issuer.to_sign_in(elsewhere))
            if answer.key != "open":
                return
            opens = True
