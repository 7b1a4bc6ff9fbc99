"""Faults of the token itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui401.practice.faults.words import Behaviour, Fault, Knows, Staged

if TYPE_CHECKING:
    from tui401.practice.running import World


def _expired(world: World) -> Staged:
    now = int(world.clock.now())
    token = world.token(sub="ada", iat=now - 6060, nbf=now - 6060, exp=now - 2460)
    return Staged(world.curl_bearer(token), world.known(refresh_token=world.refresh_token("ada")))


def _not_yet(world: World) -> Staged:
    # iat is now: the issuer's clock is right, the token was dated forward on purpose.
    begin = int(world.clock.now()) + 7200
    return Staged(world.curl_bearer(world.token(nbf=begin, exp=begin + 3600)), world.known())


def _malformed(world: World) -> Staged:
    head, payload, _ = world.token().split(".")
    # What is left when a terminal's selection ends in the middle of a line.
    return Staged(world.curl_bearer(f"{head}.{payload[: len(payload) * 2 // 3]}"), world.known())


def _placeholder(world: World) -> Staged:
    # What jq -r .access_token prints for an answer that has none.
    return Staged(world.curl_bearer("null"), world.known())


def _signature(world: World) -> Staged:
    longer = int(world.clock.now()) + 86400
    return Staged(world.curl_bearer(world.edited_token(exp=longer)), world.known())


def _unknown_key(world: World) -> Staged:
    token = world.token()
    world.realm.rotate(withdraw=True)
    return Staged(world.curl_bearer(token), world.known())


def _issuer(world: World) -> Staged:
    return Staged(world.curl_bearer(world.foreign_token()), world.known())


def _type(world: World) -> Staged:
    return Staged(world.curl_bearer(world.id_token()), world.known())


def _revoked(world: World) -> Staged:
    token = world.token()
    world.realm.revoke(world.client, token)
    return Staged(world.curl_bearer(token), world.known())


def _unsigned(world: World) -> Staged:
    return Staged(world.curl_bearer(world.unsigned_token()), world.known())


def _bound(world: World) -> Staged:
    token, _ = world.bound_token()
    return Staged(world.curl_bearer(token), world.known())


def _session(world: World) -> Staged:
    return Staged(world.curl("/v1/cart", f"Cookie: session={world.unknown_token()}"), Knows(ntp=world.ntp))


def _unrecognised(world: World) -> Staged:
    return Staged(world.curl_bearer(world.unknown_token()), world.known())


FAULTS = (
    Fault(
        "token-expired",
        "The access token expired 41 minutes ago",
        "The API names the instant of expiry; the refresh token or the client's own credential brings a new token.",
        mendable=True,
        stage=_expired,
    ),
    Fault(
        "token-not-yet-valid",
        "The token becomes valid two hours from now",
        "All clocks agree and nbf lies ahead; a newly requested token is valid at once.",
        mendable=True,
        stage=_not_yet,
    ),
    Fault(
        "token-malformed",
        "The end of the token was lost while copying",
        "Two parts are left of three and the second is cut; a newly requested token is whole.",
        mendable=True,
        stage=_malformed,
    ),
    Fault(
        "credential-placeholder",
        "The word null was sent in place of a token",
        "The script printed null because its own token request failed; a newly requested token goes there.",
        mendable=True,
        stage=_placeholder,
    ),
    Fault(
        "token-revoked",
        "Somebody revoked the token",
        "The API asks its issuer, which no longer honours the token; a newly requested one is honoured.",
        mendable=True,
        stage=_revoked,
        behaviour=Behaviour(asks_issuer=True),
    ),
    Fault(
        "token-signature-invalid",
        "The token's exp was edited after it was signed",
        "The issuer's key with the token's kid does not verify it; a newly requested token does.",
        mendable=True,
        stage=_signature,
    ),
    Fault(
        "signing-key-unknown",
        "The token was signed with a key that the issuer has withdrawn",
        "The kid is not in the issuer's key set; a newly requested token is signed with the present key.",
        mendable=True,
        stage=_unknown_key,
    ),
    Fault(
        "algorithm-rejected",
        "The token is not signed at all",
        "Its algorithm is none, which no API should take; a newly requested token is signed.",
        mendable=True,
        stage=_unsigned,
    ),
    Fault(
        "issuer-mismatch",
        "The token comes from another realm of the authorization server",
        "iss is not the issuer that the API trusts; a token requested from that issuer is accepted.",
        mendable=True,
        stage=_issuer,
    ),
    Fault(
        "token-type-wrong",
        "An ID token was sent in place of the access token",
        "The token's type and its at_hash show an ID token; a newly requested access token is accepted.",
        mendable=True,
        stage=_type,
    ),
    Fault(
        "sender-constraint-unmet",
        "The token is bound to a key, and curl cannot prove it",
        "cnf.jkt names a DPoP key and no proof came; a newly requested token that is not bound is accepted.",
        mendable=True,
        stage=_bound,
    ),
    Fault(
        "session-expired",
        "The session of the cookie is over",
        "The only credential is a cookie, and the API no longer has that session; sign in again.",
        mendable=False,
        stage=_session,
    ),
    Fault(
        "token-unrecognised",
        "The issuer has never heard of this opaque token",
        "The API asks its issuer, which does not know the token; a newly requested one is known.",
        mendable=True,
        stage=_unrecognised,
        behaviour=Behaviour(opaque=True),
    ),
)
