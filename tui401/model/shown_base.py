"""Requests, answers and credentials as they may be seen. Redaction makes these; nothing else does."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NewType

import msgspec

from tui401.model.words import Defect, Shape

Redacted = NewType("Redacted", str)
"""Text that redaction has passed. Secrets in it stand as ``‹secret-1›``."""


class Shown(msgspec.Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    """The root of all types that may be shown, saved and read back."""


class HeaderShown(Shown, frozen=True, kw_only=True):
    """A header line after redaction."""

    name: str
    value: Redacted


class RequestShown(Shown, frozen=True, kw_only=True):
    """A request after redaction.

    Attributes:
        url: The whole address.
        body: Its text, bounded, or a phrase on its size where it is no text; "" for none.
    """

    method: str
    url: Redacted
    headers: tuple[HeaderShown, ...] = ()
    body: Redacted = Redacted("")

    def values(self, name: str) -> tuple[Redacted, ...]:
        """The values of all headers of that name."""
        return tuple(h.value for h in self.headers if h.name.lower() == name.lower())


class WayShown(Shown, frozen=True, kw_only=True):
    """How the bytes travel, as it may be seen (``Transport``); what is not said is as usual.

    Attributes:
        proxy: The forward proxy's address without userinfo; "" for none. ``proxy_credential``: it had one.
        locked: The client key had a passphrase.
    """

    verify: bool = True
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    locked: bool = False
    proxy: str = ""
    proxy_credential: bool = False
    resolve: tuple[tuple[str, int, str], ...] = ()
    follow: int = 0
    trusted: bool = False
    connect_limit: float = 10.0
    total_limit: float = 30.0
    http10: bool = False
    keep_method: bool = False


class ResponseShown(Shown, frozen=True, kw_only=True):
    """A response after redaction. ``signature`` is equal for two answers that say the same (judging.md)."""

    status: int
    headers: tuple[HeaderShown, ...] = ()
    body: Redacted = Redacted("")
    media_type: str = ""
    truncated: bool = False
    signature: str = ""

    def values(self, name: str) -> tuple[Redacted, ...]:
        """The values of all headers of that name."""
        return tuple(h.value for h in self.headers if h.name.lower() == name.lower())


class HopShown(Shown, frozen=True, kw_only=True):
    """One hop after redaction; times as in ``Hop``.

    Attributes:
        credential_sent: Whether any credential went along.
        certificate_asked: The server asked for a client certificate in the handshake; many ask and want none.
    """

    request: RequestShown
    response: ResponseShown | None = None
    started_at: float = 0.0
    elapsed: float = 0.0
    credential_sent: bool = False
    certificate_issuer: str = ""
    certificate_not_after: float | None = None
    certificate_asked: bool = False
    withheld: tuple[str, ...] = ()


class FailureShown(Shown, frozen=True, kw_only=True):
    """Why no answer came: a ``FailureKind`` and a sentence."""

    kind: str
    says: Redacted
    proxy_status: int | None = None


class Place(StrEnum):
    """Where a credential stands in a request."""

    AUTHORIZATION = "authorization"  # the Authorization header
    PROXY = "proxy"  # the Proxy-Authorization header
    HEADER = "header"  # another header
    QUERY = "query"
    COOKIE = "cookie"
    BODY = "body"
    PATH = "path"
    CERTIFICATE = "certificate"
    NONE = "none"


class TokenShown(Shown, frozen=True, kw_only=True):
    """A token taken apart (``TokenParts``), its claims bounded and free of secrets."""

    shape: Shape
    header: dict[str, Any] = {}
    claims: dict[str, Any] = {}
    defects: tuple[Defect, ...] = ()
    length: int = 0
    signature_bytes: int | None = None


class CredentialSeen(Shown, frozen=True, kw_only=True):
    """One credential that a request carries.

    Attributes:
        name: Its name in reports, ``secret-1``; "" where no value was sent.
        hint: Its last four characters where it is long enough to spare them.
        place: Where it stands; ``place_name`` is the header's, parameter's or cookie's name.
        scheme: The scheme as spelled; "" where there is none.
        family: ``bearer``, ``basic``, ``digest``, ``dpop``, ``api-key``, ``cookie``, ``signature``, ``negotiate``,
            ``raw`` (an Authorization value without a scheme) or ``other``, by place and scheme.
        prefix: A vendor's public key prefix, at most seven characters.
        user: The user name of Basic.
        defects: What is wrong with the value as a whole; offsets count in the header's value.
        masked: The header's value with all but structure masked, of equal length, so that defects can be marked.
        canonical_differs: Whether the same credential could be written more exactly.
        token: The token taken apart, where it can be one.
        came_from: Its provenance for a person: ``command (-H)``.
        origin: Its provenance's kind, a value of ``From``.
        leg: Which message of a handshake it is, from ``tui401.wire.handshake``; "" where it is none.
    """

    name: str
    place: Place
    place_name: str = ""
    hint: str = ""
    scheme: str = ""
    family: str = "other"
    prefix: str = ""
    user: Redacted = Redacted("")
    defects: tuple[Defect, ...] = ()
    masked: str = ""
    canonical_differs: bool = False
    token: TokenShown | None = None
    came_from: str = ""
    origin: str = ""
    leg: str = ""


class CredentialsSeen(Shown, frozen=True, kw_only=True):
    """All credentials of a request, the one that counts first."""

    credentials: tuple[CredentialSeen, ...]


class AnswerSeen(Shown, frozen=True, kw_only=True):
    """A send and what came: the original, or an experiment's variant.

    Attributes:
        label: ``original``, ``original-again``, ``anonymous``, ``garbage``, ``canonical``, ``bare``, ``fresh``, …
        varied: What differs from the original, for a person; "" for the original.
        hops: All hops, the last one being the answer.
        substitute: A safe method stood in for the original's: it never means that the original recovered.
    """

    label: str
    hops: tuple[HopShown, ...]
    varied: str = ""
    failure: FailureShown | None = None
    substitute: bool = False

    @property
    def response(self) -> ResponseShown | None:
        """The final response, or None when none came."""
        return self.hops[-1].response if self.hops and self.failure is None else None

    @property
    def status(self) -> int | None:
        """The final status, or None when no answer came."""
        response = self.response
        return response.status if response else None
