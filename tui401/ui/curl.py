"""A request as a curl command for a shell, its secrets as variables. Pure."""

from __future__ import annotations

import re
import shlex
from typing import Final

from tui401.model.http import Request
from tui401.model.secret import Secret
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


def live(request: Request) -> Secret[str] | None:
    """The command with its real values, for the clipboard after a yes; None where its body is no text."""
    way = request.transport
    parts = ["curl"]
    if request.method.upper() != "GET":
        parts.append(f"-X {shlex.quote(request.method)}")
    parts.append(shlex.quote(request.url.reveal()))
    parts += [f"-H {shlex.quote(_line(header.name, header.value.reveal()))}" for header in request.headers]
    if request.body is not None:
        try:
            parts.append(f"--data-binary {shlex.quote(request.body.reveal().decode())}")
        except UnicodeDecodeError:
            return None
    if way.proxy is not None:
        parts.append(f"-x {shlex.quote(way.proxy.url)}")
        if way.proxy.credential is not None:
            parts.append(f"-U {shlex.quote(way.proxy.credential.reveal())}")
    for option, value in (("--cacert", way.ca_file), ("--cert", way.cert_file), ("--key", way.key_file)):
        if value:
            parts.append(f"{option} {shlex.quote(value)}")
    parts += [f"--resolve {shlex.quote(f'{host}:{port}:{address}')}" for host, port, address in way.resolve]
    parts += [name for name, wanted in (("-k", not way.verify), ("-L", way.follow)) if wanted]
    return Secret(" \\\n  ".join(parts))


def _line(name: str, value: str) -> str:
    """A header as curl takes it: without a value it would leave the header out, a semicolon keeps it."""
    return f"{name}: {value}" if value else f"{name};"


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
