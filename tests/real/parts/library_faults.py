"""The faults of Django REST framework and of Flask's extensions: users, lists, sessions, cross-site tokens."""

from __future__ import annotations

import base64
import secrets
import time
from dataclasses import replace

from tests.real.parts.fault import Fault, Known
from tests.real.parts.libraries import AUDIENCE, HOUR, ISSUER, LEFT, SELDOM, Drf, FlaskApi

UNDECIDED = "the server says the same of a missing, a foreign and an ended session"


def drf_faults(drf: Drf) -> list[Fault]:
    """Keys, passwords, sessions and tokens of simplejwt."""
    reader, left = drf.users["reader"], drf.users["left"]
    now = int(time.time())

    def fault(name: str, command: tuple[str, ...], cause: str, *also: str) -> Fault:
        return Fault(name=name, server="drf", command=command, cause=cause, also=also, mendable=False)

    def keyed(value: str) -> tuple[str, ...]:
        return drf.get("/token/orders", f"Authorization: {value}")

    def pair(user: str, password: str) -> tuple[str, ...]:
        return drf.get(
            "/basic/orders", f"Authorization: Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"
        )

    def bearing(token: str, path: str = "/jwt/orders") -> tuple[str, ...]:
        return drf.get(path, f"Authorization: Bearer {token}")

    session = drf.get("/session/orders", f"Cookie: sessionid={secrets.token_hex(16)}")
    return [
        fault("key-missing", drf.get("/token/orders"), "header-missing"),
        replace(fault("key-bearer", keyed(f"Bearer {reader.token}"), "scheme-wrong"), mendable=True),
        replace(fault("key-bare", keyed(reader.token), "scheme-missing"), mendable=True),
        fault("key-unknown", keyed(f"Token {secrets.token_hex(20)}"), "token-unrecognised", "api-key-invalid"),
        fault("key-of-one-who-left", keyed(f"Token {left.token}"), "account-disabled"),
        fault(
            "key-with-a-space",
            keyed(f"Token {reader.token[:20]} {reader.token[20:]}"),
            "token-malformed",
            "header-malformed",
        ),
        fault("key-undefined", keyed("Token undefined"), "credential-placeholder"),
        replace(fault("key-doubled", keyed(f"Token Token {reader.token}"), "header-malformed"), mendable=True),
        fault("password-missing", drf.get("/basic/orders"), "header-missing"),
        fault("password-wrong", pair("reader", "not-the-password"), "basic-credentials-invalid"),
        replace(
            fault("password-of-one-who-left", pair("left", left.password), "account-disabled"),
            decidable=False,
            why="one who left is refused in the words of a wrong password",
        ),
        fault(
            "password-not-base64",
            drf.get("/basic/orders", f"Authorization: Basic reader:{reader.password}"),
            "basic-malformed",
        ),
        fault("password-no-colon", drf.get("/basic/orders", "Authorization: Basic cmVhZGVy"), "basic-malformed"),
        replace(fault("session-unknown", session, "session-expired", "header-missing"), decidable=False, why=UNDECIDED),
        fault("jwt-missing", drf.get("/jwt/orders"), "header-missing"),
        fault("jwt-expired", bearing(drf.signed(iat=now - 2 * HOUR, exp=now - HOUR)), "token-expired"),
        fault("jwt-refresh", bearing(drf.signed(token_type="refresh")), "token-type-wrong"),
        fault("jwt-forged", bearing(_forged(drf.signed())), "token-signature-invalid", "token-unrecognised"),
        fault("jwt-nobody", bearing(drf.signed(99)), "token-unrecognised", "account-disabled"),
        fault("jwt-of-one-who-left", bearing(drf.signed(LEFT)), "account-disabled"),
        fault("jwt-no-user", bearing(drf.signed(user_id=None)), "token-type-wrong", "token-unrecognised"),
        fault(
            "jwt-two-words",
            drf.get("/jwt/orders", "Authorization: Bearer one two three"),
            "header-malformed",
            "token-malformed",
        ),
        fault("jwt-not-staff", bearing(drf.signed(), "/jwt/staff"), "permission-denied"),
        fault("jwt-too-often", bearing(drf.signed(SELDOM), "/jwt/seldom"), "rate-limited"),
    ]


def flask_faults(api: FlaskApi) -> list[Fault]:
    """Tokens of Flask-JWT-Extended, and the three schemes of Flask-HTTPAuth."""
    now = int(time.time())
    known = Known(options=("--issuer", ISSUER, "--audience", AUDIENCE))

    def fault(name: str, command: tuple[str, ...], cause: str, *also: str) -> Fault:
        return Fault(name=name, server="flask", command=command, cause=cause, also=also, mendable=False, known=known)

    def bare(name: str, command: tuple[str, ...], cause: str, *also: str) -> Fault:
        return replace(fault(name, command, cause, *also), known=Known())

    good = api.signed()
    cookie = api.get(
        "/cookie/orders",
        "-H",
        f"Cookie: access_token_cookie={good}; csrf_access_token={secrets.token_hex(16)}",
        "-X",
        "POST",
    )
    return [
        fault("missing", api.get("/orders"), "header-missing"),
        replace(
            fault("no-scheme", api.get("/orders", "-H", f"Authorization: {good}"), "scheme-missing"), mendable=True
        ),
        replace(
            fault("scheme-jwt", api.get("/orders", "-H", f"Authorization: JWT {good}"), "scheme-wrong"), mendable=True
        ),
        fault(
            "expired", api.bearing(api.signed(iat=now - 2 * HOUR, nbf=now - 2 * HOUR, exp=now - HOUR)), "token-expired"
        ),
        fault("not-yet-valid", api.bearing(api.signed(nbf=now + HOUR, exp=now + 2 * HOUR)), "token-not-yet-valid"),
        fault("forged", api.bearing(api.signed(key=secrets.token_hex(32))), "token-signature-invalid"),
        fault("audience", api.bearing(api.signed(aud="https://billing.example/api")), "audience-mismatch"),
        fault("issuer", api.bearing(api.signed(iss="https://login.other.example")), "issuer-mismatch"),
        fault("refresh-for-access", api.bearing(api.signed(type="refresh")), "token-type-wrong"),
        fault("access-for-refresh", api.bearing(good, "/refresh/orders"), "token-type-wrong"),
        fault("revoked", api.bearing(api.signed(jti=api.revoked)), "token-revoked"),
        fault("not-fresh", api.bearing(good, "/fresh/orders"), "step-up-required"),
        fault("cut-short", api.bearing(good[:-22]), "token-malformed", "token-signature-invalid"),
        fault("two-parts", api.bearing(good.rpartition(".")[0]), "token-malformed"),
        fault("garbage", api.bearing(secrets.token_urlsafe(32)), "token-unrecognised", "token-malformed"),
        replace(
            fault("two-spaces", api.get("/orders", "-H", f"Authorization: Bearer  {good}"), "header-malformed"),
            mendable=True,
        ),
        replace(
            fault("doubled", api.get("/orders", "-H", f"Authorization: Bearer Bearer {good}"), "header-malformed"),
            mendable=True,
        ),
        fault("cookie-missing", api.get("/cookie/orders"), "header-missing"),
        fault("csrf", cookie, "csrf-token-missing"),
        bare("basic-missing", api.get("/basic/orders"), "header-missing"),
        bare("basic-wrong", api.basic(secrets.token_hex(12)), "basic-credentials-invalid"),
        bare("basic-bearer", api.bearing(api.token, "/basic/orders"), "scheme-wrong"),
        replace(
            bare("token-wrong", api.bearing(secrets.token_hex(20), "/token/orders"), "token-unrecognised"),
            decidable=False,
            why="one refusal for every request, with a credential or without",
        ),
        bare("token-as-basic", api.basic(api.password, "/token/orders"), "scheme-wrong"),
        bare("digest-missing", api.get("/digest/orders"), "header-missing"),
        bare("digest-as-basic", api.basic(api.password, "/digest/orders"), "scheme-wrong"),
        bare(
            "digest-wrong",
            api.get("/digest/orders", "--digest", "-u", f"{api.user}:{secrets.token_hex(12)}"),
            "basic-credentials-invalid",
        ),
    ]


def _forged(token: str) -> str:
    """The same token with a signature of the same length by nobody."""
    head, body, signature = token.split(".")
    return f"{head}.{body}.{base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b'=').decode()[: len(signature)]}"
