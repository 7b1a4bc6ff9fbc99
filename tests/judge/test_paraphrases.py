"""The same statement in many wordings: each is read, whoever says it; and sentences that say no such thing are not.

The wordings are invented, of the kinds that servers use: codes, sentences, passive and active, with and without verbs.
"""

from __future__ import annotations

import json
from typing import Final

import pytest

from tests.judge.builders import API, KEY, OPAQUE, Bench, bearer, jwt
from tui401.model.verdict import Strength

KEYED: Final = [("X-API-Key", KEY)]
SIGNED: Final = [("X-API-Key", KEY), ("X-Timestamp", "1763467200"), ("X-Signature", "9c1185a5c5e9fc54612808977ee8f548")]
BASIC: Final = [("Authorization", "Basic cmVhZGVyOm5vdGhpbmctaGVyZQ==")]
COOKIE: Final = [("Cookie", "sessionid=abc123def456ghi789")]
NOTHING: Final[list[tuple[str, str]]] = []

SAID: Final[dict[str, tuple[list[tuple[str, str]], tuple[str, ...]]]] = {
    "token-expired": (
        bearer(OPAQUE),
        (
            "This access token is past its expiration",
            "EXPIRED_ACCESS_TOKEN",
            "The lifetime of your token has elapsed",
            "token is no longer valid since it timed out",
            "Your bearer token expired an hour ago.",
            "Access token lapsed",
            "auth-token-expired",
            "The OAuth token you sent has already expired",
            "AccessTokenExpiredException",
            "Expired credentials: obtain a new token",
            "The provided access token is outdated",
            "Token validity period has expired",
            "JWT is expired",
        ),
    ),
    "token-revoked": (
        bearer(OPAQUE),
        (
            "This token was revoked by its owner",
            "TOKEN_HAS_BEEN_REVOKED",
            "The access token has been invalidated",
            "Your token was cancelled by an administrator",
            "That personal access token is disabled",
            "The bearer token is blacklisted",
            "token withdrawn",
            "Access token has been deactivated",
            "The token you are using has been deleted",
            "revoked-token",
        ),
    ),
    "token-unrecognised": (
        bearer(OPAQUE),
        (
            "We do not recognise this access token",
            "UNKNOWN_ACCESS_TOKEN",
            "No such token",
            "The token could not be found",
            "The supplied token is not a valid one",
            "We were unable to verify your access token",
            "Token verification failed",
            "bad token",
            "Your token is wrong",
            "Access token does not exist",
            "Incorrect bearer token",
            "token_not_found",
            "The token failed validation",
        ),
    ),
    "token-malformed": (
        bearer(OPAQUE),
        (
            "The token is malformed",
            "Token is corrupt",
            "The access token is ill-formed",
            "TOKEN_MALFORMED",
            "token is not properly formatted",
            "Badly formed access token",
            "The token has an invalid format",
            "Token is truncated",
            "Token has a wrong length",
            "Illegal characters in token",
        ),
    ),
    "api-key-invalid": (
        KEYED,
        (
            "That API key is not one of ours",
            "API_KEY_NOT_RECOGNIZED",
            "Your key has been deactivated",
            "The key you supplied does not exist",
            "We could not find this api key",
            "apikey is incorrect",
            "Unknown application key",
            "Your API key was revoked",
            "This access key is not active",
            "Wrong app key",
            "key not registered",
            "The application key failed verification",
            "invalid-api-key",
            "The secret key provided is inaccurate",
        ),
    ),
    "api-key-missing": (
        NOTHING,
        (
            "You must supply an API key with each request",
            "API_KEY_REQUIRED",
            "No api key was given",
            "An application key is mandatory",
            "The request lacks an API key",
            "api key is empty",
            "Access key not specified",
            "Requests without an API key are refused",
            "We expected an API key in this request",
            "subscription key missing",
        ),
    ),
    "header-missing": (
        NOTHING,
        (
            "No credentials were supplied",
            "AUTH_HEADER_MISSING",
            "The request has no access token",
            "A bearer token is mandatory for this resource",
            "You are not signed in",
            "Authentication is needed here",
            "token is empty",
            "An authorization header was expected",
            "Authorization header not present in request",
            "You need to authenticate first",
            "Access token not specified",
        ),
    ),
    "basic-credentials-invalid": (
        BASIC,
        (
            "Username and password do not match",
            "BAD_CREDENTIALS",
            "The password you entered is wrong",
            "We do not know this user name",
            "Login failed",
            "No such user",
            "Your credentials could not be verified",
            "The credentials you supplied are incorrect",
            "Authentication failed for user reader",
            "Invalid login or password",
            "wrong password",
        ),
    ),
    "account-disabled": (
        bearer(OPAQUE),
        (
            "Your account is currently suspended",
            "ACCOUNT_LOCKED",
            "This user has been deactivated",
            "The organization is blocked",
            "Your subscription has lapsed",
            "The merchant is not active",
            "API access is blocked for this account",
            "This workspace has been archived",
            "The trial of this account is over: plan expired",
            "Your account has not been activated yet",
            "The application was disabled by its owner",
            "Account under review",
        ),
    ),
    "permission-denied": (
        bearer(OPAQUE),
        (
            "You may not do this: the user does not own this document",
            "INSUFFICIENT_PRIVILEGES",
            "Your role cannot delete projects",
            "This account is not entitled to the feed",
            "The user is not allowed to see invoices",
            "You do not have the rights to read this folder",
            "Your plan does not include this feature",
            "This feature is not enabled for your organization",
            "The caller lacks the required permission",
            "You are not authorised to view this page",
            "User does not belong to this team",
            "No permission to call this method",
        ),
    ),
    "address-not-allowed": (
        bearer(OPAQUE),
        (
            "Requests from your country are not supported",
            "IP_NOT_WHITELISTED",
            "Your IP was rejected",
            "The source address 203.0.113.7 is not allowed",
            "Access from this IP is prohibited",
            "IP 203.0.113.7 not in the allow list",
            "This region is restricted",
            "Client IP is blocked",
            "ip address mismatch",
            "The caller's IP address is not registered",
            "Unsupported territory",
        ),
    ),
    "request-signature-invalid": (
        SIGNED,
        (
            "The signature of this request is wrong",
            "SIGN_CHECK_FAILED",
            "Bad sign",
            "Signature does not match ours",
            "hmac is invalid",
            "The request is not correctly signed: signature mismatch",
            "Signature verification error",
            "sign error",
            "We could not verify the signature",
            "Parameter signature is missing",
            "The digest you sent differs from ours: signature invalid",
        ),
    ),
    "clock-skew-client": (
        SIGNED,
        (
            "The timestamp of this request is too old",
            "TIMESTAMP_EXPIRED",
            "Request time is outside the allowed window",
            "Your clock is wrong",
            "timestamp not within range",
            "invalid timestamp",
            "The request time and the server time differ too much: request expired",
            "nonce is stale",
            "Timestamp out of recvWindow",
            "bad timestamp",
        ),
    ),
    "scope-insufficient": (
        bearer(OPAQUE),
        (
            "The scope orders:read is missing from this token",
            "SCOPE_NOT_GRANTED",
            "This call needs the scope orders:write",
            "Token does not have the required scope",
            "The granted scopes are insufficient",
            "Your token lacks a scope",
            "required scope not present",
            "not enough scopes",
            "Missing scope",
            "The token was not granted this scope",
        ),
    ),
    "session-expired": (
        COOKIE,
        (
            "Your session is over: session expired",
            "SESSION_NOT_FOUND",
            "Session has timed out",
            "This session is no longer valid",
            "Unknown session",
            "session was terminated",
            "The session cookie is invalid",
            "Invalid session id",
            "The user session has ended, session timeout",
            "No active session",
        ),
    ),
    "csrf-token-missing": (
        COOKIE,
        (
            "CSRF token mismatch",
            "XSRF_TOKEN_INVALID",
            "The anti-forgery token could not be verified",
            "Cross-site request forgery check failed",
            "Missing CSRF token",
            "Invalid authenticity token",
            "csrf verification failed",
            "The CSRF cookie is not set",
            "A CSRF token is required",
            "Your CSRF token expired",
        ),
    ),
    "consent-required": (
        bearer(OPAQUE),
        (
            "The customer's consent has expired",
            "CONSENT_REVOKED",
            "Consent is not valid any more",
            "You must accept the terms of service",
            "User consent is required",
            "No consent was given for this data",
            "This app is pending approval by an administrator",
            "CONSENT_MISSING",
            "The consent was withdrawn",
            "Terms and conditions not accepted",
        ),
    ),
    "step-up-required": (
        bearer(OPAQUE),
        (
            "Two-factor authentication is required",
            "MFA_REQUIRED",
            "An OTP is needed for this action",
            "Multi-factor authentication must be enabled",
            "Invalid 2FA code",
            "verification code required",
            "This call needs a second factor",
            "Your one-time code is missing: OTP required",
            "2FA required",
            "Please complete MFA: mfa required",
        ),
    ),
    "client-certificate-required": (
        bearer(OPAQUE),
        (
            "The certificate is not valid for this partner",
            "CERTIFICATE_EXPIRED",
            "No client certificate was presented",
            "Unknown client certificate",
            "The TLS certificate has been revoked",
            "Certificate not trusted",
            "CERTIFICATE_MISSING",
            "A client certificate is needed",
            "The client cert does not match",
            "Certificate is blocked",
        ),
    ),
}

FIELDS: Final = ("message", "error", "detail")


@pytest.mark.parametrize(
    ("cause", "words"), [(cause, words) for cause, (_, wordings) in SAID.items() for words in wordings]
)
def test_a_statement_is_read_in_every_wording(cause: str, words: str) -> None:
    headers, _ = SAID[cause]
    for field in FIELDS:
        bench = Bench(headers).refused(json.dumps({field: words})).intake(recorded=True)
        assert bench.root()[0] == cause, field
        assert bench.strength(cause) >= Strength.LIKELY
        assert bench.strength(cause) < Strength.CONFIRMED or cause in ("header-missing", "api-key-missing")


def test_every_cause_has_ten_wordings() -> None:
    assert all(len(wordings) >= 10 for _, wordings in SAID.values())


FOREIGN: Final[tuple[tuple[str, list[tuple[str, str]], str], ...]] = (
    ("token-expired", bearer(OPAQUE), "令牌已过期"),
    ("token-expired", bearer(OPAQUE), "Das Token ist abgelaufen"),
    ("token-expired", bearer(OPAQUE), "El token ha caducado"),
    ("token-expired", bearer(OPAQUE), "Срок действия токена истек: токен истек"),
    ("token-expired", bearer(OPAQUE), "토큰이 만료되었습니다: 토큰 만료"),
    ("token-unrecognised", bearer(OPAQUE), "Неверный токен"),
    ("token-unrecognised", bearer(OPAQUE), "トークンが無効です: 無効 トークン"),
    ("api-key-invalid", KEYED, "密钥错误"),
    ("api-key-invalid", KEYED, "Falscher API-Schlüssel"),
    ("api-key-invalid", KEYED, "La clave no es válida"),
    ("api-key-invalid", KEYED, "Clé invalide"),
    ("api-key-missing", NOTHING, "缺少密钥"),
    ("api-key-missing", NOTHING, "Falta la clave"),
    ("request-signature-invalid", SIGNED, "签名校验失败"),
    ("request-signature-invalid", SIGNED, "缺少签名参数"),
    ("clock-skew-client", SIGNED, "时间戳已过期"),
    ("basic-credentials-invalid", BASIC, "密码错误"),
    ("basic-credentials-invalid", BASIC, "Falsches Passwort"),
    ("basic-credentials-invalid", BASIC, "Senha inválida"),
    ("basic-credentials-invalid", BASIC, "Неверный пароль"),
    ("permission-denied", bearer(OPAQUE), "权限不足"),
    ("permission-denied", bearer(OPAQUE), "Keine Berechtigung"),
    ("permission-denied", bearer(OPAQUE), "Недостаточно прав"),
    ("account-disabled", bearer(OPAQUE), "账号已被冻结"),
    ("account-disabled", bearer(OPAQUE), "Ihr Konto ist gesperrt"),
    ("account-disabled", bearer(OPAQUE), "La cuenta está suspendida"),
    ("address-not-allowed", bearer(OPAQUE), "客户端IP不在白名单"),
)
"""Statements in other languages, of the kinds that servers of those countries make."""


@pytest.mark.parametrize(("cause", "headers", "words"), FOREIGN)
def test_a_statement_in_another_language_is_read(cause: str, headers: list[tuple[str, str]], words: str) -> None:
    bench = Bench(headers).refused(json.dumps({"msg": words}, ensure_ascii=False)).intake(recorded=True)
    assert bench.root()[0] == cause
    assert bench.strength(cause) >= Strength.LIKELY


UNKEYED: Final = (
    ([("X-Sign", "9c1185a5c5e9fc54612808977ee8f548"), ("X-Client", "acme")], "", ""),
    ([], "?app=acme&t=1763467200&sign=9c1185a5c5e9fc54612808977ee8f548", ""),
    ([], "", '{"app": "acme", "sign": "9c1185a5c5e9fc54612808977ee8f548"}'),
    ([], "", "<xml><mch>123</mch><sign>9C1185A5C5E9FC54612808977EE8F548</sign></xml>"),
)
"""Requests that are signed and carry no key that is known for one."""


@pytest.mark.parametrize("words", ["sign invalid", "Invalid sign", "SIGN_ERROR", "check sign failed", "illegal sign"])
@pytest.mark.parametrize(("headers", "query", "body"), UNKEYED)
def test_a_refused_signature_is_read_where_no_key_is_known(
    headers: list[tuple[str, str]], query: str, body: str, words: str
) -> None:
    bench = Bench(headers, url=API + query, method="POST", body=body or None)
    bench.answer(200, (), json.dumps({"code": 1004, "msg": words, "success": False}))
    assert bench.intake(recorded=True).root()[0] == "request-signature-invalid"


NOTHING_SAID: Final = (
    "Unauthorized",
    "Forbidden",
    "Something went wrong",
    "An error occurred while processing the request",
    "The request could not be completed. Contact support if the problem persists.",
    "If your token has expired, sign in again",
    "Make sure that the token is valid and not expired",
    "See the documentation on how to create an API key",
    "Missing or invalid token",
    "The key may be disabled or revoked",
    "Invalid API-key, IP, or permissions for action",
    "Your token is either expired or revoked",
    "Possibly the account was suspended",
    "Not found",
    "quantity must be a number",
    "Try again with another key",
    "Check whether your IP is allowed",
    "The user name field accepts letters only",
    "Authentication Required",
)


@pytest.mark.parametrize("words", NOTHING_SAID)
@pytest.mark.parametrize("headers", [bearer(OPAQUE), KEYED], ids=["bearer", "key"])
def test_a_sentence_that_names_no_cause_or_several_decides_nothing(headers: list[tuple[str, str]], words: str) -> None:
    said = Bench(headers).refused(json.dumps({"message": words})).facts().said
    assert all(told.strength <= Strength.POSSIBLE for told in said), said


@pytest.mark.parametrize("words", ["Token validity: 3600", "Your key is fine", "2 tokens were used"])
def test_an_answer_that_refuses_nothing_is_read_as_none(words: str) -> None:
    assert not Bench(bearer(jwt())).answer(200, (), json.dumps({"message": words})).facts().refused
