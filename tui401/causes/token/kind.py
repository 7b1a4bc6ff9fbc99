"""token-type-wrong: a token of another kind than the API takes."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import (
    Agreement,
    agreement,
    claim_text,
    no_token,
    otherwise_sound,
    proved,
    quoted,
    readable,
    ruled_out,
    unknown,
    verdict,
    weigh,
)
from tui401.dialects import package_matcher
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.verdict import Step, Strength, Verdict
from tui401.wire.claims import audiences

SLUG: Final = "token-type-wrong"
_WRONG_KINDS: Final = {
    "id-token": "an ID token",
    "refresh-token": "a refresh token",
    "client-secret": "a client secret",
}


def judge(facts: Facts) -> Verdict:
    """Looks for marks of an ID or refresh token; an absent scope or a nonce alone shows nothing."""
    told = facts.says(SLUG)
    if told is None:
        missing = no_token(facts, SLUG)
        if missing is not None:
            return missing
    cites = ("token.kind", "token.aud", "credential", *([told.fact] if told is not None else []))
    marks = marks_of_kind(facts)
    if marks:
        agrees = agreement(facts, SLUG, allied=("audience-mismatch", "scope-insufficient"))
        named = facts.says("audience-mismatch")
        if named is not None and named.strength >= Strength.LIKELY and agrees is Agreement.TOKEN:
            agrees = (
                Agreement.WORDS
            )  # an ID token's audience is its client, so the audience is what a server trips over
        strength = weigh(agrees, decisive=False)
        # Kinds differ in audience and scopes too, so an access token that is accepted differs in its kind alone.
        flip, proof = proved(facts, "other-audience", "other-token"), ""
        if flip is not None and otherwise_sound(facts) and agrees is not Agreement.AGAINST:
            strength = Strength.CONFIRMED
            proof = f"{flip.varied or 'an access token'}: accepted, and as sent refused again"
            cites = (*cites, f"flip:{flip.label}")
        return verdict(SLUG, strength, *marks, proof, quoted(told or named), cites=cites)
    if _is_access(facts):
        return ruled_out(SLUG, "it says that it is an access token", cites=cites)
    if readable(facts):
        return unknown(SLUG, "", "nothing in it says which kind it is")
    return unknown(SLUG, "introspection", "nothing in it says which kind it is")


def marks_of_kind(facts: Facts) -> list[str]:
    """Sentences: what shows that it is no access token."""
    found = []
    sent = facts.credential
    prefix = package_matcher().key(sent.prefix) if sent is not None and sent.prefix else None
    if prefix is not None and prefix[1].kind in _WRONG_KINDS:
        found.append(f"its prefix {prefix[1].prefix} is that of {prefix[1].title}")
    if not readable(facts) or facts.token is None:
        return found
    claims = facts.token.claims
    for claim, kinds in (("token_use", {"id": "an ID token", "refresh": "a refresh token"}), ("typ", _TYP)):
        kind = kinds.get(claim_text(facts, claim).lower())
        if kind:
            found.append(f"its claim {claim} says that it is {kind}")
    hashes = [name for name in ("at_hash", "c_hash") if name in claims]
    if hashes:
        found.append(f"it has the claim {hashes[0]}, which only ID tokens carry")
    client = facts.known.client_id if facts.known is not None else ""
    if client and audiences(claims) == (client,):
        found.append("its audience is the client itself, as in an ID token")
    return found


_TYP: Final = {"id": "an ID token", "refresh": "a refresh token", "offline": "a refresh token"}


def _is_access(facts: Facts) -> bool:
    if facts.token is None:
        return False
    kind = str(facts.token.header.get("typ", "")).lower().removeprefix("application/")
    return kind == "at+jwt" or claim_text(facts, "token_use") == "access"


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.TOKEN,
    likelihood=Level.MEDIUM,
    effort=Level.EASY,
    title="The wrong kind of token was sent",
    fix="Send the kind that is wanted",
    explains=frozenset({"audience-mismatch", "scope-insufficient", "token-unrecognised"}),
    remedies=(Remedy.NEW_TOKEN, Remedy.PASTE, Remedy.SIGN_IN),
    judge=judge,
    manual=Manual(
        what="The request carries a real token, but not of the kind that this API takes.",
        why=(
            "A sign-in yields several tokens at once. The ID token tells the application who signed in, the refresh "
            "token buys new ones, and only the access token is made for APIs. They look alike. Some gateways want the "
            "ID token after all."
        ),
        settle=(
            "Marks that only one kind has (token_use, at_hash, an audience that is the client itself), or the server's"
            " words."
        ),
        mend=(
            "Take the field access_token of the token response and send that, unless the API says that it wants "
            "another."
        ),
        example=(
            'HTTP/1.1 401\nContent-Type: application/json\n\n{"message": "ID tokens are not accepted, send an access '
            'token"}'
        ),
        references=("RFC 9068, section 4", "OpenID Connect Core 1.0, section 2"),
    ),
)
