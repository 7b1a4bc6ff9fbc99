"""Where an API wants its credential, as far as its own words or its description name the place. Pure."""

from __future__ import annotations

import re
from typing import Final

from tui401.model.facts import Aspect, Facts
from tui401.model.shown import CredentialSeen, Place, RequestShown
from tui401.model.words import Shape
from tui401.wire.secretnames import Weight, is_companion_header, is_key_header, weigh

_IN_AUTHORIZATION: Final = frozenset({"bearer", "token", "apikey", "api-key"})
_MOVABLE: Final = frozenset({"bearer", "api-key", "raw", "other"})
"""Families that are the same credential under another name; a password or a signature belongs to its own header."""
_TOKENS: Final = frozenset({Shape.JWT, Shape.JWE})
_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
_LONGEST: Final = 60
_SHORT: Final = frozenset({"u", "p", "user", "username", "login", "pw", "pin", "hash", "mac", "auth", "t", "k", "sid"})
"""Short names of parameters under which older APIs take a user, a password or a key."""
_HASH: Final = re.compile(r"[0-9a-f]{32,128}", re.IGNORECASE)
_IN_BODY: Final = re.compile(
    r"(?i)passw|passphrase|\b(?:pwd|pin|otp|code|auth|token|username|login|log_in|signin|sign_in|wsse)\b"
    r"|secret|credential|api_?key|\w_?key[\"'<]?\s{0,3}[:=>]|authenticat|\blog_?in\w*\("
)
"""Words by which a body says that it carries what signs a caller in."""
_MIXED: Final = re.compile(
    r"[=:>]\s{0,3}[\"']?(?=[A-Za-z]{0,40}\d)(?=\d{0,40}[A-Za-z])[A-Za-z0-9]{16,128}(?:[\"'&<\s,}]|\Z)"
)
"""A value of letters and digits that may be a key, whatever its field is called; identifiers of records have dashes."""
_MOST_BODY: Final = 16_384
_NAMED: Final = re.compile(
    r"(?i)(?:^|[-_])(?:auth|token|key|secret|sign|sig|mac|hmac|pass|session|credential)s?(?:[-_]|$)"
)
_LEAST_NAMED: Final = 4
_LEAST_KEY: Final = 12  # characters of a value that may be a key
_NO_KEY: Final = frozenset(" \t,;/()<>")
_USUAL: Final = frozenset(
    {"host", "user-agent", "cookie", "origin", "referer", "idempotency-key", "date", "range", "te", "dpop", "expect"}
)
_USUAL_BEGINS: Final = ("accept", "content-", "if-", "sec-", "cache-", "x-forwarded", "signature", "x-idempotency")


_COOKIE: Final = re.compile(r"(?:^|;)\s*([^=;\s]{1,80})=([^;]*)")
_KEPT_FOR_OTHERS: Final = re.compile(
    r"(?i)_|cf_|visid|incap|nlbi|aws(?:alb|elb)|ajs_|mp_|amp_|amplitude|optanon|ai_user|nid$|1p_jar|bigip|route|sticky"
    r"|intercom|hubspot|mkjs|rl_|ab_|utm|gclid|i18n|locale|lang|theme|consent|visitor|device|tracking|analytics"
)
"""Beginnings of the names of cookies that count visitors, pin a server, or keep a choice."""


def headers_named(facts: Facts) -> tuple[tuple[str, str], ...]:
    """The headers that somebody names as the place of a key, each with who said so; Authorization is not among them.

    A name that is none of a key ("Content-Type") is left out, whatever the words around it were.
    """
    found: dict[str, str] = {}
    for expected in facts.expects(Aspect.PLACE):
        for value in expected.values:
            kind, _, name = value.rpartition(" ")
            name = name.strip("\"'`:,.()")
            if kind not in ("", Place.HEADER.value) or not name or len(name) > _LONGEST:
                continue
            plain = name.lower()
            if set(plain) <= _CHARACTERS and is_key_header(name) and not is_companion_header(name):
                found.setdefault(name, expected.by)
    return tuple(found.items())


def perhaps_elsewhere(request: RequestShown) -> str:
    """Where in its address or body a request may carry a credential that is not known for one, for a person; or "".

    A password that an unknown form names in its own way is sent all the same: a 401 then speaks of it.
    """
    address, _, query = request.url.partition("#")[0].partition("?")
    if "\u2039" in address.partition("://")[2].partition("/")[2]:
        return "the path"
    query = query[:_MOST_BODY]
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if not value or weigh(name) is Weight.IDENTIFIER:
            continue
        known = name in _SHORT or weigh(name) > Weight.PLAIN
        if known or _HASH.fullmatch(value) or _MIXED.match(f"={value}") or "\u2039" in value:
            return f"the parameter {name}"
    body = request.body[:_MOST_BODY]
    return "the body" if _IN_BODY.search(body) or _MIXED.search(body) else ""


def perhaps_keys(request: RequestShown) -> tuple[str, ...]:
    """Headers that may hold a key under a name that is not known for one.

    By its value: one long word with digits in it. By its name: one that speaks of keys, whatever its value is.
    """
    found = []
    for header in request.headers:
        name, value = header.name, header.value.strip()
        if weigh(name) is Weight.IDENTIFIER or name.lower() in _USUAL or name.lower().startswith(_USUAL_BEGINS):
            continue
        digits = any(c.isdigit() for c in value)
        worded = _NAMED.search(name) is not None and len(value) >= _LEAST_NAMED
        word = digits and len(value) >= _LEAST_KEY and not set(value) & _NO_KEY
        if worded or word or "\u2039" in value:
            found.append(name)
    return tuple(found)


def perhaps_cookie(request: RequestShown) -> str:
    """The first cookie whose value may be a session's under a name that is not known for one; "" for none."""
    for header in request.headers:
        if header.name.lower() != "cookie":
            continue
        for name, value in _COOKIE.findall(header.value):
            beside = _KEPT_FOR_OTHERS.match(name) or is_companion_header(name)
            if not beside and ("\u2039secret" in value or (len(value) >= _LEAST_KEY and any(map(str.isdigit, value)))):
                return str(name)
    return ""


def scheme_in_authorization(facts: Facts) -> str:
    """The scheme under which the API asks for a token in Authorization, as it spells it; "" where it names none."""
    return next((c.scheme for c in facts.challenges if c.scheme.lower() in _IN_AUTHORIZATION), "")


def destination(facts: Facts) -> tuple[str, str] | None:
    """The header to which the credential could be moved, and the scheme to write there; None where nothing names one.

    It is never a place in an address (judging.md, "Experiments").
    """
    sent = facts.credential
    if sent is None or not sent.name or not _may_move(sent):
        return None
    own = sent.place_name.lower() if sent.place in (Place.HEADER, Place.AUTHORIZATION) else ""
    for name, _by in headers_named(facts):
        fits = "key" not in name.lower() or not _is_token(sent)
        if name.lower() != own and fits:
            return name, ""
    scheme = scheme_in_authorization(facts)
    if scheme and sent.place is not Place.AUTHORIZATION:
        return "Authorization", scheme
    return None


def _may_move(sent: CredentialSeen) -> bool:
    if sent.place is Place.COOKIE:
        return _is_token(sent)
    return sent.family in _MOVABLE and sent.place in (Place.HEADER, Place.QUERY, Place.AUTHORIZATION)


def _is_token(sent: CredentialSeen) -> bool:
    return sent.token is not None and sent.token.shape in _TOKENS
