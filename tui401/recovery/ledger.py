"""The evidence of a running recovery: what is held, what it amounts to, and who is told."""

from __future__ import annotations

from collections.abc import Callable

from tui401.judge import facts as facts_of
from tui401.model import events
from tui401.model.facts import Facts
from tui401.model.names import Names
from tui401.model.shown import Content, Evidence, Redacted, kind_of
from tui401.model.view import with_evidence

Emit = Callable[[events.Event], None]


class Ledger:
    """Holds evidence and tells the listeners of each new piece.

    Args:
        emit: Takes each event.
        names: The names of the case's secrets.
        now: Seconds since the epoch.
    """

    def __init__(self, emit: Emit, names: Names, now: Callable[[], float]) -> None:
        self.emit = emit
        self.names = names
        self.now = now
        self.attempt = 1
        self.evidence: tuple[Evidence, ...] = ()

    def found(self, content: Content, subject: str, by: str) -> None:
        """Holds an observation of this moment."""
        self.hold(Evidence(kind=kind_of(content), subject=subject, content=content, at=self.now(), by=by))

    def hold(self, piece: Evidence) -> None:
        """Holds a piece of evidence, in the place of an older one of its key."""
        self.evidence = with_evidence(self.evidence, piece)
        self.emit(events.Found(evidence=piece))

    def facts(self, attempt: int | None = None) -> Facts:
        """What the evidence amounts to for an attempt, the current one unless another is named."""
        return facts_of.derive(self.evidence, attempt or self.attempt)

    def with_piece(self, piece: Evidence, attempt: int) -> Facts:
        """What the evidence would amount to with one piece more, which is not held."""
        return facts_of.derive((*self.evidence, piece), attempt)

    def tell(self, text: str) -> None:
        """A sentence for the person that is no finding."""
        self.emit(events.Told(text=Redacted(text)))
