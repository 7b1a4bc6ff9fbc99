"""clock-skew-server: the API's clock is wrong."""

from __future__ import annotations

from typing import Final

from tui401.causes.clock_reading import flips_between, gap
from tui401.causes.reading import Agreement, agreement, quoted, ruled_out, spoken, unknown, verdict
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.verdict import Step, Strength, Verdict

SLUG: Final = "clock-skew-server"


def judge(facts: Facts) -> Verdict:
    """The API's Date is off from network time and the issuer, and the token's validity flips between them."""
    told = facts.says("token-expired") or facts.says("token-not-yet-valid")
    api = gap(facts, "api")
    if api is None:
        return unknown(SLUG, "clock", "the API's Date has not been read, or comes from a cache")
    if facts.recorded:
        return unknown(SLUG, "", "a recording cannot tell whose clock was wrong")
    ntp, issuer = gap(facts, "ntp"), gap(facts, "issuer")
    trusted = ntp or issuer
    if trusted is None:
        if not api.wrong:
            return ruled_out(SLUG, "the API's clock agrees with this machine's", cites=("clock.api",))
        return unknown(
            SLUG,
            "clock",
            f"the API's clock and this machine's differ by {spoken(api.seconds)}; whose is wrong is not known yet",
        )
    off = api.seconds - trusted.seconds
    room = api.uncertainty + trusted.uncertainty + 1
    if abs(off) <= room:
        return ruled_out(SLUG, f"the API's clock is right within {spoken(room)}", cites=("clock.api",))
    supported = ntp is not None and (
        issuer is None or abs(issuer.seconds - ntp.seconds) <= issuer.uncertainty + ntp.uncertainty + 1
    )
    source = "network time" if ntp is not None else "the issuer's clock"
    why = f"the API's clock is {spoken(off)} {'ahead' if off > 0 else 'behind'} by {source}"
    at_server = facts.local_now + api.seconds
    at_trusted = facts.local_now + trusted.seconds
    cites = ("clock.api", "token.exp", "token.begin", *((told.fact,) if told is not None else ()))
    flipped = flips_between(facts, at_trusted, at_server)
    if not flipped:
        return ruled_out(SLUG, f"{why}, but that touched nothing in this request", cites=("clock.api",))
    agrees = agreement(facts, SLUG, allied=("token-expired", "token-not-yet-valid"))
    named = told is not None and told.strength >= Strength.LIKELY
    leeway = 0.0 if named else facts.leeway
    beyond = bool(flips_between(facts, at_trusted, at_server, leeway))
    if agrees is Agreement.AGAINST or not facts.refused:
        return verdict(SLUG, Strength.POSSIBLE, why, cites=cites)
    sure = supported and beyond and (named or agrees >= Agreement.BARE)
    seen = f"{flipped} by its clock, and not by {source}"
    return verdict(SLUG, Strength.CONFIRMED if sure else Strength.LIKELY, why, seen, quoted(told), cites=cites)


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.CLOCK,
    likelihood=Level.LOW,
    effort=Level.EASY,
    title="The server's clock is wrong",
    fix="Tell the API's owner; wait out the drift meanwhile",
    explains=frozenset({"token-expired", "token-not-yet-valid", "token-unrecognised"}),
    remedies=(Remedy.TELL_OWNER, Remedy.WAIT),
    judge=judge,
    manual=Manual(
        what="The API's own clock is off, and by that clock a good token is expired, or not yet valid.",
        why=(
            "A token is valid between two instants, and each server judges them by its own clock. If that runs ahead, "
            "tokens die early; if it runs behind, fresh tokens come from the future."
        ),
        settle=(
            "The Date of its answers, not from a cache, is off from network time and from the issuer's Date beyond "
            "uncertainty, and the token's validity flips between them."
        ),
        mend=(
            "Tell the API's owner by how many seconds the Date is off. Until it is mended, a token from some minutes "
            "ago, or a fresher one, may pass."
        ),
        example=(
            'HTTP/1.1 401\nDate: Mon, 23 Nov 2026 14:00:33 GMT\nWWW-Authenticate: Bearer error="invalid_token", '
            'error_description="jwt not active"'
        ),
        references=("RFC 9110, section 6.6.1", "RFC 7519, section 4.1.4"),
    ),
)
