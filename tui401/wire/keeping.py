"""A request with one credential alone, and with its credential in another header. Pure."""

from __future__ import annotations

from dataclasses import replace

from tui401.model.http import Provenance, Request
from tui401.model.secret import Secret
from tui401.model.shown import Place
from tui401.wire import schemes
from tui401.wire.places import Located, locate, without_credentials

_OF_HEADERS = frozenset({Place.AUTHORIZATION, Place.HEADER, Place.COOKIE})


def with_only(request: Request, kept: Located) -> Request:
    """The same request with that credential and no other one for the API.

    Of several cookies, and of several parameters, all stay where the kept one is among them.
    """
    if kept.place not in _OF_HEADERS:
        gone = {item.index for item in locate(request) if item.place in _OF_HEADERS}
        return replace(request, headers=tuple(h for at, h in enumerate(request.headers) if at not in gone))
    line = request.headers[kept.index]
    bare = without_credentials(request)
    # Each header is one object of the request's own, so its place among those that are left is where it stood.
    before = sum(1 for header in request.headers[: kept.index] if any(header is left for left in bare.headers))
    return replace(bare, headers=(*bare.headers[:before], line, *bare.headers[before:]))


def moved(request: Request, found: Located, name: str, scheme: str, by: Provenance) -> Request:
    """The same credential in that header, and no longer where it stood; never in an address.

    Args:
        request: The request that ``found`` was found in.
        found: The credential.
        name: The header's name.
        scheme: The scheme to write before it; "" for none.
        by: Who moved it.
    """
    value = found.value.reveal().strip()
    written = f"{schemes.canonical_name(scheme)} {value}" if scheme else value
    return without_credentials(request).with_header(name, Secret(written), by)
