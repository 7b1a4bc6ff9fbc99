"""The faults of what stands on the way: HAProxy as a gateway, a forward proxy, client certificates."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace

from tests.real.parts.apis import Api
from tests.real.parts.fault import Fault, Known
from tests.real.parts.haproxy import Haproxy
from tests.real.parts.provider import BILLING, HOUR, Provider
from tests.real.parts.squid import Squid

CERTIFICATE = "client-certificate-required"


def haproxy_faults(haproxy: Haproxy, other: Provider) -> list[Fault]:
    """Tokens by `jwt_verify`, addresses, passwords, rates, certificates."""
    made = haproxy.provider
    known = made.known()
    now = int(time.time())

    def fault(name: str, command: tuple[str, ...], cause: str, *also: str, mendable: bool = True) -> Fault:
        return Fault(
            name=name, server="haproxy", command=command, cause=cause, also=also, mendable=mendable, known=known
        )

    def rule(name: str, command: tuple[str, ...], cause: str, *also: str) -> Fault:
        return replace(fault(name, command, cause, *also, mendable=False), known=Known())

    good = made.token()
    certificates = haproxy.certificates
    bare = "the refusal names no rule, so whether an address or another rule is meant stays open"
    return [
        fault("missing", haproxy.get("/jwt/orders"), "header-missing"),
        fault("no-scheme", haproxy.get("/jwt/orders", "-H", f"Authorization: {good}"), "scheme-missing"),
        fault("expired", haproxy.bearing(made.sign(made.claims(iat=now - 2 * HOUR, exp=now - HOUR))), "token-expired"),
        fault("audience", haproxy.bearing(made.token(resource=BILLING, scope="billing:read")), "audience-mismatch"),
        fault("issuer", haproxy.bearing(other.token()), "issuer-mismatch"),
        fault("signature", haproxy.bearing(made.forge(made.claims())), "token-signature-invalid"),
        replace(
            fault(
                "signed-anew", haproxy.bearing(made.sign_anew(made.claims())), "keys-stale-at-server", mendable=False
            ),
            why="the gateway has one key in a file, and the issuer has begun to sign with another",
        ),
        fault("algorithm", haproxy.bearing(made.sign_with_hmac(made.claims())), "algorithm-rejected"),
        fault("two-spaces", haproxy.get("/jwt/orders", "-H", f"Authorization: Bearer  {good}"), "header-malformed"),
        fault("garbage", haproxy.bearing(secrets.token_urlsafe(32)), "token-unrecognised", "token-malformed"),
        rule("password-missing", haproxy.get("/basic/"), "header-missing"),
        rule(
            "password-wrong",
            haproxy.get("/basic/", "-u", f"{haproxy.user}:{secrets.token_hex(12)}"),
            "basic-credentials-invalid",
        ),
        replace(
            rule("address", haproxy.get("/office/"), "address-not-allowed", "gateway-rejected"),
            decidable=False,
            why=bare,
        ),
        rule("address-named", haproxy.get("/listed/"), "address-not-allowed"),
        rule("too-often", haproxy.get("/busy/"), "rate-limited"),
        rule("certificate-missing", haproxy.secure(haproxy.certain), CERTIFICATE),
        rule("certificate-past", haproxy.secure(haproxy.certain, certificates.past), CERTIFICATE),
        rule("certificate-strange", haproxy.secure(haproxy.certain, certificates.stranger), CERTIFICATE),
        rule("certificate-asked", haproxy.secure(haproxy.asked), CERTIFICATE),
        rule("certificate-asked-past", haproxy.secure(haproxy.asked, certificates.past), CERTIFICATE),
        rule("certificate-worded", haproxy.secure(haproxy.lenient, certificates.stranger), CERTIFICATE),
        replace(
            rule("certificate-unsaid", haproxy.secure(haproxy.lenient), CERTIFICATE, "gateway-rejected"),
            why="a bare 403, which says nothing of certificates",
        ),
        rule("certificate-cut", haproxy.secure(haproxy.cut), CERTIFICATE),
        replace(
            rule("address-cut", haproxy.secure(haproxy.distant), "address-not-allowed"),
            decidable=False,
            why="the connection ends before the handshake, and no word of the server's is heard",
        ),
    ]


def squid_faults(squid: Squid, api: Api, haproxy: Haproxy) -> list[Fault]:
    """A good request by way of a proxy that wants a password."""
    good = api.good()

    def fault(name: str, command: tuple[str, ...]) -> Fault:
        return Fault(name=name, server="squid", command=command, cause="proxy-authentication-required", mendable=False)

    return [
        fault("password-missing", squid.by(good)),
        fault("password-wrong", squid.by(good, secrets.token_hex(12))),
        fault("tunnel-refused", squid.by(haproxy.secure(haproxy.asked))),
    ]
