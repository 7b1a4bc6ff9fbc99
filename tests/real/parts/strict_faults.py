"""The faults of the servers that read their standards to the letter: bound tokens, claims, signed requests."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric import ec

from tests.real.parts.fault import Fault, Known
from tests.real.parts.provider import BILLING, HOUR, Provider
from tests.real.parts.strict import Store, Strict


def strict_faults(strict: Strict, other: Provider) -> list[Fault]:
    """Tokens, a claim that only staff has, and DPoP."""
    made = strict.provider
    now = int(time.time())

    def fault(name: str, command: tuple[str, ...], cause: str, *also: str) -> Fault:
        return Fault(name=name, server="strict", command=command, cause=cause, also=also, known=made.known())

    def bearing(token: str, path: str = "/orders") -> tuple[str, ...]:
        return strict.get(path, f"Authorization: Bearer {token}")

    def by_nobody(name: str, command: tuple[str, ...], cause: str, *also: str) -> Fault:
        return replace(fault(name, command, cause, *also), mendable=False)

    good, bound = made.token(), strict.bound()
    stranger = ec.generate_private_key(ec.SECP256R1())
    return [
        fault("missing", strict.get("/orders"), "header-missing"),
        fault("no-scheme", strict.get("/orders", f"Authorization: {good}"), "scheme-missing"),
        fault(
            "two-headers",
            strict.get("/orders", f"Authorization: Bearer {good}", "Authorization: Basic cmVhZGVyOm5v"),
            "header-duplicated",
        ),
        fault("expired", bearing(made.sign(made.claims(iat=now - 2 * HOUR, exp=now - HOUR))), "token-expired"),
        fault("audience", bearing(made.token(resource=BILLING, scope="billing:read")), "audience-mismatch"),
        fault("issuer", bearing(other.token()), "issuer-mismatch", "signing-key-unknown"),
        fault("signature", bearing(made.forge(made.claims())), "token-signature-invalid"),
        fault("unknown-key", bearing(made.forge(made.claims(), kid="key-9")), "signing-key-unknown"),
        fault("scope", bearing(made.token(scope="orders:write")), "scope-insufficient"),
        fault("algorithm", bearing(made.sign_with_hmac(made.claims())), "algorithm-rejected"),
        fault("opaque", bearing(secrets.token_urlsafe(32)), "token-unrecognised", "token-malformed"),
        fault("two-spaces", strict.get("/orders", f"Authorization: Bearer  {good}"), "header-malformed"),
        by_nobody("not-staff", bearing(good, "/staff"), "permission-denied"),
        by_nobody("bound-as-bearer", bearing(bound, "/bound/orders"), "sender-constraint-unmet"),
        by_nobody("no-proof", strict.get("/bound/orders", f"Authorization: DPoP {bound}"), "sender-constraint-unmet"),
        by_nobody(
            "not-bound", strict.proved(good, strict.proof(good)), "sender-constraint-unmet", "dpop-proof-invalid"
        ),
        by_nobody(
            "proof-of-another-method", strict.proved(bound, strict.proof(bound, htm="POST")), "dpop-proof-invalid"
        ),
        by_nobody(
            "proof-of-another-address",
            strict.proved(bound, strict.proof(bound, htu="https://elsewhere.example/")),
            "dpop-proof-invalid",
        ),
        by_nobody(
            "proof-of-yesterday", strict.proved(bound, strict.proof(bound, iat=now - 24 * HOUR)), "dpop-proof-invalid"
        ),
        by_nobody(
            "proof-by-a-stranger",
            strict.proved(bound, strict.proof(bound, key=stranger)),
            "dpop-proof-invalid",
            "sender-constraint-unmet",
        ),
        by_nobody("proof-for-another-token", strict.proved(bound, strict.proof(good)), "dpop-proof-invalid"),
    ]


def store_faults(store: Store) -> list[Fault]:
    """Signed requests."""

    def fault(name: str, command: tuple[str, ...], cause: str, *also: str) -> Fault:
        return Fault(name=name, server="store", command=command, cause=cause, also=also, mendable=False, known=Known())

    return [
        fault("wrong-key", store.second(secrets.token_hex(20)), "request-signature-invalid"),
        fault(
            "unknown-key-id",
            store.fourth(key_id="AKIA" + "NOBODY" * 2 + "ABCD"),
            "api-key-invalid",
            "request-signature-invalid",
        ),
        fault("old-date", store.fourth(age=7200), "request-signature-invalid", "clock-skew-client"),
        fault("half-a-header", store.fourth(parts=2), "header-malformed", "request-signature-invalid"),
    ]
