"""The authorization code grant with PKCE (RFC 6749, section 4.1; RFC 7636; RFC 8252): a person signs in by browser."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode, urlsplit

from tui401.dpop import Prover
from tui401.model.case import Known
from tui401.model.demands import Demands, Elsewhere
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import GrantSeen, IssuerMetadataSeen
from tui401.oauth.answers import Granted, replaced, with_problem
from tui401.oauth.endpoint import TRIES, Asking, is_private, prover_for, refusal, targets
from tui401.oauth.loopback import Landing, RedirectError, landing
from tui401.oauth.waiting import Show, beside
from tui401.probes.send import Client
from tui401.wire import redact

GRANT: Final = "authorization_code"
LIMIT: Final = 300.0  # seconds for a person to sign in
_MAX_TEXT: Final = 500  # characters of an error
_GAVE_UP: Final = "Nobody signed in: you gave up waiting."


async def request(
    client: Client,
    metadata: IssuerMetadataSeen,
    known: Known,
    *,
    audience: str,
    scopes: Sequence[str],
    names: Names,
    show: Show,
    tries: int = TRIES,
    demands: Demands = Demands(),  # noqa: B008 - it is immutable
    limit: float = LIMIT,
) -> Granted:
    """Has a person sign in by browser and redeems the code; a refusal is a value, only cancellation is raised.

    Args:
        client: Who sends.
        metadata: The confirmed issuer's.
        known: The client, and the redirect that it is registered with.
        audience: What the token is to be for.
        scopes: What it is to be good for.
        names: Gives the new tokens their names.
        show: Shows the person the address.
        tries: How often the client's secret may be refused meanwhile.
        demands: What the API demands of the token.
        limit: Seconds to wait for the person.
    """
    empty = GrantSeen(
        grant=GRANT,
        endpoint=metadata.authorization_endpoint,
        ok=False,
        audience=audience,
        asked_scopes=tuple(scopes),
    )
    wrong = _unusable(metadata, known)
    if wrong:
        return Granted(with_problem(empty, wrong, names))
    prover = prover_for(metadata, bound=demands.bound)
    verifier, state = Secret(secrets.token_urlsafe(48)), Secret(secrets.token_urlsafe(24))
    names.name(verifier)
    try:
        async with landing(known.redirect_uri, state) as page:
            address = _address(
                metadata,
                known,
                audience=audience,
                scopes=scopes,
                verifier=verifier,
                page=page,
                demands=demands,
                prover=prover,
            )
            shown = Elsewhere(issuer=metadata.asked, address=address, until=time.time() + limit, opened=True)
            came = await beside(show(shown), _within(page, limit))
            # The page stays until the browser has its answer.
            if came is None:
                return Granted(with_problem(empty, _GAVE_UP, names))
            redirect = page.address
    except RedirectError as error:
        return Granted(with_problem(empty, str(error), names))
    except TimeoutError:
        says = f"Nobody came back from {metadata.asked} within {limit / 60:g} minutes."
        return Granted(with_problem(empty, says, names))
    code = came.get("code", "")
    refused = _refused(empty, came, metadata, names)
    if refused is not None or not code:
        return Granted(refused or with_problem(empty, "The browser came back without a code.", names))
    names.name(Secret(code))
    asking = Asking(client=client, metadata=metadata, known=known, names=names, tries=tries, prover=prover)
    fields = [
        ("grant_type", Secret(GRANT)),
        ("code", Secret(code)),
        ("redirect_uri", Secret(redirect)),
        ("code_verifier", verifier),
    ]
    granted, _ = await asking.token(replaced(empty, endpoint=metadata.token_endpoint), fields, audience=audience)
    return granted


def _unusable(metadata: IssuerMetadataSeen, known: Known) -> str:
    """Why nobody can sign in there by browser, as a sentence; "" when they can."""
    wrong = refusal(metadata, known, metadata.token_endpoint, "token endpoint")
    if wrong:
        return wrong
    if not known.client_id:
        return "No client is known to ask as. Name it with --client-id."
    if not metadata.authorization_endpoint:
        return f"The metadata of {metadata.asked} names no page to sign in at (authorization_endpoint)."
    if not is_private(metadata.authorization_endpoint):
        return f"The page to sign in at {metadata.asked} is not https, so no browser is sent there."
    if metadata.code_challenges and "S256" not in metadata.code_challenges:
        taken = ", ".join(metadata.code_challenges)
        return f"{metadata.asked} binds codes by {taken} only, and not by S256 (RFC 7636)."
    return ""


def _address(
    metadata: IssuerMetadataSeen,
    known: Known,
    *,
    audience: str,
    scopes: Sequence[str],
    verifier: Secret[str],
    page: Landing,
    demands: Demands,
    prover: Prover | None,
) -> Secret[str]:
    """Where the browser goes (RFC 6749, section 4.1.1)."""
    digest = hashlib.sha256(verifier.reveal().encode("ascii")).digest()
    query = {
        "response_type": "code",
        "client_id": known.client_id,
        "redirect_uri": page.address,
        "state": page.state.reveal(),
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii"),
        "code_challenge_method": "S256",
    }
    if scopes:
        query["scope"] = " ".join(scopes)
    if "openid" in scopes:
        query["nonce"] = secrets.token_urlsafe(16)  # some issuers insist, though no ID token is read here
    query |= dict.fromkeys(targets(audience)[0], audience)
    if demands.acr_values:
        query["acr_values"] = " ".join(demands.acr_values)
    if demands.max_age is not None:
        query["max_age"] = str(demands.max_age)
    if prover is not None:
        query["dpop_jkt"] = prover.thumbprint
    base = metadata.authorization_endpoint.partition("#")[0]
    return Secret(f"{base}{'&' if urlsplit(base).query else '?'}{urlencode(query)}")


async def _within(page: Landing, limit: float) -> dict[str, str]:
    async with asyncio.timeout(limit):
        return await page.came


def _refused(empty: GrantSeen, came: dict[str, str], metadata: IssuerMetadataSeen, names: Names) -> GrantSeen | None:
    """What the browser brought back in place of a code, None for a code from the right issuer."""
    issuer = came.get("iss")
    expected = metadata.issuer or metadata.asked
    if (issuer is None and metadata.names_itself) or (issuer is not None and issuer != expected):
        # Another issuer's code would be handed to this one, or the other way round (RFC 9207, section 2.4).
        who = f"names {issuer[:200]} as its issuer" if issuer is not None else "names no issuer"
        says = f"What the browser brought back {who}, not {expected}. Nothing was redeemed."
        return with_problem(empty, says, names)
    if "error" not in came:
        return None
    described = redact.text(came.get("error_description", "")[:_MAX_TEXT], names)
    return replaced(empty, error=str(redact.text(came["error"][:_MAX_TEXT], names)), description=described)
