"""What experiments have in common: a safe method in the original's place, and the proof of what was accepted. Pure."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Final

from tui401.model.facts import Facts
from tui401.model.http import Exchange, Request
from tui401.model.probe import Variant
from tui401.model.shown import Place
from tui401.probes.applies import PASSWORDS
from tui401.wire import places

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110, section 9.2.1
REFUSALS: Final = frozenset({401, 403, 407})
AGAIN: Final = "original-again"
ONCE_MORE: Final = "-again"
"""How the label of an accepted variant ends that is sent once more."""
_TURNS: Final = (True, False, False, True, False)
"""After the first acceptance: the variant (True) and the original by turns."""
STAND_IN: Final = "stand-in"
"""A safe method in the original's place, without a credential: what follows counts only if this is refused."""
_NOT_FOR_THIS_METHOD: Final = frozenset({404, 405, 501})
_BODY_HEADERS: Final = frozenset(
    {"content-length", "content-type", "content-encoding", "content-md5", "transfer-encoding", "expect", "digest"}
)


def again(number: int) -> str:
    """The label of the original's next repetition, counted from 1."""
    return AGAIN if number == 1 else f"again-{number}"


def proved(base: Request, variant: Variant) -> Generator[Variant, Exchange, bool]:
    """Sends a variant; when it is accepted, both again by turns. Gives back whether it was accepted at first.

    The original's next refusal makes it a flip. Three of each, two in a row among them, show that the answers do not
    change by themselves, as those of a few nodes behind one name do; a coin would fall so once in 64 times. A password
    is not risked for that, nor a method that can change something repeated.
    """
    came = yield variant
    if not accepted(came):
        return False
    if _holds_password(base) or base.method not in SAFE:
        yield Variant(again(1), "as sent first", base, variant.substitute)
        return True
    more = replace(variant, label=f"{variant.label}{ONCE_MORE}")
    number = 0
    for one_more in _TURNS:
        number += not one_more
        came = yield more if one_more else Variant(again(number), "as sent first", base, variant.substitute)
        if accepted(came) is not one_more:
            break
    return True


def accepted(exchange: Exchange) -> bool:
    """Whether the answer is a success (RFC 9110, section 15.3)."""
    return exchange.response is not None and 200 <= exchange.response.status < 300


def status_of(exchange: Exchange) -> int:
    """The final status, 0 where no answer came."""
    return exchange.response.status if exchange.response is not None else 0


def stand_in(original: Request, facts: Facts) -> Generator[Variant, Exchange, Request | None]:
    """A request by a safe method in the original's place, where the original could change something.

    It counts only if it is refused without a credential (judging.md, "Consent"), so that is asked first. None where
    the original is safe itself, or nothing can stand in for it; then whoever drives the experiment asks the person.
    """
    if original.method in SAFE or any(found.place is Place.BODY for found in places.locate(original)):
        return None
    before = facts.answered(STAND_IN)
    if before is not None and before.status in REFUSALS:
        method = before.hops[0].request.method if before.hops else "GET"
        return by(original, method)
    left = ["GET", "OPTIONS"]
    while left:
        method = left.pop(0)
        candidate = by(original, method)
        came = yield Variant(
            STAND_IN, f"without any credential, by {method}", places.without_credentials(candidate), substitute=True
        )
        if status_of(came) in REFUSALS:
            return candidate
        if status_of(came) not in _NOT_FOR_THIS_METHOD:
            return None
        if method == "GET" and "HEAD" in _allowed(came):  # seldom without GET, so it is tried where it is named
            left.insert(0, "HEAD")
    return None


def _allowed(exchange: Exchange) -> frozenset[str]:
    """The methods that an answer names in ``Allow`` (RFC 9110, section 10.2.1)."""
    values = exchange.response.values("Allow") if exchange.response is not None else ()
    return frozenset(method.strip().upper() for value in values for method in value.reveal().split(","))


def by(original: Request, method: str) -> Request:
    """The same request by another method, without its body."""
    kept = tuple(header for header in original.headers if header.name.lower() not in _BODY_HEADERS)
    return replace(original, method=method, headers=kept, body=None)


def _holds_password(request: Request) -> bool:
    return request.held is not None or any(
        f.place is not Place.PROXY and f.scheme.lower() in PASSWORDS for f in places.locate(request)
    )
