"""Questions about issuers: is it yours, are you signed in, may your command be run. Pure."""

from __future__ import annotations

from tui401.model.demands import Elsewhere
from tui401.model.fix import Asks, Choice, Question
from tui401.model.shown import IssuerMetadataSeen, Redacted
from tui401.recovery.ways import origin_of


def to_trust_issuer(metadata: IssuerMetadataSeen) -> Question:
    """Is this the issuer that the person means? What named it may mean ill, so no option answers it (safety.md)."""
    endpoints = {
        "The client proves itself, and tokens come from,": metadata.token_endpoint,
        "You would sign in at": metadata.authorization_endpoint,
        "Codes for other devices come from": metadata.device_authorization_endpoint,
        "Its keys lie at": metadata.jwks_uri,
    }
    away = {what: url for what, url in endpoints.items() if url and origin_of(url) != origin_of(metadata.asked)}
    return Question(
        asks=Asks.ISSUER,
        title=f"Is {metadata.asked} the authorization server that you mean?",
        lines=(
            Redacted(f"It was named by {metadata.named_by or 'what came with the refusal'}; nobody has confirmed it."),
            Redacted(f"It would receive the client's credential, at {metadata.token_endpoint}."),
            *(Redacted(f"Outside its own address: {what} {url}") for what, url in away.items()),
        ),
        choices=(Choice(key="no", label="No: send nothing there"), Choice(key="yes", label="Yes, it is mine")),
        firm=True,
    )


def to_sign_in(elsewhere: Elsewhere) -> Question:
    """Waits beside a sign-in; it is withdrawn when the sign-in is done."""
    line = "Open the address on any device and type the code." if elsewhere.code else "Sign in by your browser."
    return Question(
        asks=Asks.SIGN_IN,
        title=f"Sign in at {elsewhere.issuer}",
        lines=(Redacted(line), Redacted("This goes on by itself when you have.")),
        choices=(
            Choice(key="open", label="Open the browser" if elsewhere.code else "Open the browser again"),
            Choice(key="no", label="Give up"),
        ),
        # It holds no credential: a state, a challenge and names. Whoever reads it can start a sign-in, not end one.
        address=Redacted(elsewhere.address.reveal()),
        code=elsewhere.code,
        until=elsewhere.until,
    )


def to_run(command: Redacted) -> Question:
    """May this token command be run?"""
    return Question(
        asks=Asks.COMMAND,
        title="Run this command for a token?",
        lines=(
            command,
            Redacted("What it prints is masked, and sent to this request's address only."),
        ),
        choices=(Choice(key="yes", label="Run it"), Choice(key="no", label="Leave it")),
    )
