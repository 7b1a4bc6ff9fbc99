"""A case as it is saved and replayed: redacted evidence and events, to JSON and back."""

from __future__ import annotations

from typing import Final

import msgspec

from tui401.model.events import Event
from tui401.model.shown import CredentialChange, Evidence, LeastScopesSeen, Shown

SCHEMA: Final = 1


class SavedCase(Shown, frozen=True, kw_only=True):
    """A case that can be judged again. ``attempt`` is the one that the evidence is judged for."""

    case: str
    attempt: int
    evidence: tuple[Evidence, ...]
    events: tuple[Event, ...] = ()
    schema: int = SCHEMA


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(SavedCase)
_LEAST: Final = msgspec.json.Decoder(LeastScopesSeen)
_CHANGE: Final = msgspec.json.Decoder(CredentialChange)
_EVENT: Final[msgspec.json.Decoder[Event]] = msgspec.json.Decoder(Event)
# A document that is nested too deeply ends the decoder in the last of these.
_WRONG: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def encode(shown: Shown) -> bytes:
    """The JSON of something that may be seen.

    Raises:
        TypeError: for anything that holds a ``Secret`` or another live type.
    """
    if not isinstance(shown, Shown):
        raise TypeError(f"{type(shown).__name__} may not leave memory: only redacted types can be encoded")
    return _ENCODER.encode(shown)


def decode_case(data: bytes) -> SavedCase:
    """A saved case from its JSON.

    Raises:
        ValueError: with a sentence that says what is wrong and where in the document.
    """
    try:
        return _DECODER.decode(data)
    except _WRONG as error:
        raise ValueError(f"This is not a saved case: {error}.") from error


def decode_event(data: bytes) -> Event:
    """An event from its JSON.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    try:
        return _EVENT.decode(data)
    except _WRONG as error:
        raise ValueError(f"This is not an event of a case: {error}.") from error


def decode_change(data: bytes) -> CredentialChange:
    """A line of the change log from its JSON.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    try:
        return _CHANGE.decode(data)
    except _WRONG as error:
        raise ValueError(f"This is no line of a change log: {error}.") from error


def decode_least(data: bytes) -> LeastScopesSeen:
    """What a search for the least scopes found, from its JSON.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    try:
        return _LEAST.decode(data)
    except _WRONG as error:
        raise ValueError(f"This is nothing that a search for scopes found: {error}.") from error
