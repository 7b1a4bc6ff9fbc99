"""A request edited by hand: its lines as text, what a text means, undo and redo. Pure; it lives in memory only."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tui401.intake.address import parse
from tui401.intake.core import IntakeError
from tui401.model.http import From, Header, Origin, Provenance, Request, Transport
from tui401.model.secret import Secret

MAX_WRITTEN: Final = 32_768
"""Characters of a line or body that may be edited; what is longer is replaced whole or left as it is."""

_EDITED: Final = Provenance(From.EDIT, "by hand")
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_ADDRESS: Final = re.compile(r"https?://[^/?#]+", re.IGNORECASE)
_MOST_UNDONE: Final = 200


class DraftError(ValueError):
    """What was written cannot stand there. Its text is a sentence: what is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A request on its way to being sent, with the way back.

    Attributes:
        request: As it is written now.
        base: As it was sent last.
        past: Earlier states, the oldest first.
        future: States that were undone, the next one last.
    """

    request: Request
    base: Request
    past: tuple[Request, ...] = ()
    future: tuple[Request, ...] = ()

    @classmethod
    def of(cls, request: Request) -> Draft:
        """A draft that nothing was changed in yet."""
        return cls(request, request)

    @property
    def changed(self) -> bool:
        """Whether it differs from what was sent last."""
        return self.request != self.base

    def to(self, request: Request) -> Draft:
        """The draft with this request; the one before can be had back."""
        if request == self.request:
            return self
        return replace(self, request=request, past=(*self.past, self.request)[-_MOST_UNDONE:], future=())

    def undo(self) -> Draft:
        """The state before the last change, where there is one."""
        if not self.past:
            return self
        return replace(self, request=self.past[-1], past=self.past[:-1], future=(*self.future, self.request))

    def redo(self) -> Draft:
        """The state after the change that was undone last, where there is one."""
        if not self.future:
            return self
        return replace(self, request=self.future[-1], past=(*self.past, self.request), future=self.future[:-1])


# -- the request line ------------------------------------------------------------------------------------------------


def request_line(request: Request) -> Secret[str]:
    """``METHOD address``, exactly as it is sent."""
    return Secret(f"{request.method} {request.url.reveal()}")


def with_request_line(request: Request, text: Secret[str], way_to: Callable[[Origin], Transport]) -> Request:
    """The request with another method and address.

    Args:
        request: As it is.
        text: ``METHOD address``; the path and query are kept letter by letter.
        way_to: How a request travels to another origin: options such as ``-k`` hold for the command's own only.

    Raises:
        DraftError: when it is no method and address.
    """
    method, _, address = text.reveal().partition(" ")
    if not _TOKEN.fullmatch(method) or not address:
        raise DraftError("Write the method, one space and the address: GET https://api.example.com/v1/orders")
    front = _ADDRESS.match(address)
    if front is None:
        raise DraftError("The address begins with https:// or http://, and the host follows.")
    if "@" in front.group():
        raise DraftError("A user and password stand in an Authorization header, not in the address. Take them out.")
    if "#" in address:
        raise DraftError("What stands behind a # is never sent to a server. Take it out.")
    try:
        origin = parse(address, path_as_is=True).origin
    except IntakeError as error:
        raise DraftError(str(error)) from error
    target = address[front.end() :]
    target = target if target.startswith("/") else f"/{target}"
    moved = replace(request, method=method, origin=origin, target=Secret(target))
    if origin == request.origin:
        return moved
    kept = request.transport
    way = replace(
        way_to(origin),
        follow=kept.follow,
        connect_limit=kept.connect_limit,
        total_limit=kept.total_limit,
        http10=kept.http10,
        keep_method=kept.keep_method,
    )
    return replace(moved, transport=way)


# -- headers ---------------------------------------------------------------------------------------------------------


def header_line(header: Header) -> Secret[str]:
    """``Name: value``, exactly as it is sent."""
    return Secret(f"{header.name}: {header.value.reveal()}")


def read_header(text: Secret[str]) -> Header:
    """A header from its line. One space behind the colon separates; every further one belongs to the value.

    Raises:
        DraftError: when the line is no header.
    """
    name, colon, value = text.reveal().partition(":")
    if not colon or not _TOKEN.fullmatch(name):
        raise DraftError("A header is a name, a colon and a value: Accept: application/json")
    return Header(name, Secret(value.removeprefix(" ")), _EDITED)


def with_header_at(request: Request, at: int, text: Secret[str]) -> Request:
    """The request with the header at that place written anew; behind the last one it is added.

    Raises:
        DraftError: when the text is no header.
    """
    if at < len(request.headers) and header_line(request.headers[at]) == text:
        return request
    new = read_header(text)
    return replace(request, headers=(*request.headers[:at], new, *request.headers[at + 1 :]))


def without_header_at(request: Request, at: int) -> Request:
    """The request without the header at that place."""
    return replace(request, headers=(*request.headers[:at], *request.headers[at + 1 :]))


def with_header_moved(request: Request, at: int, by: int) -> Request:
    """The request with the header at that place moved up or down."""
    to = at + by
    if not 0 <= at < len(request.headers) or not 0 <= to < len(request.headers):
        return request
    headers = list(request.headers)
    headers.insert(to, headers.pop(at))
    return replace(request, headers=tuple(headers))


# -- the body --------------------------------------------------------------------------------------------------------


def body_text(request: Request) -> Secret[str] | None:
    """The body as text that gives the same bytes back; None where it is no text or too long to be edited."""
    if request.body is None:
        return Secret("")
    raw = request.body.reveal()
    if len(raw) > MAX_WRITTEN:
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return Secret(text)


def with_body(request: Request, text: Secret[str]) -> Request:
    """The request with this body; without any where the text is empty."""
    if request.body is not None and body_text(request) == text:
        return request
    raw = text.reveal().encode("utf-8", "surrogateescape")
    return replace(request, body=Secret(raw) if raw else None)


def length_stated(request: Request) -> tuple[str, int] | None:
    """What a Content-Length of the request's own says, and how long the body is, where the two differ."""
    said = next(iter(request.values("Content-Length")), None)
    length = len(request.body) if request.body is not None else 0
    if said is None or said.reveal().strip() == str(length):
        return None
    return said.reveal().strip()[:20], length
