"""Token revocation (RFC 7009): tells the issuer that a token is no longer wanted."""

from __future__ import annotations

from dataclasses import dataclass

from tui401.model.case import Known
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import IssuerMetadataSeen
from tui401.oauth.answers import members
from tui401.oauth.client_auth import NoProofError, methods, proof
from tui401.oauth.endpoint import LIMIT, refusal
from tui401.probes.send import Client
from tui401.wire import redact


@dataclass(frozen=True, slots=True)
class Revoked:
    """What came of it.

    Attributes:
        ok: The issuer took it. It also says so of a token that it never knew (section 2.2).
        status: The status, None when no answer came.
        problem: A sentence where it did not.
    """

    ok: bool
    status: int | None = None
    problem: str = ""


async def request(
    client: Client,
    metadata: IssuerMetadataSeen,
    known: Known,
    token: Secret[str],
    *,
    names: Names,
    hint: str = "access_token",
) -> Revoked:
    """Has the confirmed issuer revoke a token; a refusal is a value, nothing is raised but cancellation."""
    names.name(token)
    endpoint = metadata.revocation_endpoint
    wrong = refusal(metadata, known, endpoint, "revocation endpoint")
    ways = methods(metadata, known)
    if not wrong and (not known.client_id or not ways):
        wrong = "No client is known to ask as. Name it with --client-id."
    if wrong:
        return Revoked(ok=False, problem=str(redact.text(wrong, names)))
    try:
        headers, own = await proof(ways[0], metadata, known)
    except NoProofError as unable:
        return Revoked(ok=False, problem=str(redact.text(f"Nothing was sent: {unable}", names)))
    form = [("token", token), ("token_type_hint", Secret(hint)), *own]
    exchange = await client.fetch(endpoint, headers=headers, form=form, limit=LIMIT)
    response = exchange.response
    if response is None:
        says = exchange.failure.says if exchange.failure is not None else "It did not answer."
        return Revoked(ok=False, problem=str(redact.text(says, names)))
    if response.status == 200:
        return Revoked(ok=True, status=200)
    error = members(response).get("error")
    told = f": {error[:300]}" if isinstance(error, str) else ""
    says = str(redact.text(f"The revocation endpoint answers {response.status}{told}.", names))
    return Revoked(ok=False, status=response.status, problem=says)
