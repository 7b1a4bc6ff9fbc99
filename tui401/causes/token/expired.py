"""token-expired: the token's time is over."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import (
    LONG_LEEWAY,
    Agreement,
    agreement,
    clock_name,
    date_claim,
    no_token,
    quoted,
    ruled_out,
    spoken,
    unknown,
    verdict,
    weigh,
)
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Contrast, Facts
from tui401.model.verdict import Step, Strength, Verdict

SLUG: Final = "token-expired"
_CITES: Final = ("token.exp", "credential")


def judge(facts: Facts) -> Verdict:
    """Compares ``exp`` with the trusted time, by more than its uncertainty and the usual leeway."""
    told = facts.says(SLUG)
    if told is None:
        missing = no_token(facts, SLUG)
        if missing is not None:
            return missing
    exp = date_claim(facts, "exp")
    sent = facts.credential
    if told is not None and sent is not None and sent.family in ("basic", "digest"):
        why = "yet a user name and password were sent, and no token"
        return verdict(SLUG, Strength.POSSIBLE, quoted(told), why, cites=(*_CITES, told.fact))
    if exp is None:
        why = "the token does not show when it expires"
        return unknown(SLUG, "introspection", why)
    past = facts.now.at - exp
    when = f"expired {spoken(past)} ago {clock_name(facts)}"
    margin = facts.now.uncertainty
    if past <= -margin:
        return _valid(facts, -past)
    agrees = agreement(facts, SLUG, allied=("token-revoked", "token-malformed"))
    if past <= margin:
        strength = Strength.LIKELY if agrees is Agreement.WORDS else Strength.POSSIBLE
        return verdict(
            SLUG, strength, "its end lies within what the clocks leave open", quoted(told), cites=_CITES, needs="clock"
        )
    leeway = LONG_LEEWAY if agrees is Agreement.BARE else facts.leeway
    if agrees is Agreement.AGAINST and facts.refused and facts.contrast is not Contrast.NOT_READ:
        return verdict(SLUG, Strength.LIKELY, f"it {when}, which the answer does not speak of", cites=_CITES)
    if agrees is not Agreement.WORDS and past <= margin + leeway:
        strength = min(weigh(agrees), Strength.LIKELY)
        return verdict(SLUG, strength, f"it {when}, which servers with a leeway may still accept", cites=_CITES)
    return verdict(SLUG, weigh(agrees), f"it {when}", quoted(told), cites=_CITES)


def _valid(facts: Facts, left: float) -> Verdict:
    """The token is alive by the trusted clock; what the server says decides what remains."""
    told = facts.says(SLUG)
    why = f"it is valid for another {spoken(left)} {clock_name(facts)}"
    if told is None or told.strength < Strength.LIKELY:
        return ruled_out(SLUG, why, cites=_CITES)
    if not facts.recorded and facts.clock("api") is not None and not _past_at_server(facts):
        dated = "by the time that its own answer bears, too"
        return verdict(
            SLUG, Strength.POSSIBLE, quoted(told), f"yet {why}", dated, cites=(*_CITES, told.fact), needs="garbage"
        )
    if facts.now.source in ("local", "recording"):
        return verdict(SLUG, Strength.LIKELY, quoted(told), f"yet {why}", cites=(*_CITES, told.fact), needs="clock")
    if any(facts.clock(who) is not None for who in ("api",)) and _past_at_server(facts):
        return verdict(SLUG, Strength.LIKELY, quoted(told), f"yet {why}", cites=(*_CITES, told.fact))
    return verdict(
        SLUG, Strength.POSSIBLE, quoted(told), f"yet {why}", cites=(*_CITES, told.fact), needs="introspection"
    )


def _past_at_server(facts: Facts) -> bool:
    exp, clock = date_claim(facts, "exp"), facts.clock("api")
    if exp is None or clock is None or clock.offset is None or clock.cached:
        return False
    return facts.local_now + clock.offset > exp


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.TOKEN,
    likelihood=Level.HIGH,
    effort=Level.EASY,
    title="The access token has expired",
    fix="Refresh, or sign in again",
    explains=frozenset({"token-unrecognised", "header-dropped"}),
    remedies=(Remedy.NEW_TOKEN, Remedy.SIGN_IN, Remedy.PASTE),
    judge=judge,
    manual=Manual(
        what="The token carries an end of validity, and by the server's clock that moment has passed.",
        why=(
            "Access tokens live for minutes or hours, so that a stolen one is soon worthless. A token that was copied, "
            "kept in a variable or cached by a program outlives its use without anyone noticing. Some servers call any "
            "bad token expired, so the word alone is weighed against the claim."
        ),
        settle=(
            "The claim exp lies in the past by the server's clock, by more than the clocks' uncertainty and the leeway "
            "that servers grant, and the answer agrees. Or the server says so in words that it uses for nothing else."
        ),
        mend=(
            "Request a new token with the refresh token or by the same grant, and send that one. Look where the old "
            "one was kept."
        ),
        example=(
            'HTTP/1.1 401\nWWW-Authenticate: Bearer error="invalid_token", error_description="The access token expired"'
        ),
        references=("RFC 7519, section 4.1.4", "RFC 6750, section 3.1"),
    ),
)
