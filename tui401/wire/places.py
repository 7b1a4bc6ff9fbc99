"""Finds the credentials of a live request by their place, and writes the request without them or with another one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, unquote, unquote_plus

from tui401.model.http import Header, Provenance, Request
from tui401.model.secret import Secret
from tui401.model.shown import Place
from tui401.wire import authorization, fields, schemes
from tui401.wire.basic import decode_basic
from tui401.wire.garbage import garbage_for
from tui401.wire.secretnames import (
    Weight,
    is_companion_header,
    is_key_header,
    is_session_cookie,
    is_vendors_key_header,
    weigh,
)
from tui401.wire.shapes import SURE, is_plain, is_random
from tui401.wire.urlkeys import path_keys

__all__ = ["Located", "garbage", "locate", "secret_of", "with_credential", "without_credentials"]

_MAX_FOUND: Final = 200  # credentials of one request
_COOKIE: Final = re.compile(r"[^;]++")
_TARGET: Final = -1
_BODY: Final = -2
_NOBODY: Final = Secret("")
_LEAST_KEY: Final = 12
_NO_KEY: Final = frozenset(" \t,;/()<>")

# In a query or form these mean a credential; "state" and "nonce" are secrets too, but nobody is let in by them.
_NO_CREDENTIAL: Final = frozenset(
    {
        *(
            "state",
            "nonce",
            "relaystate",
            "sessionstate",
            "hash",
            "response",
            "challenge",
            "t",
            "h",
            "s",
            "k",
            "opaque",
        ),
        *("codechallenge", "xamzcredential", "xgoogcredential", "awsaccesskeyid", "accesskeyid", "googleaccessid"),
        *("idtokenhint", "tokenhint", "confirm", "confirmation", "invite", "invitation", "reset", "cnonce", "apiid"),
        *("activation", "oauthnonce"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A credential and where it stands.

    Attributes:
        place: The kind of place; ``place_name`` the header's, parameter's, field's or cookie's name as spelled.
        scheme: The scheme as spelled; "" where there is none.
        value: The credential itself, decoded where its place encodes it (query, form, JSON); empty when none is sent.
        user: The user name of Basic or Digest; a ``Secret``, because some services take a key in its place.
        index: The header's position in ``request.headers``; -1 for the target, -2 for the body.
        start: Offset of the encoded credential in that header's value, the target or the body, in characters;
            ``end`` is the one behind it.
        encoding: How the place writes it: "" as it is, ``percent``, ``form`` or ``json``.
        counts: False for what nobody is let in by: a cookie of no session, a CSRF token, a DPoP proof beside its token.
        provenance: Who put it there; None for what stands in the target or body.
    """

    place: Place
    value: Secret[str]
    place_name: str = ""
    scheme: str = ""
    user: Secret[str] = _NOBODY
    index: int = 0
    start: int = 0
    end: int = 0
    encoding: str = ""
    counts: bool = True
    provenance: Provenance | None = None


def locate(request: Request) -> tuple[Located, ...]:
    """Every credential of a request, the one that counts first.

    The order: Authorization, a header with a key, query, body, path, session cookies, what only goes beside a
    credential, other cookies, and the proxy's credential last.
    """
    found = [*_in_headers(request), *_in_target(request), *_in_body(request)]
    found.sort(key=_rank)
    return tuple(found[:_MAX_FOUND])


def secret_of(located: Located) -> Secret[str]:
    """The part of a credential that is secret: of a list of parameters the signature or response, else all of it."""
    value = located.value.reveal()
    if located.scheme and schemes.has_parameters(located.scheme, value):
        for name, start, end in fields.parameters(value):
            secret = weigh(name) >= Weight.TOKEN or name.lower() in {"response", "mac", "auth"}
            if secret and name.lower() not in {"credential", "nonce", "cnonce", "oauth_nonce", "keyid"}:
                return Secret(value[start:end])
    return located.value


def garbage(located: Located) -> Secret[str]:
    """A well-formed worthless credential of the same form, by the table of judging.md."""
    return garbage_for(located.scheme, located.value)


def without_credentials(request: Request) -> Request:
    """The same request with no credential for the API in any place; what is for the forward proxy stays.

    Headers and cookies are dropped whole, parameters and fields with their names, keys in a path alone.
    """
    located = [item for item in locate(request) if item.place is not Place.PROXY]
    gone = {item.index for item in located if item.place in {Place.AUTHORIZATION, Place.HEADER, Place.COOKIE}}
    target = fields.cut(request.target.reveal(), [i for i in located if i.index == _TARGET and i.place is Place.PATH])
    target = fields.without_query_fields(target, {i.place_name for i in located if i.place is Place.QUERY})
    bare = replace(
        request,
        headers=tuple(header for index, header in enumerate(request.headers) if index not in gone),
        target=Secret(target),
        held=None,
    )
    in_body = {item.place_name for item in located if item.place is Place.BODY}
    if not in_body or request.body is None:
        return bare
    body = fields.without_body_fields(request.body.reveal(), fields.media_type(request.values("Content-Type")), in_body)
    return replace(bare.without("Content-Length"), body=Secret(body))


def with_credential(request: Request, located: Located, new_value: Secret[str], provenance: Provenance) -> Request:
    """The same request with another credential in the place of that one, and nothing else changed.

    Args:
        request: The request that ``located`` was found in.
        located: Which one to replace.
        new_value: The new credential, not yet encoded.
        provenance: Where the new one came from.
    """
    written = _encoded(new_value.reveal(), located.encoding)
    if located.index == _TARGET:
        target = request.target.reveal()
        return replace(request, target=Secret(target[: located.start] + written + target[located.end :]))
    if located.index == _BODY:
        if request.body is None:
            return request
        text = request.body.reveal().decode("latin-1")
        raw = written.encode("utf-8", "surrogatepass").decode("latin-1")
        body = (text[: located.start] + raw + text[located.end :]).encode("latin-1")
        return replace(request.without("Content-Length"), body=Secret(body))
    old = request.headers[located.index]
    value = old.value.reveal()
    new = Header(old.name, Secret(value[: located.start] + written + value[located.end :]), provenance)
    headers = (*request.headers[: located.index], new, *request.headers[located.index + 1 :])
    return replace(request, headers=headers)


def _rank(item: Located) -> int:
    match item.place:
        case Place.AUTHORIZATION:
            return 0
        case Place.HEADER:
            return 1 if item.counts else 6
        case Place.QUERY:
            return 2
        case Place.BODY:
            return 3
        case Place.PATH:
            return 4
        case Place.COOKIE:
            return 5 if item.counts else 7
        case _:
            return 8


def _in_headers(request: Request) -> Iterator[Located]:
    for index, header in enumerate(request.headers):
        lower = header.name.lower()
        if lower in {"authorization", "proxy-authorization"}:
            yield _in_authorization(index, header, Place.AUTHORIZATION if lower == "authorization" else Place.PROXY)
        elif lower in {"cookie", "cookie2"}:
            yield from _in_cookies(index, header)
        elif is_key_header(header.name):
            yield _in_key_header(index, header, counts=not is_companion_header(header.name))
        elif _holds_a_key(header):
            yield _in_key_header(index, header, counts=True)


def _holds_a_key(header: Header) -> bool:
    """Whether a header that is not known for keys holds one, by its value, or by its vendor's name and its value."""
    value = header.value.reveal()
    if weigh(header.name) > Weight.IDENTIFIER and _looks_like_a_key(value):
        return True
    return is_vendors_key_header(header.name) and _is_one_long_word(value)


def _is_one_long_word(value: str) -> bool:
    """Whether a value is what keys are written like: one word of 12 signs or more with digits in it."""
    bare = value.strip()
    return len(bare) >= _LEAST_KEY and any(c.isdigit() for c in bare) and not set(bare) & _NO_KEY


def _looks_like_a_key(value: str) -> bool:
    found = SURE.match(value.strip())
    return found is not None and found.end() == len(value.strip())


def _in_authorization(index: int, header: Header, place: Place) -> Located:
    parsed = authorization.take_apart(header.value.reveal())
    user = ""
    if parsed.meant == "Basic":
        raw = decode_basic(parsed.credential.reveal())
        user = raw.partition(b":")[0].decode("utf-8", "replace") if raw is not None and b":" in raw else ""
    elif schemes.has_parameters(parsed.scheme, parsed.credential.reveal()):
        text = parsed.credential.reveal()
        user = next((text[a:b] for name, a, b in fields.parameters(text) if name.lower() == "username"), "")
    return Located(
        place=place,
        place_name=header.name,
        scheme=parsed.scheme,
        value=parsed.credential,
        user=Secret(user),
        index=index,
        start=parsed.credential_span[0],
        end=parsed.credential_span[1],
        provenance=header.provenance,
    )


def _in_key_header(index: int, header: Header, *, counts: bool) -> Located:
    parsed = authorization.take_apart(header.value.reveal(), bare=True)
    return Located(
        place=Place.HEADER,
        place_name=header.name,
        value=parsed.credential,
        index=index,
        start=parsed.credential_span[0],
        end=parsed.credential_span[1],
        counts=counts,
        provenance=header.provenance,
    )


def _in_cookies(index: int, header: Header) -> Iterator[Located]:
    for pair in _COOKIE.finditer(header.value.reveal()):
        name, equals, value = pair.group().partition("=")
        if not equals:
            name, value = "", name
        start = pair.end() - len(value)
        stripped = value.strip()
        start += len(value) - len(value.lstrip())
        yield Located(
            place=Place.COOKIE,
            place_name=name.strip(),
            value=Secret(stripped),
            index=index,
            start=start,
            end=start + len(stripped),
            counts=bool(stripped) and (is_session_cookie(name.strip()) or _looks_like_a_key(stripped)),
            provenance=header.provenance,
        )


def _is_credential(name: str, value: str) -> bool:
    weight = weigh(name)
    if re.sub(r"[^a-z0-9]", "", name.lower()) in _NO_CREDENTIAL:
        return False
    if weight is Weight.WEAK:
        return not is_plain(value)
    return weight > Weight.WEAK or (weight is Weight.PLAIN and _looks_like_a_key(value))


def _in_target(request: Request) -> Iterator[Located]:
    target = request.target.reveal()
    path_end = min((at for at in (target.find("?"), target.find("#")) if at >= 0), default=len(target))
    for name, start, end in path_keys(target[:path_end], request.origin.host):
        value = Secret(unquote(target[start:end]))
        yield Located(
            place=Place.PATH, place_name=name, value=value, index=_TARGET, start=start, end=end, encoding="percent"
        )
    if path_end < len(target) and target[path_end] == "?":
        for field in fields.pairs(target, path_end + 1):
            value_text = unquote_plus(target[field.start : field.end])
            if value_text and _is_credential(field.name, value_text):
                yield Located(
                    place=Place.QUERY,
                    place_name=field.name,
                    value=Secret(value_text),
                    index=_TARGET,
                    start=field.start,
                    end=field.end,
                    encoding="percent",
                )


def _in_body(request: Request) -> Iterator[Located]:
    if not request.body:
        return
    kind = fields.media_type(request.values("Content-Type"))
    for field in fields.body_fields(request.body.reveal(), kind):
        if field.value and (_is_credential(field.name, field.value) or (is_random(field.value) and not field.name)):
            yield Located(
                place=Place.BODY,
                place_name=field.name,
                value=Secret(field.value),
                index=_BODY,
                start=field.start,
                end=field.end,
                encoding=field.encoding,
            )


def _encoded(value: str, encoding: str) -> str:
    match encoding:
        case "percent" | "form":
            return quote(value, safe="", errors="surrogatepass")
        case "json":
            return fields.json_escaped(value)
        case _:
            return value
