"""``it works there, not here``: drives the search for the difference that decides, after a yes, within a budget."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

from tui401.model import events
from tui401.model.case import Case
from tui401.model.fix import Asks, Choice, Question
from tui401.model.http import Exchange, Request
from tui401.model.probe import Variant
from tui401.model.shown import Redacted, RequestShown
from tui401.recovery.becoming import carries_only_its_own
from tui401.recovery.budget import Budget
from tui401.recovery.consent import reason_to_ask
from tui401.recovery.halving import VARIED, WORKS, Halving
from tui401.recovery.ledger import Emit, Ledger
from tui401.recovery.permits import PASSWORD_SPENT, Permits
from tui401.recovery.sending import Sending
from tui401.recovery.tools import Ask, Tools
from tui401.wire import places, redact

MOST: Final = 16
"""Requests of one comparison; it has a budget of its own, which the question shows first."""
_SPENT: Final = f"The {MOST} requests of a comparison are used up."
_NO_SENDING: Final = "Nothing was sent: you did not want it."
_ONE_TIME: Final = frozenset({"digest", "negotiate", "ntlm", "dpop"})


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of it: how far the search got, what was sent, and why it ended early, "" where it did not."""

    halving: Halving
    sent: int
    problem: str = ""


def holds_once(request: Request) -> bool:
    """Whether a request carries a credential that holds for that one request: varied, it would say nothing."""
    seen = redact.credentials(request, Case(id="", request=request).names).credentials
    signed = any(c.family in ("signature", "digest", "negotiate", "dpop") for c in seen)
    return signed or any(item.scheme.lower() in _ONE_TIME for item in places.locate(request))


async def compare(case: Case, halving: Halving, *, ask: Ask, emit: Emit, tools: Tools) -> Compared:
    """Asks, then sends one request after another until the smallest difference stands alone.

    Args:
        case: The case of the request that fails; both requests share its names.
        halving: The search; ``works`` is sent to its own origin, with its own credential alone.
        ask: Puts a question to the person.
        emit: Takes each event.
        tools: What sends.
    """
    ledger = Ledger(emit, case.names, tools.now)
    permits = Permits(case, ask, ledger.tell)
    sending = Sending(case=case, tools=tools, ledger=ledger, permits=permits, budget=Budget(MOST))
    shown = [redact.request(request, case.names) for request in (halving.fails, halving.works)]
    credentials = redact.credentials(case.request, case.names)
    ledger.emit(
        events.CaseOpened(
            case=case.id,
            request=shown[0],
            known=case.known.shown(),
            at=tools.now(),
            hints=case.names.hints(),
        )
    )
    ledger.found(case.intake, "case", "reading what you gave")
    ledger.found(credentials, "attempt:1", "reading the request")
    question = to_compare(shown, [reason_to_ask(request) for request in (halving.fails, halving.works)])
    if (await ask(question)).key != "yes":
        return Compared(halving, 0, _NO_SENDING)
    if not await permits.begin():
        return Compared(halving, 0, PASSWORD_SPENT)
    flow = halving.flow()
    try:
        problem = await _drive(flow, halving, sending)
    finally:
        flow.close()
    return Compared(halving, sending.sends, problem)


def to_compare(shown: list[RequestShown], reasons: list[str]) -> Question:
    """May these be sent? What they are, how often at most, and why it should be thought over."""
    lines = [f"{name}: {one.method} {one.url}" for name, one in zip(("fails", "works"), shown, strict=True)]
    each = "Each credential goes to the origin that its own request names, and to no other."
    lines += [f"At most {MOST} requests: both as they are, then the one that fails with parts of the other.", each]
    lines += dict.fromkeys(reason for reason in reasons if reason)
    return Question(
        asks=Asks.SEND,
        title=f"Send up to {MOST} requests to find the difference that decides?",
        lines=tuple(map(Redacted, lines)),
        choices=(Choice(key="yes", label="Send them"), Choice(key="no", label="Compare without sending")),
    )


async def _drive(flow: Generator[Variant, Exchange, None], halving: Halving, sending: Sending) -> str:
    """Why the conversation ended early, as a sentence; "" when it did not."""
    variant = next(flow, None)
    while variant is not None:
        problem = _refusal(variant, halving, sending)
        if problem:
            return problem
        exchange = await _send(variant, sending)
        try:
            variant = flow.send(exchange)
        except StopIteration:
            variant = None
    return ""


async def _send(variant: Variant, sending: Sending) -> Exchange:
    if variant.label not in (WORKS, VARIED):
        return await sending.send(variant)
    # What another request was answered is no evidence on the one that fails.
    exchange, seen = await sending.once(variant, 1)
    sending.note(exchange, variant, seen, 1)
    return exchange


def _refusal(variant: Variant, halving: Halving, sending: Sending) -> str:
    """Why this may not be sent, as a sentence; "" when it may."""
    if sending.budget.ended or not sending.budget.left:
        return sending.budget.ended or _SPENT
    if sending.permits.spent(variant.request):
        return PASSWORD_SPENT
    if not carries_only_its_own(variant.request, (halving.works, halving.fails)):
        return "A credential of the one request would have gone to the origin of the other, so that was not sent."
    return ""
