"""Faults of what the token is for, and of what its holder may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui401.practice.faults.words import Behaviour, Fault, Knows, Staged

if TYPE_CHECKING:
    from tui401.practice.running import World


def _audience(world: World) -> Staged:
    return Staged(world.curl_bearer(world.token(aud=world.other_audience)), world.known())


def _scope(world: World) -> Staged:
    return Staged(world.curl_bearer(world.token(scope="profile")), world.known())


def _permission(world: World) -> Staged:
    return Staged(world.curl("/v1/admin", f"Authorization: Bearer {world.token()}"), world.known())


def _staging(world: World) -> Staged:
    return Staged(world.curl_bearer(world.staging_token()), world.known())


def _scopes_asked(world: World) -> Staged:
    return Staged(world.curl_token("grant_type=client_credentials", "scope=orders:raed"), Knows(ntp=world.ntp))


def _step_up(world: World) -> Staged:
    return Staged(world.curl("/v1/payments", f"Authorization: Bearer {world.token(acr='pwd')}"), world.known())


def _consent(world: World) -> Staged:
    return Staged(world.curl("/v1/partners", f"Authorization: Bearer {world.token()}"), world.known())


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
        "environment-mismatch",
        "The token is staging's, and the API is not",
        "Issuer and audience both name staging; a token from this API's own issuer is accepted.",
        mendable=True,
        stage=_staging,
    ),
    Fault(
        "permission-denied",
        "The caller is known and lacks the role admin",
        "The API answers 403 and names the role; only somebody who may grant it can help.",
        mendable=False,
        stage=_permission,
    ),
    Fault(
        "scope-rejected",
        "A scope that was asked for does not exist",
        "The token endpoint refuses the whole request for one misspelled scope; ask without it.",
        mendable=False,
        stage=_scopes_asked,
    ),
    Fault(
        "step-up-required",
        "Payments want a stronger sign-in than a password",
        "The challenge names the strength that it wants; sign in again as it asks.",
        mendable=False,
        stage=_step_up,
    ),
    Fault(
        "consent-required",
        "An administrator has to approve the application first",
        "The token is good, and the organization has not agreed yet; ask whoever can approve.",
        mendable=False,
        stage=_consent,
    ),
)
