"""Where secrets stand in header lines, by the header's own grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tui401.wire import authorization, fields, schemes
from tui401.wire.placeholder import is_placeholder
from tui401.wire.redact_text import Found, in_target, in_text
from tui401.wire.secretnames import Weight, is_key_header, weigh
from tui401.wire.shapes import is_plain, is_refusal

_ADDRESSES: Final = frozenset({"location", "referer", "content-location", "refresh", "link", "origin", ":path", "uri"})
_CHALLENGES: Final = frozenset(
    {"www-authenticate", "proxy-authenticate", "authentication-info", "proxy-authentication-info", "dpop-nonce"}
)
_READABLE: Final = frozenset(
    {
        *(
            "realm",
            "error",
            "error_description",
            "error_uri",
            "scope",
            "resource_metadata",
            "authorization_uri",
            "stale",
        ),
        *("authorization", "algorithm", "qop", "charset", "domain", "title", "max_age", "acr_values", "issuer", "type"),
        *(
            "client_id",
            "resource_id",
            "trusted_issuers",
            "error_codes",
            "registration_uri",
            "authorization_server",
            "as_uri",
        ),
        *("resource", "claims_supported", "scheme", "token_type", "correlation_id", "trace_id", "request_id", "nc"),
    }
)
_TOKEN68: Final = re.compile(r"\b(?:negotiate|ntlm|kerberos)[ \t]+([A-Za-z0-9._~+/-]{4,}+=*+)", re.IGNORECASE)
_TARGET: Final = re.compile(r"[^\s<>,;\"]*")
_COOKIE: Final = re.compile(r"[^;]++")
_PUBLIC_PARAMETERS: Final = frozenset(
    {
        *(
            "username",
            "realm",
            "uri",
            "qop",
            "nc",
            "algorithm",
            "signedheaders",
            "headers",
            "keyid",
            "id",
            "ts",
            "version",
        ),
        *(
            "oauth_timestamp",
            "oauth_version",
            "oauth_signature_method",
            "oauth_consumer_key",
            "created",
            "expires",
            "kid",
        ),
    }
)


def in_header(name: str, value: str, *, ours: bool) -> Iterator[Found]:
    """Secrets in one header line.

    Args:
        name: The header's name as spelled.
        value: Its value.
        ours: It is a request's header; an answer's headers may hold words where a request's hold a key.
    """
    lower = name.lower()
    if lower in {"authorization", "proxy-authorization"}:
        yield from _in_credentials(value)
    elif lower in {"cookie", "cookie2"}:
        for pair in _COOKIE.finditer(value):
            yield from _in_cookie(pair)
    elif lower in {"set-cookie", "set-cookie2"}:
        first = _COOKIE.match(value)
        if first:
            yield from _in_cookie(first)
    elif lower in _CHALLENGES:
        yield from _in_challenge(lower, value)
        yield from in_text(value, identifier=True)
        return
    elif is_key_header(name):
        parsed = authorization.take_apart(value, bare=True)
        start, end = parsed.credential_span
        if end > start and not is_placeholder(value[start:end]) and (ours or not is_refusal(value)):
            yield Found(start, end, value[start:end], Weight.ALWAYS)
    if lower in _ADDRESSES:
        target = _TARGET.match(value)
        if target and "://" not in target.group():
            yield from in_target(value, 0, target.end())
    yield from in_text(value, identifier=weigh(name) is Weight.IDENTIFIER)


def _in_credentials(value: str) -> Iterator[Found]:
    parsed = authorization.take_apart(value)
    start, end = parsed.credential_span
    if not parsed.usable:
        # A Basic credential made of fillers still is encoded; nobody can read it anyhow, and it may be half real.
        if parsed.meant == "Basic" and end > start and not is_placeholder(value[start:end]):
            yield Found(start, end, value[start:end], Weight.ALWAYS)
        return
    text = value[start:end]
    if not schemes.has_parameters(parsed.scheme, text):
        yield Found(start, end, text, Weight.ALWAYS)
        return
    for name, first, last in fields.parameters(text):
        lower = name.lower()
        if lower == "credential":  # of AWS: the key's id, then date, region and service
            key_id = text[first:last].partition("/")[0]
            yield Found(start + first, start + first + len(key_id), key_id, Weight.TOKEN)
        elif lower not in _PUBLIC_PARAMETERS and last > first:
            yield Found(start + first, start + last, text[first:last], Weight.ALWAYS)


def _in_cookie(pair: re.Match[str]) -> Iterator[Found]:
    name, equals, value = pair.group().partition("=")
    if not equals:
        name, value = "", name
    start = pair.end() - len(value) + len(value) - len(value.lstrip())
    stripped = value.strip()
    if stripped and not is_placeholder(stripped):
        trivial = is_plain(stripped) and weigh(name.strip()) < Weight.TOKEN
        yield Found(start, start + len(stripped), stripped, Weight.PLAIN if trivial else Weight.ALWAYS)


def _in_challenge(name: str, value: str) -> Iterator[Found]:
    if name == "dpop-nonce":
        yield Found(0, len(value), value, Weight.TOKEN)
        return
    for found in _TOKEN68.finditer(value):
        yield Found(found.start(1), found.end(1), found.group(1), Weight.TOKEN)
    for parameter, start, end in fields.parameters(value):
        text = value[start:end]
        if parameter.lower() in _READABLE or not text:
            continue
        weight = weigh(parameter)
        if weight is Weight.IDENTIFIER or is_refusal(text):
            continue
        if weight >= Weight.WEAK or not is_plain(text):
            yield Found(start, end, text, Weight.TOKEN)
