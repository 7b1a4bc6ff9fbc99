"""No parser of ``wire`` or ``intake`` is left out of the fuzzing, and what counts as reached through another is."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import pkgutil
import sys
from types import CodeType, FrameType
from typing import Any

import tui401.intake
import tui401.wire
from tests.fuzz import strategies
from tests.fuzz.calls import Parser, consumed
from tests.fuzz.table import NO_PARSERS, PARSERS, THROUGH_ARGV
from tui401.model.http import Exchange, Header, Hop, Origin, Request, Response
from tui401.model.secret import Secret


def public() -> dict[str, Any]:
    """What a module of the two rooms offers that takes something apart: functions, and classes with methods."""
    found: dict[str, Any] = {}
    for room in (tui401.wire, tui401.intake):
        for info in pkgutil.iter_modules(room.__path__):
            module = importlib.import_module(f"{room.__name__}.{info.name}")
            short = module.__name__.removeprefix("tui401.")
            for name, value in vars(module).items():
                if name.startswith("_") or getattr(value, "__module__", "") != module.__name__:
                    continue
                if inspect.isfunction(value) or (inspect.isclass(value) and methods(value)):
                    found[f"{short}.{name}"] = value
    return found


def methods(one: type) -> list[Any]:
    own = [value for name, value in vars(one).items() if not name.startswith("_")]
    return [getattr(value, "__func__", value) for value in own if inspect.isroutine(getattr(value, "__func__", value))]


def test_every_public_parser_is_fuzzed() -> None:
    named = set(PARSERS) | THROUGH_ARGV | NO_PARSERS
    assert set(public()) - named == set(), "add it to tests/fuzz/table.py"
    assert named - set(public()) == set(), "it is gone: take it out of tests/fuzz/table.py"


def codes_of(value: Any) -> set[CodeType]:
    routines = methods(value) if inspect.isclass(value) else [inspect.unwrap(value)]
    return {routine.__code__ for routine in routines if hasattr(routine, "__code__")}


def test_each_parser_reaches_what_its_name_says_and_the_helpers_are_reached_too() -> None:
    met: set[CodeType] = set()

    def note(frame: FrameType, event: str, _arg: object) -> None:
        if event == "call":
            met.add(frame.f_code)

    sys.setprofile(note)
    try:
        for parser in PARSERS.values():
            for given in SAMPLES[parser.takes]:
                quietly(parser, given)
    finally:
        sys.setprofile(None)
    missed = {name for name, value in public().items() if name not in NO_PARSERS and not codes_of(value) & met}
    assert missed == set()


def quietly(parser: Parser, given: Any) -> None:
    with contextlib.suppress(*parser.raises):
        consumed(parser.call(given))


def request(target: str, *lines: tuple[str, str]) -> Request:
    headers = tuple(Header(name, Secret(value)) for name, value in lines)
    return Request("POST", Origin("https", "h.example", 443), Secret(target), headers, Secret(b'{"password": "x"}'))


OPENAPI = """{"openapi": "3.1.0", "servers": [{"url": "https://api.example.com/v1"}], "security": [{"o": ["r"]}],
"components": {"securitySchemes": {"o": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t",
"scopes": {"r": ""}}}}}}, "paths": {"/orders/{id}": {"post": {}}, "/orders": {"get": {}}}}"""
ENTRY = {
    "startedDateTime": "2026-11-24T10:00:00Z",
    "request": {
        "method": "POST",
        "url": "https://h.example/",
        "headers": [],
        "postData": {"text": "a", "mimeType": "x/y"},
    },
    "response": {"status": 401, "headers": [{"name": "A", "value": "b"}], "content": {"text": "{}", "mimeType": "x/y"}},
}
SAMPLES: dict[str, list[Any]] = {
    "text": [
        *(*strategies.COMMANDS, strategies.TOKEN, strategies.CURLRC, strategies.NETRC, strategies.COOKIES, OPENAPI),
        *(strategies.XML, strategies.PAGE, strategies.MULTIPART, "https://h.example/a?b=c", '{"log": {"entries": []}}'),
        *("{'a': 1", 'curl https://h.example -H "Authorization: Bearer $NOT_SET"', "curl https://h.example -d @body"),
    ],
    "claims": [{"aud": "a", "scope": "b", "exp": 1, "alg": "RS256", "roles": ["c"]}, ENTRY],
    "words": [
        ["-u", "a:b", "-F", "a=b", "-b", "c=d", "-x", "http://p:1", "https://h.example"],
        ["-d", "@-", "-d", "b", "-H", "Authorization: Bearer x", "-u", "a:b", "https://h.example"],
        ["--variable", "a=b", "--expand-url", "https://h.example/{{a}}", "--netrc-file", "/nowhere/x"],
        ["https://a:b@h.example", "--proxy-user", "c:d", "-n"],
    ],
    "request": [
        request(f"{url}&X-Amz-Signature=ab", ("Authorization", value), ("Content-Type", "application/json"))
        for url, value in (
            ("/v1?access_token=abcdef0123456789", f"Bearer {strategies.TOKEN}"),
            ("/bot123456:AAEabcdefghijklmnopqrstuvwxyz/x?a=b", "Basic dXNlcjpwYXNz"),
            (
                "/?a=b",
                "AWS4-HMAC-SHA256 Credential=AKIA/20261124/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=f",
            ),
        )
    ],
    "response": [Response(401, (Header("WWW-Authenticate", Secret("Bearer")),), Secret(b'{"error":"invalid_token"}'))],
}
SAMPLES["exchange"] = [Exchange((Hop(SAMPLES["request"][0], SAMPLES["response"][0], 0.0, 0.1),))]
