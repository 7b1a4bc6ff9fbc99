"""How a cause is kept from coming back: a habit for each, and the check that sees it before the call. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from tui401.judge.mended import mended
from tui401.model.facts import Facts
from tui401.model.verdict import Diagnosis, Strength
from tui401.model.view import CaseView
from tui401.report.parts import Line, Section

TITLE: Final = "So that it does not come back"

HABITS: Final[dict[str, str]] = {
    "account-disabled": "Watch the refusals of each service account, and tell its clients before it is disabled",
    "address-not-allowed": "Give callers a fixed address on the way out, and look at the list when a network changes",
    "algorithm-rejected": "Agree with the API on the algorithms, and test a new one before the issuer signs with it",
    "api-key-invalid": "Keep a key beside the name of its environment, and change it at all its users in one go",
    "api-key-missing": "Let the client refuse to start without its key",
    "audience-mismatch": "Ask for the audience by name in each token request, and keep one setting for an API",
    "basic-credentials-invalid": "Rotate the password where it is stored, and let every client read it from there",
    "basic-malformed": "Let the HTTP library encode user and password; by hand, encode without a line break",
    "client-certificate-required": "Renew certificates by a program, and raise an alarm weeks before one ends",
    "client-rejected": "Let two client secrets overlap while one is rotated, and note when each ends",
    "clock-skew-client": "Keep this machine's clock in step by NTP, and raise an alarm when it is a second off",
    "clock-skew-server": "Keep the API's clock in step by NTP, and grant a minute of leeway when it checks times",
    "consent-required": "Have new scopes approved before the release that asks for them",
    "credential-misplaced": "Take the header's name and scheme from the API's description, and test it with one call",
    "credential-overridden": "Keep credentials for one host in one place; curl -q and trust_env=False read no others",
    "credential-placeholder": "Let the client stop at an empty or unfilled variable: ${TOKEN:?} in a shell",
    "csrf-token-missing": "Fetch the token of the page before each call that changes something",
    "dpop-proof-invalid": "Make a new proof for each request, with its own method, address and the latest nonce",
    "endpoint-wrong": "Take the address from the API's description, and test it without a credential",
    "environment-mismatch": "Keep address, issuer and credential of an environment together in one profile",
    "gateway-rejected": "Test the gateway's rules with one call through it whenever they change",
    "grant-rejected": "Store the new refresh token before the new access token is used, and refresh in one place only",
    "header-dropped": "Let proxies pass Authorization on by name, and test through each of them",
    "header-duplicated": "Set Authorization in one place: a default of the session, or the call",
    "header-malformed": "Strip what is read from a file or variable, and let the library write the header",
    "header-missing": "Let the client refuse to send without a credential",
    "header-stripped-on-redirect": "Call the final address, and log redirects of API calls as faults",
    "issuer-mismatch": "Take the issuer from the API's metadata, and keep it beside its address",
    "issuer-unavailable": "Hold tokens until shortly before they end, and ask anew with growing pauses",
    "keys-stale-at-server": "Publish a key before it signs, and let the API fetch the keys at an unknown kid",
    "permission-denied": "Ask for roles in the ticket that brings a new caller, and test with its own credential",
    "preflight-refused": "Let the gateway answer OPTIONS without a credential, and test it from a browser",
    "proxy-authentication-required": "Keep the proxy's login where all programs on the machine read it",
    "rate-limited": "Honour Retry-After, and let growing pauses stand between attempts after a refusal",
    "request-signature-invalid": "Sign what is sent, after every header is set, with the vendor's own library",
    "scheme-missing": "Let the library write the scheme; a token alone is no Authorization header",
    "scheme-wrong": "Take the scheme from the challenge or the API's description",
    "scope-insufficient": "Ask for the scopes that each endpoint needs, and compare with those that were granted",
    "scope-rejected": "Ask for the least scopes, and have new ones granted before they are asked for",
    "sender-constraint-unmet": "Keep the key beside the token that is bound to it, and send the proof with each call",
    "server-misconfigured": "Let the API test itself against its own metadata after each change",
    "session-expired": "Sign in anew before the session ends, or use a token that is made for programs",
    "signing-key-unknown": "Publish keys before they sign, and keep old ones until the last token has ended",
    "step-up-required": "Ask for the sign-in that the endpoint wants before it is called",
    "token-expired": "Refresh when a tenth of the lifetime is left, and once when a call says that it has ended",
    "token-malformed": "Pass tokens on whole, by variable or file, and never through a field that cuts them",
    "token-not-yet-valid": "Keep the issuer's clock in step, and let the API grant a minute of leeway",
    "token-revoked": "Find out who revoked it, and give each client a token of its own",
    "token-signature-invalid": "Pass tokens on as they are; whoever needs other claims asks for another token",
    "token-type-wrong": "Send the access token to APIs; the ID token is for the client alone",
    "token-unrecognised": "Keep a token beside the name of its issuer, and ask for a new one after an issuer is reset",
}
"""A habit for each cause of the catalogue."""

_LIFETIME: Final = frozenset({"token-expired", "token-not-yet-valid", "session-expired"})


def prevention(view: CaseView, facts: Facts, diagnosis: Diagnosis) -> Section:
    """What keeps the causes of this case from coming back; nothing while none is known."""
    root = diagnosis.root
    slugs = [root.cause] if root is not None and root.strength >= Strength.LIKELY else []
    slugs += [one.verdict.cause for one in mended(view)]
    lines = [Line(text=HABITS[slug]) for slug in dict.fromkeys(slugs) if slug in HABITS]
    if not lines:
        return Section(title=TITLE)
    lines += [Line(text=says) for says in view.lasting]
    check = _check(view, facts, slugs)
    if check:
        return Section(title=TITLE, lines=(*lines, Line(text=_BEFORE)), code=(check,))
    return Section(title=TITLE, lines=(*lines, Line(text=f"{_BEFORE} tui401 guard curl …, with the command above")))


_BEFORE: Final = "This looks at the next call before it is made, and sends nothing:"


def _check(view: CaseView, facts: Facts, slugs: Iterable[str]) -> str:
    """The line for a pipeline; "" without a profile, whose line would repeat the whole command."""
    profile, request = view.known.profile, facts.request
    if not profile or not request.url or "‹" in request.url:
        return ""
    parts = urlsplit(request.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    options = ["--min-lifetime", "5m"] if _LIFETIME & set(slugs) else []
    return shlex.join(["tui401", "guard", profile, *options, "--endpoint", request.method, path])
