"""token-unrecognised: the server does not know this token."""

from __future__ import annotations

from typing import Final

from tui401.causes.header import negotiated
from tui401.causes.reading import Agreement, agreement, no_token, quoted, readable, ruled_out, unknown, verdict
from tui401.causes.server.address import taken_by_safe_method
from tui401.causes.token.malformed import of_form
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Contrast, Facts
from tui401.model.verdict import Step, Strength, Verdict
from tui401.model.words import Shape

SLUG: Final = "token-unrecognised"


def judge(facts: Facts) -> Verdict:
    """Equal answers prove nothing by themselves: expired, revoked, foreign and garbage are often refused alike."""
    ticket = negotiated.refused_ticket(facts, SLUG)
    if ticket is not None:
        return ticket
    told = facts.says(SLUG)
    if told is None:
        missing = no_token(facts, SLUG)
        if missing is not None:
            return missing
    cites = ("credential", "contrast", *([told.fact] if told is not None else []))
    inactive = next((i for i in facts.introspections if i.active is False), None)
    if inactive is not None:
        why = "its issuer calls it inactive, which is said of unknown, expired and revoked tokens alike"
        return verdict(SLUG, Strength.LIKELY, why, quoted(told), cites=cites)
    parsed = facts.says("token-malformed")
    opaque = facts.token is not None and facts.token.shape is Shape.OPAQUE
    if opaque and parsed is not None and parsed.strength >= Strength.LIKELY and told is None and not of_form(parsed):
        why = "what was sent is no token of the form that the server reads"
        return verdict(SLUG, Strength.LIKELY, why, quoted(parsed), cites=(*cites, "token.shape"), needs="fresh")
    clear = told is not None and told.strength is Strength.CONFIRMED
    if taken_by_safe_method(facts) and not clear:
        return ruled_out(SLUG, "a method that can change nothing is accepted with it here", cites=cites)
    match facts.contrast:
        case Contrast.RECOGNISED if not clear:
            return ruled_out(SLUG, "the server answers otherwise to it than to a made-up token", cites=cites)
        case Contrast.READ_AND_REFUSED:
            strength = Strength.POSSIBLE if readable(facts) else Strength.LIKELY
            why = "the server answers to it as to a made-up token, and otherwise to none"
            return verdict(SLUG, strength, why, quoted(told), cites=cites, needs="fresh")
        case Contrast.NOT_READ if not clear:
            return ruled_out(SLUG, "in this form the server did not read it at all", cites=cites)
        case Contrast.ALL_ALIKE if not clear:
            why = "the server has one refusal for every request, so it tells nothing of this token"
            return verdict(SLUG, Strength.POSSIBLE, why, quoted(told), cites=cites, needs="fresh")
        case Contrast.PUBLIC:
            strength = Strength.POSSIBLE if readable(facts) else Strength.LIKELY
            return verdict(SLUG, strength, "without it the address answers, with it it refuses", cites=cites)
        case _:
            why = "how the server answers to a made-up token is not known yet"
            if opaque and told is None and agreement(facts, SLUG) > Agreement.SILENT:
                refused = "a token that only its issuer can read was refused"
                return verdict(SLUG, Strength.POSSIBLE, refused, why, cites=cites, needs="garbage")
            return unknown(SLUG, "garbage", why)


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.TOKEN,
    likelihood=Level.HIGH,
    effort=Level.EASY,
    title="The server does not know this token",
    fix="Request a new token from this API's issuer",
    explains=frozenset({"header-dropped"}),
    remedies=(Remedy.NEW_TOKEN, Remedy.PASTE, Remedy.SIGN_IN),
    judge=judge,
    manual=Manual(
        what="The server looked the token up, or tried to, and found nothing it knows.",
        why=(
            "It may have been made up, mistyped, deleted, or issued for another server or account. Many servers answer "
            "so to expired and revoked tokens too, in order to tell a thief nothing."
        ),
        settle=(
            "The server's own words. Otherwise it is what remains when it is answered as a made-up token is and "
            "nothing else is wrong: likely, never more."
        ),
        mend="Request a new token from the issuer of this very API, and see that the old one is not kept anywhere.",
        example='HTTP/1.1 401\nWWW-Authenticate: Bearer error="invalid_token"',
        references=("RFC 6750, section 3.1", "RFC 7662, section 2.2"),
    ),
)
