"""The verdicts of states that are no diagnosis: it works now, by turns, not at all; and what can be done next. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tui401.model.events import Sent
from tui401.model.facts import Facts
from tui401.model.http import FailureKind
from tui401.model.shown import AnswerSeen, FailureShown
from tui401.model.view import CaseView
from tui401.ui.blocks import Block, Para, Row, Tone

_REFUSALS: Final = 400
_SAME: Final = ("original", "again-")  # how the labels of sends of the unchanged request begin
_NO_ANSWER: Final = {
    FailureKind.DNS: ("Its name leads to no address", "Some names are known in one network only."),
    FailureKind.REFUSED: ("Nothing listens at this address", ""),
    FailureKind.UNREACHABLE: ("No way leads to this address", ""),
    FailureKind.TLS: ("The two sides did not agree on TLS", "TLS comes before any header: no credential was sent."),
    FailureKind.TIMEOUT: (
        "No answer came in time",
        "It may have arrived all the same: what can change something may have done so.",
    ),
    FailureKind.PROTOCOL: (
        "What answers there is no HTTP that can be read",
        "An https address asked for by http answers so, and the other way round.",
    ),
    FailureKind.PROXY: ("The proxy did not let it through", "The API has not seen it."),
    FailureKind.REDIRECTS: (
        "Its redirects come to no end",
        "A login page in the circle means that no credential was taken.",
    ),
    FailureKind.UNSENDABLE: ("It cannot be sent as it is written", "e opens it for a change."),
}
"""By the way it failed: a title, and what its own sentence, which says what to check, does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The verdict as it stands.

    Attributes:
        word: ``CONFIRMED``, ``UNDETERMINED`` … in capitals: it is the first thing to read.
        title: One sentence.
        tone: Of the word.
        blocks: The lines under it.
        settled: Nothing runs any more, so what can be done is shown.
        compares: The cause whose expected and provided values stand in the blocks, or "".
    """

    word: str
    title: str
    tone: Tone
    blocks: tuple[Block, ...] = ()
    settled: bool = False
    compares: str = ""


def not_reproduced(view: CaseView) -> Headline:
    """It answers with a success now: how often so far, and what may differ from the call that failed."""
    count = len(_same(view))
    often = (Row("so far", f"{count} times sent, {count} times accepted"),) if count > 1 else ()
    return Headline(
        word="NOT REPRODUCED",
        title=f"It {answer_title(view)} now",
        tone=Tone.GOOD,
        blocks=(
            *often,
            Para(
                "What may differ from your failing call: the variable's value, a netrc file, the network or a proxy, "
                "the node that answered, the time."
            ),
            *told(view),
        ),
        settled=True,
    )


def intermittent(view: CaseView) -> Headline:
    """It is refused and accepted by turns: how often."""
    same = _same(view)
    refused = sum(1 for s in same if s.status is not None and s.status >= _REFUSALS)
    return Headline(
        word="INTERMITTENT",
        title=f"The same request is refused and accepted: {refused} of {len(same)} refused",
        tone=Tone.WARN,
        blocks=(
            Para("No cause can be called confirmed while the answers change by themselves."),
            Para(
                "Ask whoever runs it whether its nodes, caches or keys differ: the report has the time and the "
                "identifier of each answer.",
                Tone.QUIET,
            ),
            *told(view),
        ),
        settled=True,
    )


def unreachable(view: CaseView) -> Headline:
    """No answer came: which way it failed, and what to look at."""
    failure = _failure(view)
    title, more = "No answer came", ""
    if failure is not None and failure.kind in tuple(FailureKind):
        title, more = _NO_ANSWER[FailureKind(failure.kind)]
    says = failure.says if failure is not None else "Nothing answered at this address."
    nothing = Para(" ".join(part for part in (more, "The credential was judged by nobody.") if part), Tone.QUIET)
    return Headline(
        word="UNREACHABLE", title=title, tone=Tone.BAD, blocks=(Para(says), nothing, *told(view)), settled=True
    )


def nobody_to_ask(view: CaseView, facts: Facts | None) -> Iterator[Block]:
    """That no issuer is confirmed, so that nobody could be asked about a token, and how to name one."""
    if facts is None or facts.token is None or view.known.issuer:
        return
    named = facts.token.claims.get("iss")
    shown = next((m.asked for m in facts.issuers), "") or (named if isinstance(named, str) else "")
    if shown:
        yield Row("issuer", f"{shown} is named, and nobody vouches for it; to ask it: --issuer {shown}")
    else:
        yield Row("issuer", "none is known, so nobody can be asked about this token; to name it: --issuer URL")


def latest(view: CaseView) -> Sent | None:
    """The latest send of the current request itself; variants that experiments sent are other requests."""
    mine = (s for s in reversed(view.sends) if s.attempt == view.attempt and s.label.startswith(_SAME))
    return next(mine, None)


def answer_title(view: CaseView) -> str:
    """``answers 200``."""
    sent = latest(view)
    return f"answers {sent.status}" if sent is not None and sent.status is not None else "answers"


def told(view: CaseView) -> Iterator[Block]:
    """The latest sentences for the person that are no finding."""
    for text in view.told[-2:]:
        yield Para(text, Tone.WARN, mark="!")


def _same(view: CaseView) -> list[Sent]:
    """The sends of the current request, unchanged, that were answered; in this attempt and those before it."""
    attempts = {view.attempt}
    for change in reversed(view.changes):
        if change.attempt in attempts and change.by == "sent again":
            attempts.add(change.attempt - 1)
    same = (s for s in view.sends if s.attempt in attempts and s.label.startswith(_SAME))
    return [s for s in same if s.status is not None]


def _failure(view: CaseView) -> FailureShown | None:
    for evidence in reversed(view.evidence):
        content = evidence.content
        if isinstance(content, AnswerSeen) and content.failure is not None:
            return content.failure
    return None
