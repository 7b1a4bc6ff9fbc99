"""server-misconfigured: the server refuses a valid credential."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import (
    NEW_TOKENS,
    Agreement,
    agreement,
    answered_alike,
    date_claim,
    proved,
    quoted,
    readable,
    ruled_out,
    unknown,
    verdict,
)
from tui401.causes.server.issuer import alive_here, dead_here
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Aspect, Contrast, Facts
from tui401.model.shown import Verified
from tui401.model.verdict import Step, Strength, Verdict
from tui401.wire.claims import audiences

SLUG: Final = "server-misconfigured"


def judge(facts: Facts) -> Verdict:
    """The server's own words show its fault; without such words it is what remains when all else is ruled out."""
    told = facts.says(SLUG)
    cites = ("server", *((told.fact,) if told is not None else ()))
    refuses = _refuses_what_it_advertises(facts)
    if refuses is not None:
        return refuses
    blamed = facts.says("issuer-unavailable")
    if blamed is not None and alive_here(facts) and not dead_here(facts):
        why = f"yet from here {alive_here(facts)} answers"
        spoken = max(blamed.strength, told.strength if told is not None else Strength.UNKNOWN)
        if spoken < Strength.LIKELY:
            return verdict(SLUG, Strength.LIKELY, quoted(blamed), why, cites=("server", "issuer", blamed.fact))
        return verdict(SLUG, Strength.CONFIRMED, quoted(blamed), why, cites=("server", "issuer", blamed.fact))
    if told is not None and told.strength >= Strength.LIKELY:
        if dead_here(facts):
            return verdict(SLUG, Strength.POSSIBLE, quoted(told), dead_here(facts), cites=(*cites, "issuer"))
        return verdict(SLUG, told.strength, quoted(told), cites=cites)
    if proved(facts, *sorted(NEW_TOKENS)) is not None:
        return ruled_out(SLUG, "the server accepts another token", cites=cites)
    if _nothing_left(facts):
        why = "the token is alive, verifies, and is for this API; nothing that can be seen from here is wrong with it"
        active = any(i.active for i in facts.introspections)
        # One refusal for all leaves open that it was dropped on the way, or that something in front refuses everybody.
        read = facts.answered("anonymous") is not None and not answered_alike(facts, "anonymous")
        read = read or agreement(facts, SLUG) >= Agreement.TOKEN
        unread = "anonymous" if not read and facts.answered("anonymous") is None else ""
        strength = Strength.LIKELY if active and read else Strength.POSSIBLE
        return verdict(SLUG, strength, why, cites=cites, needs=unread if active else "introspection")
    return unknown(SLUG, "", "it is what remains when all else is ruled out")


def _refuses_what_it_advertises(facts: Facts) -> Verdict | None:
    """The API refuses the audience that its own metadata advertises."""
    named = facts.says("audience-mismatch")
    metadata = next((e for e in facts.expects(Aspect.AUDIENCE) if e.source == "metadata"), None)
    if (
        named is None
        or named.strength < Strength.LIKELY
        or metadata is None
        or not readable(facts)
        or facts.token is None
    ):
        return None
    met = set(audiences(facts.token.claims)) & set(metadata.values)
    if not met:
        return None
    why = f"the token's audience is {min(met)}, which the API's metadata names"
    return verdict(SLUG, Strength.CONFIRMED, why, quoted(named), cites=("server", "token.aud", named.fact))


def _nothing_left(facts: Facts) -> bool:
    exp = date_claim(facts, "exp")
    fitting = (
        readable(facts) and facts.token is not None and exp is not None and exp > facts.now.at + facts.now.uncertainty
    )
    if not fitting or facts.token is None or facts.contrast is Contrast.NOT_READ:
        return False
    good = any(k.trusted and k.signature is Verified.GOOD for k in facts.keys)
    expected = {value for e in facts.expects(Aspect.AUDIENCE) for value in e.values}
    meant = bool(expected & set(audiences(facts.token.claims)))
    return good and meant and agreement(facts, SLUG) is not Agreement.AGAINST


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.SERVER,
    likelihood=Level.LOW,
    effort=Level.MEDIUM,
    title="The server refuses a valid credential",
    fix="Send the owner the report",
    explains=frozenset({"audience-mismatch", "token-unrecognised", "token-signature-invalid"}),
    remedies=(Remedy.TELL_OWNER,),
    judge=judge,
    manual=Manual(
        what="The fault is the server's own: it refuses what it should accept.",
        why=(
            "It was configured with another audience than it advertises, with no audience at all, with a key set that "
            "it cannot fetch, or behind a firewall that keeps it from its issuer."
        ),
        settle=(
            "Its own words show it: it cannot reach its issuer while others can, or it refuses the audience that its "
            "metadata names. Without words it is what remains when all else is ruled out."
        ),
        mend=(
            "Nothing that a client sends will help. Give the API's owner the report: it holds what was sent, what was "
            "answered and what was ruled out."
        ),
        example="HTTP/1.1 401\n\njwt audience invalid. expected: undefined",
        references=("RFC 9110, section 15.6", "RFC 9728, section 2"),
    ),
)
