"""token-malformed: a part of the token is missing or changed."""

from __future__ import annotations

import re
from typing import Final

from tui401.causes.reading import agreement, defects, no_token, quoted, ruled_out, unknown, verdict, weigh
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts, Said
from tui401.model.shown import Place
from tui401.model.verdict import Step, Strength, Verdict
from tui401.model.words import Shape

SLUG: Final = "token-malformed"
_ALLIED: Final = ("header-malformed", "token-signature-invalid", "algorithm-rejected", "api-key-invalid")
# Some readers mend these silently, so without words or an experiment they may have touched nothing.
_DOUBTFUL: Final = frozenset(
    {
        *("padding", "standard-base64", "percent-encoded", "exp-type", "iat-type", "nbf-type", "exp-milliseconds"),
        *("exp-fraction", "iat-fraction", "nbf-fraction", "sub-type"),
    }
)


# A recording with a made-up signature shows the same, so words must add to it.
_WEAK: Final = frozenset({"signature-long"})


_OF_JWTS: Final = re.compile(
    r"(?i)jwt|jws|json web|segment|\bparts?\b|\bdots?\b|period|base ?64|pars|decod|compact|claim|kid\b"
)
"""Words about a JWT's make; of a token that is none they only say that it is none."""


def of_form(told: Said | None) -> bool:
    """Whether words say that a token is damaged, and nothing that only holds of a JWT."""
    return told is not None and told.strength >= Strength.LIKELY and not _OF_JWTS.search(told.quote)


def judge(facts: Facts) -> Verdict:
    """Weighs the damage that the token shows; an opaque token is not a broken JWT."""
    told = facts.says(SLUG)
    found = defects(facts, SLUG)
    if told is None and not found:
        missing = no_token(facts, SLUG)
        if missing is not None:
            return missing
    cites = ("token.shape", "credential", *([told.fact] if told is not None else []))
    sent = facts.credential
    if sent is not None and facts.token is not None and facts.token.shape in (Shape.EMPTY, Shape.PLACEHOLDER):
        return ruled_out(SLUG, "nothing real was sent that could be damaged", cites=cites)
    if found:
        if all(d.name in _WEAK for d in found) and (told is None or told.strength < Strength.LIKELY):
            if facts.recorded:
                return unknown(SLUG, "keys", *(d.says for d in found[:3]))
            return verdict(SLUG, Strength.POSSIBLE, *(d.says for d in found[:3]), cites=cites, needs="keys")
        # A header of a service's own may have a form of its own, with words and spaces in it.
        own = sent is not None and sent.place is Place.HEADER
        decisive = any(d.name not in _DOUBTFUL and not (own and d.name == "space-inside") for d in found)
        strength = weigh(agreement(facts, SLUG, _ALLIED), decisive=decisive)
        return verdict(SLUG, strength, *(d.says for d in found[:3]), quoted(told), cites=cites)
    if told is not None and sent is not None and sent.family == "basic":
        why = "what was sent is a user name and password, and no token"
        return verdict(SLUG, min(told.strength, Strength.POSSIBLE), quoted(told), why, cites=cites)
    if any(answer.active for answer in facts.introspections):
        return ruled_out(SLUG, "its issuer knows it and calls it active, so it is whole", cites=cites)
    opaque = facts.token is None or facts.token.shape is Shape.OPAQUE
    if opaque and of_form(told):
        return verdict(SLUG, Strength.LIKELY, quoted(told), cites=cites)
    if opaque and told is not None and facts.token is not None and told.strength >= Strength.LIKELY:
        why = "what was sent is no JWT at all, so nothing shows that it is damaged"
        return verdict(SLUG, Strength.POSSIBLE, quoted(told), why, cites=cites)
    if opaque:
        return unknown(SLUG, "", "only its issuer can tell whether an opaque token is whole")
    if told is not None and told.strength >= Strength.LIKELY:
        return verdict(SLUG, Strength.POSSIBLE, quoted(told), "yet every part of it can be decoded", cites=cites)
    return ruled_out(SLUG, "every part of it can be decoded", cites=cites)


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.TOKEN,
    likelihood=Level.HIGH,
    effort=Level.EASY,
    title="The token is damaged",
    fix="Copy the token again, whole",
    explains=frozenset({"token-signature-invalid", "token-unrecognised", "signing-key-unknown"}),
    remedies=(Remedy.CANONICAL, Remedy.REPAIRED, Remedy.NEW_TOKEN, Remedy.PASTE),
    judge=judge,
    manual=Manual(
        what="A part of the token itself is missing or changed, so it cannot be read.",
        why=(
            "Terminals cut long lines, mail programs break them, URLs encode them, a header's limit truncates them. "
            "A line break at the end of a file or secret is the most stubborn of them, since nobody sees it."
        ),
        settle="Parts that cannot be decoded, a missing third part, white space or control characters inside.",
        mend=(
            "Copy the token again as a whole, without line breaks. Where a program reads it from a file, strip the end"
            " of the line."
        ),
        example='HTTP/1.1 401\nContent-Type: application/json\n\n{"detail": "Not enough segments"}',
        references=("RFC 7519, section 7.2", "RFC 7515, section 3.1"),
    ),
)
