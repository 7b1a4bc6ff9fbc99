"""What goes to the API: each send told, its answer held as evidence, refused passwords and limits noted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tui401.model import events
from tui401.model.case import Case
from tui401.model.http import Exchange
from tui401.model.probe import Variant
from tui401.model.shown import AnswerSeen
from tui401.recovery.budget import Budget
from tui401.recovery.ledger import Ledger
from tui401.recovery.passwords import Password, of_request, refused_in
from tui401.recovery.permits import Permits
from tui401.recovery.tools import Tools
from tui401.wire import redact


@dataclass(slots=True, kw_only=True)
class Sending:
    """Sends, and keeps the account.

    Attributes:
        case: Whose request.
        tools: The client.
        ledger: Where answers go.
        permits: Who may receive the credential.
        budget: What may still be sent.
        sends: So many went out.
    """

    case: Case
    tools: Tools
    ledger: Ledger
    permits: Permits
    budget: Budget
    sends: int = 0

    async def send(self, variant: Variant, *, attempt: int | None = None) -> Exchange:
        """Sends a variant of the request for an attempt, the current one unless another is named."""
        attempt = attempt or self.ledger.attempt
        exchange, seen = await self.once(variant, attempt)
        self.ledger.found(seen, f"attempt:{attempt}", f"send {self.sends}")
        self.note(exchange, variant, seen, attempt)
        return exchange

    async def once(self, variant: Variant, attempt: int, *, counted: bool = True) -> tuple[Exchange, AnswerSeen]:
        """Sends and tells of it; whether the answer is evidence is for the caller to say.

        Args:
            variant: What to send.
            attempt: The attempt that it is told of, 0 for none.
            counted: It counts against the budget; else against one of the caller's own.
        """
        at = self.tools.now()
        exchange = await self.tools.client.send(variant.request, may_cross=self.permits.along(variant.request))
        self.sends += 1
        hops = max(1, len(exchange.hops))
        self.budget.api += hops if counted else 0
        self.budget.apart += 0 if counted else hops
        seen = redact.answer(
            exchange, self.case.names, label=variant.label, varied=variant.varied, substitute=variant.substitute
        )
        sent = events.Sent(
            number=self.sends,
            attempt=attempt,
            label=variant.label,
            varied=variant.varied,
            method=variant.request.method,
            status=seen.status,
            at=at,
            elapsed=self.tools.now() - at,
            origin=str(variant.request.origin),
        )
        self.ledger.emit(sent)
        return exchange, seen

    def note(self, exchange: Exchange, variant: Variant, seen: AnswerSeen, attempt: int) -> None:
        """Looks at an answer for refused passwords, and for signs that more requests would do harm."""
        self.refused(refused_in(exchange, of_request(variant.request, self.case.names)))
        self.budget.note_answer(seen.response, self.ledger.facts(attempt))
        if self.budget.ended:
            self.ledger.tell(self.budget.ended)
        self.spent()

    def refused(self, passwords: Iterable[Password]) -> None:
        """Counts passwords that were refused."""
        for password in passwords:
            self.permits.refusals.add(password)
            self.ledger.emit(events.Refused(where=password.where, user=password.user))

    def spent(self) -> None:
        """Tells how much was sent by now."""
        self.budget.issuer = self.budget.earlier + self.tools.client.fetched
        api, apart = self.budget.api, self.budget.apart
        spent = events.Spent(api=api + apart, issuer=self.budget.issuer, budget=self.budget.api_limit + apart)
        self.ledger.emit(spent)
