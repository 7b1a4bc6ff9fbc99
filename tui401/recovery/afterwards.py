"""What can be done once a request succeeds: the search for the least scopes that still do."""

from __future__ import annotations

from tui401.model import events
from tui401.model.case import Case
from tui401.model.fix import Answer, Question
from tui401.model.shown import LeastScopesSeen
from tui401.model.view import CaseView
from tui401.recovery import searching
from tui401.recovery.budget import Budget
from tui401.recovery.granting import Granting
from tui401.recovery.ledger import Emit, Ledger
from tui401.recovery.permits import Permits
from tui401.recovery.rotation import Rotation
from tui401.recovery.searching import Searching
from tui401.recovery.sending import Sending
from tui401.recovery.tools import Ask, Tools, open_tools


def why_not(case: Case, view: CaseView) -> str:
    """Why no search for the least scopes can be made after this recovery, as a sentence; "" when one can."""
    plan = searching.planned(case, _ledger(view, case, _nobody).facts())
    return plan if isinstance(plan, str) else ""


async def least_scopes(
    case: Case,
    view: CaseView,
    *,
    ask: Ask,
    emit: Emit,
    tools: Tools | None = None,
    rotation: Rotation | None = None,
) -> LeastScopesSeen | None:
    """Searches the least scopes with which the request of an ended recovery succeeds.

    Args:
        case: The case, its request as it succeeds.
        view: What the recovery's events amount to.
        ask: Puts a question to the person: the cost, before it starts.
        emit: Takes each event as it happens; they go on where the recovery's ended.
        tools: What does the I/O; the real network when None.
        rotation: How a refresh token that may rotate is used up, when `tools` is None.

    Returns:
        What was found; None where it was not wanted, or is not possible, which is told.
    """
    if tools is None:
        async with open_tools(rotation=rotation, way_to=case.way_to) as opened:
            return await least_scopes(case, view, ask=ask, emit=emit, tools=opened)
    ledger = _ledger(view, case, emit)
    ledger.now = tools.now
    facts = ledger.facts()
    plan = searching.planned(case, facts)
    if isinstance(plan, str):
        ledger.tell(plan)
        return None

    async def asked(question: Question) -> Answer:
        emit(events.Asked(question=question))
        answer = await ask(question)
        emit(events.Answered(key=answer.key))
        return answer

    spent = view.spent
    before = tools.client.fetched
    budget = Budget(spent.budget, api=spent.api, earlier=spent.issuer - before)
    permits = Permits(case, asked, ledger.tell)
    sending = Sending(case=case, tools=tools, ledger=ledger, permits=permits, budget=budget, sends=len(view.sends))
    granting = Granting(case=case, tools=tools, ledger=ledger, sending=sending, ask=asked)
    return await Searching(case=case, sending=sending, granting=granting, ask=asked).run(plan, facts)


def _ledger(view: CaseView, case: Case, emit: Emit) -> Ledger:
    ledger = Ledger(emit, case.names, lambda: view.ended_at or view.opened_at)
    ledger.evidence, ledger.attempt = view.evidence, max(1, view.attempt)
    return ledger


def _nobody(_event: events.Event) -> None:
    """Nobody listens."""
