"""Fixes done to a live request. Pure: a request and a credential in, a request out."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from typing import Final

from tui401.model.cause import Remedy
from tui401.model.fix import Fix, FixKind
from tui401.model.http import From, HeldBack, Origin, Provenance, Request
from tui401.model.secret import Secret
from tui401.model.shown import Place, TokenShown
from tui401.wire import authorization, places
from tui401.wire.basic import decode_basic, looks_basic

PASTED: Final = "another credential, pasted"
"""What a change by a person's own credential is called."""
_FIX: Final = Provenance(From.EDIT, "fix")
_LINE: Final = re.compile(r"\A\s*(?:authorization|proxy-authorization|x-api-key)\s*:\s*", re.IGNORECASE)
_SCHEME: Final = re.compile(r"\A(?:bearer|basic|token|dpop|apikey)\s+", re.IGNORECASE)
_AROUND: Final = " \t\r\n\"'`‘’“”<>"


def rewritten(request: Request, fix: Fix) -> Request:
    """The same credential, written as the fix says."""
    values = request.values("Authorization")
    if not values:
        return request
    kept = values[0]
    if Remedy.SEND_ONCE.value in fix.remedies:
        named = f"{fix.scheme} ".lower()
        kept = next((value for value in values if value.reveal().lstrip().lower().startswith(named)), kept)
    if fix.remedies == (Remedy.SEND_ONCE.value,):
        return request.with_header("Authorization", kept, _FIX)
    canonical = authorization.canonical(kept.reveal(), fix.scheme or None)
    return request.with_header("Authorization", Secret(canonical), _FIX) if canonical else request


def with_token(request: Request, token: Secret[str], provenance: Provenance, *, bound: bool = False) -> Request:
    """The request with this access token in the place of its credential; never moved into an address.

    Args:
        request: The request.
        token: The token.
        provenance: Where it comes from.
        bound: It is bound to a key: it stands under ``DPoP``, and whoever sends it adds a proof (RFC 9449).
    """
    request = request.without("DPoP")  # a proof is of one token and one moment
    if bound:
        return request.with_header("Authorization", Secret(f"DPoP {token.reveal()}"), provenance)
    located = places.locate(request)
    first = located[0] if located else None
    if first is not None and first.place in (Place.QUERY, Place.BODY):
        return places.with_credential(request, first, token, provenance)
    scheme = first.scheme if first is not None and first.place is Place.AUTHORIZATION else ""
    kept = scheme if scheme.lower() in ("bearer", "token") else "Bearer"
    return request.with_header("Authorization", Secret(f"{kept} {token.reveal()}"), provenance)


def with_pasted(request: Request, given: Secret[str], scheme: str = "Bearer") -> Request:
    """The request with a credential that the person pasted: bare, with its scheme, quoted, or as a header line.

    A user and password are pasted as they are known, not as they are sent: ``user:password``, or the password alone,
    which then belongs to the user of before.

    Args:
        request: The request.
        given: What was pasted.
        scheme: What stands before it where the request has no scheme yet.
    """
    text = _LINE.sub("", given.reveal()).strip(_AROUND)
    provenance = Provenance(From.PASTE, "pasted")
    located = places.locate(request)
    first = located[0] if located else None
    bare = _SCHEME.sub("", text).strip(_AROUND)
    if request.held is not None:
        return _held_back(request, request.held, text, bare, provenance)
    if first is not None and first.place is not Place.AUTHORIZATION:
        return places.with_credential(request, first, Secret(bare), provenance)
    if bare != text:
        return request.with_header("Authorization", Secret(text), provenance)
    used = first.scheme if first is not None and first.scheme else scheme
    if used.lower() == "basic":
        bare = _as_basic(bare, first.value.reveal() if first is not None else "")
    return request.with_header("Authorization", Secret(f"{used} {bare}"), provenance)


def _held_back(request: Request, held: HeldBack, text: str, bare: str, provenance: Provenance) -> Request:
    """The request with another user and password to answer the challenge with, or a credential of another scheme."""
    if bare != text:
        return replace(request, held=None).with_header("Authorization", Secret(text), provenance)
    user, colon, password = bare.partition(":")
    other = replace(
        held,
        user=Secret(user) if colon else held.user,
        password=Secret(password if colon else bare),
        provenance=provenance,
    )
    return replace(request.without("Authorization"), held=other)


def _as_basic(given: str, before: str) -> str:
    """A Basic credential of what was pasted (RFC 7617, section 2).

    Args:
        given: A pair, a password, or a pair that is encoded already.
        before: The credential that stood there, encoded or, by mistake, not; "" for none.
    """
    if looks_basic(given):
        return given
    pair = given
    if ":" not in given:
        raw = decode_basic(before) or before.encode("utf-8", "surrogateescape")
        user, colon, _ = raw.partition(b":")
        if not colon:
            return given  # whose password it is, nothing says
        pair = f"{user.decode('utf-8', 'surrogateescape')}:{given}"
    return base64.b64encode(pair.encode("utf-8", "surrogateescape")).decode("ascii")


def at_address(request: Request, origin: Origin, target: Secret[str]) -> Request:
    """The same request sent straight to another address."""
    return Request(request.method, origin, target, request.headers, request.body, request.transport)


def label_of(fix: Fix, old: TokenShown | None, new: TokenShown | None) -> str:
    """The experiment that an accepted fix amounts to, by what differs between the two credentials.

    ``fresh`` differs in nothing that was asked for; ``other-audience``, ``other-scopes`` and ``other-issuer`` in one
    thing; ``other-token`` in more than one, in whose it is, or in what cannot be seen.
    """
    if fix.kind is FixKind.REWRITE:
        return fix.remedies[-1] if fix.remedies else "canonical"
    if old is None or new is None or not old.claims or not new.claims:
        return "other-token"
    differs = [name for name in ("iss", "aud") if old.claims.get(name) != new.claims.get(name)]
    if _scopes(old) != _scopes(new):
        differs.append("scope")
    if any(old.claims.get(name) != new.claims.get(name) for name in ("sub", "client_id", "azp", "cid")):
        return "other-token"
    names = {"iss": "other-issuer", "aud": "other-audience", "scope": "other-scopes"}
    if not differs:
        return "fresh"
    return names[differs[0]] if len(differs) == 1 else "other-token"


def _scopes(token: TokenShown) -> frozenset[str]:
    value = token.claims.get("scope", token.claims.get("scp", ""))
    items = value.split() if isinstance(value, str) else value
    return frozenset(item for item in items if isinstance(item, str)) if isinstance(items, list) else frozenset()
