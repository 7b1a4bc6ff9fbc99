"""Faults of clocks."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui401.practice.faults.words import Behaviour, Fault, Knows, Staged

if TYPE_CHECKING:
    from tui401.practice.running import World

_HOUR = 3600.0


def _client(world: World) -> Staged:
    # Stamped by this machine's clock, as an app does that signs its own assertions; no issuer has a part in it.
    token = world.app_token(issued=int(time.time()))
    return Staged(world.curl_bearer(token), Knows(audience=world.audience, ntp=world.ntp))


def _server(world: World) -> Staged:
    return Staged(world.curl_bearer(world.token()), world.known())


FAULTS = (
    Fault(
        "clock-skew-client",
        "This machine's clock is three hours behind the world",
        "The API and the time server agree against this machine, whose clock stamped the token; "
        "correct the clock and sign again.",
        mendable=False,
        stage=_client,
        behaviour=Behaviour(world_offset=3 * _HOUR, metadata=False),
    ),
    Fault(
        "clock-skew-server",
        "The API's clock is two hours behind",
        "The API calls a fresh token not yet valid, and its Date is two hours behind the issuer, the time server and "
        "this machine; its owner has to correct it.",
        mendable=False,
        stage=_server,
        behaviour=Behaviour(api_offset=-2 * _HOUR),
    ),
)
