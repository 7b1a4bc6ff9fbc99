"""What a recovery says while it runs; each event may be shown, saved and replayed."""

from __future__ import annotations

from tui401.model.fix import Fix, Question
from tui401.model.shown import Evidence, KnownSeen, Redacted, RequestShown, Shown, WayShown
from tui401.model.verdict import Diagnosis, Outcome


class CaseOpened(Shown, frozen=True, kw_only=True):
    """The recovery begins. ``hints``: last characters of named secrets; ``way``: how the request travels."""

    case: str
    request: RequestShown
    known: KnownSeen
    at: float
    hints: dict[str, str] = {}
    way: WayShown = WayShown()


class ProbeStarted(Shown, frozen=True, kw_only=True):
    """A probe runs: what it waits for, since when, and how long at most (seconds)."""

    probe: str
    title: str
    at: float
    limit: float


class ProbeEnded(Shown, frozen=True, kw_only=True):
    """A probe ended; ``problem`` is a sentence when it brought nothing."""

    probe: str
    at: float
    problem: str = ""


class Found(Shown, frozen=True, kw_only=True):
    """A piece of evidence arrived."""

    evidence: Evidence


class Sent(Shown, frozen=True, kw_only=True):
    """A request went to the API and was answered, or not.

    Attributes:
        number: Of all sends of the case, from 1.
        attempt: The attempt that it belongs to; an edit or a fix begins a new one. 0 for a search of the least
            scopes, which belongs to none.
        label: As in ``AnswerSeen.label``; ``varied`` for a person: "as sent", "without credential".
        status: None when no answer came.
        at: When, by this machine's clock; ``elapsed`` in seconds.
        origin: Where it went.
    """

    number: int
    attempt: int
    label: str
    varied: str
    method: str
    status: int | None
    at: float
    elapsed: float
    origin: str = ""


class Refused(Shown, frozen=True, kw_only=True):
    """A password or client secret was refused; counted across runs, so that no account is locked (judging.md).

    Attributes:
        where: Who refused it: an origin, an issuer, a proxy.
        user: The user or client whose it is.
    """

    where: str
    user: str


class Judged(Shown, frozen=True, kw_only=True):
    """A new diagnosis stands."""

    diagnosis: Diagnosis


class Changed(Shown, frozen=True, kw_only=True):
    """The request was changed, by a fix or by hand: a new attempt begins with it. ``way``: None for as before."""

    attempt: int
    request: RequestShown
    by: str
    fix: Fix | None = None
    hints: dict[str, str] = {}
    way: WayShown | None = None


class Asked(Shown, frozen=True, kw_only=True):
    """A question waits for the person."""

    question: Question


class Answered(Shown, frozen=True, kw_only=True):
    """It was answered, with the key of a choice."""

    key: str


class Spent(Shown, frozen=True, kw_only=True):
    """Requests sent so far, and the API's budget."""

    api: int
    issuer: int
    budget: int


class Told(Shown, frozen=True, kw_only=True):
    """A sentence for the person that is no finding: a store that did not answer, a limit that was met.

    Attributes:
        lasting: The person still has to know it once the case has ended.
    """

    text: Redacted
    lasting: bool = False


class StruckOut(Shown, frozen=True, kw_only=True):
    """The person struck something out of the case; the values themselves are nowhere any more.

    Attributes:
        values: How many different values.
        lines: Lines of the report that are left out, by their keys (``tui401.report.lines``).
        was: The verdict that stood first before anything was struck: "confirmed audience-mismatch"; "" for none.
    """

    values: int = 0
    lines: tuple[str, ...] = ()
    was: str = ""


class Ended(Shown, frozen=True, kw_only=True):
    """The recovery ended."""

    outcome: Outcome
    at: float


Event = (
    CaseOpened
    | ProbeStarted
    | ProbeEnded
    | Found
    | Sent
    | Refused
    | Judged
    | Changed
    | Asked
    | Answered
    | Spent
    | Told
    | StruckOut
    | Ended
)
