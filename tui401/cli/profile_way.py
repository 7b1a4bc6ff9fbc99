"""How requests travel where a profile names a proxy, a CA or a client certificate: to its issuer and to its origins."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from tui401.model.case import Known
from tui401.model.http import DEFAULT_PORTS, Origin, Request, Transport
from tui401.model.shown import Note, Redacted
from tui401.wire.visible import visible

NAME: Final = "way-from-profile"
"""The note's."""


def request_by(request: Request, known: Known, decided: Collection[str] = ()) -> tuple[Request, tuple[Note, ...]]:
    """The request as it travels by a profile, for an origin that the profile lists; what the command says wins.

    Args:
        request: As the command makes it.
        known: What is known; the way of a profile in ``to_issuer``.
        decided: What the command settles without naming a thing: ``proxy`` (none is to be used), ``ca``.

    Returns:
        The request, and a note where the profile adds something: curl itself would not have it.
    """
    ours = known.to_issuer
    if ours is None or request.origin not in known.origins:
        return request, ()
    way, added = filled(request.transport, ours, secure=request.origin.scheme == "https", decided=decided)
    if not added:
        return request, ()
    by = f"Your profile {known.profile} sends this request {' and '.join(added)}. curl itself would not."
    return replace(request, transport=way), (Note(name=NAME, says=Redacted(by)),)


def filled(
    way: Transport, ours: Transport, *, secure: bool, decided: Collection[str] = ()
) -> tuple[Transport, list[str]]:
    """A way whose gaps a profile's fills, and what it filled, as parts of a sentence.

    Args:
        way: The one with gaps.
        ours: The profile's.
        secure: The request goes by https; else certificates play no part.
        decided: See `request_by`.
    """
    added: list[str] = []
    if way.proxy is None and ours.proxy is not None and "proxy" not in decided:
        way = replace(way, proxy=ours.proxy)
        added.append(f"through the proxy {visible(ours.proxy.url, 200)}")
    if secure and way.verify and way.ca_file is None and ours.ca_file is not None and "ca" not in decided:
        way = replace(way, ca_file=ours.ca_file)
        added.append(f"trusting the CA in {visible(ours.ca_file, 200)}")
    if secure and way.cert_file is None and ours.cert_file is not None:
        way = replace(way, cert_file=ours.cert_file, key_file=ours.key_file)
        added.append(f"with the client certificate {visible(ours.cert_file, 200)}")
    return way, added


def way_to(otherwise: Callable[[Origin], Transport], known: Known) -> Callable[[Origin], Transport]:
    """How requests travel to other origins than the command's own.

    To the issuer as the profile says, to the profile's other origins with its way in the gaps, else as without it.

    Args:
        otherwise: The way without a profile.
        known: What is known.
    """
    ours, issuer = known.to_issuer, known.issuer
    if ours is None:
        return otherwise

    def way(origin: Origin) -> Transport:
        parts = urlsplit(issuer)
        its = (parts.scheme, (parts.hostname or "").lower(), parts.port or DEFAULT_PORTS.get(parts.scheme, 0))
        if (origin.scheme, origin.host, origin.port) == its:
            return ours
        if origin in known.origins:
            return filled(otherwise(origin), ours, secure=origin.scheme == "https")[0]
        return otherwise(origin)

    return way
