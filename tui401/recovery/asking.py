"""The questions that a recovery asks, as values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from tui401.model.fix import Asks, Choice, Fix, Question
from tui401.model.http import Origin
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


INSTEAD: Final = "instead"
"""The answer that asks by a method that can change nothing in place of what the question is about."""


def to_experiment(spec: ProbeSpec, request: RequestShown, reason: str, *, instead: str = "") -> Question:
    """May this variant be sent, though it may have an effect?

    Args:
        spec: The experiment.
        request: What would be sent.
        reason: Why it is asked.
        instead: What could be sent in its place without any effect; "" for nothing.
    """
    other = (Choice(key=INSTEAD, label=instead, detail="it tells less, and can change nothing"),) if instead else ()
    return Question(
        asks=Asks.EXPERIMENT,
        title=f"Send {spec.title}?",
        lines=(Redacted(reason), Redacted(f"{request.method} {request.url}"), Redacted(f"It {spec.why}.")),
        choices=(Choice(key="yes", label="Send it"), *other, Choice(key="no", label="Leave it")),
    )


def to_refresh(fix: Fix) -> Question:
    """May this refresh token be used up?"""
    return Question(
        asks=Asks.REFRESH,
        title="Use up this refresh token?",
        lines=(Redacted(fix.consent), *map(Redacted, fix.sends)),
        choices=(Choice(key="yes", label="Use it"), Choice(key="no", label="Leave it")),
    )


def to_search(
    request: RequestShown, issuer: str, grant: str, scopes: Sequence[str], most: int, *, goes_on: bool
) -> Question:
    """May the search for the least scopes begin? Its cost stands in the lines.

    Args:
        request: What would be sent.
        issuer: Who would be asked for tokens.
        grant: By which grant.
        scopes: Among which it is searched.
        most: Tokens, and requests to the API, at most.
        goes_on: The request is refused now, so a set that works is put to use at once.
    """
    lines = [
        f"At most {most} tokens of {issuer}, by {grant.replace('_', ' ')}, nobody has to sign in; each is used once.",
        f"At most {most} times {request.method} {request.url}, one after another.",
        f"Among: {' '.join(scopes)}",
        "A wish of either to be left alone ends it. Until then the narrowest token goes first.",
    ]
    if grant == "refresh_token":
        lines.append("Each may replace the refresh token; its successor is stored before the next one.")
    if goes_on:
        lines.append("Where a set works, the request goes on with it.")
    return Question(
        asks=Asks.SCOPES,
        title="Search for the least scopes that work?",
        lines=tuple(map(Redacted, lines)),
        choices=(Choice(key="yes", label="Search"), Choice(key="no", label="Leave it")),
    )


def to_cross(own: Origin, to: Origin, carried: Iterable[str], *, firm: bool) -> Question:
    """May another origin have this request's credential? ``firm``: no option answers it."""
    return Question(
        asks=Asks.ORIGIN,
        title=f"Send this credential to {to} too?",
        lines=(
            Redacted(f"Your request names {own}. A redirect leads from there to {to}, and took no credential along."),
            *(Redacted(f"It would receive {line}") for line in carried),
        ),
        choices=(Choice(key="no", label="Leave it"), Choice(key="yes", label=f"Send it to {to}")),
        firm=firm,
    )


def to_move(own: Origin, to: Origin, carried: Iterable[str]) -> Question:
    """May another origin have the credential, now that the address was changed by hand?"""
    return Question(
        asks=Asks.ORIGIN,
        title=f"Send this credential to {to}?",
        lines=(
            Redacted(f"It belongs to a request to {own}. You have changed the address to {to}."),
            *(Redacted(f"It would receive {line}") for line in carried),
        ),
        choices=(Choice(key="no", label="Leave it"), Choice(key="yes", label=f"Send it to {to}")),
        firm=True,
    )


def to_trust(origin: Origin) -> Question:
    """May a new credential go to a server whose certificate nobody verifies?"""
    return Question(
        asks=Asks.UNVERIFIED,
        title=f"Send a new credential to {origin}, though nobody has verified who answers there?",
        lines=(
            Redacted("The command has -k (--insecure): whoever sits between this machine and the server can read it."),
            Redacted("To be sure who answers, name the server's CA with --cacert in place of -k."),
        ),
        choices=(Choice(key="no", label="Leave it"), Choice(key="yes", label="Send it all the same")),
        firm=True,
    )


def to_disturb(why: str) -> Question:
    """May a server that asked to be left alone be sent something all the same?"""
    return Question(
        asks=Asks.SEND,
        title="Send something all the same?",
        lines=(Redacted(why), Redacted("Sooner than the server allows it may lock the account, or count against you.")),
        choices=(Choice(key="no", label="Leave it alone"), Choice(key="yes", label="Send it all the same")),
        firm=True,
    )


def another_password(where: str, user: str) -> Question:
    """Is this another password than the one that was refused?"""
    whose = f"The password of {user}" if user else "A password"
    return Question(
        asks=Asks.SEND,
        title="Is this another password than the one that was refused?",
        lines=(
            Redacted(f"{whose} was refused twice by {where} within a quarter of an hour."),
            Redacted(
                "Once more could lock the account. Passwords are never kept, so only you know whether it changed."
            ),
        ),
        choices=(
            Choice(key="no", label="It is the same: do not send it"),
            Choice(key="yes", label="It is another one"),
        ),
        firm=True,
    )


def for_a_credential(scheme: str) -> Question:
    """Another credential, masked.

    Args:
        scheme: What will stand before it; of a user and password it is said how they may be given.
    """
    lines = ["It is masked, kept in memory, and sent to this request's address only."]
    if scheme.lower() == "basic":
        lines.append("A password alone keeps the user; user:password changes both. It is encoded for you.")
    return Question(
        asks=Asks.CREDENTIAL,
        title="Another credential",
        lines=tuple(map(Redacted, lines)),
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


def with_choice(question: Question, choice: Choice) -> Question:
    """The question with one choice more, before "stop"."""
    others = tuple(c for c in question.choices if c.key != "stop")
    return replace(question, choices=(*others, choice, *question.choices[len(others) :]))
