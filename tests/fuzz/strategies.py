"""What the fuzzing draws: valid inputs from the corpora and from the grammars, and these with some of it damaged."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

from tui401.model.http import Exchange, Header, Hop, Origin, Request, Response
from tui401.model.secret import Secret

TESTS: Final = Path(__file__).parents[1]


def jwt(header: Any, claims: Any, signature: str = "c2lnbmF0dXJl" * 7) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part(header)}.{part(claims)}.{signature}"


TOKEN: Final = jwt(
    {"alg": "RS256", "kid": "k1"}, {"iss": "https://i.example", "aud": ["a", "b"], "exp": 1, "scope": "r w"}
)

FRAGMENTS: Final = (
    *(
        "",
        " ",
        "\t",
        "\r\n",
        "\n",
        "\r",
        "\x00",
        "\x1b[31m",
        "\x9b",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\ud800",
        "\udc00",
        "é",
        "😀",
    ),
    *(
        '"',
        "'",
        "\\",
        '\\"',
        "=",
        "==",
        ",",
        ";",
        ":",
        "&",
        "?",
        "#",
        "/",
        "//",
        "%",
        "%2",
        "%zz",
        "%00",
        "%ff",
        "+",
        "*",
        "|",
    ),
    *(
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "<",
        ">",
        "{{",
        "}}",
        "${",
        "$(",
        "`",
        "<!--",
        "]]>",
        "</",
        "&amp;",
        "&#x0;",
        "&#xd800;",
    ),
    *(
        "Bearer ",
        "Basic ",
        "Digest ",
        "DPoP ",
        "Negotiate ",
        "AWS4-HMAC-SHA256 ",
        "bearer:",
        "Authorization: ",
        "Cookie: ",
    ),
    *(
        "realm=",
        'error="',
        "scope=",
        "nonce=",
        "algorithm=",
        "access_token=",
        "api_key=",
        'max_age="²"',
        "acr_values=",
        "insufficient_user_authentication",
        "password=",
        "client_secret=",
    ),
    *(
        "eyJ",
        "eyJhbGciOiJub25lIn0",
        TOKEN,
        ".",
        "..",
        "-_",
        "AAAA",
        "dXNlcjpwYXNz",
        "0" * 40,
        "9" * 30,
        "1e999",
        "-1",
        "NaN",
        "٣",
    ),
    *(
        "null",
        "true",
        "http://",
        "https://h.example:1/",
        "http://[::1]",
        "user:pw@",
        "localhost",
        "xn--",
        "a" * 70,
        "‹secret-1›",
    ),
    *(
        "curl ",
        " -H '",
        " --data-binary @",
        " -u a:b",
        " -x ",
        "^\n",
        "`\n",
        "\\\n",
        "$TOKEN",
        "{{token}}",
        "$'\\x41'",
        "<<EOF\n",
    ),
    *(
        "HTTP/1.1 401 Unauthorized\r\n",
        "< HTTP/2 401\n",
        "> GET / HTTP/1.1\n",
        "Content-Type: multipart/form-data; boundary=b\r\n",
        "--b\r\n",
    ),
)


@cache
def exchanges() -> tuple[dict[str, Any], ...]:
    """The recorded exchanges of the judging tests: real servers' words."""
    lines = (TESTS / "judge" / "more_exchanges.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


@cache
def challenges() -> tuple[str, ...]:
    lines = (TESTS / "wire" / "challenge_vectors.jsonl").read_text(encoding="utf-8").splitlines()
    found = [field for line in lines for field in json.loads(line)["fields"]]
    found += [v for e in exchanges() for n, v in e["response"]["headers"] if n.lower() == "www-authenticate"]
    return tuple(dict.fromkeys(found))


@cache
def bodies() -> tuple[str, ...]:
    return tuple(dict.fromkeys(e["response"].get("body") or "" for e in exchanges()))


@cache
def lines() -> tuple[tuple[str, str], ...]:
    """Header lines that were recorded, of requests and of answers."""
    found = [(n, v) for e in exchanges() for way in ("request", "response") for n, v in e[way]["headers"]]
    return (
        *dict.fromkeys(found),
        ("Cookie", "session=abcdef0123456789; csrftoken=x"),
        ("DPoP", TOKEN),
        ("X-API-Key", "k" * 30),
    )


@cache
def urls() -> tuple[str, ...]:
    found = [e["request"]["url"] for e in exchanges()]
    more = (
        "https://u:p@h.example:8443/a%20b;c=d?access_token=x&page=2#f",
        "http://[::1]:80/bot123456:AAE-abcdefghijklmnop/x",
    )
    return (*dict.fromkeys(found), *more)


COMMANDS: Final = (
    f"curl -sS https://api.example.com/v1 -H 'Authorization: Bearer {TOKEN}' --data-raw '{{\"a\":1}}'",
    'curl "https://api.example.com/v1?x=1" -u "user:pass word" -F "f=@a.txt;type=text/plain" --json \'{"a": [1]}\' -L',
    'TOKEN=abc\ncurl -X POST \\\n  -H "X-Api-Key: $TOKEN" \\\n  https://h.example/{a,b}[1-3] # note',
    'curl.exe ^\n  "https://h.example/" ^\n  -H ^"Accept: x^"',
    "Invoke-WebRequest -Uri 'https://h.example' -Headers @{ 'Authorization' = \"Bearer $env:TOKEN\" }",
    'GET /v1 HTTP/1.1\r\nHost: h.example\r\nAuthorization: Basic dXNlcjpwYXNz\r\n\r\n{"a": 1}',
    "### one\n@host = https://h.example\nPOST {{host}}/v1\nAuthorization: Bearer {{token}}\n\n< ./body.json\n",
    "* Connected\n> GET /v1 HTTP/1.1\n> Host: h.example\n>\n< HTTP/1.1 401 No\n< WWW-Authenticate: Bearer\n<\n{}",
    'fetch("https://h.example/", {"headers": {"authorization": "Bearer x"}, "method": "GET"});',
)
CURLRC: Final = 'url = "https://h.example"\nuser = "a:b"\n-H "X: y"\n# note\nproxy: http://p:1\n'
NETRC: Final = "machine h.example login a password b\ndefault login c password d\nmacdef init\n cd /\n\n"
COOKIES: Final = (
    "# Netscape HTTP Cookie File\n.h.example\tTRUE\t/\tFALSE\t2147483647\tsession\tabc\n"
    "#HttpOnly_h\tFALSE\t/\tTRUE\t0\ta\tb\n"
)
PAGE: Final = "<html><title>401</title><!-- c --><p class=x>No &amp; <b>entry</b></p><script>var a=1</script></html>"
XML: Final = (
    '<?xml version="1.0"?><Error xmlns="x"><Code>InvalidToken</Code><Message><![CDATA[expired]]></Message></Error>'
)
MULTIPART: Final = '--b\r\nContent-Disposition: form-data; name="api_key"\r\n\r\nsecret0123\r\n--b--\r\n'


@cache
def texts() -> tuple[str, ...]:
    """Valid inputs of every kind, so that each parser is also given what is another's."""
    values = [v for _, v in lines()][:300]
    more = (
        TOKEN,
        CURLRC,
        NETRC,
        COOKIES,
        PAGE,
        XML,
        MULTIPART,
        "a=b&access_token=x&%61=%62",
        "dXNlcjpwYXNz",
        "h.example,.local,10.0.0.0/8",
    )
    header_lines = tuple(f"{n}: {v}" for n, v in lines()[:100])
    return (*challenges(), *bodies()[:250], *values, *header_lines, *urls()[:150], *COMMANDS, *more, *FRAGMENTS)


_ACTS: Final = ("delete", "insert", "copy", "repeat", "swap", "cut", "flip", "splice")
_ACTION: Final = st.tuples(
    st.sampled_from(_ACTS), st.integers(0, 1 << 16), st.integers(0, 40), st.sampled_from(FRAGMENTS)
)


def damaged(text: str, actions: Sequence[tuple[str, int, int, str]], other: str = "") -> str:
    """The text after these actions; places are taken modulo its length."""
    for what, where, size, fragment in actions:
        at = where % (len(text) + 1)
        match what:
            case "delete":
                text = text[:at] + text[at + size :]
            case "insert":
                text = text[:at] + fragment + text[at:]
            case "copy":
                text = text[:at] + text[at : at + size] * 2 + text[at + size :]
            case "repeat":
                text = text[:at] + fragment * size + text[at:]
            case "swap":
                text = text[:at] + text[at : at + size].swapcase() + text[at + size :]
            case "cut":
                text = text[:at]
            case "flip" if at < len(text):
                text = text[:at] + chr(ord(text[at]) ^ (1 << size % 8)) + text[at + 1 :]
            case "splice":
                text = text[:at] + other[where % (len(other) + 1) :]
            case _:
                pass
    return text[:20_000]


def mutated(corpus: Callable[[], Sequence[str]]) -> st.SearchStrategy[str]:
    """A valid input with some of it damaged, or none; and now and then any text at all."""
    held = st.deferred(lambda: st.sampled_from(corpus()))
    return st.one_of(
        st.builds(damaged, held, st.lists(_ACTION, max_size=6), held),
        st.builds(damaged, held, st.lists(_ACTION, max_size=2), held),
        st.builds(damaged, st.text(max_size=60), st.lists(_ACTION, max_size=6)),
    )


TEXTS: Final = mutated(texts)
PLAIN: Final = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from(FRAGMENTS)
)
VALUES: Final = st.recursive(
    PLAIN,
    lambda v: st.one_of(st.lists(v, max_size=4), st.dictionaries(st.text(max_size=8), v, max_size=4)),
    max_leaves=12,
)
CLAIMS: Final = st.dictionaries(
    st.one_of(
        st.sampled_from(
            ("iss", "aud", "sub", "exp", "nbf", "iat", "scope", "scp", "roles", "realm_access", "cnf", "typ")
        ),
        st.text(max_size=10),
    ),
    VALUES,
    max_size=8,
)

_NAMES: Final = st.one_of(
    st.sampled_from(
        ("Authorization", "Cookie", "Proxy-Authorization", "X-API-Key", "DPoP", "Content-Type", "X-Amz-Date", "Host")
    ),
    st.deferred(lambda: st.sampled_from([name for name, _ in lines()])),
    st.text(min_size=1, max_size=12),
)
HEADERS: Final = st.lists(st.builds(lambda n, v: Header(n, Secret(v)), _NAMES, TEXTS), max_size=5).map(tuple)
BODIES: Final = st.one_of(
    TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=200),
    TEXTS.map(lambda text: text.encode("utf-16", "surrogatepass")),
)


def _target(url: str) -> str:
    rest = url.partition("://")[2]
    return "/" + rest.partition("/")[2]


REQUESTS: Final = st.builds(
    lambda method, host, url, headers, body: Request(
        method, Origin("https", host, 443), Secret(_target(url)), headers, Secret(body) if body is not None else None
    ),
    st.sampled_from(("GET", "POST", "DELETE", "OPTIONS", "get", "\x1b[31m")),
    st.sampled_from(("api.example.com", "api.telegram.org", "hooks.slack.com", "::1", "a\u202eb")),
    mutated(urls),
    HEADERS,
    st.one_of(st.none(), BODIES),
)
RESPONSES: Final = st.builds(
    lambda status, headers, body, cut: Response(status, headers, Secret(body), cut),
    st.sampled_from((100, 200, 204, 302, 400, 401, 403, 407, 429, 500, 599, 999)),
    HEADERS,
    BODIES,
    st.booleans(),
)
EXCHANGES: Final = st.builds(
    lambda request, response, at: Exchange((Hop(request, response, at, 0.1),)), REQUESTS, RESPONSES, st.floats(0, 4e9)
)
