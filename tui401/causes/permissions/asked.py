"""scope-rejected, step-up-required, consent-required: what was asked for, and what the person must still do."""

from __future__ import annotations

from typing import Final

from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.verdict import Step

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
