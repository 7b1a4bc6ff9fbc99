"""Faults of what the token is for, and of what its holder may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui401.practice.faults.words import Behaviour, Fault, Staged

if TYPE_CHECKING:
    from tui401.practice.running import World


def _audience(world: World) -> Staged:
    return Staged(world.curl_bearer(world.token(aud=world.other_audience)), world.known())


def _scope(world: World) -> Staged:
    return Staged(world.curl_bearer(world.token(scope="profile")), world.known())


def _permission(world: World) -> Staged:
    return Staged(world.curl("/v1/admin", f"Authorization: Bearer {world.token()}"), world.known())


FAULTS = (
    Fault(
        "audience-mismatch",
        "The token is meant for another API",
        "The token was requested without naming a resource; one requested for this API is accepted.",
        mendable=True,
        stage=_audience,
        behaviour=Behaviour(forgets_audience=True),
    ),
    Fault(
        "scope-insufficient",
        "The token lacks the scope orders:read",
        "The API answers 403 and names the scope; a token requested with it is accepted.",
        mendable=True,
        stage=_scope,
        behaviour=Behaviour(default_scope=("profile",), via="1.1 edge"),
    ),
    Fault(
        "permission-denied",
        "The caller is known and lacks the role admin",
        "The API answers 403 and names the role; only somebody who may grant it can help.",
        mendable=False,
        stage=_permission,
    ),
)
