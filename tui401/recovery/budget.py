"""How much may be sent, and when sending ends early (judging.md, "Experiments")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tui401.model.facts import Facts
from tui401.model.shown import ResponseShown

LOCKOUT: Final = "rate-limited"


@dataclass(slots=True)
class Budget:
    """Counts what was sent.

    Attributes:
        api_limit: Requests to the API at most.
        api: Sent so far; each hop of a redirect counts.
        apart: Sent for what has a budget of its own, and counts against none.
        issuer: Requests to authorization servers and metadata.
        earlier: Of these, those that another client made before.
        ended: A sentence when experiments are over before the budget is, else "".
    """

    api_limit: int
    api: int = 0
    apart: int = 0
    issuer: int = 0
    earlier: int = 0
    ended: str = ""

    @property
    def left(self) -> int:
        """Requests to the API that experiments may still make."""
        return 0 if self.ended else max(0, self.api_limit - self.api)

    def note_answer(self, answer: ResponseShown | None, facts: Facts) -> None:
        """Looks at an answer, to the original or to a variant, for signs that more requests would do harm.

        Args:
            answer: What came last; None when nothing came.
            facts: What is known with it, for words of lockout.
        """
        status = answer.status if answer is not None else None
        retry = _first(answer.values("retry-after") if answer is not None else ())
        wait = f" It asks to wait: {retry}." if retry else ""
        if status == 429 or facts.says(LOCKOUT) is not None:
            self.ended = f"The server limits attempts, so nothing more is tried.{wait}"
        elif retry and status is not None and status >= 400:
            self.ended = f"The server asks to be left alone for a while, so nothing more is tried.{wait}"


def _first(values: Iterable[str]) -> str:
    return next(iter(values), "")
