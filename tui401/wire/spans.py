"""Where secrets stand in a text that is being written: a header line, a request line, a body. Pure.

Redaction covers a text that is whole; a hand writes it letter by letter, and no letter of a secret may show meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tui401.model.names import Names
from tui401.wire import authorization, schemes
from tui401.wire.echo import Span
from tui401.wire.redact_header import in_header
from tui401.wire.redact_text import Found, in_body, in_target, in_url
from tui401.wire.secretnames import Weight, is_key_header
from tui401.wire.veil import Veil

_WORD: Final = re.compile(r"[^\s\"'<>,;:=&?/]{6,}+")  # a run without a break; a key has at least so many characters
_DIGIT: Final = re.compile(r"[0-9]")
_CREDENTIAL_HEADERS: Final = frozenset({"authorization", "proxy-authorization"})
_SCHEMES: Final = ("bearer", "basic", "digest", "dpop", "token", "negotiate", "apikey")  # while one is being written


def of_header_line(line: str, names: Names, *, at: int | None = None) -> list[Span]:
    """The spans to cover in ``Name: value``, each with its mark; in order and apart from one another.

    Args:
        line: The line as it stands now.
        names: The names of the case's secrets; no name is given here.
        at: Where the hand is writing, None for nowhere.
    """
    name, colon, value = line.partition(":")
    if not colon:
        return _covered(line, (), names)
    start = len(name) + 1
    name = name.strip()
    found = [_moved(item, start) for item in (*in_header(name, value, ours=True), *_credential(name, value))]
    if name.lower() in _CREDENTIAL_HEADERS:
        found = [item for item in found if not _begins_a_scheme(value, item.value)]
    if at is not None:
        found += [item for item in _under_the_hand(line, at) if item.start >= start]
    return _covered(line, found, names)


def of_request_line(line: str, names: Names) -> list[Span]:
    """The same for ``METHOD address``."""
    method, space, address = line.partition(" ")
    if not space:
        return _covered(line, (), names)
    start = len(method) + 1
    inside = in_url(line, start, len(line)) if "://" in address else in_target(line, start, len(line))
    return _covered(line, inside, names)


def of_body(text: str, kind: str, names: Names) -> list[Span]:
    """The same for a body's text. ``kind``: its media type in lower case, or ""."""
    return _covered(text, in_body(text, kind, ours=True), names)


def _credential(name: str, value: str) -> Iterable[Found]:
    """The whole of what stands in a credential's place, also where it is too short yet to look like one."""
    bare = is_key_header(name)
    if name.lower() not in _CREDENTIAL_HEADERS and not bare:
        return
    parsed = authorization.take_apart(value, bare=bare and name.lower() not in _CREDENTIAL_HEADERS)
    start, end = parsed.credential_span
    text = value[start:end]
    if not text or not parsed.usable or schemes.has_parameters(parsed.scheme, text):
        return
    yield Found(start, end, text, Weight.ALWAYS)


def _begins_a_scheme(value: str, text: str) -> bool:
    """Whether all that stands there is the beginning of a scheme's name, which may be seen while it is written."""
    return value.strip() == text and any(scheme.startswith(text.lower()) for scheme in _SCHEMES)


def _under_the_hand(line: str, at: int) -> Iterable[Found]:
    """The word that is being written, once it may become a key: letters with a digit among them."""
    for found in _WORD.finditer(line):
        if found.start() <= at <= found.end() and _DIGIT.search(found.group()):
            yield Found(found.start(), found.end(), found.group(), Weight.TOKEN)


def _moved(item: Found, by: int) -> Found:
    return Found(item.start + by, item.end + by, item.value, item.weight)


def _covered(text: str, found: Iterable[Found], names: Names) -> list[Span]:
    veil = Veil(names)
    return veil.spans(text, veil.learn(found))
