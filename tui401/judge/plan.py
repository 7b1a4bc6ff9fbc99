"""Choosing the next probe (judging.md, "Choosing the next"): no cleverer than that until it is shown to be needed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from tui401.causes.reading import VAGUE
from tui401.model.facts import Facts
from tui401.model.probe import ProbeSpec, Touches
from tui401.model.verdict import Diagnosis, Next, Outcome, Strength, Verdict

_RIVALS: Final = 3
AGAIN: Final = "original-again"
REPAIRS: Final = frozenset({"canonical", "add-scheme", "use-scheme", "repaired", "placement", "once"})
"""Experiments that write the same credential otherwise: accepted, they prove the writing at fault whatever was said."""
_COST: Final = {Touches.MACHINE: 0, Touches.CLOCK: 1, Touches.ISSUER: 2, Touches.API: 3}


def choose(
    diagnosis: Diagnosis, facts: Facts, specs: Sequence[ProbeSpec], *, budget: int, tried: Collection[str]
) -> Next | None:
    """The affordable probe that separates the top cause from most of the next three; a tie goes to the cheaper.

    Args:
        diagnosis: How things stand.
        facts: The facts it rests on.
        specs: All probes there are.
        budget: Requests to the API that are left.
        tried: Names of probes that were made, or refused by the person, in this attempt.

    Returns:
        The choice, or None when nothing affordable would tell more, or the verdict stands.
    """
    if settled(diagnosis):
        return None
    locked = locked_out(facts)
    usable = [
        spec
        for spec in specs
        if spec.name not in tried and spec.sends <= budget and not (locked and spec.sends) and spec.applies(facts)
    ]
    top, rivals = _candidates(diagnosis)
    if top is None:
        return None
    scored = [(_worth(spec, top, rivals), spec) for spec in usable]
    worthy = [(worth, spec) for worth, spec in scored if worth > 0]
    if not worthy:
        # Words that contradict the request may be said of anything: what is visibly odd in it is tried, one at a time.
        odd = {r.verdict.needs for r in diagnosis.causes if r.verdict.strength is Strength.POSSIBLE}
        worthy = [(1, spec) for spec in usable if spec.name in odd and spec.name in REPAIRS]
    if not worthy and top.strength is Strength.UNKNOWN:
        # Nothing stands out, so nothing can be told from it: what the next one needs is asked instead.
        needs = list(dict.fromkeys(r.verdict.needs for r in diagnosis.causes if r.verdict.applies and r.verdict.needs))
        worthy = [(len(needs) - needs.index(spec.name), spec) for spec in usable if spec.name in needs]
    if not worthy and _may_repeat(facts) and not _named(facts, top):
        # Last of all: is it refused every time? An API that refuses at random is never diagnosed (judging.md).
        worthy = [(1, spec) for spec in usable if spec.name == AGAIN]
    if not worthy:
        return None
    _, chosen = min(
        worthy, key=lambda pair: (-pair[0], pair[1].consent, pair[1].sends, _COST[pair[1].touches], pair[1].name)
    )
    return Next(probe=chosen.name, why=chosen.why, consent=chosen.consent)


def beyond(diagnosis: Diagnosis, facts: Facts) -> Next | None:
    """What would settle an open diagnosis when no probe of ours is left: another credential, compared with this one.

    It needs a grant or the person, so it always waits for a yes.
    """
    credential = facts.credential
    if diagnosis.outcome is not Outcome.UNDETERMINED or not facts.refused or credential is None or locked_out(facts):
        return None
    if credential.family in ("bearer", "dpop", "raw"):
        why = "tells whether this token is at fault: a new one of the same grant, client, audience and scopes"
        return Next(probe="fresh", why=why, consent=True)
    why = "tells whether this credential is at fault: another one that is known to work"
    return Next(probe="another-credential", why=why, consent=True)


def settled(diagnosis: Diagnosis) -> bool:
    """Whether no probe is needed any more: the root is confirmed, the request succeeded, or nothing answers."""
    if diagnosis.outcome in (Outcome.SUCCEEDED, Outcome.RECOVERED, Outcome.UNREACHABLE, Outcome.INTERMITTENT):
        return True
    return diagnosis.root is not None and diagnosis.root.strength is Strength.CONFIRMED


def locked_out(facts: Facts) -> bool:
    """Whether the server asked to be left alone: 429, Retry-After, or words of lockout end all experiments."""
    for answer in facts.answers:
        response = answer.response
        if response is not None and (
            response.status == 429 or (response.status >= 400 and response.values("retry-after"))
        ):
            return True
    told = facts.says("rate-limited")
    return told is not None and told.strength >= Strength.LIKELY


def _named(facts: Facts, top: Verdict) -> bool:
    """Whether the server's words name the top cause, and are not those that are said of any refused credential."""
    told = facts.says(top.cause)
    return told is not None and told.strength >= Strength.LIKELY and top.cause not in VAGUE


def _may_repeat(facts: Facts) -> bool:
    """Whether the unchanged request may be sent once more unasked: never a password, which can lock an account."""
    return facts.credential is not None and facts.credential.family not in ("basic", "digest")


def _candidates(diagnosis: Diagnosis) -> tuple[Verdict | None, tuple[Verdict, ...]]:
    """The top cause and its next three rivals: what stands by itself first, then what could not be judged yet."""
    standing = [
        r.verdict
        for r in diagnosis.causes
        if r.explained_by is None and r.verdict.applies and r.verdict.strength >= Strength.UNKNOWN
    ]
    # Among those not judged yet, one that names what it needs can be brought further; the rest only words could.
    open_ones = [v for v in standing if v.strength >= Strength.POSSIBLE or v.needs]
    return (open_ones[0], tuple(open_ones[1 : 1 + _RIVALS])) if open_ones else (None, ())


def _worth(spec: ProbeSpec, top: Verdict, rivals: Sequence[Verdict]) -> int:
    """How many of the rivals it tells from the top cause; what the top cause itself asks for counts one more."""
    asked = 1 if top.needs == spec.name else 0
    if top.cause not in spec.separates and not asked:
        return 0
    apart = sum(1 for rival in rivals if rival.cause not in spec.separates or rival.needs == spec.name)
    together = sum(1 for rival in rivals if rival.cause in spec.separates)
    return asked + (apart or together or 1)
