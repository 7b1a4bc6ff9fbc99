"""Answers as plain lines that dialects read: ``name: value``, whatever the body's format was."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

from tui401.model.shown import RequestShown, ResponseShown
from tui401.model.words import Challenge
from tui401.wire import bodies

MAX_TEXT: Final = 16_384  # characters; refusals are short, and what is behind is markup
MAX_CODED: Final = 160  # characters of a value that is read as words once more; codes and their sentences are short
OPENS, CLOSES = "\u27e6", "\u27e7"
"""Around the original of a line that was written apart; no server's words hold them."""
_TELLING: Final = re.compile(
    r"(?i)^grpc-message$|(?:^|[-_])(?:errors?|reasons?|messages?|failures?|diagnostics?"
    r"|error(?:code|message|type|desc\w*))"
    r"(?:[-_](?:code|message|description|reason|details?|type|text|info))?$"
)
_TELLING_NOTHING: Final = frozenset({"x-squid-error", "x-amzn-errortype", "x-ms-error-code", "x-b3-error"})
"""What proxies say of themselves, and codes that their servers' dialects read by name."""
_SPACES: Final = re.compile(r"[ \t\r\f\v\xa0]+")
_JOINED: Final = re.compile(r"[A-Za-z]_[A-Za-z]|[a-z][A-Z]|[A-Z][A-Z][a-z]")
_APART: Final = re.compile(r"_+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def challenges(found: Sequence[Challenge]) -> str:
    """The challenges as lines: ``scheme: Bearer``, then ``error: invalid_token`` and so on, names in lower case."""
    lines = []
    for challenge in found:
        lines.append(f"scheme: {challenge.scheme}")
        lines += [f"{name.lower()}: {_line(value)}" for name, value in challenge.params]
    spelled = ((name.lower(), value) for challenge in found for name, value in challenge.params)
    return "\n".join([*lines, *_coded(spelled)])[:MAX_TEXT]


def headers(response: ResponseShown) -> str:
    """The response's header lines, names in lower case, percent-encoding undone (some servers encode sentences)."""
    lines = (f"{h.name.lower()}: {_line(unquote(h.value) if '%20' in h.value else h.value)}" for h in response.headers)
    return "\n".join(lines)[:MAX_TEXT]


def telling(response: ResponseShown) -> str:
    """The header lines that are named for why, as lines of a body: ``grpc-message``, ``X-Error-Message``."""
    lines = (f"{h.name.lower()}: {_line(unquote(h.value))}" for h in response.headers if _tells(h.name))
    return "\n".join(lines)[:MAX_TEXT]


@functools.lru_cache(maxsize=1024)
def _tells(name: str) -> bool:
    return _TELLING.search(name) is not None and name.lower() not in _TELLING_NOTHING


def body(response: ResponseShown) -> str:
    """The body as lines: JSON leaves as ``path: value``, XML and HTML as ``tag: text``, anything else as it stands."""
    return plain(response.body, response.media_type)


def plain(text: str, media_type: str = "") -> str:
    """A text of any format as lines, bounded by MAX_TEXT."""
    read = bodies.read(text[: 4 * MAX_TEXT], media_type)
    named = read.kind not in (bodies.Kind.TEXT, bodies.Kind.EMPTY)
    lines = [f"{path}: {_line(leaf)}" if named and path else _line(leaf) for path, leaf in read.texts]
    return "\n".join([*lines, *_coded(read.texts)])[:MAX_TEXT]


def _coded(values: Iterable[tuple[str, str]]) -> list[str]:
    """Codes as words, each with its original: ``key_expired`` and ``KeyExpired`` say what “key expired” says.

    So do names of what is true: ``"invalidToken": true``.
    """
    apart = []
    for name, value in values:
        if len(value) <= MAX_CODED and _JOINED.search(value):
            line = _line(value)
            apart.append(f"{name}: {_line(_APART.sub(' ', line))} {OPENS}{line}{CLOSES}")
        elif value == "true":
            last = name.rpartition(".")[2]
            if _JOINED.search(last):
                apart.append(f"{name}: {_line(_APART.sub(' ', last))} {OPENS}{last}: true{CLOSES}")
    return apart


def place(request: RequestShown) -> tuple[str, str]:
    """Host (with a port where one is given) and path with query of the request, in lower case."""
    try:
        parts = urlsplit(request.url)
        host = parts.netloc.rpartition("@")[2].lower()
    except ValueError:
        return "", ""
    path = parts.path or "/"
    return host, (f"{path}?{parts.query}" if parts.query else path)[:2048]


def _line(text: str) -> str:
    return _SPACES.sub(" ", text.replace("\r", " ").replace("\n", " ")).strip()
