"""The client credentials grant (RFC 6749, section 4.4): a token for the client itself."""

from __future__ import annotations

from collections.abc import Sequence

from tui401.model.case import Known
from tui401.model.demands import Demands
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import GrantSeen, IssuerMetadataSeen
from tui401.oauth.answers import Granted
from tui401.oauth.endpoint import TRIES, Asking, prover_for
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
    demands: Demands = Demands(),  # noqa: B008 - it is immutable
) -> Granted:
    """Asks the confirmed issuer for a token; a refusal is a value, nothing is raised but cancellation.

    Args:
        client: Who sends.
        metadata: The issuer's.
        known: The client and its secret or key.
        audience: What the token is to be for, by ``audience`` and, where it is a URI, ``resource``; "" for none.
        scopes: () for the issuer's default.
        names: Gives the new token its name.
        tries: How often the client's secret may be refused meanwhile.
        demands: Of them the binding to a key counts; the rest only a person can satisfy.
    """
    empty = GrantSeen(
        grant=GRANT, endpoint=metadata.token_endpoint, ok=False, audience=audience, asked_scopes=tuple(scopes)
    )
    asking = Asking(
        client=client,
        metadata=metadata,
        known=known,
        names=names,
        tries=tries,
        prover=prover_for(metadata, bound=demands.bound),
    )
    granted, _ = await asking.token(empty, [("grant_type", Secret(GRANT))], audience=audience, scopes=scopes)
    return granted
