"""scope-rejected, step-up-required, consent-required: what was asked for, and what the person must still do."""

from __future__ import annotations

from typing import Final

from tui401.causes.reading import claim_text, date_claim, proved, quoted, ruled_out, spoken, unknown, verdict
from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.facts import Facts
from tui401.model.verdict import Step, Strength, Verdict

_MAX_DIGITS: Final = 10  # of an age in seconds


def judge_scope(facts: Facts) -> Verdict:
    """A token with fewer scopes is accepted and this one is not; else the token endpoint's words decide."""
    slug = "scope-rejected"
    flip = proved(facts, "narrow")
    if flip is not None:
        why = f"{flip.varied or 'with fewer scopes'}: accepted, and as sent refused again"
        return verdict(slug, Strength.CONFIRMED, why, cites=("token.scope", "credential", "flip:narrow"))
    return unknown(slug, "", "no token with fewer scopes was tried")


def judge_step_up(facts: Facts) -> Verdict:
    """The challenge names a strength or an age of the sign-in (RFC 9470, section 3); the token shows its own."""
    slug = "step-up-required"
    told = facts.says(slug)
    asked = next((c for c in facts.challenges if c.param("acr_values") or c.param("max_age")), None)
    if told is None and asked is None:
        return unknown(slug, "")
    cites = ("credential", "token.acr", *((told.fact,) if told is not None else ()))
    levels = ((asked.param("acr_values") or "") if asked is not None else "").split()
    age = (asked.param("max_age") or "") if asked is not None else ""
    held, signed_in = claim_text(facts, "acr"), date_claim(facts, "auth_time")
    says = []
    if levels:
        says.append(f"asked for is a sign-in of {' or '.join(levels[:4])}; the token shows {held or 'none'}")
    if age.isascii() and age.isdigit() and len(age) < _MAX_DIGITS and signed_in is not None:
        says.append(f"asked for is one of the last {spoken(float(age))}; it was {spoken(facts.now.at - signed_in)} ago")
    if told is None:
        met = bool(levels) and held in levels
        return ruled_out(slug, *says, cites=cites) if met else verdict(slug, Strength.POSSIBLE, *says, cites=cites)
    return verdict(slug, told.strength, quoted(told), *says, cites=cites)


CAUSES: Final = (
    Cause(
        slug="scope-rejected",
        step=Step.PERMISSIONS,
        likelihood=Level.LOW,
        effort=Level.MEDIUM,
        title="A requested scope makes it fail",
        fix="Leave that scope out, or have it granted",
        explains=frozenset({"grant-rejected"}),
        remedies=(Remedy.NEW_TOKEN, Remedy.TELL_OWNER),
        judge=judge_scope,
        manual=Manual(
            what="A scope that was asked for is unknown to the issuer, or the client may not have it.",
            why=(
                "Issuers refuse the whole request for one scope they do not grant, and names differ between "
                "environments by a letter."
            ),
            settle=(
                "The token endpoint answers invalid_scope, or a token without that scope succeeds and one with it does"
                " not."
            ),
            mend="Ask without it, and have the scope granted to the client if the work needs it.",
            example='HTTP/1.1 400\n\n{"error": "invalid_scope"}',
            references=("RFC 6749, section 5.2",),
        ),
    ),
    Cause(
        slug="step-up-required",
        step=Step.PERMISSIONS,
        likelihood=Level.LOW,
        effort=Level.MEDIUM,
        title="A stronger or fresher sign-in is required",
        fix="Sign in again as the challenge asks",
        explains=frozenset({"permission-denied", "token-unrecognised", "grant-rejected"}),
        remedies=(Remedy.SIGN_IN,),
        judge=judge_step_up,
        manual=Manual(
            what="The credential is good, but the sign-in behind it is too weak or too long ago for this.",
            why="Payments, administration and deletion ask for a second factor or a sign-in of the last minutes.",
            settle=(
                "The challenge says insufficient_user_authentication and names acr_values or max_age, or the server "
                "asks for a second factor."
            ),
            mend="Sign in again in the way the challenge names; refreshing the token does not help.",
            example='HTTP/1.1 401\nWWW-Authenticate: Bearer error="insufficient_user_authentication", max_age="300"',
            references=("RFC 9470, section 3",),
        ),
    ),
    Cause(
        slug="consent-required",
        step=Step.PERMISSIONS,
        likelihood=Level.LOW,
        effort=Level.MEDIUM,
        title="A person or an organisation must approve first",
        fix="Have it approved",
        explains=frozenset({"permission-denied", "grant-rejected"}),
        remedies=(Remedy.SIGN_IN, Remedy.TELL_OWNER),
        manual=Manual(
            what="The client or token works only after a person, an administrator or an organisation has agreed.",
            why="Organisations approve applications one by one, and some want each token tied to their single sign-on.",
            settle="The server asks for consent, single sign-on authorisation or an administrator's approval.",
            mend="Open the page that the answer names and approve, or ask the administrator who can.",
            example='HTTP/1.1 403\n\n{"message": "Resource protected by organization SAML enforcement."}',
            references=("OpenID Connect Core 1.0, section 3.1.2.6",),
        ),
    ),
)
