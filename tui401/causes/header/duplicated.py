"""header-duplicated: more than one credential in one request."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import Agreement, agreement, not_applicable, quoted, ruled_out, unknown, verdict
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.shown import Place
from tui401.model.verdict import Step, Strength, Verdict

SLUG: Final = "header-duplicated"
_BESIDE: Final = frozenset({Place.PROXY, Place.CERTIFICATE})

_MISREAD: Final = frozenset({"token-malformed", "basic-malformed"})
"""What a server says of two values that it reads as one."""
_UNREAD: Final = frozenset({"scheme-wrong", "scheme-missing", "header-malformed", "header-dropped", "header-missing"})


def judge(facts: Facts) -> Verdict:
    """Two Authorization headers, or a header and a parameter; one alone is accepted, or the server says so."""
    told = facts.says(SLUG)
    if facts.credential is None:
        return unknown(SLUG, "") if facts.sanitised else not_applicable(SLUG, "the request carries no credential")
    # A DPoP proof goes beside its token by design (RFC 9449, section 7.1).
    several = [c for c in facts.credentials if c.place not in _BESIDE and c.place_name.lower() != "dpop"]
    if "grant_type" in facts.request.body:
        several = [c for c in several if c.place is not Place.BODY]  # a client and its grant are two, and have to be
    if all(c.place is Place.COOKIE for c in several[1:]) and facts.flip("once") is None:
        several = several[:1]  # cookies go beside many a credential and harm none
    fields = len(facts.request.values("authorization"))
    cites = ("credential", "credentials", *((told.fact,) if told is not None else ()))
    if len(several) < 2 and fields < 2:
        if told is not None:
            return unknown(SLUG, "", "one credential is all that shows")
        return ruled_out(SLUG, "one credential was sent, once", cites=cites)
    places = ", ".join(f"{c.place.value} {c.place_name}".strip() for c in several[:4])
    why = f"the request carries {max(len(several), fields)} credentials ({places})"
    flip = facts.flip("once") or facts.flip("send-once") or facts.flip("bare")
    if flip is not None:
        # The barest request lacks more than the second credential, so it alone proves nothing of that one.
        sure = flip.proved and not flip.substitute and flip.label != "bare"
        strength = Strength.CONFIRMED if sure else Strength.LIKELY
        return verdict(SLUG, strength, why, "one alone is accepted", cites=(*cites, f"flip:{flip.label}"))
    agrees = agreement(facts, SLUG, allied=("header-malformed",))
    if agrees is Agreement.WORDS:
        return verdict(SLUG, Strength.CONFIRMED, why, quoted(told), cites=cites)
    if fields > 1 and facts.refused:
        # The field is defined to come once, so a server that then reads no credential agrees (RFC 9110, 11.6.2).
        read = [s for s in facts.said if s.strength >= Strength.LIKELY and s.cause not in _UNREAD | _MISREAD]
        unread = any(s.cause in _UNREAD for s in facts.said)
        strength = Strength.CONFIRMED if unread and not read else Strength.LIKELY
        return verdict(
            SLUG,
            strength if not read else Strength.POSSIBLE,
            why,
            *_words(facts),
            cites=(*cites, "scheme"),
            needs="once",
        )
    strength = Strength.POSSIBLE
    return verdict(SLUG, strength, why, cites=cites, needs="once")


def _words(facts: Facts) -> tuple[str, ...]:
    return tuple(quoted(s) for s in facts.said[:1])


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.HEADER,
    likelihood=Level.MEDIUM,
    effort=Level.EASY,
    title="The credential was sent twice",
    fix="Send it once",
    explains=frozenset({"header-malformed", "token-unrecognised", "scheme-wrong", "scheme-missing", "header-dropped"}),
    remedies=(Remedy.SEND_ONCE,),
    judge=judge,
    manual=Manual(
        what="The request carries a credential in more than one way at once.",
        why=(
            "A client adds its own header to the one given by hand, or follows a redirect to a signed address and "
            "takes the header along. Servers refuse what is ambiguous."
        ),
        settle=(
            "Two Authorization headers, or a header and a parameter or signed URL, and one alone is accepted or the "
            "server says so."
        ),
        mend="Keep one of them: the header, unless the address itself is signed.",
        example="HTTP/1.1 400\nContent-Type: application/xml\n\n<Message>Only one auth mechanism allowed</Message>",
        references=("RFC 6750, section 2", "RFC 9110, section 5.3"),
    ),
)
