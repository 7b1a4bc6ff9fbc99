"""The faults of the later servers. Their causes were written down before tui401 was asked about any of them."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace

from tests.real.parts.fault import Fault, Known
from tests.real.parts.faults import header_faults, token_faults
from tests.real.parts.newcomers import Newcomers
from tests.real.parts.provider import HOUR, Provider
from tests.real.parts.servers import Registry, Web

PASSWORD, CERTIFICATE = "basic-credentials-invalid", "client-certificate-required"
# A selection of the faults of headers and tokens, those in which stacks differ most.
SOME = {
    *("missing", "no-scheme", "scheme-token", "scheme-basic", "undefined", "two-spaces", "quoted", "expired-long-ago"),
    *("not-yet-valid", "audience", "issuer", "signature", "scope", "garbage", "cut-short", "two-headers"),
}


def stack_faults(newcomers: Newcomers, other: Provider) -> list[Fault]:
    """Tokens at six stacks."""
    made = [fault for api in newcomers.apis.values() for fault in (*header_faults(api), *token_faults(api, other))]
    return [fault for fault in made if fault.name in SOME]


def opaque_and_password_faults(newcomers: Newcomers) -> list[Fault]:
    """One token that the server knows, and one user."""

    def fault(name: str, server: str, command: tuple[str, ...], cause: str, *also: str) -> Fault:
        return Fault(name=name, server=server, command=command, cause=cause, also=also, mendable=False, known=Known())

    def bearing(server: str, value: str) -> tuple[str, ...]:
        return (*newcomers.bare(server, "/opaque/orders"), "-H", f"Authorization: {value}")

    made: list[Fault] = []
    for server in ("hono", "passport"):
        unknown = bearing(server, f"Bearer {secrets.token_urlsafe(32)}")
        made += [
            fault("opaque-missing", server, newcomers.bare(server, "/opaque/orders"), "header-missing"),
            fault("opaque-unknown", server, unknown, "token-unrecognised", "api-key-invalid"),
            replace(
                fault("opaque-no-scheme", server, bearing(server, newcomers.token), "scheme-missing"), mendable=True
            ),
            replace(
                fault("opaque-as-token", server, bearing(server, f"Token {newcomers.token}"), "scheme-wrong"),
                mendable=True,
            ),
        ]
    for server in ("hono", "aiohttp"):
        bare = newcomers.bare(server, "/basic/orders")
        made += [
            fault("password-missing", server, bare, "header-missing"),
            fault("password-wrong", server, newcomers.basic(server, secrets.token_hex(12)), PASSWORD),
            fault(
                "password-no-colon", server, (*bare, "-H", "Authorization: Basic cmVhZGVy"), "basic-malformed", PASSWORD
            ),
            fault(
                "password-as-token", server, (*bare, "-H", f"Authorization: Bearer {newcomers.token}"), "scheme-wrong"
            ),
        ]
    return made


def web_faults(web: Web) -> list[Fault]:
    """Passwords, digests, networks, certificates."""

    def fault(name: str, command: tuple[str, ...], cause: str, *also: str) -> Fault:
        return Fault(name=name, server=web.name, command=command, cause=cause, also=also, mendable=False)

    page = "orders.txt"
    token = f"Authorization: Bearer {secrets.token_urlsafe(32)}"
    made = [
        fault("basic-missing", web.get(f"/basic/{page}"), "header-missing"),
        fault("basic-wrong", web.by(f"/basic/{page}", secrets.token_hex(12)), PASSWORD),
        fault("basic-nobody", web.by(f"/basic/{page}", user="nobody"), PASSWORD),
        fault("basic-bearer", web.get(f"/basic/{page}", "-H", token), "scheme-wrong"),
        fault(
            "basic-no-colon",
            web.get(f"/basic/{page}", "-H", "Authorization: Basic cmVhZGVy"),
            "basic-malformed",
            PASSWORD,
        ),
        fault("digest-missing", web.get(f"/digest/{page}"), "header-missing"),
        fault("digest-wrong", web.by(f"/digest/{page}", secrets.token_hex(12), "--digest"), PASSWORD),
        fault("digest-as-basic", web.by(f"/digest/{page}"), "scheme-wrong"),
        replace(
            fault("another-users", web.by(f"/clerks/{page}"), "permission-denied", PASSWORD),
            decidable=False,
            why="a known user without the right is refused in the words of a wrong password",
        ),
    ]
    if web.certain:
        held = web.certificates
        made += [
            replace(
                fault("address", web.get(f"/office/{page}"), "address-not-allowed", "gateway-rejected"),
                decidable=False,
                why="a bare 403 names no rule",
            ),
            fault("certificate-missing", held.get(f"{web.certain}/health.txt"), CERTIFICATE),
            fault("certificate-past", held.get(f"{web.certain}/health.txt", held.past), CERTIFICATE),
            fault("certificate-strange", held.get(f"{web.certain}/health.txt", held.stranger), CERTIFICATE),
        ]
    return made


def registry_faults(registry: Registry) -> list[Fault]:
    """Tokens of a service beside it; whatever is wrong with one, the registry calls it invalid."""
    now = int(time.time())
    known = Known(options=("--audience", registry.service))

    def fault(name: str, command: tuple[str, ...], cause: str, *also: str) -> Fault:
        return Fault(name=name, server="registry", command=command, cause=cause, also=also, mendable=False, known=known)

    def bearing(token: str, scheme: str = "Bearer ") -> tuple[str, ...]:
        return registry.catalogue(f"Authorization: {scheme}{token}")

    alike = "the registry says of any fault of a token that it is invalid"
    past = registry.token(iat=now - 2 * HOUR, nbf=now - 2 * HOUR, exp=now - HOUR)
    foreign = registry.token(iss="https://another.example")
    return [
        fault("missing", registry.catalogue(), "header-missing"),
        replace(fault("no-scheme", bearing(registry.token(), ""), "scheme-missing"), mendable=True),
        replace(fault("quoted", bearing(f'"{registry.token()}"'), "header-malformed"), mendable=True),
        fault("expired", bearing(past), "token-expired"),
        fault("not-yet-valid", bearing(registry.token(nbf=now + HOUR, exp=now + 2 * HOUR)), "token-not-yet-valid"),
        fault("audience", bearing(registry.token(aud="another.example")), "audience-mismatch"),
        replace(
            fault("issuer", bearing(foreign), "issuer-mismatch", "token-unrecognised"),
            decidable=False,
            why=alike,
        ),
        replace(
            fault(
                "signed-by-a-stranger", bearing(registry.token(registry.certificates.stranger)),
                "token-signature-invalid", "token-unrecognised", "signing-key-unknown",
            ),
            decidable=False,
            why=alike,
        ),
        fault("no-access", bearing(registry.token(access=[])), "scope-insufficient"),
        fault("basic", registry.catalogue("Authorization: Basic cmVhZGVyOm5vdGhpbmc="), "scheme-wrong"),
        fault("undefined", bearing("undefined"), "credential-placeholder"),
        fault("cut-short", bearing(registry.token()[:-30]), "token-malformed", "token-signature-invalid"),
    ]  # fmt: skip


def newcomer_faults(newcomers: Newcomers, webs: tuple[Web, ...], registry: Registry, other: Provider) -> list[Fault]:
    """All of them."""
    made = [*stack_faults(newcomers, other), *opaque_and_password_faults(newcomers)]
    for web in webs:
        made += web_faults(web)
    return [*made, *registry_faults(registry)]
