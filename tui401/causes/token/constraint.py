"""sender-constraint-unmet: the token is bound to a key, and the request proves none."""

from __future__ import annotations

from typing import Any, Final

from tui401.causes.reading import agreement, no_token, quoted, readable, ruled_out, unknown, verdict, weigh
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.shown import Place
from tui401.model.verdict import Step, Strength, Verdict

SLUG: Final = "sender-constraint-unmet"


def judge(facts: Facts) -> Verdict:
    """``cnf.jkt`` and no DPoP proof (RFC 9449), or ``cnf.x5t#S256`` without a certificate (RFC 8705)."""
    told = facts.says(SLUG)
    if told is None:
        missing = no_token(facts, SLUG)
        if missing is not None:
            return missing
    bound = _binding(facts)
    cites = ("token.cnf", "credential", "scheme", *((told.fact,) if told is not None else ()))
    proof = facts.says("dpop-proof-invalid")
    if bound is None and proof is not None and proof.by == "api" and not facts.request.values("dpop"):
        why = "no DPoP proof was sent, and the API speaks of one"
        return verdict(SLUG, Strength.LIKELY, why, quoted(proof), cites=(*cites, proof.fact))
    if bound is None:
        if readable(facts) and told is None:
            return ruled_out(SLUG, "it is bound to no key", cites=cites)
        return unknown(SLUG, "introspection", "whether it is bound to a key does not show")
    agrees = agreement(facts, SLUG, allied=("scheme-wrong", "dpop-proof-invalid"))
    if "jkt" in bound:
        if facts.request.values("dpop"):
            return ruled_out(SLUG, "a DPoP proof was sent", cites=cites)
        if any(c.scheme.lower() == "dpop" for c in facts.challenges) and not _named_otherwise(facts):
            why = "it is bound to a DPoP key, no proof was sent, and the API asks for DPoP"
            return verdict(SLUG, Strength.CONFIRMED if facts.refused else Strength.POSSIBLE, why, cites=cites)
        return verdict(
            SLUG, weigh(agrees), "it is bound to a DPoP key, and no proof was sent", quoted(told), cites=cites
        )
    if any(c.place is Place.CERTIFICATE for c in facts.credentials):
        return ruled_out(SLUG, "a client certificate was sent", cites=cites)
    why, strength = "it is bound to a client certificate, and none was sent", weigh(agrees)
    if facts.recorded and (told is None or told.strength < Strength.LIKELY):
        # A recording holds no handshake, so it cannot tell whether a certificate was shown in one.
        why = "it is bound to a client certificate, and the recording shows none"
        strength = min(strength, Strength.LIKELY)
    return verdict(SLUG, strength, why, quoted(told), cites=cites)


def _named_otherwise(facts: Facts) -> bool:
    """Whether the API gives another reason than that the token was not sent as a bound one is."""
    allied = (SLUG, "scheme-wrong", "dpop-proof-invalid")
    return any(s.strength >= Strength.LIKELY and s.cause not in allied for s in facts.said)


def _binding(facts: Facts) -> dict[str, Any] | None:
    claims = facts.token.claims if facts.token is not None else {}
    found = claims.get("cnf") or next((i.claims.get("cnf") for i in facts.introspections if i.active), None)
    return found if isinstance(found, dict) and ("jkt" in found or "x5t#S256" in found) else None


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.TOKEN,
    likelihood=Level.LOW,
    effort=Level.MEDIUM,
    title="The token is bound to a key that the request did not prove",
    fix="Send the DPoP proof or the client certificate",
    explains=frozenset({"scheme-wrong", "token-unrecognised"}),
    remedies=(Remedy.PASTE, Remedy.NEW_TOKEN),
    judge=judge,
    manual=Manual(
        what=(
            "The token works only together with a key of the client it was issued to, and this request does not prove "
            "that key."
        ),
        why="Bound tokens are worthless to a thief, and to a curl command that was given the token alone.",
        settle="The token has cnf.jkt and no DPoP proof came, or cnf.x5t#S256 and no client certificate.",
        mend=(
            "Send it from the client that holds the key, with a fresh DPoP proof or the certificate, or request a "
            "token that is not bound."
        ),
        example=(
            'HTTP/1.1 401\nWWW-Authenticate: DPoP error="invalid_token", error_description="DPoP-bound token requires '
            'a proof"'
        ),
        references=("RFC 9449, section 7.1", "RFC 8705, section 3"),
    ),
)
