"""dpop-proof-invalid: a proof that does not fit its request (RFC 9449)."""

from __future__ import annotations

from typing import Any, Final

from tui401.causes.reading import agreement, not_applicable, quoted, spoken, unknown, verdict, weigh
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.shown import CredentialSeen
from tui401.model.verdict import Step, Strength, Verdict
from tui401.model.words import Shape
from tui401.wire.claims import numeric_date
from tui401.wire.proof import same_address, thumbprint

SLUG: Final = "dpop-proof-invalid"
_WINDOW: Final = 300.0  # seconds; section 11.1 speaks of seconds or minutes
_ALLIED: Final = ("token-unrecognised", "sender-constraint-unmet", "token-malformed", "scheme-wrong")


def judge(facts: Facts) -> Verdict:
    """Takes the proof apart: type, algorithm, key, method, address, time, identifier, token hash and nonce."""
    told = facts.says(SLUG)
    sent = next((c for c in facts.credentials if c.place_name.lower() == "dpop"), None)
    if sent is None and told is not None and told.by == "api":
        # A recorder may have left the header out; whoever speaks the scheme DPoP sends a proof with it.
        spoken = facts.recorded and facts.credential is not None and facts.credential.family == "dpop"
        strength = Strength.LIKELY if spoken and "nonce" in told.quote else Strength.POSSIBLE
        cites = ("credential", "dpop", told.fact)
        return verdict(SLUG, strength, quoted(told), "yet no proof was sent", cites=cites)
    if sent is None:
        return unknown(SLUG, "") if told is not None else not_applicable(SLUG, "no DPoP proof was sent")
    cites = ("token.cnf", "credential", "dpop", "clock.local", *((told.fact,) if told is not None else ()))
    found = _odd(facts, sent)
    if found:
        strength = weigh(agreement(facts, SLUG, _ALLIED), decisive=any(decisive for _, decisive in found))
        return verdict(SLUG, strength, *(says for says, _ in found[:3]), quoted(told), cites=cites)
    if told is not None:
        return verdict(SLUG, told.strength, quoted(told), cites=cites)
    return unknown(SLUG, "", "the proof fits the request, as far as it shows")


def _odd(facts: Facts, sent: CredentialSeen) -> list[tuple[str, bool]]:
    """Sentences on what does not fit, each with whether every server must refuse it (section 4.3)."""
    if len(facts.request.values("dpop")) > 1:
        return [("more than one DPoP proof was sent", True)]
    proof = sent.token
    if proof is None or proof.shape is not Shape.JWT:
        return [("the DPoP header holds no JWT", True)]
    found = [(d.says[:1].lower() + d.says[1:].rstrip("."), True) for d in sent.defects if d.cause == SLUG]
    kind, algorithm, key = (proof.header.get(name) for name in ("typ", "alg", "jwk"))
    if str(kind).lower() != "dpop+jwt":
        found.append((f"its type is {kind or 'not named'}, and not dpop+jwt", True))
    if not isinstance(algorithm, str) or algorithm.lower() == "none" or algorithm.upper().startswith("HS"):
        found.append(("it is not signed with a private key", True))
    if not isinstance(key, dict):
        found.append(("it does not hold the public key that verifies it", True))
    claims = proof.claims
    method, address = claims.get("htm"), claims.get("htu")
    if method != facts.request.method:
        found.append((f"it was made for {method or 'no method'}, and the request is {facts.request.method}", True))
    if not isinstance(address, str) or not same_address(address, facts.request.url):
        found.append(("it was made for another address" if address else "it names no address", True))
    if not claims.get("jti"):
        found.append(("it has no identifier (jti)", True))
    if facts.token is not None and facts.credential is not sent and "ath" not in claims:
        found.append(("it does not name the access token that it goes with (ath)", True))
    bound = _bound_to(facts)
    if bound and isinstance(key, dict) and thumbprint(key) not in ("", bound):
        found.append(("it was made with another key than the one that the token is bound to", True))
    return [*found, *_untimely(facts, claims), *_without_nonce(facts, claims)]


def _bound_to(facts: Facts) -> str:
    bound = facts.token.claims.get("cnf") if facts.token is not None else None
    found = bound.get("jkt") if isinstance(bound, dict) else None
    return found if isinstance(found, str) else ""


def _untimely(facts: Facts, claims: dict[str, Any]) -> list[tuple[str, bool]]:
    made = numeric_date(claims.get("iat"))
    if made is None:
        return [("it does not say when it was made (iat)", True)]
    off = facts.now.at - made
    if abs(off) <= _WINDOW + facts.now.uncertainty:
        return []
    when = f"{spoken(off)} {'ago' if off > 0 else 'ahead'}"
    # Servers choose the window themselves; nobody takes one of yesterday.
    return [(f"it was made {when}, and proofs hold for minutes at most", abs(off) > 86_400)]


def _without_nonce(facts: Facts, claims: dict[str, Any]) -> list[tuple[str, bool]]:
    asked = any(c.param("error") == "use_dpop_nonce" for c in facts.challenges)
    if asked and "nonce" not in claims:
        return [("the server asks for a nonce of its own inside, and the proof has none", True)]
    return [("its nonce is not the server's latest", True)] if asked else []


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.HEADER,
    likelihood=Level.LOW,
    effort=Level.MEDIUM,
    title="The DPoP proof is stale or wrong",
    fix="Make a new proof with this method, URL and nonce",
    explains=frozenset({"sender-constraint-unmet", "token-unrecognised"}),
    remedies=(Remedy.PASTE, Remedy.NEW_TOKEN),
    judge=judge,
    manual=Manual(
        what="The request carries a DPoP proof, and the server does not accept it.",
        why=(
            "A proof holds for one method, one address and a short time, and servers may ask for a nonce of theirs"
            " inside. A proof used twice is a replay."
        ),
        settle=(
            "The challenge says invalid_dpop_proof or use_dpop_nonce, or the proof itself names another method, "
            "address, token or key, or is of another time."
        ),
        mend="Make a new proof for exactly this method and address, with the nonce from the DPoP-Nonce header.",
        example='HTTP/1.1 401\nWWW-Authenticate: DPoP error="use_dpop_nonce"\nDPoP-Nonce: eyJ7S_zG…',
        references=("RFC 9449, sections 4.3 and 8",),
    ),
)
