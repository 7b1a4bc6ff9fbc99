"""What stands on top of the recovery screen: the verdict in a few lines, and what can be done. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tui401.model.facts import Facts
from tui401.model.fix import Choice, FixKind
from tui401.model.verdict import Next, Outcome, Strength, Verdict
from tui401.model.view import CaseView
from tui401.ui.blocks import Block, Compare, Para, Row, Tone
from tui401.ui.knowledge import cause_of, title_of
from tui401.ui.states import Headline, answer_title, intermittent, nobody_to_ask, not_reproduced, told, unreachable
from tui401.ui.text import fold, sentence

_REASONS: Final = 2
_MOST_ACTIONS: Final = 5
_PROBES: Final = {
    "fresh": "a fresh token",
    "introspection": "asking the issuer about the token",
    "clock": "a time server's answer",
    "keys": "the issuer's keys",
    "discovery": "the issuer's metadata",
    "anonymous": "the same request without its credential",
    "garbage": "the same request with a made-up credential",
    "canonical": "the same credential, written exactly right",
    "bare": "the barest form of the request",
    "placement": "the same credential in the place that is named",
    "resource-metadata": "the API's own metadata",
    "invented-path": "a path of the same origin that cannot exist",
    "final-address": "the request straight to the last address",
    "narrow": "a token with fewer scopes",
    "another-credential": "another credential that is known to work",
}
LATELY: Final = "What changed lately?"
_NO_WAYS: Final = ("stop", "edit")  # leaving is Escape


@dataclass(frozen=True, slots=True)
class Offer:
    """A way on, as a button: the label, and the key of a choice or the name of a screen's own action."""

    label: str
    key: str


def headline(view: CaseView, facts: Facts | None, *, running: bool, waiting: bool, fault: str = "") -> Headline:
    """The verdict.

    Args:
        view: The case.
        facts: What is known of the current attempt.
        running: The recovery runs.
        waiting: It waits for the person to choose what comes next.
        fault: A sentence when it ended by a fault of this program.
    """
    settled = waiting or not running
    if fault:
        return Headline(word="STOPPED", title=fault, tone=Tone.BAD, settled=True)
    diagnosis = view.diagnosis
    outcome = view.outcome or (diagnosis.outcome if diagnosis is not None else None)
    if not settled:
        return _so_far(view)
    if outcome is None:
        return Headline(
            word="STOPPED", title="Nothing was concluded", tone=Tone.WARN, blocks=tuple(told(view)), settled=True
        )
    blocks: Iterator[Block]
    match outcome:
        case Outcome.RECOVERED:
            blocks = iter((Para("The request succeeds now. What mended it is on the next screen."),))
            return Headline(
                word="RECOVERED", title=answer_title(view), tone=Tone.GOOD, blocks=tuple(blocks), settled=True
            )
        case Outcome.SUCCEEDED:
            return not_reproduced(view)
        case Outcome.UNREACHABLE:
            return unreachable(view)
        case Outcome.INTERMITTENT:
            return intermittent(view)
        case Outcome.UNDETERMINED:
            return _undetermined(view, facts)
        case Outcome.DIAGNOSED:
            return _diagnosed(view, facts)


def _so_far(view: CaseView) -> Headline:
    root = view.diagnosis.root if view.diagnosis is not None else None
    if root is not None and root.strength >= Strength.POSSIBLE:
        reason = sentence(root.because[0] if root.because else "what still runs will tell")
        return Headline(
            word="so far",
            title=f"{root.strength.word}: {title_of(root.cause)}",
            tone=Tone.ACCENT,
            blocks=(Para(reason, Tone.QUIET),),
        )
    sent = view.sends[-1] if view.sends else None
    if sent is None:
        title = "your request is on its way" if view.requests else "reading what you gave"
    elif sent.status is None:
        title = "no answer came; looking for the reason"
    else:
        title = f"the answer is {sent.status}; looking for the reason"
    return Headline(word="so far", title=title, tone=Tone.ACCENT)


def _diagnosed(view: CaseView, facts: Facts | None) -> Headline:
    root = view.diagnosis.root if view.diagnosis is not None else None
    if root is None:
        return Headline(
            word="UNDETERMINED", title="The server refuses and gives no reason", tone=Tone.WARN, settled=True
        )
    return Headline(
        word=root.strength.word.upper(),
        title=title_of(root.cause),
        tone=Tone.BAD,
        blocks=(*_verdict(root, facts), *_fix_line(view, root), *told(view)),
        settled=True,
        compares=root.cause if root.expected and root.provided else "",
    )


def _verdict(root: Verdict, facts: Facts | None) -> Iterator[Block]:
    if root.expected and root.provided and root.expected != root.provided:
        yield Compare(("the request has", root.provided), ("the API expects", root.expected), by=root.expected_by)
    compares = root.expected and root.provided and root.expected != root.provided
    proof = next((flip for flip in facts.flips if flip.proved), None) if facts is not None else None
    if proof is not None:
        yield Row("proved by", f"{proof.varied}: accepted, and the original refused again")
    # What the values above say already need not be said in words; the page below has all reasons.
    for reason in () if compares else root.because[: 1 if proof is not None else _REASONS]:
        yield Para(sentence(reason))
    if root.near_miss:
        yield Para(f"Almost: {root.near_miss}", Tone.WARN)


def _fix_line(view: CaseView, root: Verdict) -> Iterator[Block]:
    choice = next(iter(ranked_fixes(view, view_choices(view))), None)
    cause = cause_of(root.cause)
    if choice is not None and choice.fix is not None and choice.fix.kind is not FixKind.PASTE:
        yield Row("FIX", choice.fix.title, choice.fix.effort, Tone.STRONG)
    elif cause is not None:
        yield Row("FIX", cause.fix, cause.effort.value, Tone.STRONG)


def view_choices(view: CaseView) -> tuple[Choice, ...]:
    """The choices of the question that the view says is waiting."""
    return view.question.choices if view.question is not None else ()


def fixes(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """Those that stand for a fix, as they are ranked."""
    return tuple(choice for choice in choices if choice.fix is not None)


def ranked_fixes(view: CaseView, choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """The fixes, the one to show first in front.

    What was done already and changed nothing goes last. Where the best remedy is in the hands of others, what to ask
    of them goes before any credential that would meet the same refusal.
    """
    root = view.diagnosis.root if view.diagnosis is not None else None
    cause = cause_of(root.cause) if root is not None else None
    best = cause.remedies[0].value if cause is not None and cause.remedies else ""
    all_ways = {remedy.value for remedy in cause.remedies} if cause is not None else set()
    by_others = best in ("tell-owner", "mend-clock") or (best == "wait" and "new-token" not in all_ways)
    done = {change.fix.id for change in view.changes if change.fix is not None and change.fix.kind is not FixKind.PASTE}

    def rank(choice: Choice) -> tuple[bool, bool]:
        fix = choice.fix
        advised = fix is not None and root is not None and fix.kind is FixKind.ADVICE and root.cause in fix.causes
        return (fix is not None and fix.id in done, by_others and not advised)

    return tuple(sorted(fixes(choices), key=rank))


def _words(body: str) -> str:
    """What a short body says: its text, or the message in a JSON object that holds little else."""
    said = " ".join(body.split())
    try:
        parsed = json.loads(said)
    except ValueError:
        return said
    if parsed in ({}, [], None, ""):
        return ""
    if isinstance(parsed, dict):
        messages = [value for value in parsed.values() if isinstance(value, str) and value.strip()]
        if len(messages) == 1 and len(parsed) <= 2:
            return " ".join(messages[0].split())
    return said


def _undetermined(view: CaseView, facts: Facts | None) -> Headline:
    from tui401.judge.unrefused import no_refusal  # noqa: PLC0415 - after the first frame

    root = view.diagnosis.root if view.diagnosis is not None else None
    other = no_refusal(facts) if facts is not None and root is None else None
    if other is not None:
        says, instead = other
        return Headline(
            word="UNDETERMINED",
            title=says,
            tone=Tone.WARN,
            blocks=(Para(instead), *told(view)),
            settled=True,
        )
    words = ""
    if facts is not None and facts.response is not None:
        words = fold(_words(facts.response.body[:2_000]), 60)
    title = f"The server says only “{words}”" if words else "The server gives no reason"
    causes = view.diagnosis.causes if view.diagnosis is not None else ()
    possible = [r.verdict.cause for r in causes if r.verdict.strength is Strength.POSSIBLE and r.explained_by is None]
    blocks: list[Block] = []
    if possible:
        blocks.append(Row("still possible", " · ".join(possible[:6])))
    following = view.diagnosis.next if view.diagnosis is not None else None
    if following is not None:
        blocks.append(Row("would settle it", settling(view, following)))
    blocks.extend(nobody_to_ask(view, facts))
    blocks.extend(told(view))
    return Headline(word="UNDETERMINED", title=title, tone=Tone.WARN, blocks=tuple(blocks), settled=True)


def settling(view: CaseView, following: Next) -> str:
    """What would settle an open diagnosis, in words: the experiment as it is offered, and what it tells."""
    return f"{name_of_probe(view, following.probe)}: {following.why}"


def name_of_probe(view: CaseView, probe: str) -> str:
    """A probe as it is offered, else by a name for people."""
    offered = next((c.label for c in view_choices(view) if c.key == f"probe:{probe}"), "")
    return offered or _PROBES.get(probe, probe.replace("-", " "))


def offers(choices: Sequence[Choice], found: Headline) -> tuple[Offer, ...]:
    """The buttons under the verdict, the obvious one first.

    Args:
        choices: What the recovery offers; () when it waits for nothing.
        found: The verdict.
    """
    if not found.settled:
        return ()
    made: list[Offer] = []
    mending = fixes(choices)
    by_key = {c.key: c for c in choices}
    if found.word in ("CONFIRMED", "LIKELY"):
        if mending:
            made.append(Offer("Show the fix", "show:fix"))
        if len(choices) > 1:
            made.append(Offer("Other ways", "show:ways"))
    elif found.word == "NOT REPRODUCED":
        own = (
            ("edit", "Compare with the failing one", "failing"),
            ("more", "", "more"),
            ("changed", LATELY, "changed"),
        )
        made.extend(Offer(label or by_key[key].label, f"show:{shows}") for key, label, shows in own if key in by_key)
    elif choices:
        probes = [c for c in choices if c.key.startswith("probe:")]
        more = [c for c in choices if c.key == "more"] if found.word == "INTERMITTENT" else []
        first = (*more, *mending[:1], *probes[:1])
        made.extend(Offer(_short(c.label), f"show:{c.key}") for c in first)
        if not first and "again" in by_key:
            made.append(Offer("Send it again", "show:again"))
        if "changed" in by_key:
            made.append(Offer(LATELY, "show:changed"))
        if len([c for c in choices if c.key not in _NO_WAYS]) > len(made):
            made.append(Offer("Other ways", "show:ways"))
    if found.word == "RECOVERED":
        made.append(Offer("What mended it", "show:solved"))
    if not choices and found.word != "RECOVERED":
        made.append(Offer("Send it again", "show:again"))
    made.append(Offer("Report", "show:report"))
    return tuple(made[:_MOST_ACTIONS])


def _short(label: str) -> str:
    label = sentence(label)
    return fold(label, 44)
