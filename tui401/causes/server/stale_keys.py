"""keys-stale-at-server: the API holds an old key set."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import NEW_TOKENS, defects, no_token, proved, quoted, ruled_out, unknown, verdict
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.shown import Verified
from tui401.model.verdict import Step, Strength, Verdict

SLUG: Final = "keys-stale-at-server"


def judge(facts: Facts) -> Verdict:
    """The token verifies against the keys as published now, and the server refuses its key or signature."""
    told = facts.says("signing-key-unknown") or facts.says("token-signature-invalid")
    missing = no_token(facts, SLUG)
    if missing is not None and facts.says(SLUG) is None:
        return missing
    good = next((k for k in facts.keys if k.signature is Verified.GOOD and k.fresh and k.trusted), None)
    if good is None:
        return unknown(SLUG, "keys", "whether the token verifies against the keys published now is not known")
    if told is None or told.strength < Strength.LIKELY:
        return unknown(SLUG, "", "the server does not speak of the key")
    # Anything but another token leaves this one in place, so the server verified it with the keys that it has.
    same = next((f for f in facts.flips if f.label not in NEW_TOKENS | {"anonymous", "garbage"}), None)
    if same is not None and not same.substitute:
        return ruled_out(
            SLUG, f"{same.varied or 'varied otherwise'}: the same token is accepted", cites=("credential",)
        )
    why = f"the token verifies against the keys that {good.issuer} publishes now"
    # A token that is damaged on the way does not verify at the server either, whichever keys it holds.
    damaged = bool(defects(facts, "header-malformed") or defects(facts, "token-malformed"))
    strength = Strength.POSSIBLE if damaged else Strength.LIKELY
    flip, other = proved(facts, *sorted(NEW_TOKENS)), _key_of_another(facts)
    if flip is not None and other and not damaged:
        proof = f"a token signed with the key {other} is accepted, and this one refused again"
        cites = ("token.signature", "credential", told.fact, f"flip:{flip.label}")
        return verdict(SLUG, Strength.CONFIRMED, quoted(told), f"yet {why}", proof, cites=cites)
    return verdict(SLUG, strength, quoted(told), f"yet {why}", cites=("token.signature", "credential", told.fact))


def _key_of_another(facts: Facts) -> str:
    """The kid of the latest token that was got, where this one was signed with another key; "" otherwise."""
    latest = next((g.token for g in reversed(facts.grants) if g.ok and g.token is not None), None)
    own = facts.token.header.get("kid") if facts.token is not None else None
    other = latest.header.get("kid") if latest is not None else None
    return other if isinstance(own, str) and isinstance(other, str) and other != own else ""


CAUSE: Final = Cause(
    slug=SLUG,
    step=Step.SERVER,
    likelihood=Level.LOW,
    effort=Level.MEDIUM,
    title="The API has not picked up the issuer's new key",
    fix="Tell the API's owner to reload its key set; until then use a token of the old key",
    explains=frozenset({"signing-key-unknown", "token-signature-invalid", "token-unrecognised"}),
    remedies=(Remedy.TELL_OWNER, Remedy.WAIT),
    judge=judge,
    manual=Manual(
        what="The issuer signs with a new key, and the API still verifies with the keys it fetched before.",
        why="APIs cache key sets, sometimes until they restart, and limit how often they look again.",
        settle=(
            "The token verifies against the keys published now and the server refuses its key or signature; proved "
            "when a token of another key passes."
        ),
        mend="Tell the API's owner to reload its key set. Until then a token signed with the old key may pass.",
        example='HTTP/1.1 401\n\n{"error": "No matching key found for kid 2026-11"}',
        references=("OpenID Connect Core 1.0, section 10.1.1", "RFC 7517, section 5"),
    ),
)
