"""Experiments driven on the live API: one request after another, within the budget, each as far as it is allowed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tui401.model import events
from tui401.model.case import Case
from tui401.model.http import From, Provenance, Request
from tui401.model.probe import Experiment, Flow, ProbeSpec, Variant
from tui401.probes.conversing import ONCE_MORE
from tui401.probes.safe import NAME as SAFE_METHOD
from tui401.recovery import apply, asking, by_person, ways
from tui401.recovery.consent import reason_to_ask
from tui401.recovery.granting import Granting, is_bound
from tui401.recovery.permits import NOT_THERE, NOT_VERIFIED, PASSWORD_SPENT
from tui401.recovery.sending import Sending
from tui401.recovery.tools import Ask
from tui401.wire import redact

NOT_WANTED = "You did not want it sent."
NO_TOKEN = "No new token was given, so there was nothing to send."


@dataclass(slots=True, kw_only=True)
class Experimenting:
    """Drives experiments.

    Attributes:
        case: The case.
        sending: How it is sent.
        granting: Where new tokens come from.
        ask: Puts a question to the person.
        tried: Experiments that were made in this attempt.
    """

    case: Case
    sending: Sending
    granting: Granting
    ask: Ask
    tried: set[str] = field(default_factory=set)
    _instead: Experiment | None = None

    async def run(self, experiment: Experiment) -> None:
        """Drives one conversation to its end, or to where it may not go on; which is told."""
        spec, problem = experiment.spec, ""
        ledger = self.sending.ledger
        self.tried.add(spec.name)
        ledger.emit(events.ProbeStarted(probe=spec.name, title=spec.title, at=ledger.now(), limit=spec.limit))
        flow = experiment.flow(self.case, ledger.facts())
        try:
            problem = await self._drive(spec, flow)
        finally:
            flow.close()
            ledger.emit(events.ProbeEnded(probe=spec.name, at=ledger.now(), problem=problem))
        instead, self._instead = self._instead, None
        if instead is not None:
            await self.run(instead)

    async def _drive(self, spec: ProbeSpec, flow: Flow) -> str:
        """Why it ended early, as a sentence; "" when it did not."""
        variant = next(flow, None)
        tokened: Variant | None = None
        while variant is not None:
            problem = await self._refusal(spec, variant)
            if problem:
                return problem
            if variant.wish is not None and tokened is not None and variant.label.endswith(ONCE_MORE):
                variant = replace(tokened, label=f"{tokened.label}{ONCE_MORE}")  # the same token once more
            elif variant.wish is not None:
                given = await self._with_token(variant)
                if isinstance(given, str):
                    return given
                variant = tokened = given
            exchange = await self.sending.send(variant)
            try:
                variant = flow.send(exchange)
            except StopIteration:
                variant = None
        return ""

    async def _refusal(self, spec: ProbeSpec, variant: Variant) -> str:
        """Why this may not be sent, as a sentence; "" when it may."""
        budget, permits = self.sending.budget, self.sending.permits
        # The second refusal is what makes a proof of an acceptance, so the budget never withholds it.
        if budget.ended or (not budget.left and variant.label != "original-again"):
            return budget.ended or "The budget of requests is used up."
        if permits.spent(variant.request):
            return PASSWORD_SPENT
        if not await permits.may_go(variant.request):
            return NOT_THERE
        return "" if await self._may_vary(spec, variant.request) else NOT_WANTED

    async def _may_vary(self, spec: ProbeSpec, request: Request) -> bool:
        reason = reason_to_ask(request)
        if not reason:
            return True
        shown, other = redact.request(request, self.case.names), self._without_effect()
        instead = f"Ask {other.spec.title}" if other is not None else ""
        answer = await self.ask(asking.to_experiment(spec, shown, reason, instead=instead))
        self._instead = other if answer.key == asking.INSTEAD else None
        return answer.key == "yes"

    def _without_effect(self) -> Experiment | None:
        """The experiment by a method that can change nothing, while it was not made."""
        facts = self.sending.ledger.facts()
        usable = (e for e in self.sending.tools.experiments if e.spec.name not in self.tried and e.spec.applies(facts))
        return next((e for e in usable if e.spec.name == SAFE_METHOD), None)

    async def _with_token(self, variant: Variant) -> Variant | str:
        """The variant with the token that it wants, named by what that token differs in; a sentence without one."""
        facts = self.sending.ledger.facts()
        fix = ways.wished(self.case, facts, variant.wish) if variant.wish is not None else None
        if fix is None:
            return ways.NO_WAY
        if not await self.sending.permits.may_trust(variant.request):
            return NOT_VERIFIED
        if not await by_person.may_sign_in(self.ask, fix):
            return NOT_WANTED
        granted = await self.granting.granted(fix, facts)
        if granted is None or granted.access_token is None:
            return (granted.seen.problem if granted is not None else "") or NO_TOKEN
        self.granting.hold(fix, granted)
        request = apply.with_token(
            variant.request,
            granted.access_token,
            Provenance(From.ISSUER, fix.grant),
            bound=is_bound(granted.seen),
        )
        label = apply.label_of(fix, facts.token, granted.seen.token)
        return replace(variant, label=label, varied=_told(variant, granted.seen.granted_scopes), request=request)


def _told(variant: Variant, granted: tuple[str, ...]) -> str:
    wish = variant.wish
    if wish is None or set(granted) == set(wish.scopes):
        return variant.varied
    return f"{variant.varied} (granted: {' '.join(granted[:12]) or 'none'})"
