"""The device grant (RFC 8628): a person types a code on another device, or in a browser, while this program asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tui401.model.case import Known
from tui401.model.demands import Demands, Elsewhere
from tui401.model.http import Exchange
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import GrantSeen, IssuerMetadataSeen
from tui401.oauth.answers import Granted, members, number_of, replaced, secret_of, with_problem
from tui401.oauth.endpoint import TRIES, Asking, is_private, prover_for
from tui401.oauth.waiting import Show, beside
from tui401.probes.send import Client

GRANT: Final = "device_code"
GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:device_code"
BEGIN: Final = "device_authorization"
INTERVAL: Final = 5.0  # seconds, where the issuer names none (section 3.2)
SLOWER: Final = 5.0  # seconds more after slow_down (section 3.5)
LONGEST: Final = 1_800.0  # seconds to wait for a person at most
_MOST_INTERVAL: Final = 120.0
_MAX_TEXT: Final = 2_048
_MAX_CODE: Final = 64
_GAVE_UP: Final = "Nobody signed in: you gave up waiting."

Sleep = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class _Begun:
    """What the device endpoint gave (section 3.2)."""

    device_code: Secret[str]
    user_code: str
    address: str
    expires_in: float
    interval: float


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
    sleep: Sleep = asyncio.sleep,
) -> Granted:
    """Has a person sign in with a code and asks until they have; a refusal is a value, only cancellation is raised.

    Args:
        client: Who sends.
        metadata: The confirmed issuer's.
        known: The client.
        audience: What the token is to be for.
        scopes: What it is to be good for.
        names: Gives the new tokens their names.
        show: Shows the person address and code.
        tries: How often the client's secret may be refused meanwhile.
        demands: What the API demands of the token; only the binding to a key can be asked for here.
        sleep: Waits so many seconds.
    """
    asking = Asking(client=client, metadata=metadata, known=known, names=names, tries=tries)
    empty = GrantSeen(
        grant=GRANT,
        endpoint=metadata.token_endpoint,
        ok=False,
        audience=audience,
        asked_scopes=tuple(scopes),
    )
    first = replaced(empty, grant=BEGIN, endpoint=metadata.device_authorization_endpoint)
    opened, exchange = await asking.token(
        first,
        [],
        audience=audience,
        scopes=scopes,
        endpoint=metadata.device_authorization_endpoint,
        what="device endpoint",
    )
    begun = _begun(exchange, metadata, names)
    if not isinstance(begun, _Begun):
        seen = replaced(opened.seen, grant=GRANT)
        # The token endpoint's reader misses a token in this answer; what was missed here is the code.
        return Granted(with_problem(seen, begun, names) if begun else seen, earlier=opened.earlier)
    began = replaced(opened.seen, ok=True, problem="", error="")
    limit = min(begun.expires_in, LONGEST)
    shown = Elsewhere(
        issuer=metadata.asked,
        address=Secret(begun.address),
        code=begun.user_code,
        until=time.time() + limit,
    )
    polling = Asking(
        client=client,
        metadata=metadata,
        known=known,
        names=names,
        tries=tries,
        prover=prover_for(metadata, bound=demands.bound),
    )
    try:
        granted = await beside(show(shown), _until(polling, empty, begun, audience=audience, limit=limit, sleep=sleep))
    except TimeoutError:
        granted = Granted(with_problem(empty, f"Nobody signed in while the code held ({limit / 60:g} min).", names))
    granted = granted or Granted(with_problem(empty, _GAVE_UP, names))
    return Granted(granted.seen, granted.access_token, granted.refresh_token, (*opened.earlier, began))


async def _until(
    asking: Asking, empty: GrantSeen, begun: _Begun, *, audience: str, limit: float, sleep: Sleep
) -> Granted:
    """Asks until there is a token or a refusal (sections 3.4 and 3.5).

    Raises:
        TimeoutError: The code has ended.
    """
    fields = [("grant_type", Secret(GRANT_TYPE)), ("device_code", begun.device_code)]
    interval, left = begun.interval, limit
    while left > 0:
        await sleep(min(interval, left))
        left -= interval
        granted, exchange = await asking.token(empty, fields, audience=audience)
        if granted.seen.error == "slow_down":
            interval = min(interval + SLOWER, _MOST_INTERVAL)
        elif exchange is not None and granted.seen.status is None:
            interval = min(interval * 2, _MOST_INTERVAL)  # no answer: section 3.5 asks for patience that grows
        elif granted.seen.error != "authorization_pending":
            return granted
    raise TimeoutError


def _begun(exchange: Exchange | None, metadata: IssuerMetadataSeen, names: Names) -> _Begun | str:
    """What the device endpoint gave, or a sentence on what is wrong with it; "" where the refusal says it all."""
    response = exchange.response if exchange is not None else None
    if response is None or not 200 <= response.status < 300:
        return ""
    fields = members(response)
    device = secret_of(fields.get("device_code"))
    code = _line(fields.get("user_code"), _MAX_CODE)
    plain = _line(fields.get("verification_uri") or fields.get("verification_url"), _MAX_TEXT)
    whole = _line(fields.get("verification_uri_complete"), _MAX_TEXT)
    if device is None or not code or not plain:
        return f"What the device endpoint of {metadata.asked} sends has no code or no address (RFC 8628, section 3.2)."
    names.name(device)
    for address in (plain, *([whole] if whole else [])):
        if not is_private(address):
            return f"The address to sign in that {metadata.asked} names is not https, so nobody is sent there."
    interval = number_of(fields.get("interval"))
    return _Begun(
        device,
        code,
        whole or plain,
        number_of(fields.get("expires_in")) or LONGEST,
        min(_MOST_INTERVAL, max(1.0, interval if interval is not None else INTERVAL)),
    )


def _line(value: Any, most: int) -> str:
    return value if isinstance(value, str) and len(value) <= most and value.isprintable() else ""
