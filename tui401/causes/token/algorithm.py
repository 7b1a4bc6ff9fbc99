"""algorithm-rejected: the token is signed in a way that the API does not take."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import Agreement, agreement, no_token, quoted, ruled_out, unknown, verdict, wanted, weigh
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Aspect, Facts
from tui401.model.verdict import Step, Strength, Verdict
from tui401.model.words import Shape

SLUG: Final = "algorithm-rejected"


def judge(facts: Facts) -> Verdict:
    """``alg`` is none, or not among those that the API announces."""
    told = facts.says(SLUG)
    if told is None:
        missing = no_token(facts, SLUG)
        if missing is not None:
            return missing
    algorithm = facts.token.header.get("alg") if facts.token is not None else None
    if told is not None and told.strength < Strength.CONFIRMED and _has_no_header(facts):
        # Gateways look at the algorithm first, so whatever is no JWT is refused for it.
        return ruled_out(SLUG, "it is no JWT, so it names no algorithm", cites=("token.alg", "credential"))
    if not isinstance(algorithm, str):
        return unknown(SLUG, "", "the token does not show its algorithm")
    cites = ("token.alg", "credential", *((told.fact,) if told is not None else ()))
    agrees = agreement(facts, SLUG, allied=("token-signature-invalid", "token-malformed", "signing-key-unknown"))
    if algorithm.lower() == "none":
        return verdict(SLUG, weigh(agrees), "it is not signed: its algorithm is none", quoted(told), cites=cites)
    announced = wanted(facts, Aspect.ALGORITHM)
    if not announced:
        public = next((k for k in facts.keys if k.trusted and k.kids and not k.problem), None)
        if algorithm.upper().startswith("HS") and public is not None and facts.refused:
            # Published keys are public, so whoever trusts this issuer verifies with none of those that HMAC takes.
            why = f"it is signed by {algorithm}, with a shared secret; {public.issuer} publishes public keys"
            most = Strength.CONFIRMED if agrees is Agreement.WORDS else Strength.LIKELY
            return verdict(SLUG, min(weigh(agrees), most), why, quoted(told), cites=cites)
        return unknown(SLUG, "resource-metadata", "nobody has said which algorithms the API takes")
    if algorithm in announced[0].values:
        return ruled_out(SLUG, f"{algorithm} is expected by {announced[0].by}", cites=cites)
    why = f"it is signed by {algorithm}; expected, by {announced[0].by}, is one of {', '.join(announced[0].values)}"
    strength = min(weigh(agrees, decisive=False), Strength.CONFIRMED)
    return verdict(SLUG, strength, why, quoted(told), cites=cites)


def _has_no_header(facts: Facts) -> bool:
    return facts.token is not None and facts.token.shape is Shape.OPAQUE


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.TOKEN,
    likelihood=Level.LOW,
    effort=Level.MEDIUM,
    title="The token's signing algorithm is not accepted",
    fix="Have the issuer sign with an accepted algorithm",
    explains=frozenset({"token-signature-invalid", "signing-key-unknown", "token-unrecognised", "token-malformed"}),
    remedies=(Remedy.TELL_OWNER, Remedy.NEW_TOKEN),
    judge=judge,
    manual=Manual(
        what="The token is signed with an algorithm that this API does not accept, or not signed at all.",
        why=(
            "Servers fix the algorithms they take, since accepting whatever a token names has been abused. A symmetric"
            " algorithm where a public key is expected is the usual case."
        ),
        settle="The algorithm is none, the server says so, or it is not among those that the API announces.",
        mend=(
            "Have the issuer sign with an algorithm that the API names, usually RS256 or ES256, and request a new "
            "token."
        ),
        example=(
            'HTTP/1.1 401\nWWW-Authenticate: Bearer error="invalid_token", error_description="Unsupported algorithm of'
            ' none"'
        ),
        references=("RFC 8725, section 3.1", "RFC 7518, section 3.1"),
    ),
)
