"""header-malformed: what stands around the credential."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import (
    HARMLESS,
    Agreement,
    agreement,
    answered_alike,
    defects,
    not_applicable,
    quoted,
    ruled_out,
    unknown,
    verdict,
)
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Contrast, Facts
from tui401.model.verdict import Step, Strength, Verdict
from tui401.model.words import Defect

SLUG: Final = "header-malformed"
_ALLIED: Final = ("token-malformed", "scheme-wrong", "scheme-missing", "api-key-invalid", "token-signature-invalid")


def judge(facts: Facts) -> Verdict:
    """Servers differ: what one refuses another mends. So words, or the canonical form's acceptance, confirm."""
    sent = facts.credential
    told = facts.says(SLUG)
    if sent is None:
        if facts.sanitised:
            return unknown(SLUG, "", "the recording leaves credentials out")
        return not_applicable(SLUG, "the request carries no credential")
    found = defects(facts, SLUG) or _harmless(facts)
    by_writing = facts.flip("canonical")
    if not found and by_writing is not None and sent.canonical_differs:
        proof = "written exactly right, it is accepted" + (", and as sent refused again" if by_writing.proved else "")
        strength = Strength.CONFIRMED if by_writing.proved and not by_writing.substitute else Strength.LIKELY
        case = "this server reads letter case or spaces more strictly than most"
        return verdict(SLUG, strength, proof, case, cites=("credential", "credential.form", "flip:canonical"))
    cites = ("credential", "credential.form", *([told.fact] if told is not None else []))
    if not found:
        if told is not None and told.strength >= Strength.LIKELY:
            own = sent.family not in ("bearer", "basic")  # a scheme whose form only its server can judge
            strength = Strength.LIKELY if sent.canonical_differs or own else Strength.POSSIBLE
            if own and told.strength is Strength.CONFIRMED:
                strength = Strength.CONFIRMED
            return verdict(SLUG, strength, quoted(told), cites=cites, needs="canonical")
        return ruled_out(SLUG, "it is written as it should be", cites=cites)
    says = tuple(d.says for d in found[:3])
    flip = facts.flip("canonical")
    if flip is not None:
        proof = "written exactly right, it is accepted" + (", and as sent refused again" if flip.proved else "")
        strength = Strength.CONFIRMED if flip.proved else Strength.LIKELY
        needs = "" if flip.proved else "original-again"
        return verdict(SLUG, strength, *says, proof, cites=(*cites, "flip:canonical"), needs=needs)
    agrees = agreement(facts, SLUG, _ALLIED)
    allied = next((s for s in facts.said if s.cause in _ALLIED and s.strength >= Strength.LIKELY), None)
    if agrees is Agreement.WORDS or (allied is not None and allied.cause == "token-malformed"):
        return verdict(SLUG, Strength.CONFIRMED, *says, quoted(told or allied), cites=cites)
    other = facts.answered("canonical")
    if other is not None and answered_alike(facts, "canonical"):
        return verdict(SLUG, Strength.POSSIBLE, *says, "yet written exactly right it is refused alike", cites=cites)
    if facts.contrast is Contrast.NOT_READ and facts.refused:
        return verdict(SLUG, Strength.CONFIRMED, *says, "in this form the server did not read it at all", cites=cites)
    if agrees is Agreement.AGAINST:
        return verdict(SLUG, Strength.POSSIBLE, *says, cites=cites, needs="canonical")
    return verdict(SLUG, Strength.LIKELY, *says, cites=cites, needs="canonical")


def _harmless(facts: Facts) -> tuple[Defect, ...]:
    """What most servers mend silently, where an experiment shows that this one does not."""
    sent, flip = facts.credential, facts.flip("canonical")
    if sent is None or flip is None:
        return ()
    both = (*sent.defects, *(sent.token.defects if sent.token is not None else ()))
    return tuple(d for d in both if d.name in HARMLESS and d.cause == SLUG)


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.HEADER,
    likelihood=Level.HIGH,
    effort=Level.EASY,
    title="The Authorization header is malformed",
    fix="Send exactly: Bearer, one space, the token",
    explains=frozenset(
        {
            "token-malformed",
            "token-unrecognised",
            "token-signature-invalid",
            "header-dropped",
            "api-key-invalid",
        }
    ),
    remedies=(Remedy.CANONICAL, Remedy.PASTE),
    judge=judge,
    manual=Manual(
        what=(
            "The credential may be right, but what stands around it is not: two spaces, quotes, a colon, a doubled "
            "scheme."
        ),
        why=(
            "The form is strict: scheme, one space, credential. Copying from JSON brings quotes and commas, templates "
            "bring brackets, a token that already begins with Bearer doubles the word. One server mends this silently, "
            "the next refuses it, which is why it works there and not here."
        ),
        settle=(
            "The same credential written exactly right is accepted, or the server says malformed. Without either it is"
            " likely."
        ),
        mend="Write Authorization: Bearer, one space, the token, and nothing else on the line.",
        example='GET /v1/orders HTTP/1.1\nAuthorization: Bearer "eyJhbGciOi…"',
        references=("RFC 6750, section 2.1", "RFC 9110, section 11.4"),
    ),
)
