"""The unchanged request, sent some times more: what a server that answers by turns does how often. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tui401.judge.facts import REPEAT
from tui401.model.fix import Asks, Choice, Question
from tui401.model.shown import AnswerSeen, Evidence, Redacted, RequestShown
from tui401.model.verdict import Diagnosis, Outcome
from tui401.recovery.asking import with_choice

KEY: Final = "more"
"""The choice of the question "what now?" that sends it some times more."""

AT_ONCE: Final = 5
"""Requests of one such choice at most."""

_NUMBER: Final = re.compile(r"[0-9]{1,9}")

VARIED: Final = "as it is, once more"


def choice(left: int) -> Choice | None:
    """The choice, with how many requests it sends; None where the budget has none left."""
    count = min(AT_ONCE, left)
    if count <= 0:
        return None
    detail = "It tells a server that answers by turns, a node that differs and a cache from one that is mended."
    return Choice(key=KEY, label=f"Send {count} more", detail=detail)


def labels(evidence: Iterable[Evidence], attempt: int, left: int) -> tuple[str, ...]:
    """Labels for that many sends, each its own, so that no answer takes the place of an earlier one."""
    mine = f"attempt:{attempt}"
    made = [e.content.label for e in evidence if isinstance(e.content, AnswerSeen) and e.subject == mine]
    numbers = [int(n) for label in made if (n := label.removeprefix(REPEAT)) != label and _NUMBER.fullmatch(n)]
    first = 1 + max(numbers, default=0)
    return tuple(f"{REPEAT}{number}" for number in range(first, first + min(AT_ONCE, left)))


def to_repeat(request: RequestShown, count: int, reason: str) -> Question:
    """May a request that can change something be sent some times more?"""
    return Question(
        asks=Asks.EXPERIMENT,
        title=f"Send it {count} times more?" if count > 1 else "Send it once more?",
        lines=(Redacted(reason), Redacted(f"{request.method} {request.url}")),
        choices=(Choice(key="no", label="Leave it"), Choice(key="yes", label="Send it")),
    )


def offered(question: Question, diagnosis: Diagnosis, left: int) -> Question:
    """The question "what now?" with this among its choices where the answers change by themselves."""
    more = choice(left)
    if more is None or diagnosis.outcome is not Outcome.INTERMITTENT:
        return question
    return with_choice(question, more)


def when_it_succeeds(left: int) -> Question:
    """What the person can do about a request that is not refused now: send it again, change it, stop."""
    more = choice(left)
    return Question(
        asks=Asks.NEXT,
        title="It is not refused now. What next?",
        choices=(
            *((more,) if more is not None else ()),
            Choice(key="edit", label="Change the request by hand"),
            Choice(key="stop", label="Stop here"),
        ),
    )
