"""From the hops of a recorded exchange to facts and a diagnosis, by the same road that a live one takes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from tui401.judge import plan, rank
from tui401.judge.facts import ORIGINAL, derive
from tui401.model.case import Known
from tui401.model.facts import Facts
from tui401.model.http import Exchange, Hop
from tui401.model.names import Names
from tui401.model.probe import ProbeSpec
from tui401.model.secret import Secret
from tui401.model.shown import Content, Evidence, IntakeSeen, RequirementsSeen, kind_of
from tui401.model.verdict import Diagnosis
from tui401.probes import specs
from tui401.wire import redact

ATTEMPT: Final = 0
"""An exchange that was seen before."""

BUDGET: Final = 8
"""Requests that an experiment could make: nothing was sent yet (judging.md)."""

Requirements = Callable[[str, Secret[str]], RequirementsSeen]

_SPECS: Final = tuple(one for one in vars(specs).values() if isinstance(one, ProbeSpec) and one.sends)


@dataclass(frozen=True, slots=True)
class Around:
    """What is known around recorded exchanges.

    Attributes:
        known: What a profile or options say of the API.
        requirements: What the API's description requires of a method and address, where there is one.
    """

    known: Known = field(default_factory=Known)
    requirements: Requirements | None = None


def evidence(hops: Sequence[Hop], around: Around, *, sanitised: bool, via: str, names: Names) -> list[Evidence]:
    """What a recorded exchange amounts to, redacted as everything that is judged.

    Args:
        hops: All hops, at least one; the last one is the answer.
        around: What is known besides.
        sanitised: The recorder leaves credentials out.
        via: Where it comes from: ``har``, ``python``, ``record``.
        names: Takes the names of its secrets.
    """
    last = hops[-1]
    credentials = redact.credentials(last.request, names)
    if not credentials.credentials and len(hops) > 1:
        # A redirect may have left the credential behind; that it did is told by the hops.
        credentials = redact.credentials(hops[0].request, names)
    contents: list[Content] = [
        IntakeSeen(via=via, recorded=True, sanitised=sanitised),
        credentials,
        redact.answer(Exchange(tuple(hops)), names, label=ORIGINAL),
    ]
    if around.requirements is not None:
        contents.append(around.requirements(last.request.method, last.request.url))
    known = around.known.shown()
    pieces = [(content, f"attempt:{ATTEMPT}") for content in contents]
    if known.source:
        pieces.append((known, "case"))
    return [
        Evidence(kind=kind_of(content), subject=subject, content=content, at=last.started_at, by="recording")
        for content, subject in pieces
    ]


def judge(
    hops: Sequence[Hop],
    around: Around,
    *,
    sanitised: bool = False,
    via: str = "har",
    names: Names | None = None,
) -> tuple[Facts, Diagnosis]:
    """The facts and the diagnosis of a recorded exchange; "now" is its own moment.

    The arguments are those of ``evidence``.
    """
    names = names if names is not None else Names()
    facts = derive(evidence(hops, around, sanitised=sanitised, via=via, names=names), ATTEMPT)
    return facts, diagnose(facts)


def diagnose(facts: Facts) -> Diagnosis:
    """The diagnosis with the experiment that would tell most."""
    diagnosis = rank.diagnose(facts)
    if not facts.refused:
        return diagnosis
    following = plan.choose(diagnosis, facts, _SPECS, budget=BUDGET, tried=()) or plan.beyond(diagnosis, facts)
    return replace(diagnosis, next=following) if following is not None else diagnosis
