"""session-expired: the cookie of a signed-in session no longer counts."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import not_applicable, quoted, unknown, verdict
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Contrast, Facts
from tui401.model.shown import Place
from tui401.model.verdict import Step, Strength, Verdict

SLUG: Final = "session-expired"


def judge(facts: Facts) -> Verdict:
    """The only credential is a cookie, and the server says session, or answers as to a request without it."""
    told = facts.says(SLUG)
    families = {c.family for c in facts.credentials if c.place not in (Place.PROXY, Place.CERTIFICATE)}
    if families != {"cookie"}:
        if told is None or facts.credential is None:
            return not_applicable(SLUG, "the request's credential is no session cookie")
        return unknown(SLUG, "")
    cites = ("credential", "contrast", *((told.fact,) if told is not None else ()))
    if told is not None and told.strength >= Strength.LIKELY:
        return verdict(SLUG, told.strength, quoted(told), cites=cites)
    if facts.contrast is Contrast.UNKNOWN and facts.refused:
        return verdict(
            SLUG,
            Strength.POSSIBLE,
            "its only credential is a cookie, and it is refused",
            cites=cites,
            needs="anonymous",
        )
    status = facts.meant
    match facts.contrast:
        case Contrast.PUBLIC:
            return verdict(SLUG, Strength.LIKELY, "without it the address answers, with it it refuses", cites=cites)
        case Contrast.READ_AND_REFUSED:
            return verdict(SLUG, Strength.LIKELY, "it is answered like a made-up session, not like none", cites=cites)
        case Contrast.ALL_ALIKE if facts.refused:
            # A bare 403 to everybody can be a firewall, or a missing key.
            strength = Strength.LIKELY if status != 403 else Strength.POSSIBLE
            return verdict(SLUG, strength, "it is answered like a request without it", cites=cites)
        case _:
            return verdict(SLUG, Strength.UNKNOWN, cites=cites)


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.TOKEN,
    likelihood=Level.LOW,
    effort=Level.EASY,
    title="The session cookie is no longer valid",
    fix="Sign in again",
    explains=frozenset({"token-unrecognised", "csrf-token-missing"}),
    remedies=(Remedy.SIGN_IN, Remedy.PASTE),
    judge=judge,
    manual=Manual(
        what="The request is carried by a session cookie, and the server no longer has that session.",
        why=(
            "Sessions end by time, by signing out elsewhere, by a restart of the server, or because the cookie was "
            "copied from another browser."
        ),
        settle="The cookie is the only credential, and the server speaks of the session or answers just as without it.",
        mend="Sign in again and use the new cookie. For a program, use a token in place of a browser's cookie.",
        example="HTTP/1.1 302\nLocation: /login?next=/api/orders",
        references=("RFC 6265, section 8.6",),
    ),
)
