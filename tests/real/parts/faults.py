"""The faults: for each server the requests that it refuses, each with its true cause and what a person would know."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from typing import Any

from tests.real.parts.apis import Api
from tests.real.parts.fault import Fault, Known
from tests.real.parts.ntp import TimeServer
from tests.real.parts.provider import BILLING, Provider

HOUR = 3600


def token_faults(api: Api, other: Provider) -> list[Fault]:
    """What can be wrong with the token itself, at an API that wants a JWT with orders:read.

    Args:
        api: Whose provider issues or signs the tokens.
        other: A provider that the API does not trust.
    """
    made = api.provider
    now = int(time.time())
    whole = made.token()
    head, body, signature = whole.split(".")
    signed_in = made.sign_in()

    def fault(name: str, token: str, cause: str, *also: str) -> Fault:
        return Fault(name=name, server=api.name, command=api.get(token), cause=cause, also=also, known=made.known())

    return [
        fault("expired-long-ago", made.sign(made.claims(iat=now - 2 * HOUR, exp=now - HOUR)), "token-expired"),
        fault("expired-just-now", made.outlived(), "token-expired"),
        fault("not-yet-valid", made.sign(made.claims(nbf=now + HOUR, exp=now + 2 * HOUR)), "token-not-yet-valid"),
        fault("audience", made.token(resource=BILLING, scope="billing:read"), "audience-mismatch"),
        fault("no-audience", made.sign(made.claims(aud=None)), "audience-mismatch"),
        fault("audience-slash", made.sign(made.claims(aud=api.audience + "/")), "audience-mismatch"),
        fault("scope", made.token(scope="orders:write"), "scope-insufficient"),
        fault("no-scope", made.sign(made.claims(scope=None)), "scope-insufficient"),
        fault("signature", made.forge(made.claims()), "token-signature-invalid"),
        fault(
            "edited-payload",
            f"{head}.{made.sign(made.claims(sub='admin')).split('.')[1]}.{signature}",
            "token-signature-invalid",
        ),
        fault("unknown-key", made.forge(made.claims(), kid="key-9"), "signing-key-unknown"),
        fault("issuer", other.token(), "issuer-mismatch", "signing-key-unknown", "token-signature-invalid"),
        fault("issuer-same-key", made.sign(made.claims(iss="https://issuer.example")), "issuer-mismatch"),
        fault("opaque", made.token(resource=None), "token-unrecognised"),
        fault("garbage", secrets.token_urlsafe(32), "token-unrecognised", "token-malformed"),
        fault("cut-short", f"{head}.{body}.{signature[:-40]}", "token-malformed"),
        fault("two-parts", f"{head}.{body}", "token-malformed"),
        fault("not-base64", f"{head}.{body[:20]}%3D{body[20:]}.{signature}", "token-malformed"),
        replace(
            fault("id-token", signed_in["id_token"], "token-type-wrong"),
            known=_known_after(made, signed_in),
            keyring=True,
        ),
    ]


def header_faults(api: Api) -> list[Fault]:
    """What can be wrong with the Authorization header around a good token."""
    made = api.provider
    good = made.token()

    def fault(name: str, value: str, cause: str, *also: str) -> Fault:
        return Fault(
            name=name, server=api.name, command=api.with_header(value), cause=cause, also=also, known=made.known()
        )

    return [
        Fault(name="missing", server=api.name, command=api.get(), cause="header-missing", known=made.known()),
        fault("no-scheme", good, "scheme-missing"),
        fault("scheme-token", f"Token {good}", "scheme-wrong"),
        fault("scheme-basic", "Basic cmVhZGVyOm5vdGhpbmc=", "scheme-wrong"),
        fault("scheme-only", "Bearer", "credential-placeholder", "header-malformed", "header-missing"),
        fault("undefined", "Bearer undefined", "credential-placeholder"),
        fault("unfilled", "Bearer {{token}}", "credential-placeholder"),
        fault("two-spaces", f"Bearer  {good}", "header-malformed"),
        fault("doubled", f"Bearer Bearer {good}", "header-malformed"),
        fault("colon", f"Bearer: {good}", "header-malformed"),
        fault("quoted", f'Bearer "{good}"', "header-malformed"),
        fault("bracketed", f"Bearer <{good}>", "header-malformed"),
        fault("comma", f"Bearer {good},", "header-malformed"),
        replace(
            fault("two-headers", "Basic cmVhZGVyOm5vdGhpbmc=", "header-duplicated"),
            command=(*api.with_header("Basic cmVhZGVyOm5vdGhpbmc="), "-H", f"Authorization: Bearer {good}"),
        ),
    ]


def refresh_faults(api: Api) -> list[Fault]:
    """An expired token beside a refresh token that mends it."""
    made = api.provider
    known = _known_after(made, made.sign_in())
    now = int(time.time())
    old = made.sign(made.claims(sub="someone", client_id="web", iat=now - 2 * HOUR, exp=now - HOUR))
    return [
        Fault(
            name="expired-refresh", server=api.name, command=api.get(old), cause="token-expired", known=known,
            keyring=True,
        )
    ]  # fmt: skip


def _known_after(made: Provider, signed_in: dict[str, Any]) -> Known:
    """What a person knows who signed in to the client `web`: also the refresh token that came with the others."""
    known = made.known("web")
    return replace(known, environment={**known.environment, "TUI401_REFRESH_TOKEN": signed_in["refresh_token"]})


def opaque_faults(api: Api) -> list[Fault]:
    """At the route of the FastAPI stack that introspects."""
    made = api.provider
    known = made.known(audience=None, scope=None)
    revoked = made.token(resource=None)
    made.revoke(revoked)

    def fault(name: str, token: str, cause: str, *also: str) -> Fault:
        command = api.get(token, path="/opaque/orders")
        return Fault(name=name, server=api.name, command=command, cause=cause, also=also, known=known)

    hidden = "inactive also fits a made-up or an expired token, and nobody saw this one active"
    return [
        replace(fault("revoked", revoked, "token-revoked", "token-unrecognised"), decidable=False, why=hidden),
        fault("made-up", secrets.token_urlsafe(32), "token-unrecognised"),
        fault("jwt-at-introspection", made.token(), "token-type-wrong", "token-unrecognised"),
    ]


def clock_faults(ahead: Api, late: Api, api: Api, right: TimeServer) -> list[Fault]:
    """A good token at servers whose clock is wrong, and a token that this machine stamped while its own was.

    Args:
        ahead: An API whose clock is two hours ahead.
        late: An API whose clock is two hours behind.
        api: An API whose clock is right.
        right: A time server to believe.
    """
    made = api.provider
    known = Known(options=(*made.known(None).options, *right.option))
    now = int(time.time())
    stamped = made.sign(made.claims(iat=now + 2 * HOUR, nbf=now + 2 * HOUR, exp=now + 3 * HOUR))
    return [
        Fault(
            name="server-ahead", server=ahead.name, command=ahead.good(), cause="clock-skew-server",
            known=known, mendable=False,
        ),
        Fault(
            name="server-behind", server=late.name, command=late.good(), cause="clock-skew-server",
            known=known, mendable=False,
        ),
        Fault(
            name="client-ahead", server=api.name, command=api.get(stamped), cause="clock-skew-client",
            known=known, mendable=False, shift="+2h",
        ),
    ]  # fmt: skip


def issuer_faults(lost: Api, orphan: Api) -> list[Fault]:
    """A good token at an API that cannot fetch keys.

    Args:
        lost: Looks for keys where nobody listens, though its issuer is up.
        orphan: Trusts an issuer that is down for all.
    """
    made = lost.provider
    gone = orphan.provider
    return [
        Fault(
            name="keys-unreachable", server=lost.name, command=lost.get(made.token()), cause="server-misconfigured",
            known=made.known(), mendable=False,
        ),
        Fault(
            name="issuer-down", server=orphan.name, command=orphan.get(gone.sign(gone.claims())),
            cause="issuer-unavailable", known=gone.known(), mendable=False,
        ),
    ]  # fmt: skip


def issuer_endpoint_faults(provider: Provider) -> list[Fault]:
    """Refusals of the token endpoint itself."""
    address = f"{provider.issuer}/token"
    client = provider.clients["service"]
    user = f"{client.id}:{client.secret}"

    def fault(name: str, cause: str, *form: str, who: str = user) -> Fault:
        fields = [part for pair in ("grant_type=client_credentials", *form) for part in ("-d", pair)]
        return Fault(
            name=name, server="provider", command=("curl", address, "-u", who, *fields), cause=cause, mendable=False
        )

    return [
        fault("client-secret", "client-rejected", who=f"{client.id}:not-the-secret"),
        fault("client-unknown", "client-rejected", who="nobody:not-the-secret"),
        fault("scope-unknown", "scope-rejected", "scope=orders:delete", f"resource={BILLING}"),
        fault("resource-unknown", "audience-mismatch", "resource=https://nowhere.example"),
        Fault(
            name="refresh-token", server="provider", cause="grant-rejected", mendable=False,
            command=(
                "curl", address, "-u", f"web:{provider.clients['web'].secret}",
                "-d", "grant_type=refresh_token", "-d", f"refresh_token={secrets.token_urlsafe(32)}",
            ),
        ),
    ]  # fmt: skip
