"""What judgement concludes: strengths, verdicts, the status of the six steps, the diagnosis (judging.md)."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final

from tui401.model.shown import Shown


class Strength(IntEnum):
    """How sure a verdict is. Ordered: a greater one is surer."""

    RULED_OUT = 0
    UNKNOWN = 1  # what it needs is missing
    POSSIBLE = 2  # not excluded, and something points there
    LIKELY = 3  # the evidence speaks for it, but another cause could give the same
    CONFIRMED = 4  # enough for the refusal, by word, flip or visible defect

    @property
    def word(self) -> str:
        """The word that JSON and screens have for it, for example ``ruled-out``."""
        return self.name.lower().replace("_", "-")


class Step(StrEnum):
    """The six steps, in their order."""

    TOKEN = "token"
    HEADER = "header"
    AUDIENCE = "audience"
    CLOCK = "clock"
    PERMISSIONS = "permissions"
    SERVER = "server"


STEPS: Final = tuple(Step)


class Status(StrEnum):
    """The status of a step."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    RUNNING = "running"  # on screens only


class Verdict(Shown, frozen=True, kw_only=True):
    """What one cause's evidence amounts to.

    Attributes:
        cause: The slug.
        strength: How sure.
        because: Sentences, the weightiest first; free of secrets.
        cites: Names of the facts it rests on; two verdicts that share one speak of the same thing.
        needs: The probe that would bring what is missing, or "".
        applies: False where the cause cannot concern this request ("an API key carries no claims").
        near_miss: What is almost equal ("only the trailing slash differs"), or "".
        expected: What the API expects, where values are compared; ``provided`` what the request has.
        expected_by: Who said what is expected.
    """

    cause: str
    strength: Strength
    because: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    needs: str = ""
    applies: bool = True
    near_miss: str = ""
    expected: str = ""
    provided: str = ""
    expected_by: str = ""


class Ranked(Shown, frozen=True, kw_only=True):
    """A verdict in its place: the root it is a symptom of, or None when it stands by itself."""

    verdict: Verdict
    step: Step
    explained_by: str | None = None


class StepStatus(Shown, frozen=True, kw_only=True):
    """The status of a step with its reason; ``checked`` of ``checks`` were settled."""

    step: Step
    status: Status
    why: str = ""
    checked: int = 0
    checks: int = 0


class Next(Shown, frozen=True, kw_only=True):
    """The probe that would help most, and why. ``consent``: it waits for a yes."""

    probe: str
    why: str
    consent: bool = False


class Outcome(StrEnum):
    """How a recovery stands or ended."""

    RECOVERED = "recovered"  # a fix made it succeed
    SUCCEEDED = "succeeded"  # it succeeded as given
    DIAGNOSED = "diagnosed"  # a refusal with a confirmed or likely verdict
    UNDETERMINED = "undetermined"
    INTERMITTENT = "intermittent"
    UNREACHABLE = "unreachable"


class Diagnosis(Shown, frozen=True, kw_only=True):
    """The judgement of one attempt.

    Attributes:
        attempt: Which one, from 1 (0 is one that was seen before).
        outcome: What it amounts to.
        root: The verdict that stands first, or None with no candidate at all.
        causes: All verdicts, best first, symptoms behind their roots, ruled-out last.
        steps: Six, in order.
        next: The probe that would help most, or None.
    """

    attempt: int
    outcome: Outcome
    root: Verdict | None = None
    causes: tuple[Ranked, ...] = ()
    steps: tuple[StepStatus, ...] = ()
    next: Next | None = None
