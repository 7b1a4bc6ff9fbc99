"""Faults of the header that carries the credential; API keys and Basic among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui401.practice.faults.words import Fault, Knows, Staged

if TYPE_CHECKING:
    from tui401.practice.running import World


def _missing(world: World) -> Staged:
    return Staged(world.curl("/v1/orders"), world.known())


def _no_scheme(world: World) -> Staged:
    return Staged(world.curl("/v1/orders", f"Authorization: {world.token()}"), world.known())


def _wrong_scheme(world: World) -> Staged:
    command = world.curl("/v1/reports", f"Authorization: Bearer {world.token_key}")
    return Staged(command, Knows(ntp=world.ntp))


def _malformed(world: World) -> Staged:
    # A helper script put the keyword before a value that already had it.
    return Staged(world.curl_bearer(f"Bearer {world.token()}"), world.known())


def _no_key(world: World) -> Staged:
    return Staged(world.curl("/v1/stock"), Knows(ntp=world.ntp, paste=world.api_key))


def _bad_key(world: World) -> Staged:
    return Staged(world.curl("/v1/stock", f"X-API-Key: {world.wrong_key()}"), Knows(ntp=world.ntp, paste=world.api_key))


def _bad_password(world: World) -> Staged:
    user, password = world.user
    command = ("curl", "-u", f"{user}:{password[::-1]}", world.url("/v1/legacy"))
    return Staged(command, Knows(ntp=world.ntp, paste=password))


FAULTS = (
    Fault(
        "header-missing",
        "No credential was sent",
        "The challenge carries no error, only what is wanted; a token requested from the issuer goes there.",
        mendable=True,
        stage=_missing,
    ),
    Fault(
        "scheme-missing",
        "The token stands in the header without the word Bearer",
        "The same token is accepted with Bearer and one space before it.",
        mendable=True,
        stage=_no_scheme,
    ),
    Fault(
        "scheme-wrong",
        "The key was sent as Bearer and the endpoint reads Token",
        "The challenge names the scheme Token; the same key is accepted with it.",
        mendable=True,
        stage=_wrong_scheme,
    ),
    Fault(
        "header-malformed",
        "The word Bearer stands twice",
        "The same token is accepted with the keyword once.",
        mendable=True,
        stage=_malformed,
    ),
    Fault(
        "api-key-missing",
        "The API key is missing",
        "The API names the header X-API-Key; a key has to be pasted, since no server hands one out.",
        mendable=False,
        stage=_no_key,
    ),
    Fault(
        "api-key-invalid",
        "The API key is not valid here",
        "The API says that it does not know the key; another one has to be pasted.",
        mendable=False,
        stage=_bad_key,
    ),
    Fault(
        "basic-credentials-invalid",
        "The password is wrong",
        "The API says so; the right password has to be typed, and guessing is not tried.",
        mendable=False,
        stage=_bad_password,
    ),
)
