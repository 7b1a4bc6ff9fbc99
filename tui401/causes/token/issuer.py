"""issuer-mismatch: the token comes from somewhere else than the API trusts."""

from __future__ import annotations

from typing import Final

from tui401.causes.compare import closest, equal_to_any
from tui401.causes.reading import (
    Agreement,
    agreement,
    claim_text,
    no_token,
    proved,
    quoted,
    readable,
    ruled_out,
    unknown,
    verdict,
    wanted,
    weigh,
)
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Aspect, Facts
from tui401.model.shown import Verified
from tui401.model.verdict import Step, Strength, Verdict

SLUG: Final = "issuer-mismatch"
_ALLIED: Final = ("signing-key-unknown", "token-signature-invalid", "environment-mismatch")


def judge(facts: Facts) -> Verdict:
    """Compares ``iss`` with the issuers that the server's words, the API's metadata or the person name."""
    told = facts.says(SLUG)
    if told is None:
        missing = no_token(facts, SLUG)
        if missing is not None:
            return missing
    if not readable(facts):
        return unknown(SLUG, "introspection", "the token does not show who issued it")
    issuer = claim_text(facts, "iss")
    expected = wanted(facts, Aspect.ISSUER)
    named = told is not None and told.strength >= Strength.LIKELY
    if not named and proved(facts, "fresh", "other-audience", "other-scopes") is not None:
        return ruled_out(SLUG, f"another token of {issuer or 'the same issuer'} is accepted", cites=("token.iss",))
    if not expected:
        return unknown(SLUG, "resource-metadata", "nobody has said which issuer the API trusts")
    cites = ("token.iss", "credential", *([told.fact] if told is not None else []))
    first = expected[0]
    met = next((e for e in expected if equal_to_any(issuer, e.values)), None)
    if met is not None and met.strength >= first.strength:
        why = f"it was issued by {issuer}, as expected by {met.by}"
        if named:
            return verdict(SLUG, Strength.POSSIBLE, quoted(told), f"yet {why}", cites=cites)
        return ruled_out(SLUG, why, cites=cites)
    value, miss = closest(issuer, first.values)
    agrees = agreement(facts, SLUG, _ALLIED)
    sure = first.strength is Strength.CONFIRMED or first.source in ("challenge", "body")
    # A key that its own trusted issuer does not publish is a second, independent sign of another issuer.
    foreign = any(k.trusted and k.signature in (Verified.NO_KEY, Verified.BAD) for k in facts.keys)
    allied = any(s.cause in _ALLIED and s.strength >= Strength.LIKELY for s in facts.said)
    strength = Strength.CONFIRMED if foreign and allied and facts.refused else weigh(agrees, decisive=sure or foreign)
    if agrees is Agreement.AGAINST and facts.refused:
        strength = Strength.LIKELY if first.source == "metadata" else Strength.POSSIBLE
    flip, proof = proved(facts, "other-issuer"), ""
    if flip is not None and met is None:
        strength = Strength.CONFIRMED
        proof = f"{flip.varied or 'from another issuer'}: accepted, and as sent refused again"
        cites = (*cites, "flip:other-issuer")
    return verdict(
        SLUG,
        strength,
        f"the token's issuer is {issuer or 'not named'}; expected, by {first.by}, is {value}",
        proof,
        quoted(told),
        cites=cites,
        near_miss=miss,
        expected=value,
        provided=issuer,
        expected_by=first.by,
    )


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.TOKEN,
    likelihood=Level.MEDIUM,
    effort=Level.MEDIUM,
    title="The token comes from another issuer",
    fix="Request the token from the API's own issuer",
    explains=frozenset({"signing-key-unknown", "token-signature-invalid", "token-unrecognised"}),
    remedies=(Remedy.NEW_TOKEN, Remedy.SIGN_IN, Remedy.PASTE),
    judge=judge,
    manual=Manual(
        what="The token says who issued it, and that is not the authorization server which the API trusts.",
        why=(
            "Staging and production, two tenants, two versions of one endpoint: their issuers differ, sometimes by a "
            "slash alone, and servers compare them character by character."
        ),
        settle=(
            "The claim iss differs from the issuer that the server's words, the API's metadata or your profile name."
        ),
        mend=(
            "Request the token from the issuer that the API names. Where only a slash or a letter's case differs, "
            "correct the configuration of whichever side is wrong."
        ),
        example="HTTP/1.1 401\n\njwt issuer invalid. expected: https://login.example.com",
        references=("RFC 7519, section 4.1.1", "RFC 9728, section 2", "RFC 9207"),
    ),
)
