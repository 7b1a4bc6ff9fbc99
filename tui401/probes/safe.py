"""A method that can change nothing, in place of one that can (judging.md, "Consent"): what is offered before a POST."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.model.probe import Flow, ProbeSpec, Touches, Variant
from tui401.probes import applies
from tui401.probes.conversing import SAFE, stand_in

NAME: Final = "safe-method"


def can_help(facts: Facts) -> bool:
    """Whether a method that can change something was refused with a credential that can be sent by another one."""
    changes = facts.request.method not in SAFE and facts.answered("read") is None
    return changes and applies.has_credential(facts) and not applies.is_one_time(facts)


SPEC: Final = ProbeSpec(
    name=NAME,
    title="the same address by GET, HEAD or OPTIONS, which can change nothing",
    why="tells whether the credential is refused there too, or only for what can change something",
    touches=Touches.API,
    sends=2,
    consent=True,
    separates=frozenset({"permission-denied", "csrf-token-missing", "scope-insufficient"}),
    applies=can_help,
)


@dataclass(frozen=True, slots=True)
class SafeMethod:
    """First without a credential: only where that is refused does the answer with it count. It proves no recovery."""

    spec: ProbeSpec = SPEC

    def flow(self, case: Case, facts: Facts) -> Flow:
        """The conversation."""
        stands_in = yield from stand_in(case.request, facts)
        if stands_in is not None:
            method = stands_in.method
            yield Variant(f"by-{method.lower()}", f"by {method} in its place", stands_in, substitute=True)
