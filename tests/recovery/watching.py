"""What a recovery may never do, looked at while it runs: each send, each answer to a question, each event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from tui401.model.events import Changed, Event, Judged, Sent
from tui401.model.fix import Answer, Asks, Question
from tui401.model.http import Origin, Request
from tui401.model.verdict import Strength
from tui401.recovery.consent import reason_to_ask
from tui401.recovery.repeating import AT_ONCE

STRANGER = Origin("https", "stranger.example", 443)
_BEYOND = frozenset({"original", "original-again"})
"""What the budget of experiments does not withhold: what a person sent by a key, and the refusal that makes a proof."""
_REFUSED, _ACCEPTED = "refused", "accepted"


class Watch:
    """Complains by an AssertionError in the moment in which something is done that may not be.

    Args:
        request: The person's own, as it stands when the recovery begins.
        secrets: Of the case so far.
        consented: One send was agreed to beforehand.
        budget: Requests to the API that experiments may make.
    """

    def __init__(self, request: Request, secrets: list[str], *, consented: bool, budget: int) -> None:
        self._own = request.origin
        self._owners: dict[str, set[Origin]] = defaultdict(set)
        for secret in secrets:
            self._owners[secret].add(self._own)
        self._agreed: set[Origin] = set()
        self._yes = AT_ONCE if consented else 0  # sends that are agreed to
        self._agreed_to_one = consented
        self._budget = budget
        self._counted = 0
        self._last: bytes = b""
        self._met: dict[tuple[int, bytes], set[str]] = defaultdict(set)

    def made(self, secret: str, request: Request) -> None:
        """A secret came into being while the case's request was this one."""
        self._owners[secret].add(request.origin)

    def answered(self, question: Question, answer: Answer) -> None:
        """The person's answer to a question."""
        if question.asks is Asks.NEXT:
            acts = answer.key in ("again", "edit", "paste", "token", "more", "least")
            acts = acts or answer.key.startswith(("fix:", "probe:"))
        else:
            acts = answer.key in ("yes", "instead")
        if acts:
            self._yes = AT_ONCE if question.title.startswith("Send it") and "more" in question.title else 1
            self._agreed_to_one = True
        if question.asks is Asks.ORIGIN and answer.key == "yes":
            self._agreed.add(STRANGER if str(STRANGER) in question.title else self._own)

    def sends(self, request: Request, may_cross: Callable[[Origin, Origin], bool]) -> None:
        """A request that is on its way."""
        assert self._agreed_to_one, "nobody agreed to any send"
        if reason_to_ask(request):
            assert self._yes > 0, f"nobody agreed to a {request.method}"
        self._yes -= 1
        wire = bytes_of(request)
        for secret, owners in self._owners.items():
            if secret.encode() in wire:
                assert request.origin in owners | self._agreed, f"a credential goes to {request.origin}"
        assert not may_cross(request.origin, STRANGER), "a redirect may take the credential elsewhere"
        self._last = wire

    def event(self, event: Event) -> None:
        """Something that was told."""
        match event:
            case Changed(attempt=attempt):
                self._met = defaultdict(set, {key: met for key, met in self._met.items() if key[0] != attempt})
            case Sent(label=label, attempt=attempt, status=status) if attempt:
                self._counted += 1
                assert label in _BEYOND or self._counted <= self._budget, f"{label} is number {self._counted}"
                if status is not None and 200 <= status < 300:
                    self._met[attempt, self._last].add(_ACCEPTED)
                elif status in (401, 403, 407):
                    self._met[attempt, self._last].add(_REFUSED)
            case Judged(diagnosis=diagnosis) if diagnosis.root is not None:
                by_turns = any(
                    met == {_ACCEPTED, _REFUSED} for (at, _), met in self._met.items() if at == diagnosis.attempt
                )
                sure = diagnosis.root.strength is Strength.CONFIRMED
                assert not (by_turns and sure), f"{diagnosis.root.cause} is confirmed of a server that answers by turns"
            case _:
                pass


def bytes_of(request: Request) -> bytes:
    lines = [f"{header.name}: {header.value.reveal()}" for header in request.headers]
    head = "\n".join([f"{request.method} {request.url.reveal()}", *lines])
    return head.encode("utf-8", "surrogateescape") + (request.body.reveal() if request.body is not None else b"")
