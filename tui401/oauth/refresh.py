"""The refresh grant (RFC 6749, section 6): another access token for a grant that was given before."""

from __future__ import annotations

from collections.abc import Sequence

from tui401.model.case import Known
from tui401.model.demands import Demands
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import GrantSeen, IssuerMetadataSeen
from tui401.oauth.answers import Granted, with_problem
from tui401.oauth.endpoint import TRIES, Asking, prover_for
from tui401.probes.send import Client

GRANT = "refresh_token"


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
    """Uses the refresh token once; a refusal is a value, nothing is raised but cancellation.

    A successor that comes along is in ``Granted.refresh_token``: store it before the access token is used, for the
    old one may be worth nothing from then on.

    Args:
        client: Who sends.
        metadata: The confirmed issuer's.
        known: The refresh token, and the client with its secret where it has one.
        audience: What the token is to be for; "" for what it was for.
        scopes: No more than were granted first; () for the same.
        names: Gives the new tokens their names.
        tries: How often the client's secret may be refused meanwhile.
        demands: Of them the binding to a key counts; the rest only a person can satisfy.
    """
    token = known.refresh_token
    empty = GrantSeen(
        grant=GRANT, endpoint=metadata.token_endpoint, ok=False, audience=audience, asked_scopes=tuple(scopes)
    )
    if not token:
        return Granted(with_problem(empty, "There is no refresh token to use.", names))
    asking = Asking(
        client=client,
        metadata=metadata,
        known=known,
        names=names,
        tries=tries,
        prover=prover_for(metadata, bound=demands.bound),
    )
    fields = [("grant_type", Secret(GRANT)), ("refresh_token", token)]
    granted, _ = await asking.token(empty, fields, audience=audience, scopes=scopes)
    return granted
