"""A request as a curl command for a shell, its secrets as variables. Pure; it is made from redacted types only."""

from __future__ import annotations

import re
import shlex
from typing import Final

from tui401.model.shown import RequestShown

_MARK: Final = re.compile(r"‹secret-(\d{1,6})›")
_BODY_IS_TEXT: Final = 20_000


def command(request: RequestShown) -> str:
    """The command. ``‹secret-1›`` becomes ``$SECRET_1``, which whoever pastes it sets first."""
    parts = ["curl"]
    if request.method.upper() != "GET":
        parts.append(f"-X {shlex.quote(request.method)}")
    parts.append(_quoted(request.url))
    parts += [f"-H {_quoted(f'{header.name}: {header.value}')}" for header in request.headers]
    if request.body and len(request.body) <= _BODY_IS_TEXT:
        parts.append(f"--data-raw {_quoted(request.body)}")
    return " \\\n  ".join(parts)


def _quoted(text: str) -> str:
    """Quoted for a POSIX shell; only our own variables are expanded in it."""
    pieces: list[str] = []
    at = 0
    for match in _MARK.finditer(text):
        if match.start() > at:
            pieces.append(shlex.quote(text[at : match.start()]))
        pieces.append(f'"$SECRET_{match[1]}"')
        at = match.end()
    if at < len(text) or not pieces:
        pieces.append(shlex.quote(text[at:]))
    return "".join(pieces)
