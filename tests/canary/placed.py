"""Every place of safety.md's list, each with a secret: in a request of ours, and in an answer.

A place takes the secret and gives what carries it; ``sent`` ones may also be echoed by an answer that knows nothing of
where it stood.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

from canary_case import header

from tui401.model.http import Origin, Proxy, Request, Response, Transport
from tui401.model.secret import Secret

Sent = Callable[[str], Request]
Came = Callable[[str], Response]

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_CLAIMS = base64.urlsafe_b64encode(b'{"iss":"https://login.example.com","exp":1}').decode().rstrip("=")
_HEAD = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"k7"}').decode().rstrip("=")


def jwt(secret: str) -> str:
    """A JWT whose signature holds the secret; what stands around it makes it as long as one of RS256."""
    around = "Zx81kQpLm3Rt" * 20
    return f"{_HEAD}.{_CLAIMS}.{around[:100]}{secret}{around[:100]}"


def _request(
    *lines: tuple[str, str],
    target: str = "/v1/orders?page=2",
    body: str = "",
    host: str = "api.example.com",
    transport: Transport | None = None,
) -> Request:
    return Request(
        "POST",
        Origin("https", host, 443),
        Secret(target),
        tuple(header(*line) for line in lines),
        Secret(body.encode()) if body else None,
        transport or Transport(),
    )


def _line(name: str, before: str = "", after: str = "") -> Sent:
    return lambda secret: _request((name, f"{before}{secret}{after}"))


def _query(name: str) -> Sent:
    return lambda secret: _request(target=f"/v1?page=2&{name}={quote(secret, safe='')}&lang=en")


def _path(before: str, after: str = "", host: str = "api.example.com") -> Sent:
    return lambda secret: _request(target=f"{before}{quote(secret, safe='')}{after}", host=host)


def _form(name: str) -> Sent:
    return lambda secret: _request(("Content-Type", _FORM), body=f"a=1&{name}={quote(secret, safe='')}&z=1")


def _json(name: str) -> Sent:
    return lambda secret: _request(("Content-Type", _JSON), body=json.dumps({"a": 1, name: secret, "z": [1]}))


def _part(name: str, more: str = "") -> Sent:
    said = f'Content-Disposition: form-data; name="{name}"{more}'
    return lambda secret: _request(
        ("Content-Type", "multipart/form-data; boundary=b0und"),
        body=f"--b0und\r\n{said}\r\n\r\n{secret}\r\n--b0und--\r\n",
    )


def _basic(name: str, pair: str) -> Sent:
    return lambda secret: _request((name, "Basic " + base64.b64encode(pair.format(secret).encode()).decode()))


def _proxied(secret: str) -> Request:
    return _request(transport=Transport(proxy=Proxy("http://proxy.example:3128", Secret(f"me:{secret}"))))


SENT: dict[str, Sent] = {
    # headers
    "Authorization: Bearer": _line("Authorization", "Bearer "),
    "Authorization: Bearer in quotes": _line("Authorization", 'Bearer "', '"'),
    "Authorization: Bearer twice": _line("Authorization", "Bearer Bearer "),
    "Authorization: a JWT's signature": lambda secret: _request(("Authorization", f"Bearer {jwt(secret)}")),
    "Authorization: DPoP": _line("Authorization", "DPoP "),
    "Authorization: token": _line("Authorization", "token "),
    "Authorization: an unknown scheme": _line("Authorization", "X-Own "),
    "Authorization: no scheme": _line("Authorization"),
    "Authorization: Basic, password": _basic("Authorization", "svc:{}"),
    "Authorization: Basic, key in the user's place": _basic("Authorization", "{}:"),
    "Authorization: Basic, key beside x-oauth-basic": _basic("Authorization", "{}:x-oauth-basic"),
    "Authorization: Digest, response": _line("Authorization", 'Digest username="u", nonce="n", response="', '"'),
    "Authorization: AWS4, signature": _line("Authorization", "AWS4-HMAC-SHA256 Credential=AKIA/1, Signature="),
    "Authorization: OAuth 1, token": _line("Authorization", 'OAuth oauth_consumer_key="k", oauth_token="', '"'),
    "Authorization: SharedKey": _line("Authorization", "SharedKey account:"),
    "Authorization: Hawk, mac": _line("Authorization", 'Hawk id="u", ts="1", nonce="n", mac="', '"'),
    "Proxy-Authorization": _line("Proxy-Authorization", "Bearer "),
    "Proxy-Authorization: Basic": _basic("Proxy-Authorization", "svc:{}"),
    "the proxy's password": _proxied,
    **{
        name: _line(name)
        for name in (
            *("X-API-Key", "apikey", "PRIVATE-TOKEN", "X-Vault-Token", "X-Auth-Token", "Ocp-Apim-Subscription-Key"),
            *("X-CSRF-Token", "X-Amz-Security-Token", "DD-API-KEY", "X-Shopify-Access-Token", "X-Session-Id"),
            *("CF-Access-Client-Secret", "X-Access-Token", "X-Client-Secret", "X-Forwarded-Access-Token", "DPoP"),
            *("X-Goog-IAP-JWT-Assertion", "X-Hub-Signature-256", "X-Original-Authorization", "X-Unknown"),
        )
    },
    "X-Forwarded-Authorization": _line("X-Forwarded-Authorization", "Bearer "),
    # cookies
    "Cookie": _line("Cookie", "lang=en; sid=", "; theme=dark"),
    "Cookie without a name": _line("Cookie"),
    "Cookie in quotes": _line("Cookie", 'session="', '"'),
    # userinfo, query and fragment of addresses in headers
    "Referer: userinfo": _line("Referer", "https://me:", "@h.example/cb"),
    "Referer: query": _line("Referer", "https://h.example/cb?code="),
    "Referer: fragment": _line("Referer", "https://h.example/cb#a=1&access_token="),
    "Referer: path": _line("Referer", "https://hooks.slack.com/services/T0AB1CD2E/B0CD2EF3G/"),
    "Origin: userinfo": _line("Origin", "https://me:", "@h.example"),
    "X-Original-URL: query": _line("X-Original-URL", "/v1?page=2&access_token="),
    # the query
    **{
        f"query, {name}": _query(name)
        for name in (
            *("access_token", "api_key", "apikey", "key", "sig", "X-Amz-Signature", "X-Goog-Signature", "signature"),
            *("code", "state", "client_secret", "password", "token", "auth", "SAMLResponse", "id_token_hint", "ticket"),
            *("subscription-key", "hapikey", "session", "jwt", "assertion"),
        )
    },
    "query, an address with a token": lambda secret: _request(
        target="/go?next=" + quote(f"https://h.example/cb?token={quote(secret, safe='')}", safe="")
    ),
    "query, an address with userinfo": lambda secret: _request(
        target="/go?next=" + quote(f"https://me:{quote(secret, safe='')}@h.example/", safe="")
    ),
    # paths that carry keys
    "path, a bot's token": _path("/bot123456789:AA", "/getMe"),
    "path, a webhook of Slack": _path("/services/T0AB1CD2E/B0CD2EF3G/"),
    "path, a workflow of Slack": _path("/triggers/T0AB1CD2E/1234567890/"),
    "path, a webhook of Discord": _path("/api/webhooks/123456789012345678/"),
    "path, a webhook of Teams": _path("/webhookb2/0b1c@2d3e/IncomingWebhook/"),
    "path, a hook of Zapier": _path("/hooks/catch/123456/", "/"),
    "path, a hook of IFTTT": _path("/trigger/door/with/key/"),
    "path, a node provider's key": _path("/v3/", host="mainnet.infura.io"),
    "path, under its name": _path("/v1/token/", "/orders"),
    "path, a session's parameter": _path("/app;jsessionid=", "/x"),
    # bodies
    **{
        f"form, {name}": _form(name)
        for name in (
            *("password", "client_secret", "refresh_token", "assertion", "client_assertion", "code", "code_verifier"),
            *("subject_token", "device_code", "api_key", "token"),
        )
    },
    **{
        f"JSON, {name}": _json(name)
        for name in (
            *("password", "client_secret", "refresh_token", "apiKey", "secretKey", "accessToken", "private_key"),
            *("authorization", "passphrase", "connection_string_password"),
        )
    },
    "JSON, nested": lambda secret: _request(
        ("Content-Type", _JSON), body=json.dumps({"a": [{"auth": {"credentials": {"api_key": secret}}}]})
    ),
    "JSON, a list": lambda secret: _request(("Content-Type", _JSON), body=json.dumps({"tokens": ["x", secret]})),
    "JSON, a text in the text": lambda secret: _request(
        ("Content-Type", _JSON), body=json.dumps({"payload": json.dumps({"client_secret": secret})})
    ),
    "JSON without a media type": lambda secret: _request(body=json.dumps({"client_secret": secret})),
    "multipart, a field": _part("api_key"),
    "multipart, a file": _part("secret", '; filename="key.txt"'),
    "XML": lambda secret: _request(
        ("Content-Type", "text/xml"), body=f"<a><wsse:Password>{secret}</wsse:Password></a>"
    ),
    "a private key": lambda secret: _request(
        ("Content-Type", _JSON),
        body=json.dumps({"k": f"-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----\n"}),
    ),
}
"""What a person's request may hold."""


def _answer(*lines: tuple[str, str], body: str = "", kind: str = "", status: int = 401) -> Response:
    headers = [("Content-Type", kind)] if kind else []
    return Response(status, tuple(header(*line) for line in (*headers, *lines)), Secret(body.encode()))


def _said(name: str, before: str = "", after: str = "") -> Came:
    return lambda secret: _answer((name, f"{before}{secret}{after}"))


def _granted(name: str) -> Came:
    return lambda secret: _answer(body=json.dumps({name: secret, "expires_in": 60}), kind=_JSON, status=200)


CAME: dict[str, Came] = {
    "Location: query": _said("Location", "https://h.example/cb?code=", "&state=x"),
    "Location: query of a path": _said("Location", "/cb?access_token="),
    "Location: fragment": _said("Location", "https://h.example/cb#id_token="),
    "Location: userinfo": _said("Location", "https://me:", "@h.example/"),
    "Location: path": _said("Location", "https://h.example/app;jsessionid=", "/x"),
    "Location: an address in an address": lambda secret: _answer(
        ("Location", "/login?next=" + quote(f"/cb?token={quote(secret, safe='')}", safe=""))
    ),
    "Content-Location": _said("Content-Location", "/v1?sig="),
    "Link": _said("Link", "<https://h.example/next?api_key=", '>; rel="next"'),
    "Refresh": _said("Refresh", "0; url=https://h.example/?token="),
    "Set-Cookie": _said("Set-Cookie", "session=", "; Path=/; HttpOnly"),
    "Set-Cookie, a colour": _said("Set-Cookie", "theme=", "; Path=/"),
    "a challenge's nonce": _said("WWW-Authenticate", 'Digest realm="r", nonce="', '", qop="auth"'),
    "a challenge's opaque": _said("WWW-Authenticate", 'Digest realm="r", opaque="', '"'),
    "a challenge's token": _said("WWW-Authenticate", "Negotiate ", "=="),
    "a challenge's own parameter": _said("WWW-Authenticate", 'Bearer realm="r", session_token="', '"'),
    "a challenge's address": _said("WWW-Authenticate", 'Bearer error_uri="https://h.example/e?ticket=', '"'),
    "Proxy-Authenticate": _said("Proxy-Authenticate", 'Digest realm="r", nonce="', '"'),
    "Authentication-Info": _said("Authentication-Info", 'nextnonce="', '"'),
    "DPoP-Nonce": _said("DPoP-Nonce"),
    "X-Auth-Token": _said("X-Auth-Token"),
    "a header with a JWT": lambda secret: _answer(("X-Debug", f"was {jwt(secret)}.")),
    **{
        f"token endpoint, {name}": _granted(name)
        for name in (
            *("access_token", "refresh_token", "id_token", "device_code", "user_code", "client_secret"),
            *("registration_access_token", "code", "authorization_code", "session_state"),
        )
    },
    "token endpoint, as a form": lambda secret: _answer(
        body=f"access_token={secret}&token_type=bearer", kind=_FORM, status=200
    ),
    "token endpoint, a JWT": lambda secret: _answer(body=json.dumps({"token": jwt(secret)}), kind=_JSON, status=200),
    "JSON, a password": lambda secret: _answer(body=json.dumps({"db": {"password": secret}}), kind=_JSON),
    "a hidden field": lambda secret: _answer(
        body=f'<form><input type="hidden" name="csrf_token" value="{secret}"></form>', kind="text/html"
    ),
    "a script's variable": lambda secret: _answer(
        body=f'<script>window.access_token = "{secret}";</script>', kind="text/html"
    ),
    "XML": lambda secret: _answer(body=f"<r><SessionToken>{secret}</SessionToken></r>", kind="application/xml"),
    "plain text": lambda secret: _answer(body=f"access_token={secret}\n", kind="text/plain"),
    "a line of a log": lambda secret: _answer(
        body=f"> Authorization: Bearer {secret}\n> Accept: */*", kind="text/plain"
    ),
    "a line of curl": lambda secret: _answer(
        body=f"curl -u svc:{secret} -H 'X-API-Key: {secret}' https://h.example/", kind="text/plain"
    ),
}
"""What an answer may hold of its own."""
