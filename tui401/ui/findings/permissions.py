"""Step 5: the barest request, the narrowest token, and what 401 or 403 means in this very case. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tui401.judge.advice import advice_on
from tui401.judge.facts import is_repeat
from tui401.model.facts import Contrast, Facts
from tui401.model.shown import AnswerSeen, LeastScopesSeen
from tui401.model.verdict import Status, Strength
from tui401.model.view import CaseView
from tui401.ui.blocks import Block, Check, Para, Row
from tui401.ui.findings.common import contents, credential_of
from tui401.ui.text import sentence

_NAMES: Final = {
    "bare": "bare request",
    "narrow": "narrower token",
    "widen": "wider token",
    "anonymous": "without credential",
    "garbage": "made-up one",
    "fresh": "a fresh token",
}
_OF_RIGHTS: Final = frozenset({"permission-denied", "scope-insufficient", "consent-required", "step-up-required"})


def found(view: CaseView, facts: Facts | None) -> Iterator[Block]:
    """The blocks."""
    if facts is not None:
        yield from _answers(facts)
        if facts.answer is not None and facts.answered("bare") is None and not view.running:
            says = "Not sent: it tells whether a cookie or another header is at fault"
            yield Check(Status.UNKNOWN, "bare request", says)
    for least in contents(view, LeastScopesSeen):
        yield from _least(least)
    yield from _too_many(view)
    if facts is not None and facts.response is not None:
        yield Para(meaning(facts))


def _too_many(view: CaseView) -> Iterator[Block]:
    """What the profile's policy says to its scopes, which no clock plays a part in."""
    credential = credential_of(view)
    if credential is not None:
        for one in advice_on(view.known, credential, 0.0):
            if one.verb == "narrow":
                yield Para(one.says, mark="!")


def _answers(facts: Facts) -> Iterator[Block]:
    if facts.answer is not None:
        yield Row("as sent", _status(facts.answer))
    for label, name in _NAMES.items():
        answer = facts.answered(label)
        if answer is not None:
            yield Row(name, f"{_status(answer)}{_beside(answer, facts)}")
    for answer in facts.answers:
        if answer.substitute and answer.label.startswith("by-"):
            without = facts.answered("stand-in")
            beside = f"; without a credential {_status(without)}" if without is not None else ""
            yield Row(answer.varied.removesuffix(" in its place"), f"{_status(answer)}{beside}")
    repeats = [a for a in facts.answers if is_repeat(a.label) and a.status is not None]
    if repeats:
        yield Row("as sent, again", " ".join(str(a.status) for a in repeats))


def _status(answer: AnswerSeen) -> str:
    return str(answer.status) if answer.status is not None else "no answer"


def _beside(answer: AnswerSeen, facts: Facts) -> str:
    """What an answer tells beside the original's: only a different one informs."""
    if answer.response is None or facts.response is None:
        return ""
    mark = facts.response.signature
    if mark and answer.response.signature == mark:
        return ", the same answer"
    if answer.status is not None and answer.status < 300 and facts.refused:
        return ", accepted"
    return ", another answer"


def _least(seen: LeastScopesSeen) -> Iterator[Block]:
    for tried in seen.tried:
        asked, granted = " ".join(tried.asked) or "no scope", " ".join(tried.granted)
        narrowed = f" (granted: {granted})" if granted and set(tried.granted) != set(tried.asked) else ""
        says = str(tried.status) if tried.status is not None else tried.error or "no answer"
        yield Row("token with", f"{asked}{narrowed}", says)
    if seen.settled:
        smallest = " ".join(seen.smallest) or "none at all"
        yield Check(Status.PASSED, "least scopes", f"{smallest}, for {seen.endpoint}")
    else:
        yield Check(Status.UNKNOWN, "least scopes", seen.problem or "The search did not come to its end")
    if seen.culprits:
        yield Check(Status.FAILED, "too many", f"Refused because of {' '.join(seen.culprits)}")


def meaning(facts: Facts) -> str:
    """What the status means here: 401 asks who is calling, 403 forbids the caller (RFC 9110, sections 15.5.2, 15.5.4).

    Args:
        facts: With a response.
    """
    status = facts.response.status if facts.response is not None else 0
    told = next((s for s in facts.said if s.cause in _OF_RIGHTS and s.strength >= Strength.LIKELY), None)
    if status == 401:
        return _of_401(facts, told.quote if told is not None else "")
    if status == 403:
        return _of_403(facts, told.quote if told is not None else "")
    if status == 407:
        return "407 is a proxy's: the API has not seen this request, so nothing is known of rights."
    if facts.refused:
        return f"{status} is how this server refuses; its words say more than the number."
    if status < 300:
        return f"{status} is a success, so what was sent suffices. Whether less would do too is not known yet."
    return f"{status} speaks neither of who is calling (401) nor of what they may do (403)."


def _of_401(facts: Facts, quote: str) -> str:
    begins = "401 asks who is calling: the credential is missing or not accepted."
    if quote:
        return (
            f"401 asks who is calling, but the words “{quote}” speak of rights: this server says 401 where it means "
            "403. A new token of the same rights changes nothing."
        )
    match facts.contrast:
        case Contrast.RECOGNISED:
            more = "It is told apart from a made-up one here, so it is real, and something about it is refused: its "
            return f"{begins} {more}time, its audience, or a right that this server refuses with 401."
        case Contrast.PUBLIC:
            return f"{begins} Without any it succeeds here, so nothing is missing: this one is refused."
        case Contrast.READ_AND_REFUSED:
            return f"{begins} Here it is refused as a made-up one is, so rights were hardly looked at."
        case Contrast.NOT_READ:
            return f"{begins} Here it was not even read, so rights were not looked at."
        case _:
            return f"{begins} Rights come after that, so they were not looked at, unless this server mixes the two up."


def _of_403(facts: Facts, quote: str) -> str:
    begins = "403 says that the caller may not do this"
    if quote:
        return f"{begins}: “{quote}”. The credential was accepted; a new token helps only where it carries more rights."
    match facts.contrast:
        case Contrast.RECOGNISED:
            return (
                f"{begins}. A made-up credential is answered otherwise here, so this one was accepted: a right lacks."
            )
        case Contrast.ALL_ALIKE | Contrast.READ_AND_REFUSED | Contrast.NOT_READ:
            return sentence(
                f"{begins}, but here a made-up credential or none gets the same: a firewall, an allowlist, or a server "
                "that says 403 where it means 401."
            )
        case Contrast.PUBLIC:
            return f"{begins}. Without any credential it succeeds here, so this caller is the one that is refused."
        case _:
            return f"{begins}. Whether the credential was accepted is open: firewalls answer 403 before it is read."
