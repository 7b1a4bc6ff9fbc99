"""Where a redirect leads and what may go along: pure, one hop at a time (RFC 9110, section 15.4; safety.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from tui401.model.case import straight
from tui401.model.http import DEFAULT_PORTS, Failure, FailureKind, From, Origin, Request, Response, Transport
from tui401.model.secret import Secret
from tui401.model.shown import Place
from tui401.probes.failures import quoted

MayCross = Callable[[Origin, Origin], bool]

_STATUSES: Final = frozenset({301, 302, 303, 307, 308})
_MAX_LOCATION: Final = 16_384
_KEPT_IN_URLS: Final = "%!#$&'()*+,/:;=?@[]~"  # reserved characters and what is encoded already (RFC 3986, section 2)
_LEAST_TO_LOOK_FOR: Final = 6  # a shorter value would be found by chance
_MARK: Final = "‹secret-"  # what stands in a redacted text in place of a secret
_BODY_HEADERS: Final = frozenset({"content-length", "transfer-encoding", "content-encoding", "expect"})


@dataclass(frozen=True, slots=True)
class Step:
    """The next hop.

    Attributes:
        request: What to send there.
        withheld: Sentences on what stays behind though curl would have sent it.
        stripped: From here on no credential goes along.
    """

    request: Request
    withheld: tuple[str, ...]
    stripped: bool


def next_hop(
    first: Request,
    last: Request,
    response: Response,
    *,
    stripped: bool,
    may_cross: MayCross,
    way_to: Callable[[Origin], Transport] = straight,
) -> Step | Failure | None:
    """What follows an answer.

    Args:
        first: The person's own request.
        last: What was sent last.
        response: What it brought.
        stripped: A hop before this one crossed an origin and left the credentials behind.
        may_cross: Whether the first origin's credential may go to the second one.
        way_to: How requests travel to other origins than the first.

    Returns:
        The next hop, a failure with its sentence, or None where the answer is no redirect.
    """
    locations = response.values("location")
    if response.status not in _STATUSES or not locations:
        return None
    found = _origin_and_target(last, locations[0].reveal())
    if isinstance(found, Failure):
        return found
    origin, target, userinfo = found
    moved = _method(last, response.status)
    moved = replace(moved, origin=origin, target=Secret(target))
    withheld: list[str] = []
    if userinfo:
        withheld.append(
            f"The redirect's address names a user and password; curl would send them to {origin}, tui401 does not."
        )
    if origin == last.origin:
        return Step(moved, tuple(withheld), stripped)
    allowed = (
        not stripped
        and not (first.origin.scheme == "https" and origin.scheme == "http")
        and not (last.origin.scheme == "https" and origin.scheme == "http")
        and (origin == first.origin or may_cross(first.origin, origin))
    )
    # -k, --cacert, --cert, --resolve and -x were said of the first origin and hold for it alone.
    way = first.transport if origin == first.origin else elsewhere(first.transport, way_to(origin))
    moved = replace(moved.without("Host"), transport=way)
    if allowed:
        return Step(moved, tuple(withheld), stripped=False)
    bare = _stripped(moved, first)
    hidden, kept_back = _without_hidden(bare, origin)
    if not stripped:
        withheld += [*_told(moved, first, origin), *kept_back]
    return Step(hidden, tuple(withheld), stripped=True)


def _origin_and_target(last: Request, location: str) -> tuple[Origin, str, bool] | Failure:
    def refused(why: str) -> Failure:
        return Failure(
            FailureKind.REDIRECTS,
            f"{last.origin} answers with a redirect {why}. It was not followed; call the right address directly.",
        )

    if len(location) > _MAX_LOCATION:
        return refused(f"of more than {_MAX_LOCATION:,} characters")
    location = location.strip(" \t")
    if any(ord(c) < 0x20 or ord(c) == 0x7F for c in location):
        return refused("whose address holds control characters")
    try:
        parts = urlsplit(urljoin(last.url.reveal(), location))
        scheme, host, port = parts.scheme.lower(), (parts.hostname or "").lower(), parts.port
    except ValueError:
        return refused("whose address cannot be read")
    if scheme not in DEFAULT_PORTS:
        return refused(f"to an address of the kind {quoted(scheme)[:40]}:, which is not HTTP")
    if not host:
        return refused("whose address names no host")
    path = quote(parts.path or "/", safe=_KEPT_IN_URLS)
    query = quote(parts.query, safe=_KEPT_IN_URLS)
    target = urlunsplit(("", "", path, query, ""))
    if path.startswith("//"):  # urlunsplit would take it for a host
        target = path + (f"?{query}" if query else "")
    return Origin(scheme, host, port or DEFAULT_PORTS[scheme]), target, parts.username is not None


def _method(last: Request, status: int) -> Request:
    """The request with the method that a redirect of that status asks for, as curl has it."""
    to_get = (status in {301, 302} and last.method == "POST") or (
        status == 303 and (last.method not in {"GET", "HEAD"} or last.body is not None)
    )
    if not to_get:
        return last
    kept = tuple(
        header
        for header in last.headers
        if header.name.lower() not in _BODY_HEADERS
        and not (header.named("content-type") and header.provenance.origin is From.DEFAULT)
    )
    method = last.method if last.transport.keep_method else "GET"
    return replace(last, method=method, headers=kept, body=None)


def elsewhere(transport: Transport, way: Transport) -> Transport:
    """The transport for another origin: the limits stay; -k, --cacert, --cert, --resolve and -x do not.

    Args:
        transport: The first origin's.
        way: The way to the other one.
    """
    return replace(
        way,
        follow=transport.follow,
        connect_limit=transport.connect_limit,
        total_limit=transport.total_limit,
        http10=transport.http10,
        keep_method=transport.keep_method,
    )


def _told(moved: Request, first: Request, origin: Origin) -> list[str]:
    """What curl would have sent to the other origin, a sentence each."""
    from tui401.wire import places  # noqa: PLC0415 - only where an origin is crossed

    said: list[str] = []
    for located in places.locate(moved):
        if not located.counts or located.place is Place.PROXY:
            continue
        # curl drops these two by itself when the origin changes, unless --location-trusted says otherwise.
        by_curl = located.place is Place.AUTHORIZATION or (
            located.place is Place.COOKIE or located.place_name.lower() == "cookie"
        )
        if by_curl and not first.transport.trusted:
            continue
        what = f"the {located.place.value} {quoted(located.place_name)}" if located.place_name else "the credential"
        if located.place in {Place.AUTHORIZATION, Place.HEADER}:
            what = f"the header {quoted(located.place_name or 'Authorization')}"
        said.append(f"curl would have sent {what} on to {origin}; tui401 kept it back, since {first.origin} owns it.")
    if first.transport.cert_file is not None and origin != first.origin:
        said.append(f"curl would have shown the client certificate to {origin}; it was named for {first.origin} alone.")
    return list(dict.fromkeys(said))


def _stripped(moved: Request, first: Request) -> Request:
    """The request without any credential of the first one, wherever it stands."""
    from tui401.wire import places  # noqa: PLC0415 - only where an origin is crossed

    target = moved.target
    bare = places.without_credentials(replace(moved, target=Secret("/")))
    bare = bare.without("Authorization", "Cookie", "Proxy-Authorization")
    # What the server itself put into the address stays, a signed download link for example; what it echoes of the
    # person's credentials goes.
    values = [located.value.reveal() for located in places.locate(first)]
    return replace(bare, target=Secret(_without_echo(target.reveal(), values)))


def _without_hidden(bare: Request, origin: Origin) -> tuple[Request, list[str]]:
    """The request without what only its shape betrays: what a report would cover goes to no other origin."""
    from tui401.model.names import Names  # noqa: PLC0415 - only where an origin is crossed
    from tui401.wire import redact  # noqa: PLC0415 - the same

    shown = redact.request(bare, Names())
    gone = [
        header
        for place, header in enumerate(bare.headers)
        if place >= len(shown.headers) or _MARK in f"{shown.headers[place].name} {shown.headers[place].value}"
    ]
    told = [
        f"curl would have sent the header {quoted(header.name)} on to {origin}; tui401 kept it back, since it may hold"
        " a credential."
        for header in gone
        if header.provenance.origin is not From.DEFAULT
    ]
    left = replace(bare, headers=tuple(header for header in bare.headers if header not in gone))
    if bare.body is not None and (_MARK in shown.body or len(bare.body.reveal()) > redact.MAX_BODY):
        # A body that could not be looked through to its end counts as one that holds something.
        told.append(
            f"curl would have sent the body on to {origin}; tui401 kept it back, since it may hold a credential."
        )
        left = replace(left.without(*_BODY_HEADERS, "Content-Type"), body=None)
    return left, told


def _without_echo(target: str, values: Sequence[str]) -> str:
    sought = [value for value in dict.fromkeys(values) if len(value) >= _LEAST_TO_LOOK_FOR]
    if not any(_holds(target, value) for value in sought):
        return target
    path, mark, query = target.partition("?")
    pieces = [piece for piece in query.split("&") if not any(_holds(piece, value) for value in sought)]
    segments = ["" if any(_holds(part, value) for value in sought) else part for part in path.split("/")]
    path = "/".join(segments) or "/"
    return f"{path}?{'&'.join(pieces)}" if mark and pieces else path


def _holds(text: str, value: str) -> bool:
    plain = unquote(text)
    return value in text or value in plain or value in unquote(plain) or value in plain.replace("+", " ")
