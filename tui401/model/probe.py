"""What a probe declares, and its two shapes: a gatherer brings evidence, an experiment varies the request."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tui401.model.case import Case
from tui401.model.facts import Facts
from tui401.model.fix import TokenWish
from tui401.model.http import Exchange, Request
from tui401.model.shown import Evidence


class Touches(StrEnum):
    """Who receives what a probe sends."""

    API = "api"
    ISSUER = "issuer"
    CLOCK = "clock"  # time servers
    MACHINE = "machine"  # nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSpec:
    """A probe's declaration; the plan chooses by it (judging.md, "Choosing the next").

    Attributes:
        name: Its name in JSON and in ``needs``: ``anonymous``, ``clock``, ``keys`` …
        title: What a screen says while it runs: "the same request without its credential".
        why: What it would settle, as the end of a sentence: "tells whether the server reads it at all".
        touches: Who receives what it sends.
        sends: Requests to the API.
        consent: It waits for a yes.
        separates: Slugs that its answer tells apart.
        limit: Seconds it may take.
        applies: Whether it can help, given the facts so far.
    """

    name: str
    title: str
    why: str
    touches: Touches
    sends: int = 0
    consent: bool = False
    separates: frozenset[str] = frozenset()
    limit: float = 10.0
    applies: Callable[[Facts], bool] = lambda _facts: True


@dataclass(frozen=True, slots=True)
class Variant:
    """A request that an experiment wants sent.

    Attributes:
        label: As in ``AnswerSeen.label``.
        varied: What differs from the original, for a person.
        request: What to send.
        substitute: A safe method stands in for the original's.
        wish: The token to ask for first and to put into the request; whoever drives the experiment then names the
            variant by what that token differs in. None to send the request as it is.
    """

    label: str
    varied: str
    request: Request
    substitute: bool = False
    wish: TokenWish | None = None


Flow = Generator[Variant, Exchange, None]
"""A conversation with the API: it yields a variant, receives what came, may yield another, returns."""


class Experiment(Protocol):
    """A probe that varies the request. Pure: whoever drives it sends, so it runs live, from a recording, by hand."""

    @property
    def spec(self) -> ProbeSpec:
        """Its declaration."""
        ...

    def flow(self, case: Case, facts: Facts) -> Flow:
        """The conversation."""
        ...


class Gatherer(Protocol):
    """A probe that asks others than the API: clocks, issuers, this machine."""

    @property
    def spec(self) -> ProbeSpec:
        """Its declaration."""
        ...

    async def run(self, case: Case, facts: Facts) -> Sequence[Evidence]:
        """The observations; a failure is an observation too, so nothing is raised but cancellation."""
        ...
