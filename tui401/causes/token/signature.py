"""token-signature-invalid and signing-key-unknown: the token against the keys that its issuer publishes."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import (
    Agreement,
    agreement,
    defects,
    no_token,
    quoted,
    readable,
    ruled_out,
    unknown,
    verdict,
    weigh,
)
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.shown import KeysSeen, Verified
from tui401.model.verdict import Step, Strength, Verdict

INVALID: Final = "token-signature-invalid"
UNKNOWN_KEY: Final = "signing-key-unknown"
_ALLIED: Final = ("token-malformed", "token-signature-invalid", "signing-key-unknown", "issuer-mismatch")


def judge_signature(facts: Facts) -> Verdict:
    """The key of the token's ``kid`` is published and does not verify it."""
    return _judge(facts, INVALID, Verified.BAD, "the issuer's published key does not verify its signature")


def judge_key(facts: Facts) -> Verdict:
    """The token's ``kid`` is not among the keys, fetched past caches."""
    kid = facts.token.header.get("kid") if facts.token is not None else None
    named = f"the key {kid}" if isinstance(kid, str) and len(kid) <= 60 else "the key that signed it"
    return _judge(facts, UNKNOWN_KEY, Verified.NO_KEY, f"{named} is not among the issuer's published keys")


def _judge(facts: Facts, slug: str, bad: Verified, why: str) -> Verdict:
    told = facts.says(slug)
    if told is None:
        missing = no_token(facts, slug)
        if missing is not None:
            return missing
        if not readable(facts):
            return unknown(slug, "", "the token carries no signature that can be checked from outside")
    cites = ("token.signature", "credential", *([told.fact] if told is not None else []))
    keys = _best(facts)
    if keys is None:
        cut = defects(facts, slug)
        if cut:
            strength = weigh(agreement(facts, slug, _ALLIED), decisive=False)
            return verdict(slug, strength, cut[0].says, quoted(told), cites=cites, needs="keys")
        around = (*defects(facts, "header-malformed"), *defects(facts, "token-malformed"))
        if told is not None and around:
            # The server verified what it cut out of the value, which need not be the token that was meant.
            strength = min(told.strength, Strength.LIKELY)
            return verdict(slug, strength, quoted(told), f"yet {around[0].says}", cites=cites, needs="keys")
        return unknown(slug, "keys", "the issuer's keys have not been fetched")
    if keys.signature is Verified.GOOD:
        if told is not None and not keys.trusted:
            return verdict(
                slug,
                Strength.LIKELY,
                quoted(told),
                "yet it verifies against the keys of the issuer that it names",
                cites=cites,
            )
        return ruled_out(slug, f"it verifies against the keys of {keys.issuer}", cites=cites)
    if keys.signature is not bad:
        if slug == INVALID and keys.signature is Verified.NO_KEY:
            return unknown(slug, "", "its key is not published, so nothing can be verified")
        return ruled_out(slug, "its key is among the issuer's published keys", cites=cites)
    agrees = agreement(facts, slug, _ALLIED)
    # Keys of an issuer that the token itself names show that it was changed, but not that the API trusts that issuer.
    strength = weigh(agrees) if keys.trusted and keys.fresh else min(weigh(agrees), Strength.LIKELY)
    if agrees is Agreement.WORDS:
        strength = Strength.CONFIRMED
    return verdict(slug, strength, why, quoted(told), cites=cites)


def _best(facts: Facts) -> KeysSeen | None:
    """The keys that tell most: a trusted issuer's before others, a checked signature before an unchecked one."""
    checked = [k for k in facts.keys if not k.problem and k.signature not in (Verified.UNCHECKED, Verified.UNSUPPORTED)]
    return max(checked, key=lambda k: (k.trusted, k.fresh), default=None)


CAUSES: Final = (
    Cause(
        slug=INVALID,
        step=Step.TOKEN,
        likelihood=Level.MEDIUM,
        effort=Level.MEDIUM,
        title="The token's signature does not verify",
        fix="Request a new token; never edit one",
        explains=frozenset({"token-unrecognised"}),
        remedies=(Remedy.NEW_TOKEN, Remedy.SIGN_IN, Remedy.PASTE),
        judge=judge_signature,
        manual=Manual(
            what="The signature on the token does not fit its content and the key it names.",
            why=(
                "One changed character is enough: an edited claim, a copy that lost its end, two tokens mixed. It also "
                "happens where the API verifies with the key of another environment."
            ),
            settle=(
                "The key with the token's kid, from the issuer that the API trusts, does not verify it. Or the server "
                "says so."
            ),
            mend="Request a new token and send it untouched. A token cannot be mended by hand.",
            example=(
                'HTTP/1.1 401\nWWW-Authenticate: Bearer error="invalid_token", error_description="signature '
                'verification failed"'
            ),
            references=("RFC 7515, section 5.2", "RFC 7519, section 7.2"),
        ),
    ),
    Cause(
        slug=UNKNOWN_KEY,
        step=Step.TOKEN,
        likelihood=Level.MEDIUM,
        effort=Level.MEDIUM,
        title="The key that signed the token is not the issuer's",
        fix="Request a new token; look for key rotation or another environment",
        explains=frozenset({"token-signature-invalid", "token-unrecognised"}),
        remedies=(Remedy.NEW_TOKEN, Remedy.SIGN_IN, Remedy.TELL_OWNER),
        judge=judge_key,
        manual=Manual(
            what=(
                "The token names the key that signed it, and the issuer that the API trusts does not publish that key."
            ),
            why=(
                "Issuers change their keys and drop the old ones, so tokens from before cannot be verified any more. "
                "Or the token comes from another environment whose keys are different."
            ),
            settle="The token's kid is absent from the key set of the trusted issuer, fetched past every cache.",
            mend=(
                "Request a new token from the API's own issuer. If the new one is refused too, the API holds an old "
                "key set: tell its owner."
            ),
            example=(
                'HTTP/1.1 401\nContent-Type: application/json\n\n{"error": "Unable to find a signing key that matches:'
                ' 2024-01"}'
            ),
            references=("RFC 7517, section 4.5", "OpenID Connect Core 1.0, section 10.1.1"),
        ),
    ),
)
