"""Answers that are neither a success nor a refusal of a credential: what they are called, and where to look instead."""

from __future__ import annotations

from typing import Final

from tui401.model.facts import Facts

_INSTEAD: Final = {
    404: "Check the address: path, version, host. Some servers also answer so to hide what a caller may not see.",
    405: "Check the method: this address does not take it.",
    410: "Check the address: what was there is gone.",
    429: "Wait, then send it again: the server limits how often it is asked.",
}
MOVED: Final = frozenset({301, 302, 303, 307, 308})
"""Redirects (RFC 9110, section 15.4). One that nobody followed is neither a success nor a refusal."""

_FOLLOW: Final = "Add -L, or call the address that it names. A login page there means that no credential was taken."
_OTHERS: Final = "Look at the answer itself: it speaks of the request, not of who sent it."
_FAULT: Final = "Look at the server's log or status page: the fault is on its side. When it works again, send it again."


def no_refusal(facts: Facts) -> tuple[str, str] | None:
    """That the answer is no refusal, and what to do instead; None where it is one, or a success, or none came.

    Args:
        facts: Of the judged attempt.
    """
    status = facts.response.status if facts.response is not None else None
    if status is None or facts.refused or (status < 400 and status not in MOVED):
        return None
    if status in MOVED:
        return f"{status} leads elsewhere and was not followed", _FOLLOW
    instead = _FAULT if status >= 500 else _INSTEAD.get(status, _OTHERS)
    return f"{status} is no refusal of a credential", instead
