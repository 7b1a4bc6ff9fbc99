"""Token introspection (RFC 7662): the issuer's own word on a token."""

from __future__ import annotations

from typing import Final

from tui401.model.case import Known
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import IntrospectionSeen, IssuerMetadataSeen
from tui401.oauth.answers import members
from tui401.oauth.client_auth import NoProofError, methods, proof
from tui401.oauth.endpoint import LIMIT, refusal
from tui401.probes.send import Client
from tui401.wire import redact

_MAX_TEXT: Final = 300


async def request(
    client: Client,
    metadata: IssuerMetadataSeen,
    known: Known,
    token: Secret[str],
    *,
    names: Names,
    hint: str = "access_token",
) -> IntrospectionSeen:
    """Asks the confirmed issuer whether a token is active; a refusal is a value, nothing is raised but cancellation.

    Args:
        client: Who sends.
        metadata: The issuer's.
        known: The client and its secret or key, for no stranger may ask.
        token: The token.
        names: Its name in reports.
        hint: What kind of token it is (section 2.1).
    """
    endpoint, name = metadata.introspection_endpoint, names.name(token)

    def without(says: str, status: int | None = None, error: str = "") -> IntrospectionSeen:
        text = str(redact.text(says, names))
        return IntrospectionSeen(endpoint=endpoint, credential=name, status=status, error=error, problem=text)

    wrong = refusal(metadata, known, endpoint, "introspection endpoint")
    ways = methods(metadata, known)
    if not wrong and (not known.client_id or not ways):
        wrong = "No client is known to ask as. Name it with --client-id and give its secret."
    if wrong:
        return without(wrong)
    if known.client_secret is not None:
        names.name(known.client_secret)
    try:
        headers, own = await proof(ways[0], metadata, known)
    except NoProofError as unable:
        return without(f"Nothing was sent: {unable}")
    form = [("token", token), ("token_type_hint", Secret(hint)), *own]
    exchange = await client.fetch(endpoint, headers=headers, form=form, limit=LIMIT)
    response = exchange.response
    if response is None:
        return without(exchange.failure.says if exchange.failure is not None else "It did not answer.")
    fields = members(response)
    active = fields.get("active")
    if response.status != 200 or not isinstance(active, bool):
        error = fields.get("error")
        code = str(redact.text(error[:_MAX_TEXT], names)) if isinstance(error, str) else ""
        told = f": {code}" if code else ""
        return without(f"The introspection endpoint answers {response.status}{told}.", response.status, code)
    return IntrospectionSeen(
        endpoint=endpoint,
        credential=name,
        active=active,
        claims=redact.claims({k: v for k, v in fields.items() if k != "active"}, names),
        status=response.status,
    )
