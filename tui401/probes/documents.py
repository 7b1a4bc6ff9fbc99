"""JSON documents from strangers: fetched, bounded, and never an exception."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from tui401.model.http import Exchange, FailureKind, Peer
from tui401.probes.failures import quoted
from tui401.wire import textjson

MAX_TEXT: Final = 2_048  # characters of an address or a name
MAX_LISTED: Final = 200  # entries of a list

_KINDS: Final = {FailureKind.TIMEOUT: "timeout", FailureKind.UNSENDABLE: "forbidden"}


@dataclass(frozen=True, slots=True)
class Document:
    """What a fetch brought.

    Attributes:
        fields: The object's members, {} where there is a problem.
        status: The status, None when no answer came.
        latency: Seconds.
        failure: "" or ``unreachable``, ``timeout``, ``status``, ``not-metadata``, ``forbidden``.
        problem: A sentence where there is a failure.
        certificate_not_after: When the server's certificate ends, seconds since the epoch; None where not known.
    """

    fields: dict[str, Any]
    status: int | None = None
    latency: float = 0.0
    failure: str = ""
    problem: str = ""
    certificate_not_after: float | None = None


def read(exchange: Exchange, url: str, what: str) -> Document:
    """The JSON object in an answer.

    Args:
        exchange: As ``Client.fetch`` gave it.
        url: The address, for sentences; without its query.
        what: What was asked for, for sentences: "metadata", "keys".
    """
    peer = exchange.hops[-1].peer if exchange.hops else Peer()
    return replace(_read(exchange, url, what), certificate_not_after=peer.certificate_not_after)


def _read(exchange: Exchange, url: str, what: str) -> Document:
    latency = exchange.hops[-1].elapsed if exchange.hops else 0.0
    shown = quoted(url.partition("?")[0])
    if exchange.failure is not None:
        kind = _KINDS.get(exchange.failure.kind, "unreachable")
        return Document({}, None, latency, kind, exchange.failure.says)
    response = exchange.response
    if response is None:
        return Document({}, None, latency, "unreachable", f"{shown} did not answer.")
    status = response.status
    if 300 <= status < 400:
        says = f"{shown} answers with a redirect ({status}) instead of {what}. It was not followed."
        return Document({}, status, latency, "status", says)
    if not 200 <= status < 300:
        return Document({}, status, latency, "status", f"{shown} answers {status} instead of {what}.")
    if response.truncated:
        return Document({}, status, latency, "not-metadata", f"What {shown} sends is too long or broke off.")
    decoded = textjson.decode(response.body.reveal().decode("utf-8-sig", "replace"))
    if not isinstance(decoded.value, dict):
        return Document({}, status, latency, "not-metadata", f"What {shown} sends is not a JSON object with {what}.")
    return Document(decoded.value, status, latency)


def text(fields: dict[str, Any], name: str) -> str:
    """A member that is a text of one printable line, else ""."""
    return line(fields.get(name))


def line(value: object) -> str:
    """A text of one printable line and bounded length, else ""."""
    return value if isinstance(value, str) and len(value) <= MAX_TEXT and value.isprintable() else ""


def texts(fields: dict[str, Any], name: str) -> tuple[str, ...]:
    """A member that is a list of texts; whatever else stands in it is left out."""
    value = fields.get(name)
    if not isinstance(value, list):
        return ()
    return tuple(found for found in (line(entry) for entry in value[:MAX_LISTED]) if found)
