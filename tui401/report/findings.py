"""What judgement concluded: causes with their evidence, what was ruled out, what stays open, what was tried. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from tui401.judge.mended import mended
from tui401.model.cause import Cause
from tui401.model.facts import Contrast, Facts, Flip
from tui401.model.shown import AnswerSeen
from tui401.model.verdict import Diagnosis, Ranked, Strength
from tui401.model.view import CaseView
from tui401.report.parts import Line, Section
from tui401.report.texts import listed, title

_CONTRASTS: Final = {
    Contrast.ALL_ALIKE: "The API gives one and the same refusal to the credential, to none, and to a worthless one; "
    "so its refusal alone tells nothing of this credential",
    Contrast.READ_AND_REFUSED: "The API answers a worthless credential as it answers this one, and none otherwise; "
    "so it read the credential and refused it",
    Contrast.NOT_READ: "The API answers no credential as it answers this one, and a worthless one otherwise; "
    "so it did not read this form as a credential",
    Contrast.RECOGNISED: "The API answers this credential otherwise than none and than a worthless one; "
    "so it recognised it",
    Contrast.PUBLIC: "Without any credential the request succeeds; so the credential itself is what is refused",
}
_AGAIN: Final = "original-again"


def findings(view: CaseView, facts: Facts, diagnosis: Diagnosis, causes: Mapping[str, Cause]) -> Section:
    """Every cause that is at least possible, the root first, with its evidence; then those that showed later."""
    lines: list[Line] = []
    standing = [r for r in diagnosis.causes if r.verdict.strength >= Strength.POSSIBLE]
    for ranked in standing:
        if ranked.explained_by is None:
            lines += _finding(ranked, facts, causes)
            lines += [
                Line(text=f"A symptom of it: {title(other.verdict.cause, causes)}", level=1)
                for other in standing
                if other.explained_by == ranked.verdict.cause
            ]
    if not lines:
        lines.append(Line(text="Nothing points to a cause"))
    for later in mended(view)[1:]:
        lines.append(Line(text=f"Once that was mended: {title(later.verdict.cause, causes)}"))
        lines += [Line(text=sentence[:1].upper() + sentence[1:], level=1) for sentence in later.verdict.because]
        lines.append(Line(text=f"Mended by: {later.by}", level=1))
    lines += [Line(text=f"Noticed in the command: {note.says}") for note in facts.notes]
    return Section(title="Findings", lines=tuple(lines))


def _finding(ranked: Ranked, facts: Facts, causes: Mapping[str, Cause]) -> list[Line]:
    verdict = ranked.verdict
    word = verdict.strength.word
    lines = [Line(text=f"{word[:1].upper()}{word[1:]}: {title(verdict.cause, causes)}")]
    lines += [Line(text=sentence[:1].upper() + sentence[1:], level=1) for sentence in verdict.because]
    if verdict.expected or verdict.provided:
        by = f", by {verdict.expected_by}" if verdict.expected_by else ""
        lines.append(Line(text=f"Expected{by}", value=verdict.expected or "not known", level=1))
        lines.append(Line(text="The request has", value=verdict.provided or "nothing", level=1))
    if verdict.near_miss:
        lines.append(Line(text=f"Nearly equal: {verdict.near_miss}", level=1))
    lines += [
        Line(
            text=f"{'The issuer' if said.by == 'issuer' else 'The API'} says, in its {said.where}",
            value=said.quote,
            level=1,
        )
        for said in facts.said
        if said.cause == verdict.cause and said.quote and not any(said.quote in b for b in verdict.because)
    ]
    if verdict.cause in causes:
        lines.append(Line(text=f"What mends it: {causes[verdict.cause].fix}", level=1))
    return lines


def ruled_out_slugs(diagnosis: Diagnosis) -> tuple[str, ...]:
    """The causes that concern this request and were shown not to be so."""
    return tuple(
        r.verdict.cause for r in diagnosis.causes if r.verdict.strength is Strength.RULED_OUT and r.verdict.applies
    )


def ruled_out(diagnosis: Diagnosis, causes: Mapping[str, Cause]) -> Section:
    """What was ruled out, each with the reason."""
    slugs = set(ruled_out_slugs(diagnosis))
    return Section(title="Ruled out", lines=tuple(_reasons(diagnosis, causes, slugs)))


def not_settled(diagnosis: Diagnosis, causes: Mapping[str, Cause]) -> Section:
    """What could not be judged, and what would settle it."""
    slugs = {r.verdict.cause for r in diagnosis.causes if r.verdict.strength is Strength.UNKNOWN and r.verdict.applies}
    bare = [
        r.verdict.cause
        for r in diagnosis.causes
        if r.verdict.cause in slugs and not r.verdict.because and not r.verdict.needs
    ]
    lines = _reasons(diagnosis, causes, slugs.difference(bare))
    if bare:
        lines.append(Line(text=f"Nothing speaks for these, and nothing rules them out: {listed(bare, len(bare))}"))
    if diagnosis.next is not None:
        lines.insert(0, Line(text=f"What would help most: {diagnosis.next.probe}; it {diagnosis.next.why}"))
    return Section(title="Not settled", lines=tuple(lines))


def _reasons(diagnosis: Diagnosis, causes: Mapping[str, Cause], slugs: Iterable[str]) -> list[Line]:
    lines = []
    for ranked in diagnosis.causes:
        verdict = ranked.verdict
        if verdict.cause in slugs:
            why = f": {verdict.because[0]}" if verdict.because else ""
            needs = f"; to be settled by {verdict.needs}" if verdict.needs else ""
            lines.append(Line(text=f"{title(verdict.cause, causes)}{why}{needs}"))
    return lines


def steps(diagnosis: Diagnosis) -> Section:
    """The six steps with their status."""
    rows = tuple((f"{n} {s.step.value}", s.status.value, s.why) for n, s in enumerate(diagnosis.steps, 1))
    return Section(title="Steps", head=("step", "status", "why"), rows=rows)


def _varied(flip: Flip) -> str:
    """What was varied, as the subject of a sentence; what a fix did is told by its title."""
    return f"the request after “{flip.varied}”" if flip.varied[:1].isupper() else flip.varied


def proofs(facts: Facts) -> tuple[str, ...]:
    """The experiments that prove a cause: one difference, accepted, and the original refused again."""
    return tuple(
        f"{_varied(flip)} answered {_status(facts.answered(flip.label))}, and the request as it was, "
        f"sent again straight after, answered {_status(facts.answered(_AGAIN))}"
        for flip in facts.flips
        if flip.proved
    )


def experiments(facts: Facts) -> Section:
    """What was varied, what came, and what that proves."""
    lines = [Line(text=f"Proved: {proof}; this one difference decides") for proof in proofs(facts)]
    for flip in facts.flips:
        if not flip.proved:
            came = f"{_varied(flip)} answered {_status(facts.answered(flip.label))}"
            why = "the original was not refused again straight after, so it may be chance"
            lines.append(Line(text=f"Not proved: {came}, but {why}"))
    if any(flip.substitute for flip in facts.flips):
        lines.append(Line(text="A safe method stood in for the request's own, so this shows the cause and no recovery"))
    if facts.contrast in _CONTRASTS:
        lines.append(Line(text=_CONTRASTS[facts.contrast]))
    told = {"original", *(flip.label for flip in facts.flips)}
    for answer in facts.answers:
        if answer.label not in told and not (answer.label == _AGAIN and proofs(facts)):
            lines.append(
                Line(text=f"Tried: {answer.varied or answer.label}: {_status(answer)}{_likeness(answer, facts)}")
            )
    return Section(title="Experiments and what they proved", lines=tuple(lines))


def _likeness(answer: AnswerSeen, facts: Facts) -> str:
    ours, theirs = facts.response, answer.response
    if ours is None or theirs is None or not ours.signature or not theirs.signature:
        return ""
    return ", the same answer" if ours.signature == theirs.signature else ", another answer"


def _status(answer: AnswerSeen | None) -> str:
    if answer is None:
        return "nothing that was kept"
    if answer.status is not None:
        return str(answer.status)
    return answer.failure.says if answer.failure is not None else "no answer"
