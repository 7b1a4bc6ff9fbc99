"""What the pages of several steps read off a case in the same way. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from tui401.model.shown import CredentialSeen, CredentialsSeen
from tui401.model.view import CaseView
from tui401.ui.text import span

T = TypeVar("T")

LATEST: Final = 10_000_000_000
"""Later than this a date in seconds is one in milliseconds."""

CLOCKS: Final = {
    "ntp": "a time server's clock",
    "api": "the API's clock",
    "issuer": "the issuer's clock",
    "local": "this machine's clock",
    "recording": "the recording's clock",
}
"""Whose clock, by the names of ``Now.source``."""


def contents(view: CaseView, kind: type[T]) -> Iterator[T]:
    """The contents of all evidence of that kind, in order."""
    for evidence in view.evidence:
        if isinstance(evidence.content, kind):
            yield evidence.content


def credential_of(view: CaseView) -> CredentialSeen | None:
    """The credential that counts in the current attempt, or None."""
    subject = f"attempt:{view.attempt}"
    for evidence in view.evidence:
        if isinstance(evidence.content, CredentialsSeen) and evidence.subject == subject:
            return next(iter(evidence.content.credentials), None)
    return None


def expires_at(view: CaseView) -> float | None:
    """When the current token ends by its own claim, in seconds since the epoch, or None."""
    credential = credential_of(view)
    value = credential.token.claims.get("exp") if credential is not None and credential.token is not None else None
    return float(value) if value is not None and is_date(value) and value > 0 else None


def is_date(value: Any) -> bool:
    """Whether a claim is a date in seconds."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LATEST


def moment(value: Any) -> str:
    """A date for a person: ``2026-11-24 10:29:43Z``."""
    if not is_date(value):
        return f"{value!r}, which is no date in seconds"
    return datetime.fromtimestamp(float(value), UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def listed(value: Any) -> str:
    """A claim as text: the items of a list behind one another."""
    if isinstance(value, list):
        return " ".join(str(item) for item in value)
    return str(value)


def took(seconds: float) -> str:
    """How long an answer took: milliseconds below a second, where a tenth of one would say "0.1 s" of anything."""
    return f"{seconds * 1000:.0f} ms" if 0 < seconds < 1 else span(seconds)


def counted(number: int, one: str, many: str = "") -> str:
    """``1 key``, ``3 keys``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def ago(seconds: float) -> str:
    """How long ago, in whole seconds: it is drawn anew once a second."""
    return f"{span(round(seconds))} ago"
