"""Faults of the servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui401.practice.faults.words import Behaviour, Fault, Staged

if TYPE_CHECKING:
    from tui401.practice.running import World


def _good_token(world: World) -> Staged:
    return Staged(world.curl_bearer(world.token()), world.known())


FAULTS = (
    Fault(
        "issuer-unavailable",
        "The authorization server is down",
        "The API says that it cannot validate, and the issuer answers 503 to everybody; wait and look at its status.",
        mendable=False,
        stage=_good_token,
        behaviour=Behaviour(issuer_down=True),
    ),
    Fault(
        "server-misconfigured",
        "The API refuses the audience that it advertises itself",
        "Its metadata name one resource and its refusal expects another, which the issuer does not know; "
        "its owner has to correct the configuration.",
        mendable=False,
        stage=_good_token,
        behaviour=Behaviour(accepts="https://orders.example"),
    ),
)
