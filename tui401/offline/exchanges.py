"""Exchanges as other programs hold them: objects of HTTP clients, and plain records; made into what is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from tui401.intake.harentry import BadEntryError, Entry, entry_from, hop_of
from tui401.model.http import Hop

_MOST_HOPS: Final = 20
_PARTS: Final = ("method", "url", "status", "request_headers", "response_headers", "request_body", "response_body")


def hops_of(request: Any, response: Any, at: datetime | float | None, now: float) -> list[Hop]:
    """The hops that a client's objects show; those of a redirect stand in the response's history.

    Args:
        request: Anything with ``method``, ``url`` and ``headers``, and a body as ``content`` or ``body``.
        response: Anything with ``status_code`` or ``status``, ``headers`` and ``content``.
        at: When the answer had come; None for ``now``.
        now: This moment, seconds since the epoch.

    Raises:
        ValueError: for objects that lack one of these.
    """
    ended = now if at is None else at.timestamp() if isinstance(at, datetime) else float(at)
    elapsed = _elapsed(response)
    pairs = [(getattr(one, "request", None) or request, one) for one in _history(response)]
    made = [_entry(asked, came, ended - elapsed, elapsed) for asked, came in [*pairs, (request, response)]]
    try:
        return [hop_of(entry) for entry in made]
    except BadEntryError as error:
        raise ValueError(f"The exchange {error}") from error


def _history(response: Any) -> list[Any]:
    found = getattr(response, "history", None)
    return list(found)[:_MOST_HOPS] if isinstance(found, list | tuple) else []


def _elapsed(response: Any) -> float:
    found = _tried(lambda: response.elapsed)  # httpx raises while the answer is not closed
    return found.total_seconds() if isinstance(found, timedelta) else 0.0


def _tried(read: Callable[[], Any]) -> Any:
    """What an attribute gives; None where it is not there, or where the client says that it is not there yet."""
    try:
        return read()
    except (AttributeError, RuntimeError, TypeError):
        return None


def _entry(request: Any, response: Any, started: float, elapsed: float) -> Entry:
    status = _first(response, "status_code", "status")
    if request is None or _first(request, "url") is None:
        raise ValueError("The request has no “url”. Give the request that was sent, or a response that knows its own.")
    if not isinstance(status, int):
        raise ValueError("The response has neither “status_code” nor “status” as a number.")  # noqa: TRY004 - one error for all that lacks
    content = _first(response, "content", "body")
    return _made(
        {
            "method": str(_first(request, "method") or "GET"),
            "url": str(request.url),
            "status": status,
            "request_headers": _pairs(getattr(request, "headers", None)),
            "response_headers": _pairs(getattr(response, "headers", None)),
            "request_body": _first(request, "content", "body"),
            "response_body": content,
        },
        started,
        elapsed,
    )


def _first(holder: Any, *names: str) -> Any:
    for name in names:
        found = _tried(lambda name=name: getattr(holder, name))  # type: ignore[misc] # bound at once
        if found is not None and not callable(found):
            return found
    return None


def _pairs(headers: Any) -> list[tuple[str, str]]:
    """Header lines, every one of a name that comes several times."""
    if headers is None:
        return []
    many = getattr(headers, "multi_items", None)
    items: Iterable[Any] = many() if callable(many) else headers.items() if hasattr(headers, "items") else headers
    made = []
    for name, value in items:
        for one in value if isinstance(value, list | tuple) else (value,):
            made.append((_text(name), _text(one)))
    return made


def _text(value: Any) -> str:
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "replace")
    return value if isinstance(value, str) else "" if value is None else str(value)


def _body(value: Any) -> str:
    if isinstance(value, Mapping | list):
        return msgspec.json.encode(value).decode()
    return _text(value) if isinstance(value, str | bytes | bytearray) else ""


def _made(record: Mapping[str, Any], started: float, elapsed: float) -> Entry:
    body = _body(record.get("request_body"))
    made = entry_from(
        {
            "request": {
                "method": record.get("method") or "GET",
                "url": record.get("url"),
                "headers": [{"name": n, "value": v} for n, v in _pairs(record.get("request_headers"))],
                "postData": {"text": body} if body else None,
            },
            "response": {
                "status": record.get("status"),
                "headers": [{"name": n, "value": v} for n, v in _pairs(record.get("response_headers"))],
                "content": {"text": _body(record.get("response_body"))},
            },
            "time": elapsed * 1000,
        }
    )
    if started > 0:
        made.startedDateTime = datetime.fromtimestamp(started).astimezone().isoformat()
    return made


def entry_of(record: Mapping[str, Any]) -> tuple[Entry, bool]:
    """A plain record as an entry, and whether credentials that are not there may have been left out.

    Args:
        record: ``method``, ``url``, ``status``, ``request_headers``, ``response_headers`` (mappings or pairs),
            ``request_body``, ``response_body`` (texts, bytes or JSON), ``at`` (when it was sent: seconds since the
            epoch, an ISO 8601 text or a datetime) and ``elapsed`` (seconds). Only ``url`` and ``status`` must be there.
            A record without ``request_headers`` does not say what was sent, so no credential is called missing. An
            entry of a HAR is a record, too.

    Raises:
        ValueError: for a record that lacks them.
    """
    try:
        if isinstance(record.get("request"), Mapping):
            return entry_from(dict(record)), False
        at = record.get("at")
        if isinstance(at, str):
            at = datetime.fromisoformat(at)
        started = at.timestamp() if isinstance(at, datetime) else 0.0 if at is None else float(at)
        made = _made(record, started, float(record.get("elapsed") or 0.0))
    except BadEntryError as error:
        raise ValueError(f"The record {error}") from error
    except (TypeError, AttributeError) as error:
        raise ValueError(f"The record holds a value of a kind that {', '.join(_PARTS)} never have.") from error
    return made, record.get("request_headers") is None
