"""From facts to a diagnosis: what was said merged with what modules conclude, roots and symptoms, steps, outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from tui401.causes import all_causes
from tui401.causes.reading import CARRIES_NOTHING, is_oauth, quoted
from tui401.judge.facts import contradicted, is_repeat
from tui401.judge.refusing import REFUSALS
from tui401.judge.unrefused import MOVED
from tui401.model.cause import Cause, Level
from tui401.model.facts import Facts
from tui401.model.shown import AnswerSeen
from tui401.model.verdict import STEPS, Diagnosis, Outcome, Ranked, Status, Step, StepStatus, Strength, Verdict

_LEVELS: Final = {Level.HIGH: 0, Level.MEDIUM: 1, Level.LOW: 2}
_SETTLED: Final = frozenset({Strength.RULED_OUT, Strength.LIKELY, Strength.CONFIRMED})
_ON_THE_WAY: Final = frozenset({"proxy-authentication-required", "client-certificate-required"})
"""What refuses a caller before any answer of the API can come."""
_OAUTH_STEPS: Final = frozenset({Step.TOKEN, Step.AUDIENCE, Step.PERMISSIONS})

REFRESH_MENDS: Final = frozenset(
    {"token-expired", "token-revoked", "token-unrecognised", "token-signature-invalid", "signing-key-unknown"}
)
"""Where two faults are equally sure and none was named, the one that a fresh token would not mend stands first."""


def diagnose(facts: Facts) -> Diagnosis:
    """The diagnosis of one attempt; ``next`` is left None, the plan fills it.

    Args:
        facts: From ``tui401.judge.facts.derive``.
    """
    causes = all_causes()
    verdicts = {slug: _capped(facts, merged(facts, cause)) for slug, cause in causes.items()}
    roots = _roots(verdicts, causes)
    ranked = _ranked(facts, verdicts, roots, causes)
    first = ranked[0] if ranked else None
    root = first.verdict if first is not None and _stands(facts, first.verdict) else None
    return Diagnosis(
        attempt=facts.attempt,
        outcome=_outcome(facts, root),
        root=root,
        causes=ranked,
        steps=tuple(_step(facts, step, ranked, causes) for step in STEPS),
    )


def _stands(facts: Facts, verdict: Verdict) -> bool:
    """Whether the first verdict is a candidate: an answer that refuses nothing blames nothing by itself."""
    if verdict.strength >= Strength.LIKELY or facts.refused or facts.response is None:
        return verdict.strength >= Strength.POSSIBLE
    return verdict.strength is Strength.POSSIBLE and facts.says(verdict.cause) is not None


def merged(facts: Facts, cause: Cause) -> Verdict:
    """A cause's verdict: what its module concludes, raised by what was said and noticed.

    What the request itself shows beats words, so a module's "ruled out" stands; words make a cause apply that the
    request alone would not suggest.
    """
    own = cause.judge(facts) if cause.judge is not None else None
    told = facts.says(cause.slug)
    held = own if own is not None else Verdict(cause=cause.slug, strength=Strength.UNKNOWN)
    shown_wrong = own is not None and own.strength is Strength.RULED_OUT and own.applies
    if told is not None and not shown_wrong and told.strength > held.strength and _weighed_by_words(own):
        because = tuple(dict.fromkeys((quoted(told), *(held.because if held.applies else ()))))
        held = replace(
            held,
            strength=told.strength,
            because=tuple(b for b in because if b),
            cites=tuple(dict.fromkeys((*held.cites, told.fact, *_about(facts)))),
            applies=True,
        )
    note = next((n for n in facts.notes if n.cause == cause.slug), None)
    if note is not None and facts.refused and not shown_wrong and held.strength < Strength.POSSIBLE:
        held = replace(
            held,
            strength=Strength.POSSIBLE,
            because=(note.says, *held.because),
            cites=(*held.cites, "note", "credential"),
        )
    return held


def _weighed_by_words(own: Verdict | None) -> bool:
    """Whether words may still raise it: a module that weighed them and saw a contradiction has the last word."""
    return own is None or own.strength is Strength.UNKNOWN or not own.applies


def _about(facts: Facts) -> tuple[str, ...]:
    return ("credential",) if facts.credential is not None else ()


def _capped(facts: Facts, verdict: Verdict) -> Verdict:
    """An API that refuses at random is never confirmed to do so for anything."""
    if verdict.strength is Strength.CONFIRMED and intermittent(facts):
        return replace(
            verdict, strength=Strength.LIKELY, because=(*verdict.because, "yet the same request was also accepted")
        )
    return verdict


def intermittent(facts: Facts) -> bool:
    """Whether the unchanged request was both refused and accepted, whichever came first."""
    if facts.response is None:
        return False
    if facts.refused and any(not is_repeat(a.label) and _turned(facts, a) for a in facts.answers):
        return True
    # A safe method in the original's place is another question, so its acceptance does not contradict the refusal.
    repeats = (a for a in facts.answers if is_repeat(a.label) and not a.substitute)
    again = [a.response for a in repeats if a.response is not None]
    if facts.refused:
        # A refusal can come as 200: the same answer again is no acceptance.
        mark = facts.response.signature
        return any(200 <= r.status < 300 and not (mark and r.signature == mark) for r in again)
    met = [facts.response.status, *(r.status for r in again)]
    return any(200 <= status < 300 for status in met) and any(status in REFUSALS for status in met)


def _turned(facts: Facts, answer: AnswerSeen) -> bool:
    """Whether a variant was accepted and, sent once more, refused."""
    accepted = answer.status is not None and 200 <= answer.status < 300
    return accepted and contradicted(answer, facts.answers)


def _roots(verdicts: Mapping[str, Verdict], causes: Mapping[str, Cause]) -> dict[str, str]:
    """For each symptom the cause that explains it: declared, at least as strong, and resting on a common fact."""
    found: dict[str, str] = {}
    for slug, symptom in verdicts.items():
        if symptom.strength < Strength.POSSIBLE:
            continue
        explaining = [
            root
            for root, verdict in verdicts.items()
            if slug in causes[root].explains
            and verdict.strength >= max(symptom.strength, Strength.LIKELY)
            and set(verdict.cites) & set(symptom.cites)
        ]
        if explaining:
            found[slug] = min(
                explaining, key=lambda root: (-verdicts[root].strength, _LEVELS[causes[root].likelihood], root)
            )
    return {slug: _last(found, slug) for slug in found}


def _last(explained: Mapping[str, str], slug: str) -> str:
    """The end of the chain of explanations; ``explains`` is acyclic, so it has one."""
    while slug in explained:
        slug = explained[slug]
    return slug


def _ranked(
    facts: Facts, verdicts: Mapping[str, Verdict], roots: Mapping[str, str], causes: Mapping[str, Cause]
) -> tuple[Ranked, ...]:
    def order(slug: str) -> tuple[int, int, int, int, str]:
        verdict = verdicts[slug]
        told = facts.says(slug)
        named = told is not None and told.strength >= Strength.LIKELY
        return (
            -verdict.strength if verdict.applies else 1,
            0 if named else 1,
            1 if slug in REFRESH_MENDS else 0,
            _LEVELS[causes[slug].likelihood],
            slug,
        )

    placed: list[str] = []
    for slug in sorted((s for s in verdicts if s not in roots), key=order):
        placed.append(slug)
        placed += sorted((s for s, root in roots.items() if root == slug), key=order)
    return tuple(Ranked(verdict=verdicts[s], step=causes[s].step, explained_by=roots.get(s)) for s in placed)


def _outcome(facts: Facts, root: Verdict | None) -> Outcome:
    if facts.answer is None:
        return Outcome.UNDETERMINED  # nothing was sent, so nothing is unreachable either
    if facts.response is None:
        sure = root is not None and root.strength >= Strength.LIKELY
        on_the_way = root is not None and root.cause in _ON_THE_WAY
        return Outcome.DIAGNOSED if sure and (facts.refused or on_the_way) else Outcome.UNREACHABLE
    if intermittent(facts):
        return Outcome.INTERMITTENT
    if not facts.refused and facts.response.status < 400 and facts.response.status not in MOVED:
        return Outcome.SUCCEEDED
    if root is not None and root.strength >= Strength.LIKELY:
        return Outcome.DIAGNOSED
    return Outcome.UNDETERMINED


def _step(facts: Facts, step: Step, ranked: Sequence[Ranked], causes: Mapping[str, Cause]) -> StepStatus:
    mine = [r for r in ranked if r.step is step]
    failed = next((r for r in mine if r.explained_by is None and r.verdict.strength >= Strength.LIKELY), None)
    # A cause that words alone decide is no check of its own: where nothing was said, nothing was checked.
    checks = [
        r.verdict
        for r in mine
        if r.verdict.applies and (causes[r.verdict.cause].judge or r.verdict.strength >= Strength.LIKELY)
    ]
    settled = [v for v in checks if v.strength in _SETTLED]
    counts = {"checked": len(settled), "checks": len(checks)}
    if failed is not None and (facts.refused or failed.verdict.strength is Strength.CONFIRMED):
        return StepStatus(step=step, status=Status.FAILED, why=causes[failed.verdict.cause].title, **counts)
    if facts.credential is not None and step in _OAUTH_STEPS and not is_oauth(facts):
        what = CARRIES_NOTHING.get(facts.credential.family, "this credential")
        return StepStatus(step=step, status=Status.SKIPPED, why=f"not applicable: {what} carries no claims", **counts)
    if not checks:
        reason = next((r.verdict.because[0] for r in mine if r.verdict.because), "nothing here applies")
        return StepStatus(step=step, status=Status.SKIPPED, why=reason, **counts)
    if all(v.strength is Strength.RULED_OUT for v in checks):
        why = next((v.because[0] for v in checks if v.because), "")
        return StepStatus(step=step, status=Status.PASSED, why=why, **counts)
    why = f"{len(settled)} of {len(checks)} checked"
    found = next((r for r in mine if r.verdict.applies and r.verdict.strength >= Strength.LIKELY), None)
    if found is not None:
        # Told, not blamed: a symptom of another step's cause, or a fault that the answer does not speak of.
        whose = f", explained by {found.explained_by}" if found.explained_by else ", which refused nothing here"
        why = f"{why}; {found.verdict.cause}{whose}"
    silent = next((clock.problem for clock in facts.clocks if clock.problem), "") if step is Step.CLOCK else ""
    return StepStatus(step=step, status=Status.UNKNOWN, why=f"{why}. {silent}" if silent else why, **counts)
