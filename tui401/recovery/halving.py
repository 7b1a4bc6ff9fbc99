"""Which difference decides: removed by halves until the smallest that turns the refusal into success stands alone.

A conversation as experiments have it (delta debugging, after Zeller): it yields requests, receives what came, and holds
what it knows by then, so that whoever drives it may stop at any time.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tui401.model.http import Exchange, Request
from tui401.model.probe import Variant
from tui401.recovery.becoming import Step

Talk = Generator[Variant, Exchange, bool]

WORKS = "works"
VARIED = "compare"


class Found(StrEnum):
    """How a comparison ended."""

    DECIDED = "decided"  # the smallest difference is proved by a flip
    NARROWED = "narrowed"  # it was stopped before one stood alone, or before it was proved
    BOTH_SUCCEED = "both-succeed"
    BOTH_REFUSED = "both-refused"
    INTERMITTENT = "intermittent"  # the request that fails was accepted, too
    UNREACHABLE = "unreachable"
    OPEN = "open"  # nothing is known yet


@dataclass(slots=True)
class Halving:
    """The search and what it knows.

    Attributes:
        works: The request that works.
        fails: The one that is refused.
        steps: From the one to the other.
        found: How it stands.
        left: The steps that are known to be enough together.
        refused: What the request that fails was answered, in order.
    """

    works: Request
    fails: Request
    steps: Sequence[Step]
    found: Found = Found.OPEN
    left: tuple[Step, ...] = ()
    refused: list[int] = field(default_factory=list)

    def flow(self) -> Generator[Variant, Exchange, None]:
        """The conversation."""
        first = yield Variant("original", "the request that fails, as it is", self.fails)
        if first.response is None:
            self.found = Found.UNREACHABLE
            return
        if _accepted(first):
            self.found = Found.BOTH_SUCCEED
            return
        self.refused.append(first.response.status)
        good = yield Variant(WORKS, "the request that works, as it is", self.works)
        if good.response is None or not _accepted(good):
            self.found = Found.UNREACHABLE if good.response is None else Found.BOTH_REFUSED
            return
        self.left, self.found = tuple(self.steps), Found.NARROWED
        if not self.left:
            return
        yield from self._halve()
        yield from self._prove()

    def _halve(self) -> Generator[Variant, Exchange, None]:
        parts = 2
        while len(self.left) > 1:
            groups = _split(self.left, parts)
            smaller = yield from self._enough(groups)
            if smaller is not None:
                self.left, parts = smaller, 2
                continue
            rests = [tuple(s for s in self.left if s not in group) for group in groups] if parts > 2 else []
            smaller = yield from self._enough(rests)
            if smaller is not None:
                self.left, parts = smaller, max(2, parts - 1)
            elif parts >= len(self.left):
                return
            else:
                parts = min(len(self.left), 2 * parts)

    def _enough(self, groups: Sequence[tuple[Step, ...]]) -> Generator[Variant, Exchange, tuple[Step, ...] | None]:
        for group in groups:
            if (yield from self._passes(group)):
                return group
        return None

    def _passes(self, group: Sequence[Step]) -> Talk:
        request = self.fails
        for step in group:
            request = step.apply(request)
        titles = ", ".join(step.title for step in group)
        came = yield Variant(VARIED, f"as it fails, but with {titles} of the one that works", request)
        return _accepted(came)

    def _passes_all(self) -> Talk:
        """Whether everything that differs is enough; the request that works need not be sent again for that."""
        request = self.fails
        for step in self.left:
            request = step.apply(request)
        return True if request == self.works else (yield from self._passes(self.left))

    def _prove(self) -> Generator[Variant, Exchange, None]:
        """The flip: with the smallest difference it was accepted, and as it was it is refused again."""
        if len(self.left) == len(self.steps) and not (yield from self._passes_all()):
            return
        for label in ("original-again", "again-2"):
            came = yield Variant(label, "the request that fails, once more", self.fails)
            if _accepted(came):
                self.found = Found.INTERMITTENT
                return
            if came.response is None:
                return
            self.refused.append(came.response.status)
            self.found = Found.DECIDED


def _split(steps: tuple[Step, ...], parts: int) -> list[tuple[Step, ...]]:
    size, more = divmod(len(steps), parts)
    groups, at = [], 0
    for number in range(parts):
        end = at + size + (number < more)
        groups.append(steps[at:end])
        at = end
    return [group for group in groups if group]


def _accepted(exchange: Exchange) -> bool:
    return exchange.response is not None and 200 <= exchange.response.status < 300
