"""The recovery: send, look, judge, ask, mend, send again. It owns no screen; it asks questions and emits events."""

from __future__ import annotations

import msgspec

from tui401.judge import plan, rank
from tui401.judge.after_change import after_change
from tui401.model import events
from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.model.fix import Answer, Fix, FixKind, Question, TokenWish
from tui401.model.http import From, Provenance, Request
from tui401.model.probe import Experiment, ProbeSpec, Variant
from tui401.model.secret import Secret
from tui401.model.shown import CredentialsSeen, RequestShown
from tui401.model.verdict import Diagnosis, Outcome, Strength
from tui401.probes.applies import is_one_time
from tui401.probes.away import final_address
from tui401.probes.specs import FINAL_ADDRESS
from tui401.recovery import apply, asking, by_person, fixes, lately, repeating, rewrites, searching, ways
from tui401.recovery.at_hand import VAULT
from tui401.recovery.budget import Budget
from tui401.recovery.consent import reason_to_ask
from tui401.recovery.experimenting import Experimenting
from tui401.recovery.gathering import Gathering
from tui401.recovery.granting import Granting, is_bound
from tui401.recovery.ledger import Emit, Ledger
from tui401.recovery.permits import NOT_THERE, Permits
from tui401.recovery.rotation import Rotation
from tui401.recovery.searching import Searching
from tui401.recovery.sending import Sending
from tui401.recovery.tools import Ask, Tools, open_tools
from tui401.wire import redact
from tui401.wire.refill import way_of
from tui401.wire.seen import Quiet


async def recover(
    case: Case, *, ask: Ask, emit: Emit, tools: Tools | None = None, rotation: Rotation | None = None
) -> Outcome:
    """Runs one recovery to its end.

    Args:
        case: What to recover.
        ask: Puts a question to the person, or to the policy of a headless run, and brings the answer.
        emit: Takes each event as it happens; must not block.
        tools: What does the I/O; the real network when None.
        rotation: How a refresh token that may rotate is used up, when `tools` is None.

    Returns:
        How it ended. Cancelling the task ends it at once; what was emitted stands.
    """
    if tools is not None:
        return await _Recovery(case, ask, emit, tools).run()
    async with open_tools(rotation=rotation, way_to=case.way_to) as opened:
        return await _Recovery(case, ask, emit, opened).run()


class _Recovery:
    """The state of one recovery."""

    def __init__(self, case: Case, ask: Ask, emit: Emit, tools: Tools) -> None:
        self.case = case
        self.ask_person = ask
        self.tools = tools
        self.ledger = Ledger(emit, case.names, tools.now)
        self.budget = Budget(case.options.api_budget)
        self.permits = Permits(case, self._ask, self.ledger.tell)
        self.sending = Sending(case=case, tools=tools, ledger=self.ledger, permits=self.permits, budget=self.budget)
        self.granting = Granting(case=case, tools=tools, ledger=self.ledger, sending=self.sending, ask=self._ask)
        self.gathering = Gathering(tools.gatherers, self.ledger, self.sending.spent, self.granting.brought)
        self.experimenting = Experimenting(case=case, sending=self.sending, granting=self.granting, ask=self._ask)
        if case.earlier is not None:
            self.ledger.attempt, self.sending.sends = case.earlier.attempts + 1, case.earlier.sends
        self.refused: Diagnosis | None = None  # the latest judgement of a refusal

    async def run(self) -> Outcome:
        self._open()
        try:
            outcome = await self._walk()
        finally:
            await self.gathering.stop()
        self.ledger.emit(events.Ended(outcome=outcome, at=self.tools.now()))
        return outcome

    async def _walk(self) -> Outcome:
        if await self._may_send_first():
            if self.case.intake.recorded:
                # What comes now takes the place of what was seen then, and is judged by the clocks of now.
                live = msgspec.structs.replace(self.case.intake, recorded=False)
                self.ledger.found(live, "case", "sending it")
            self.gathering.launch(self.case, self.ledger.facts())
            await self.sending.send(Variant("original", "as sent", self.case.request))
            diagnosis = await self._investigate()
            changed = after_change(self.ledger.facts())
            if changed:
                self.ledger.tell(changed)
        else:
            diagnosis = self._judge()
        while not self.case.options.passive:
            answer = await self._ask(self._what_now(diagnosis))
            if answer.key == "stop":
                break
            outcome = await self._do(answer, diagnosis)
            if outcome is not None:
                return outcome
            diagnosis = self._judge()
        return diagnosis.outcome

    async def _do(self, answer: Answer, diagnosis: Diagnosis) -> Outcome | None:
        """What the person chose; an outcome when it ended the recovery, None when it goes on."""
        if not await self._may_disturb(answer.key):
            return None
        match answer.key.partition(":"):
            case ("fix", _, name):
                return await self._fix(name, diagnosis)
            case ("probe", _, name) if name in self._experiments():
                await self.experimenting.run(self._experiments()[name])
                await self._investigate()
                return None
            case ("paste", _, _):
                return await self._paste(answer.secret)
            case ("edit", _, _) if answer.request is not None and await self.permits.may_send_edited(answer.request):
                return await self._change(answer.request, "edited by hand", None)
            case ("token", _, _):
                return await self._wished(answer)
            case ("again", _, _):
                return await self._change(self.case.request, "sent again", None)
            case (repeating.KEY, _, _):
                await self._send_more()
                return None
            case (searching.KEY, _, _):
                return await self._least()
            case (lately.KEY, _, _):
                self.ledger.found(lately.said(answer, self.case.names), "case", "you")
                return None
            case _:
                return None

    async def _may_disturb(self, key: str) -> bool:
        """Whether this choice may send something to a server that asked to be left alone."""
        sends = key in ("again", "edit", "paste", "token", repeating.KEY, searching.KEY) or (
            key.startswith("fix:") and not key.startswith("fix:advice")
        )
        if not sends or not self.budget.ended:
            return True
        if (await self._ask(asking.to_disturb(self.budget.ended))).key != "yes":
            return False
        self.budget.ended = ""
        return True

    def _open(self) -> None:
        case = self.case
        shown = redact.request(case.request, case.names)
        credentials = redact.credentials(case.request, case.names)
        # Whatever a server echoes of them is covered from now on. A client secret may be a password: it has no hint.
        if case.known.client_secret is not None:
            case.names.name(Quiet(case.known.client_secret.reveal()))
        if case.known.refresh_token is not None:
            case.names.name(case.known.refresh_token)
        self.ledger.emit(self._beginning(shown))
        self.ledger.found(case.intake, "case", "reading what you gave")
        self.ledger.found(case.known.shown(), "case", case.known.source or "nothing")
        if case.changes.changes:
            self.ledger.found(case.changes, "case", "the change log")
        self._read_request(credentials)
        if case.seen is not None and case.earlier is None:
            seen = redact.answer(case.seen, case.names, label="original", varied="as you saw it")
            self.ledger.found(seen, "attempt:1", "what you gave")
        self.sending.spent()

    def _beginning(self, shown: RequestShown) -> events.Event:
        case, hints, way = self.case, self.case.names.hints(), way_of(self.case.request.transport)
        if case.earlier is not None:
            attempt = self.ledger.attempt
            return events.Changed(attempt=attempt, request=shown, by=case.earlier.by, hints=hints, way=way)
        known, at = case.known.shown(), self.tools.now()
        return events.CaseOpened(case=case.id, request=shown, known=known, at=at, hints=hints, way=way)

    def _read_request(self, credentials: CredentialsSeen) -> None:
        """What the request shows by itself, and what the API's description asks of it."""
        request, subject = self.case.request, f"attempt:{self.ledger.attempt}"
        self.ledger.found(credentials, subject, "reading the request")
        if self.case.requirements is not None:
            required = self.case.requirements(request.method, request.url)
            self.ledger.found(required, subject, "the API's description")

    async def _may_send_first(self) -> bool:
        if not await self.permits.begin():
            return False
        if self.case.options.send_consented:
            return True
        shown = redact.request(self.case.request, self.case.names)
        return (await self._ask(asking.to_send(shown))).key == "yes"

    # -- one attempt ---------------------------------------------------------------------------------------------

    async def _investigate(self) -> Diagnosis:
        """Probes until the diagnosis is settled or nothing that may run without asking can help."""
        while True:
            facts = self.ledger.facts()
            diagnosis = self._judge(facts)
            if diagnosis.outcome in (Outcome.SUCCEEDED, Outcome.UNREACHABLE) or self.case.options.passive:
                await self.gathering.stop()
                return diagnosis
            self.gathering.launch(self.case, facts)
            following = plan.choose(
                diagnosis, facts, self._free_specs(facts), budget=self.budget.left, tried=self.experimenting.tried
            )
            top = {ranked.verdict.cause for ranked in diagnosis.causes[:4]}
            # Whether it is refused every time is asked last of all, when nothing else can tell more.
            waits = following is not None and following.probe == plan.AGAIN and self.gathering.running
            if following is not None and not waits and not self.gathering.may_settle(top):
                await self.experimenting.run(self._experiments()[following.probe])
            elif self.gathering.running:
                await self.gathering.one_ended()
            else:
                return diagnosis

    def _free_specs(self, facts: Facts) -> tuple[ProbeSpec, ...]:
        """Experiments that may run now without asking: also where the person named the other origin beforehand."""
        specs = (experiment.spec for experiment in self.tools.experiments)
        led = final_address(facts)
        listed = led is not None and self.permits.may_cross(self.case.request.origin, led[0])
        return tuple(s for s in specs if (not s.consent or (listed and s is FINAL_ADDRESS)) and s.applies(facts))

    def _experiments(self) -> dict[str, Experiment]:
        return {experiment.spec.name: experiment for experiment in self.tools.experiments}

    async def _send_more(self) -> None:
        """Sends the unchanged request some times more: one answer tells little of a server that answers by turns."""
        request = self.case.request
        labels = repeating.labels(self.ledger.evidence, self.ledger.attempt, self.budget.left)
        reason = reason_to_ask(request)
        if reason:
            shown = redact.request(request, self.case.names)
            if (await self._ask(repeating.to_repeat(shown, len(labels), reason))).key != "yes":
                return
        for label in labels:
            if self.budget.ended or self.permits.spent(request):
                return
            await self.sending.send(Variant(label, repeating.VARIED, request))

    # -- fixes ---------------------------------------------------------------------------------------------------

    async def _fix(self, name: str, diagnosis: Diagnosis) -> Outcome | None:
        facts = self.ledger.facts()
        fix = next((f for f in fixes.offers(self.case, facts, diagnosis, self.tools.causes) if f.id == name), None)
        if fix is None or fix.kind is FixKind.ADVICE:
            return None
        if fix.kind is FixKind.PASTE:
            return await self._paste(None)
        if fix.kind is FixKind.REWRITE:
            ours = rewrites.is_one(fix)
            changed = rewrites.applied(self.case, facts, fix) if ours else apply.rewritten(self.case.request, fix)
            if changed == self.case.request:
                self.ledger.tell("It is written that way already, so nothing was sent.")
                return None
            if not await self.permits.may_go(changed):
                self.ledger.tell(NOT_THERE)
                return None
            return await self._change(changed, fix.title, fix)
        # Asked first: what a grant gives would be lost if it could not be sent.
        if not await self.permits.may_trust(self.case.request):
            return None
        return await self._with_token(self.case.request, fix, facts)

    async def _wished(self, answer: Answer) -> Outcome | None:
        """A token as the person wants it, put into the request as they want it, and sent."""
        request, facts = answer.request or self.case.request, self.ledger.facts()
        fix = ways.wished(self.case, facts, answer.wish or TokenWish())
        if fix is None:
            self.ledger.tell(ways.NO_WAY)
            return None
        if not await self.permits.may_move(request, new=True) or not await self.permits.may_trust(request):
            return None
        if not await by_person.may_sign_in(self._ask, fix):
            return None
        return await self._with_token(request, fix, facts)

    async def _with_token(self, request: Request, fix: Fix, facts: Facts) -> Outcome | None:
        granted = await self.granting.granted(fix, facts)
        if granted is None or granted.access_token is None:
            return None
        bound = is_bound(granted.seen)
        by = Provenance(From.KEYRING if fix.grant == VAULT else From.ISSUER, fix.grant)
        changed = apply.with_token(request, granted.access_token, by, bound=bound)
        # Changed by hand as well, it differs in two things, so an acceptance would prove neither.
        return await self._change(changed, fix.title, fix if request == self.case.request else None)

    async def _least(self) -> Outcome | None:
        """Searches the least scopes; a request that was refused goes on with what was found."""
        facts = self.ledger.facts()
        plan = searching.planned(self.case, facts)
        if isinstance(plan, str):
            self.ledger.tell(plan)
            return None
        search = Searching(case=self.case, sending=self.sending, granting=self.granting, ask=self._ask)
        found = await search.run(plan, facts)
        if found is None or not found.settled or not facts.refused:
            return None
        wish = TokenWish(grant=plan.grant, audience=plan.audience, scopes=found.smallest)
        fix = ways.wished(self.case, facts, wish)
        return await self._with_token(self.case.request, fix, facts) if fix is not None else None

    async def _paste(self, given: Secret[str] | None) -> Outcome | None:
        scheme = fixes.scheme_to_write(self.ledger.facts())
        if not await self.permits.may_trust(self.case.request):
            return None
        if given is None:
            answer = await self._ask(asking.for_a_credential(scheme))
            given = answer.secret if answer.key == "yes" else None
        if not given:
            return None
        return await self._change(apply.with_pasted(self.case.request, given, scheme), apply.PASTED, None)

    async def _change(self, request: Request, by: str, fix: Fix | None) -> Outcome | None:
        """Begins the next attempt with a changed request, sends it, and says how that ended, None for "not yet"."""
        if self.permits.spent(request):
            return None
        before, facts, diagnosis = self.case.request, self.ledger.facts(), self.refused
        self.ledger.attempt += 1
        await self.gathering.stop()
        self.gathering.forget()
        self.case.request = request  # in place: whoever opened the case sees what is sent now
        self.experimenting.tried.clear()
        shown = redact.request(request, self.case.names)
        credentials = redact.credentials(request, self.case.names)
        hints = self.case.names.hints()
        way = way_of(request.transport) if request.transport != before.transport else None
        changed = events.Changed(attempt=self.ledger.attempt, request=shown, by=by, fix=fix, hints=hints, way=way)
        self.ledger.emit(changed)
        self._read_request(credentials)
        await self.sending.send(Variant("original", by, request))
        after = self.ledger.facts()
        if after.response is None or after.refused or after.response.status >= 300:
            await self._investigate()
            return None
        if diagnosis is None:
            self._judge(after)
            return Outcome.SUCCEEDED
        if request == before:
            self._note_turn(facts)
            return Outcome.INTERMITTENT
        if fix is not None:
            await self._prove(before, facts, diagnosis, fix)
        return Outcome.RECOVERED

    def _note_turn(self, facts: Facts) -> None:
        """The same request is accepted now: what was thought of its refusal is judged anew by that."""
        after = self.ledger.facts()
        if after.answer is None or not facts.refused:
            return
        (label,) = repeating.labels(self.ledger.evidence, facts.attempt, 1)
        again = msgspec.structs.replace(after.answer, label=label, varied=repeating.VARIED)
        self.ledger.found(again, f"attempt:{facts.attempt}", "sent again")
        self._judge(self.ledger.facts(facts.attempt))

    async def _prove(self, before: Request, facts: Facts, diagnosis: Diagnosis, fix: Fix) -> None:
        """Makes the accepted fix an experiment on the refused attempt: the original, once more, must be refused."""
        after = self.ledger.facts()
        settled = diagnosis.root is not None and diagnosis.root.strength is Strength.CONFIRMED
        may_send = self.budget.left and not reason_to_ask(before) and not self.permits.spent(before)
        # Sent again, a one-time credential is a replay: its refusal says nothing of the original.
        may_tell = facts.refused and not is_one_time(facts)
        if settled or after.answer is None or not may_send or not may_tell:
            # An acceptance without a second refusal proves nothing, so it is no evidence; what was judged stands.
            self.ledger.emit(events.Judged(diagnosis=diagnosis))
            return
        label = apply.label_of(fix, facts.token, after.token)
        accepted = msgspec.structs.replace(after.answer, label=label, varied=fix.title)
        self.ledger.found(accepted, f"attempt:{facts.attempt}", "the fix")
        await self.sending.send(Variant("original-again", "as it was, once more", before), attempt=facts.attempt)
        self._judge(self.ledger.facts(facts.attempt))

    # -- the person ----------------------------------------------------------------------------------------------

    def _what_now(self, diagnosis: Diagnosis) -> Question:
        facts = self.ledger.facts()
        if diagnosis.outcome is Outcome.SUCCEEDED:
            question = repeating.when_it_succeeds(self.budget.left)
            question = searching.offered(question, self.case, facts, diagnosis)
            return lately.offered(question, self.ledger.evidence, self.case.earlier)
        offered = fixes.offers(self.case, facts, diagnosis, self.tools.causes)
        specs = [experiment.spec for experiment in self.tools.experiments] if self.budget.left else []
        question = asking.what_now(
            offered, (s for s in specs if s.name not in self.experimenting.tried and s.applies(facts))
        )
        question = by_person.offered(question, self.case, facts)
        question = repeating.offered(question, diagnosis, self.budget.left)
        question = searching.offered(question, self.case, facts, diagnosis)
        return lately.offered(question, self.ledger.evidence, self.case.earlier)

    async def _ask(self, question: Question) -> Answer:
        self.ledger.emit(events.Asked(question=question))
        answer = Answer("")  # of a question that is withdrawn, because what it waited for came about
        try:
            answer = await self.ask_person(question)
        finally:
            self.ledger.emit(events.Answered(key=answer.key))
        return answer

    def _judge(self, facts: Facts | None = None) -> Diagnosis:
        facts = facts or self.ledger.facts()
        diagnosis = rank.diagnose(facts)
        specs = [experiment.spec for experiment in self.tools.experiments]
        following = plan.choose(diagnosis, facts, specs, budget=self.budget.left, tried=self.experimenting.tried)
        following = following or plan.beyond(diagnosis, facts)
        diagnosis = msgspec.structs.replace(diagnosis, next=following)
        if facts.refused:
            self.refused = diagnosis
        self.ledger.emit(events.Judged(diagnosis=diagnosis))
        return diagnosis
