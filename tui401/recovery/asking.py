"""The questions that a recovery asks, as values. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from tui401.model.fix import Asks, Choice, Fix, Question
from tui401.model.probe import ProbeSpec
from tui401.model.shown import Redacted, RequestShown


def to_send(request: RequestShown) -> Question:
    """May this be sent? Asked where a paste, a file or a recording brought it."""
    headers = (Redacted(f"{header.name}: {header.value}") for header in request.headers)
    return Question(
        asks=Asks.SEND,
        title="Send this request?",
        lines=(Redacted(f"{request.method} {request.url}"), *headers),
        choices=(
            Choice(key="yes", label="Send it", detail="once, to this address, with this credential"),
            Choice(key="no", label="Judge without sending"),
        ),
    )


def to_experiment(spec: ProbeSpec, request: RequestShown, reason: str) -> Question:
    """May this variant be sent, though it may have an effect?"""
    return Question(
        asks=Asks.EXPERIMENT,
        title=f"Send {spec.title}?",
        lines=(Redacted(reason), Redacted(f"{request.method} {request.url}"), Redacted(f"It {spec.why}.")),
        choices=(Choice(key="yes", label="Send it"), Choice(key="no", label="Leave it")),
    )


def to_refresh(fix: Fix) -> Question:
    """May this refresh token be used up?"""
    return Question(
        asks=Asks.REFRESH,
        title="Use up this refresh token?",
        lines=(Redacted(fix.consent), *map(Redacted, fix.sends)),
        choices=(Choice(key="yes", label="Use it"), Choice(key="no", label="Leave it")),
    )


def for_a_credential() -> Question:
    """Another credential, masked."""
    return Question(
        asks=Asks.CREDENTIAL,
        title="Another credential",
        lines=(Redacted("It is masked, kept in memory, and sent to this request's address only."),),
        choices=(Choice(key="yes", label="Use it and send"), Choice(key="no", label="Back")),
        secret=True,
    )


def what_now(fixes: Iterable[Fix], probes: Iterable[ProbeSpec]) -> Question:
    """What the person can do next: fixes, experiments, sending again, a change by hand, stop."""
    return Question(
        asks=Asks.NEXT,
        title="What now?",
        choices=(
            *(Choice(key=f"fix:{fix.id}", label=fix.title, detail="; ".join(fix.sends), fix=fix) for fix in fixes),
            *(Choice(key=f"probe:{spec.name}", label=spec.title, detail=f"It {spec.why}.") for spec in probes),
            Choice(key="again", label="Send it again as it is"),
            Choice(key="edit", label="Change the request by hand"),
            Choice(key="stop", label="Stop here"),
        ),
    )
