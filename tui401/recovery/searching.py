"""The search for the least scopes, live: its cost shown first, a budget of its own, only grants without a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from tui401.model import events
from tui401.model.case import Case
from tui401.model.facts import Aspect, Facts
from tui401.model.fix import Choice, Question
from tui401.model.http import From, Provenance
from tui401.model.probe import Variant
from tui401.model.secret import Secret
from tui401.model.shown import AnswerSeen, Evidence, GrantSeen, LeastScopesSeen, Redacted, ScopesTried, kind_of
from tui401.model.verdict import Diagnosis, Outcome, Strength
from tui401.model.words import Shape
from tui401.recovery import apply, asking, ways
from tui401.recovery.consent import reason_to_ask
from tui401.recovery.granting import Granting, is_bound
from tui401.recovery.least import MOST, Heard, Least, Met, Scopes, Search, search, tokens_at_most
from tui401.recovery.permits import NOT_VERIFIED
from tui401.recovery.sending import Sending
from tui401.recovery.tools import Ask
from tui401.wire import redact
from tui401.wire.claims import scopes as scopes_of

KEY: Final = "least"
"""The choice of the question "what now?" that begins it."""

LABEL: Final = "least-scopes"
APART: Final = 0
"""The attempt of its sends: they belong to none."""

_OPEN: Final = frozenset({"scope-insufficient", "scope-rejected", "permission-denied"})
"""Causes that such a search can settle."""

WITHOUT_A_PERSON: Final = ("client_credentials", "refresh_token")
_RESERVED: Final = frozenset({"openid", "offline_access"})
_ABOUT_SCOPES: Final = frozenset(
    {"invalid_scope", "access_denied", "unauthorized_client", "invalid_request", "invalid_target"}
)
_TRANSIENT: Final = frozenset({408, 425, 429})
_LIMIT: Final = 300.0  # seconds that are said on the screen; each request has its own limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A search that could begin.

    Attributes:
        grant: By which tokens are asked for.
        audience: For what.
        scopes: Those that may be needed or at fault, the likely needed first.
        works: The token at hand has them all, and is accepted.
        issuer: Who is asked.
    """

    grant: str
    audience: str
    scopes: Scopes
    works: bool
    issuer: str

    @property
    def most(self) -> int:
        """Tokens, and requests to the API, at most."""
        return tokens_at_most(len(self.scopes))


def planned(case: Case, facts: Facts) -> Planned | str:
    """The search for this case, or why there is none, as a sentence."""
    known = case.known
    if case.options.passive or case.options.only_api:
        return "Nobody but the API may be asked, so no tokens can be had to compare."
    reason = reason_to_ask(case.request)
    if reason:
        return f"{reason} A search sends it many times, so there is none."
    held = _grant_of(facts)
    offered = [
        grant
        for grant in ways.ways_to_a_token(known, facts).grants
        # An application's session is not used up for a search, whoever says yes.
        if grant in WITHOUT_A_PERSON and not (grant == "refresh_token" and known.token_from_environment)
    ]
    grant = held.grant if held is not None and held.grant in offered else next(iter(offered), "")
    if not grant:
        return "Tokens with fewer scopes can be had only with a person or not at all: name a client and its secret."
    accepted = not facts.refused and facts.response is not None and 200 <= facts.response.status < 300
    scopes = _candidates(case, facts, held, accepted=accepted)
    if not scopes:
        return "No scopes are known to search among; name them with --scope."
    return Planned(
        grant=grant,
        audience=held.audience if held is not None else ways.wanted_audience(case, facts),
        scopes=scopes,
        works=accepted and held is not None and held.grant == grant and set(scopes) <= set(_granted(held)),
        issuer=known.issuer,
    )


def _grant_of(facts: Facts) -> GrantSeen | None:
    """The grant that brought the token at hand."""
    name = facts.credential.name if facts.credential is not None else ""
    return next((g for g in reversed(facts.grants) if g.ok and name and g.credential == name), None)


def _granted(seen: GrantSeen) -> Scopes:
    """What a token may do: its own word before the issuer's (RFC 6749, section 3.3)."""
    own = scopes_of(seen.token.claims) if seen.token is not None and seen.token.shape is Shape.JWT else ()
    return own or seen.granted_scopes


def _candidates(case: Case, facts: Facts, held: GrantSeen | None, *, accepted: bool) -> Scopes:
    named = [scope for expected in facts.expects(Aspect.SCOPE) for scope in expected.values]
    if held is not None:
        mine = list(_granted(held))
    else:
        mine = list(scopes_of(facts.token.claims)) if facts.token is not None else []
    if accepted:
        # Only what the token that works may do can be taken away from it.
        found = [*(scope for scope in named if scope in mine), *mine] if mine else [*named, *case.known.scopes]
    else:
        offered = [scope for issuer in facts.issuers if issuer.asked == case.known.issuer for scope in issuer.scopes]
        found = [*named, *case.known.scopes, *mine, *offered]
    return tuple(dict.fromkeys(scope for scope in found if scope not in _RESERVED))[:MOST]


def offered(question: Question, case: Case, facts: Facts, diagnosis: Diagnosis) -> Question:
    """The question "what now?" with the search among its choices, where it can tell something."""
    open_ones = {
        ranked.verdict.cause
        for ranked in diagnosis.causes
        if ranked.explained_by is None and ranked.verdict.strength >= Strength.POSSIBLE
    }
    if diagnosis.outcome is not Outcome.SUCCEEDED and not open_ones & _OPEN:
        return question
    plan = planned(case, facts)
    if isinstance(plan, str):
        return question
    detail = f"With at most {plan.most} tokens of {plan.issuer}, and as many requests to the API."
    return asking.with_choice(question, Choice(key=KEY, label="Find the least scopes that work", detail=detail))


@dataclass(slots=True, kw_only=True)
class Searching:
    """Drives the search.

    Attributes:
        case: The case.
        sending: How the API is asked.
        granting: How the issuer is asked.
        ask: Puts a question to the person.
    """

    case: Case
    sending: Sending
    granting: Granting
    ask: Ask

    async def run(self, plan: Planned, facts: Facts) -> LeastScopesSeen | None:
        """Asks, searches, and keeps what was found; None where the person did not want it."""
        ledger = self.sending.ledger
        shown = redact.request(self.case.request, self.case.names)
        question = asking.to_search(shown, plan.issuer, plan.grant, plan.scopes, plan.most, goes_on=facts.refused)
        if (await self.ask(question)).key != "yes":
            return None
        if not await self.sending.permits.may_trust(self.case.request):
            ledger.tell(NOT_VERIFIED)
            return None
        ledger.emit(events.ProbeStarted(probe=LABEL, title="the least scopes that work", at=ledger.now(), limit=_LIMIT))
        steps = _Steps(self, plan, facts)
        try:
            found = await steps.converse(search(plan.scopes, works=plan.works))
        finally:
            ledger.emit(events.ProbeEnded(probe=LABEL, at=ledger.now(), problem=steps.problem))
            self.sending.spent()
        seen = LeastScopesSeen(
            endpoint=endpoint_of(shown.method, shown.url),
            smallest=found.smallest if found.smallest is not None else steps.smallest(),
            culprits=tuple(found.culprits),
            tried=tuple(steps.tried),
            settled=found.smallest is not None and not found.problem,
            problem=found.problem,
            profile=self.case.known.profile,
        )
        ledger.found(seen, "case", "the search for the least scopes")
        return seen


def endpoint_of(method: str, url: str) -> Redacted:
    """What a set of scopes holds for: the method and the address without its query."""
    return Redacted(f"{method} {url.partition('?')[0].partition('#')[0]}")


class _Steps:
    """One search: what was tried, and what it came to."""

    def __init__(self, searching: Searching, plan: Planned, facts: Facts) -> None:
        self.searching = searching
        self.plan = plan
        self.facts = facts
        self.tried: list[ScopesTried] = []
        self.problem = ""
        self.met: dict[frozenset[str], Heard] = {}

    def smallest(self) -> Scopes:
        """The smallest set that was seen to work."""
        working = [one for one in self.tried if one.status is not None and 200 <= one.status < 300]
        best = min(working, key=lambda one: len(one.granted), default=None)
        return best.asked if best is not None else self.plan.scopes if self.plan.works else ()

    async def converse(self, flow: Search) -> Least:
        """Drives the conversation to its end, or to where it may not go on."""
        try:
            wanted = next(flow)
            while True:
                if len(self.tried) >= self.plan.most:
                    self.problem = f"It took {self.plan.most} tokens, which is all that was agreed on."
                    return Least(problem=self.problem)
                heard = await self._try(wanted)
                if heard is None:
                    return Least(problem=self.problem)
                wanted = flow.send(heard)
        except StopIteration as ended:
            found: Least = ended.value
            self.problem = found.problem
            return found
        finally:
            flow.close()

    async def _try(self, wanted: Scopes) -> Heard | None:
        """What comes of a token with these scopes; None when nothing more may be asked, and ``problem`` says why."""
        plan = self.plan
        granted = await self.searching.granting.once(
            plan.grant, self.facts, audience=plan.audience, scopes=wanted, kept=False
        )
        if granted is None:
            self.problem = "The issuer could not be asked for a token."
            return None
        seen = granted.seen
        if granted.access_token is None:
            self.tried.append(ScopesTried(asked=wanted, error=seen.error or "no token"))
            if seen.error in _ABOUT_SCOPES and seen.status is not None and seen.status not in _TRANSIENT:
                return Heard(Met.REJECTED, answer=seen.error)
            self.problem = seen.problem or f"The issuer gives no token, and not for the scopes: {seen.error}."
            return None
        may = _granted(seen)
        known = self.met.get(frozenset(may))
        if known is not None:  # the same rights as a token before: the API's answer is known
            status = next(one.status for one in self.tried if frozenset(one.granted) == frozenset(may))
            self.tried.append(ScopesTried(asked=wanted, granted=may, status=status))
            return known
        heard = await self._ask_the_api(wanted, may, granted.access_token, bound=is_bound(seen))
        if heard is not None:
            self.met[frozenset(may)] = heard
        return heard

    async def _ask_the_api(self, wanted: Scopes, may: Scopes, token: Secret[str], *, bound: bool) -> Heard | None:
        case, sending = self.searching.case, self.searching.sending
        request = apply.with_token(case.request, token, Provenance(From.ISSUER, self.plan.grant), bound=bound)
        varied = f"with {' '.join(may[:6]) or 'no scope'}" + (f" and {len(may) - 6} more" if len(may) > 6 else "")
        _, answer = await sending.once(Variant(LABEL, varied, request), APART, counted=False)
        self.tried.append(ScopesTried(asked=wanted, granted=may, status=answer.status))
        refused = self._refuses(answer)
        if sending.budget.ended:
            self.problem = sending.budget.ended
            return None
        if answer.status is None or answer.status >= 500 or answer.status in _TRANSIENT:
            came = f"answered {answer.status}" if answer.status is not None else "did not answer"
            self.problem = f"The API {came}, which says nothing of scopes."
            return None
        if 200 <= answer.status < 300 and not refused:
            return Heard(Met.WORKS, may)
        signature = answer.response.signature if answer.response is not None else ""
        return Heard(Met.REFUSED, may, signature or str(answer.status))

    def _refuses(self, answer: AnswerSeen) -> bool:
        """Whether an answer is a refusal by its words too; words of lockout end the search."""
        ledger, budget = self.searching.sending.ledger, self.searching.sending.budget
        content = replace(answer, label="original")
        piece = Evidence(kind=kind_of(content), subject="attempt:-1", content=content, at=ledger.now(), by=LABEL)
        facts = ledger.with_piece(piece, -1)
        budget.note_answer(answer.response, facts)
        return facts.refused
