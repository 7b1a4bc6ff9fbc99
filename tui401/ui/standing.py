"""How the six steps stand on the screen: the diagnosis, and what still runs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tui401.model.events import ProbeStarted
from tui401.model.verdict import STEPS, Outcome, Status, Step, StepStatus
from tui401.model.view import CaseView
from tui401.ui.blocks import WORDS

_STEP_OF: Final = {
    **dict.fromkeys(("clock", "ntp", "machine"), Step.CLOCK),
    **dict.fromkeys(("keys", "introspection"), Step.TOKEN),
    **dict.fromkeys(("anonymous", "garbage", "canonical", "repaired", "scheme", "placement", "once"), Step.HEADER),
    "final": Step.HEADER,
    "resource": Step.AUDIENCE,
    **dict.fromkeys(("bare", "narrow", "widen", "safe", "read", "least"), Step.PERMISSIONS),
    **dict.fromkeys(("discovery", "metadata", "endpoint", "tls", "invented", "direct"), Step.SERVER),
}
"""By a word of the probe's name."""


def step_of(probe: str) -> Step | None:
    """The step whose page a probe's answer fills, or None for one that concerns all."""
    for part in (probe, *probe.replace("/", "-").split("-")):
        if part in _STEP_OF:
            return _STEP_OF[part]
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One step as the rail and its page show it.

    Attributes:
        status: Its state; RUNNING while something that concerns it runs and nothing failed.
        aside: ``3 of 5`` where that says more, else "".
        why: The diagnosis' reason.
        running: What runs for it.
    """

    step: Step
    status: Status
    aside: str = ""
    why: str = ""
    running: tuple[ProbeStarted, ...] = ()


def standings(view: CaseView, *, running: bool) -> tuple[Standing, ...]:
    """All six, in order. ``running``: the recovery has not stopped."""
    judged = {status.step: status for status in view.diagnosis.steps} if view.diagnosis is not None else {}
    return tuple(_standing(step, judged.get(step), view, running=running) for step in STEPS)


def _standing(step: Step, judged: StepStatus | None, view: CaseView, *, running: bool) -> Standing:
    probes = tuple(p for p in view.running if step_of(p.probe) is step)
    if judged is None:
        return Standing(step=step, status=Status.RUNNING if running else Status.UNKNOWN, running=probes)
    status = judged.status
    if probes and status is Status.UNKNOWN:
        status = Status.RUNNING
    aside = ""
    if status is Status.UNKNOWN and judged.checks:
        aside = f"{judged.checked} of {judged.checks}"
    return Standing(step=step, status=status, aside=aside, why=judged.why, running=probes)


def first_failing(view: CaseView) -> Step | None:
    """The first step that failed, or None."""
    if view.diagnosis is None:
        return None
    return next((s.step for s in view.diagnosis.steps if s.status is Status.FAILED), None)


def is_solved(view: CaseView) -> bool:
    """A fix made the request succeed."""
    return view.outcome is Outcome.RECOVERED


def own_words(standing: Standing) -> str:
    """The reason of a step without what stands beside it already: how much was checked, and its status in words."""
    why = standing.why
    if standing.aside:
        why = why.removeprefix(f"{standing.aside} checked").lstrip("; .")
    word = WORDS[standing.status]
    return why[len(word) :].lstrip(" :.") if why.lower().startswith(word) else why
