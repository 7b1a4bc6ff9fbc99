"""Faults of the servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui401.practice.faults.words import Behaviour, Fault, Knows, Staged

if TYPE_CHECKING:
    from tui401.practice.running import World


def _good_token(world: World) -> Staged:
    return Staged(world.curl_bearer(world.token()), world.known())


def _wrong_secret(world: World) -> Staged:
    return Staged(world.curl_token("grant_type=client_credentials", secret="an-older-secret"), Knows(ntp=world.ntp))


def _used_up(world: World) -> Staged:
    token = world.refresh_token("ada")
    world.realm.redeem(world.client, token)
    return Staged(world.curl_token("grant_type=refresh_token", f"refresh_token={token}"), Knows(ntp=world.ntp))


def _new_key(world: World) -> Staged:
    world.realm.rotate()
    return Staged(world.curl_bearer(world.token()), world.known())


def _slash(world: World) -> Staged:
    return Staged(world.curl("/v1/orders/", f"Authorization: Bearer {world.token()}"), world.known())


def _through_proxy(world: World) -> Staged:
    command = ("curl", "-x", world.front, *world.curl_bearer(world.token())[1:])
    return Staged(command, world.known())


FAULTS = (
    Fault(
        "account-disabled",
        "The account behind the token is disabled",
        "The API knows the account and says that it is off; new tokens of the same account fail alike.",
        mendable=False,
        stage=_good_token,
        behaviour=Behaviour(disabled=True),
    ),
    Fault(
        "client-rejected",
        "The client's secret was rotated",
        "The token endpoint answers invalid_client; the new secret has to be put where the old one is.",
        mendable=False,
        stage=_wrong_secret,
    ),
    Fault(
        "grant-rejected",
        "The refresh token was used before",
        "The token endpoint answers invalid_grant; sign in again, and see who else refreshes.",
        mendable=False,
        stage=_used_up,
    ),
    Fault(
        "gateway-rejected",
        "A firewall refuses the request before the API sees it",
        "The answer is the firewall's own, whoever asks; its owner has to look at the rule.",
        mendable=False,
        stage=_good_token,
        behaviour=Behaviour(gate="firewall", via="1.1 edge"),
    ),
    Fault(
        "address-not-allowed",
        "This machine's address is not on the allowlist",
        "The API names the address; whoever keeps the list has to add it.",
        mendable=False,
        stage=_good_token,
        behaviour=Behaviour(gate="addresses"),
    ),
    Fault(
        "rate-limited",
        "Too many requests came before this one",
        "The API answers 429 and says how long to wait, so nothing more is tried.",
        mendable=False,
        stage=_good_token,
        behaviour=Behaviour(gate="limits"),
    ),
    Fault(
        "client-certificate-required",
        "The server wants a client certificate, too",
        "It says so; send a valid certificate with its key.",
        mendable=False,
        stage=_good_token,
        behaviour=Behaviour(gate="certificates"),
    ),
    Fault(
        "proxy-authentication-required",
        "The forward proxy wants a user and password",
        "407 is the proxy's own; the API has not been reached. Give the proxy its credential.",
        mendable=False,
        stage=_through_proxy,
        behaviour=Behaviour(front="proxy"),
    ),
    Fault(
        "endpoint-wrong",
        "The address has a slash too many",
        "The API refuses paths that do not exist as it refuses bad tokens; without the slash the token is accepted.",
        mendable=True,
        stage=_slash,
        behaviour=Behaviour(guards_paths=True),
    ),
    Fault(
        "keys-stale-at-server",
        "The API still holds the issuer's old keys",
        "The token verifies against the keys that are published now, and the API does not know its key.",
        mendable=False,
        stage=_new_key,
        behaviour=Behaviour(stale_keys=True),
    ),
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
