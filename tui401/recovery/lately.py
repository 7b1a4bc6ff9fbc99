"""The question "what changed lately?": offered until it was answered once, and kept in the case. Pure but for names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tui401.model.case import Earlier
from tui401.model.fix import Answer, Choice, Question
from tui401.model.names import Names
from tui401.model.shown import Evidence, PersonSaid, Redacted
from tui401.recovery import asking
from tui401.wire import redact

KEY: Final = "changed"
"""The choice of the question "what now?" that answers it; the answer's ``secret`` holds the person's words."""

QUESTION: Final = "what changed lately?"
NOTHING: Final = "nothing that I know of"
_LONGEST: Final = 2_000  # characters of an answer that are kept
_CHOICE: Final = Choice(
    key=KEY,
    label="Say what changed lately",
    detail="A rotated secret, a deploy, a gateway, a certificate, a role: what fails since then often hangs on it.",
)


def answered(evidence: Iterable[Evidence]) -> bool:
    """Whether the person has answered it in this case."""
    return any(isinstance(e.content, PersonSaid) and e.content.question == QUESTION for e in evidence)


def offered(question: Question, evidence: Iterable[Evidence], earlier: Earlier | None = None) -> Question:
    """The question "what now?" with this one among its choices, before "stop", unless it was answered already.

    Args:
        question: The question.
        evidence: Of this run.
        earlier: What an earlier run of the case came to.
    """
    if answered(evidence) or (earlier is not None and earlier.told_lately):
        return question
    return asking.with_choice(question, _CHOICE)


def said(answer: Answer, names: Names) -> PersonSaid:
    """What the person said, redacted; with no words that nothing changed which they know of.

    Args:
        answer: With the key ``changed``.
        names: The case's secrets, so that one in the words stands as its name.
    """
    words = " ".join(answer.secret.reveal().split()) if answer.secret is not None else ""
    return PersonSaid(question=QUESTION, answer=redact.text(words[:_LONGEST], names) if words else Redacted(NOTHING))
