"""account-disabled, client-rejected, grant-rejected: what the issuer or server no longer honours."""

from __future__ import annotations

from typing import Final

from tui401.model.cause import Cause, Level, Manual, Remedy
from tui401.model.verdict import Step

CAUSES: Final = (
    Cause(
        slug="account-disabled",
        step=Step.SERVER,
        likelihood=Level.LOW,
        effort=Level.MEDIUM,
        title="The user, client or service account is disabled",
        fix="Have it enabled; then update every client that holds the credential",
        explains=frozenset(
            {
                "basic-credentials-invalid",
                "token-unrecognised",
                "api-key-invalid",
                "permission-denied",
                "grant-rejected",
                "token-revoked",
            }
        ),
        remedies=(Remedy.TELL_OWNER, Remedy.PASTE),
        manual=Manual(
            what="The credential is known, but whoever it belongs to is switched off.",
            why=(
                "Accounts are locked after failed attempts, suspended for unpaid bills, disabled when people leave. "
                "New credentials of the same account fail alike."
            ),
            settle="The server or issuer says disabled, locked, suspended, deleted or unpaid.",
            mend=(
                "Ask the account's administrator. Afterwards update every client that holds the old credential, or "
                "they lock it again."
            ),
            example='HTTP/1.1 401\n\n{"detail": "User inactive or deleted."}',
            references=("RFC 6749, section 5.2",),
        ),
    ),
    Cause(
        slug="client-rejected",
        step=Step.SERVER,
        likelihood=Level.LOW,
        effort=Level.MEDIUM,
        title="The authorization server refuses the client",
        fix="Correct or rotate the client's credential",
        explains=frozenset({"header-missing", "basic-credentials-invalid", "token-unrecognised", "grant-rejected"}),
        remedies=(Remedy.PASTE, Remedy.TELL_OWNER),
        manual=Manual(
            what=(
                "The token endpoint does not accept the client itself: its identifier, its secret, or its right to "
                "this grant."
            ),
            why=(
                "Secrets expire and are rotated, identifiers belong to one environment, and the secret goes into a "
                "header or the body as the issuer takes it."
            ),
            settle="The token endpoint answers invalid_client or unauthorized_client.",
            mend=(
                "Check client id, secret and its expiry at the issuer, and whether it wants the secret by Basic or in "
                "the body."
            ),
            example='HTTP/1.1 401\n\n{"error": "invalid_client"}',
            references=("RFC 6749, sections 2.3.1 and 5.2",),
        ),
    ),
    Cause(
        slug="grant-rejected",
        step=Step.SERVER,
        likelihood=Level.LOW,
        effort=Level.EASY,
        title="The refresh token or grant is no longer accepted",
        fix="Sign in again",
        explains=frozenset({"token-revoked"}),
        remedies=(Remedy.SIGN_IN, Remedy.PASTE),
        manual=Manual(
            what=(
                "The issuer does not accept what the new token was asked for with: a refresh token, code or assertion."
            ),
            why=(
                "Refresh tokens expire, are used once where they rotate, and end with a changed password. Codes count "
                "once and for a minute."
            ),
            settle="The token endpoint answers invalid_grant.",
            mend="Sign in again. Where refresh tokens rotate, see that only one program uses each.",
            example=(
                'HTTP/1.1 400\n\n{"error": "invalid_grant", "error_description": "Token has been expired or revoked."}'
            ),
            references=("RFC 6749, section 5.2",),
        ),
    ),
)
