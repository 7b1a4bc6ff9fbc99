"""The client credentials grant (RFC 6749, section 4.4): a token for the client itself."""

from __future__ import annotations

from collections.abc import Sequence

from tui401.model.case import Known
from tui401.model.names import Names
from tui401.model.shown import IssuerMetadataSeen
from tui401.oauth.endpoint import TRIES, Granted, ask
from tui401.probes.send import Client

GRANT = "client_credentials"


async def request(
    client: Client,
    metadata: IssuerMetadataSeen,
    known: Known,
    *,
    audience: str,
    scopes: Sequence[str],
    names: Names,
    tries: int = TRIES,
) -> Granted:
    """Asks the confirmed issuer for a token; a refusal is a value, nothing is raised but cancellation.

    Args:
        client: Who sends.
        metadata: The issuer's.
        known: The client and its secret.
        audience: What the token is to be for, by ``audience`` and, where it is a URI, ``resource``; "" for none.
        scopes: () for the issuer's default.
        names: Gives the new token its name.
        tries: How often the client's secret may be refused meanwhile.
    """
    return await ask(
        client, metadata, known, grant=GRANT, fields=[], audience=audience, scopes=scopes, names=names, tries=tries
    )
