"""Issuers that mean ill: hostile metadata, keys, tokens and introspections, and hostile HTTP at each endpoint."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from tests.hostile import answers_content as content
from tests.hostile import answers_framing as framing
from tests.hostile.kit import Line, Play, answers, as_bytes, whole

JSON: Final = "Content-Type: application/json"
ENDPOINTS: Final = {
    "discovery": "/.well-known/openid-configuration",
    "other discovery": "/.well-known/oauth-authorization-server",
    "keys": "/keys",
    "token": "/token",
    "introspection": "/introspect",
    "resource": "/.well-known/oauth-protected-resource",
}
Documents = dict[str, Callable[[str], Any]]


def metadata(own: str, **more: Any) -> dict[str, Any]:
    return {
        "issuer": own,
        "token_endpoint": f"{own}/token",
        "jwks_uri": f"{own}/keys",
        "introspection_endpoint": f"{own}/introspect",
        "grant_types_supported": ["client_credentials", "refresh_token"],
        "scopes_supported": ["orders:read"],
        **more,
    }


def a_key(**more: Any) -> dict[str, Any]:
    return {"kty": "RSA", "kid": "k1", "use": "sig", "alg": "RS256", "n": "x" * 342, "e": "AQAB", **more}


GOOD: Final[dict[str, Callable[[str], Any]]] = {
    ENDPOINTS["discovery"]: metadata,
    ENDPOINTS["other discovery"]: metadata,
    "/keys": lambda _own: {"keys": [a_key()]},
    "/token": lambda _own: {"access_token": "fresh-0123456789abcdef", "token_type": "Bearer", "expires_in": 300},
    "/introspect": lambda _own: {"active": True},
}


def issuer(hostile: dict[str, Play]) -> Play:
    """An issuer that is good but for these paths."""

    async def play(line: Line) -> None:
        came = await line.asked()
        path = came.target.partition("?")[0]
        if path in hostile:
            await hostile[path](line)
        elif path in GOOD:
            await line.say(whole(JSON, status="200 OK", body=json.dumps(GOOD[path](str(line.server.origin)))))
        else:
            await line.say(whole(status="404 Not Found", body=""))

    return play


def gives(document: Callable[[str], Any], status: str = "200 OK") -> Play:
    """Answers with a document, text and bytes as they are and all else as JSON."""

    async def play(line: Line) -> None:
        await line.asked()
        made = document(str(line.server.origin))
        body = as_bytes(made) if isinstance(made, str | bytes) else json.dumps(made).encode()
        await line.say(whole(JSON, status=status, body=body))

    return play


def with_each(values: Iterable[Any], how: str, make: Callable[[str, Any], Any]) -> Documents:
    """A document for each value."""

    def bound(value: Any) -> Callable[[str], Any]:
        return lambda own: make(own, value)

    return {f"{value!r:.40} {how}": bound(value) for value in values}


_DEEP: Final = "[" * 100_000
_ODD: Final[tuple[Any, ...]] = (
    None,
    0,
    -1,
    1e308,
    True,
    "",
    " ",
    [],
    {},
    [[]],
    ["a", 1, None],
    {"a": {}},
    "\x1b[31m\u202e",
    "‹secret-1›",
    "\ud800",
)
_ENDPOINT_NAMES: Final = ("token_endpoint", "jwks_uri", "introspection_endpoint", "authorization_endpoint")
_PLACES: Final = (
    *(
        "http://169.254.169.254/latest",
        "https://10.0.0.1/x",
        "https://[::1]:1/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ),
    *("//evil.example/x", "https://user:pw@h.example/", "https://h.example:99999/", "https://", "not an address", "/x"),
)

METADATA: Final[Documents] = {
    "another issuer": lambda own: metadata(own, issuer="https://login.example.com"),
    "another path": lambda own: metadata(own, issuer=f"{own}/other"),
    "no issuer": lambda own: {k: v for k, v in metadata(own).items() if k != "issuer"},
    "an issuer of a megabyte": lambda own: metadata(own, issuer=own + "/a" * 400_000),
    "itself as its keys": lambda own: metadata(own, jwks_uri=f"{own}/.well-known/openid-configuration"),
    "itself as everything": lambda own: metadata(
        own, **dict.fromkeys(_ENDPOINT_NAMES, f"{own}/.well-known/openid-configuration")
    ),
    "100,000 scopes": lambda own: metadata(own, scopes_supported=[f"s{n}" for n in range(50_000)]),
    "scopes of megabytes": lambda own: metadata(own, scopes_supported=["s" * 300_000] * 3),
    "10,000 members more": lambda own: metadata(own, **{f"x_{n}": n for n in range(10_000)}),
    "deep": lambda _own: _DEEP,
    "deep within": lambda own: json.dumps(metadata(own))[:-1] + ',"x":' + "[" * 5_000 + "]" * 5_000 + "}",
    "a list": lambda own: [metadata(own)],
    "null": lambda _own: None,
    "a page": lambda _own: "<html>no</html>",
    "nothing": lambda _own: "",
    "twice the same name": lambda own: json.dumps(metadata(own))[:-1] + ',"issuer":"https://evil.example"}',
    "escapes and markup": lambda own: metadata(own, **content.TEXTS, scopes_supported=[*content.TEXTS.values()]),
    **with_each(_ODD, "everywhere", lambda own, value: dict.fromkeys(metadata(own), value) | {"issuer": own}),
    **with_each(
        _PLACES, "as every endpoint", lambda own, place: metadata(own, **dict.fromkeys(_ENDPOINT_NAMES, place))
    ),
}

KEYS: Final[Documents] = {
    "100,000 keys": lambda _own: {"keys": [{"kty": "RSA"}] * 60_000},
    "3,000 keys of one name": lambda _own: {"keys": [a_key()] * 2_000},
    "2,000 keys without a name": lambda _own: {"keys": [{k: v for k, v in a_key().items() if k != "kid"}] * 2_000},
    "a modulus of a megabyte": lambda _own: {"keys": [a_key(n="A" * 900_000)]},
    "a modulus at the bound": lambda _own: {"keys": [a_key(n="_" * 2_800)] * 150},
    "an exponent at the bound": lambda _own: {"keys": [a_key(n="_" * 2_800, e="_" * 2_800)] * 100},
    "an exponent of nothing": lambda _own: {"keys": [a_key(e="")]},
    "certificates of a megabyte": lambda _own: {"keys": [a_key(x5c=["MII" * 300_000])]},
    "a point off its curve": lambda _own: {"keys": [{"kty": "EC", "crv": "P-256", "kid": "k1", "x": "AA", "y": "AA"}]},
    "a curve that there is not": lambda _own: {
        "keys": [{"kty": "EC", "crv": "P-\x1b", "kid": "k1", "x": "A", "y": "A"}]
    },
    "a secret as a key": lambda _own: {"keys": [{"kty": "oct", "kid": "k1", "k": "c2VjcmV0"}]},
    "a private key": lambda _own: {"keys": [a_key(d="x" * 342, p="x", q="x")]},
    "keys that are no objects": lambda _own: {"keys": [1, None, "k1", [], True]},
    "an object of keys": lambda _own: {"keys": {"k1": a_key()}},
    "names that are no texts": lambda _own: {"keys": [a_key(kid=kid) for kid in _ODD]},
    "a text": lambda _own: {"keys": "k1"},
    "no keys": lambda _own: {},
    "an empty set": lambda _own: {"keys": []},
    "a list": lambda _own: [a_key()],
    "deep": lambda _own: _DEEP,
    "deep within a key": lambda _own: '{"keys":[{"kid":' + "[" * 5_000 + "]" * 5_000 + "}]}",
    "escapes": lambda _own: {"keys": [a_key(kid=text, alg=text) for text in content.TEXTS.values()]},
}


def unsigned(claims: Any, header: Any = None) -> str:
    """A JWT of any claims whose signature is made up."""

    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part(header or {'alg': 'RS256', 'kid': 'k1'})}.{part(claims)}.{'c2ln' * 86}"


def _token(value: Any, **more: Any) -> dict[str, Any]:
    return {"access_token": value, "token_type": "Bearer", **more}


TOKENS: Final[Documents] = {
    **with_each(_ODD, "as the token", lambda _own, value: _token(value)),
    "a token of a megabyte": lambda _own: _token("t" * 1_000_000),
    "a token of 60,000 characters": lambda _own: _token("t" * 60_000),
    "a JWT with half a megabyte of claims": lambda _own: _token(unsigned({"sub": "a" * 500_000})),
    "a JWT with 40,000 characters of claims": lambda _own: _token(unsigned({f"c{n}": "v" for n in range(3_000)})),
    "a JWT as deep as can be": lambda _own: _token(
        "eyJhbGciOiJSUzI1NiJ9." + base64.urlsafe_b64encode(b'{"a":' + b"[" * 20_000).decode() + ".c2ln"
    ),
    "a JWT of escapes": lambda _own: _token(unsigned(dict(content.TEXTS), {"alg": "\x1b[31m", "kid": "\u202e"})),
    "a JWT of odd claims": lambda _own: _token(
        unsigned({"exp": 1e308, "iat": -1e308, "nbf": "soon", "aud": {}, "scope": [[]], "iss": 1})
    ),
    "a token that would split the request": lambda _own: _token("a\r\nX-Evil: 1\r\n\r\nGET / HTTP/1.1"),
    "a token that no header holds": lambda _own: _token("a\x00b\x1b[31m\u202e‹secret-1›é\ud800"),
    "a lifetime beyond all bounds": lambda _own: _token("t" * 20, expires_in=1e308),
    "a lifetime in words": lambda _own: _token("t" * 20, expires_in="an hour"),
    "a lifetime of many digits": lambda _own: '{"access_token":"' + "t" * 20 + '","expires_in":' + "9" * 5_000 + "}",
    "10,000 scopes": lambda _own: _token("t" * 20, scope="a:b " * 10_000),
    "scopes that are no text": lambda _own: _token("t" * 20, scope={"a": 1}),
    "a type of escapes": lambda _own: _token("t" * 20) | {"token_type": "\x1b]52;c;T1dORUQ=\x07"},
    "the same refresh token and more": lambda _own: _token("t" * 20, refresh_token="", id_token=1, device_code=[]),
    "deep": lambda _own: _DEEP,
    "a list": lambda _own: [_token("t" * 20)],
    "a form": lambda _own: "access_token=tttttttttttttttttttttt&token_type=bearer",
}
REFUSALS: Final[Documents] = {
    **with_each(_ODD, "as the error", lambda _own, value: {"error": value}),
    **with_each(
        content.TEXTS.values(), "as an error's text", lambda _own, text: {"error": text, "error_description": text}
    ),
    "an error of half a megabyte": lambda _own: {"error": "e" * 500_000, "error_description": "d" * 400_000},
    "the resource refused without end": lambda _own: {"error": "invalid_request"},
    "a nonce wanted without end": lambda _own: {"error": "use_dpop_nonce"},
    "the client refused": lambda _own: {"error": "invalid_client", "error_uri": "javascript:alert(1)"},
}
INTROSPECTIONS: Final[Documents] = {
    **with_each(_ODD, "as active", lambda _own, value: {"active": value}),
    "inactive": lambda _own: {"active": False},
    "20,000 claims": lambda _own: {"active": True} | {f"c{n}": n for n in range(20_000)},
    "odd claims": lambda _own: {
        "active": True,
        "exp": 1e308,
        "aud": {},
        "scope": [],
        "iss": "\x1b[31m",
        "sub": "\ud800",
    },
    "claims of half a megabyte": lambda _own: {"active": True, "sub": "s" * 500_000, "scope": "a " * 200_000},
    "deep": lambda _own: '{"active":true,"x":' + _DEEP,
}

_SAMPLE: Final[dict[str, Play]] = {
    "headers without end": framing.ENDLESS_HEADS["headers without end"],
    "a header of 10 MB": framing.FLOODS["a header of 10,485,760 bytes"],
    "a bomb": content.BOMBS["gzip of gzip"],
    "a JSON list without end": framing.ENDLESS_BODIES["a JSON list without end"],
    "lists 100,000 deep": content.DOCUMENTS["lists 100,000 deep"],
    "closes before a byte": framing.ENDS["closes before a byte"],
    "resets in the body": framing.ENDS["resets in the body"],
    "no status": framing.STATUSES["no status"],
    "HTTP/0.9": framing.STATUSES["HTTP/0.9"],
    "a broken chunk": framing.CHUNKS["a size of 2^64"],
    "a year of 9999": answers("Date: Fri, 31 Dec 9999 23:59:59 GMT", JSON, status="200 OK", body="{}"),
    "a year of 1900": answers("Date: Mon, 01 Jan 1900 00:00:00 GMT", JSON, status="200 OK", body="{}"),
    "an outage": answers("Retry-After: 1" + "0" * 90, status="503 Unavailable", body="<html>"),
    "escapes": content.WORDS["OSC 0, 8 and 52 in JSON"],
    "a redirect to a file": answers("Location: file:///etc/passwd", status="302 Found"),
    "a redirect to itself": answers("Location: ?", status="307 Temporary Redirect"),
}
_DRIPPING: Final[dict[str, Play]] = {
    "headers that drip": framing.SLOW["a short header now and then"],
    "a body that drips": framing.SLOW_BODIES["a body of a byte at a time"],
    "nothing at all": framing.SLOW["nothing at all"],
}


def at(endpoint: str, plays: dict[str, Play]) -> dict[str, Play]:
    """Issuers that play so at one endpoint."""
    return {f"{endpoint}: {name}": issuer({ENDPOINTS[endpoint]: play}) for name, play in plays.items()}


def documents_at(endpoint: str, documents: Documents, status: str = "200 OK") -> dict[str, Play]:
    return at(endpoint, {name: gives(document, status) for name, document in documents.items()})


DOCUMENTS: Final = {
    **documents_at("discovery", METADATA),
    **documents_at("keys", KEYS),
    **documents_at("token", TOKENS),
    **documents_at("token", REFUSALS, "400 Bad Request"),
    **documents_at("introspection", INTROSPECTIONS),
}
_ASKED: Final = ("discovery", "keys", "token", "introspection")
HTTP: Final = {name: play for endpoint in _ASKED for name, play in at(endpoint, _SAMPLE).items()}
SLOW: Final = {name: play for endpoint in _ASKED for name, play in at(endpoint, _DRIPPING).items()}
