"""A raw HTTP request as text, maybe with its answer behind it, as browsers, proxies and documentation show them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tui401.intake import messages
from tui401.intake.core import note
from tui401.intake.variables import Filler
from tui401.model.http import Exchange, From, Hop, Request
from tui401.model.shown import Note

_ANSWER: Final = re.compile(r"(?m)^HTTP/[0-9](?:\.[0-9])? [1-5][0-9]{2}\b")
_PSEUDO: Final = re.compile(r"(?m)^:(?:method|authority|path|scheme)(?::|$)")


@dataclass(frozen=True, slots=True)
class Shown:
    """A request, the exchange where its answer stands behind it, and what was noticed."""

    request: Request
    seen: Exchange | None
    notes: tuple[Note, ...]


def is_request(text: str) -> bool:
    """Whether a text opens with a request line, or is a browser's list of HTTP/2 headers."""
    first, _, rest = text.partition("\n")
    opening = messages.REQUEST_LINE.fullmatch(first.rstrip())
    if opening:
        return opening[3] is not None or "://" in opening[2] or (opening[2].startswith("/") and ":" in rest[:2000])
    return first.startswith(":") and _PSEUDO.search(text[:2000]) is not None


def answer_in(text: str) -> int:
    """Where a text's first answer begins, -1 when there is none."""
    found = _ANSWER.search(text)
    return found.start() if found else -1


def read(text: str, filler: Filler) -> Shown:
    """Reads a raw request.

    Raises:
        IntakeError: It names no host.
    """
    at = answer_in(text)
    asked, answered = (text[:at], text[at:]) if at >= 0 else (text, "")
    top, _, body = asked.partition("\n\n")
    lines = top.split("\n")
    opening = messages.REQUEST_LINE.fullmatch(lines[0].rstrip())
    head = messages.head(lines[1:] if opening else lines, From.PASTE, filler)
    pseudo = dict(head.pseudo)
    method = opening[1] if opening else pseudo.get("method", "GET")
    target = filler.templates(opening[2] if opening else pseudo.get("path", "/"))[0]
    body = filler.templates(body.rstrip("\n") if at >= 0 else body)[0]
    request, guessed = messages.request(method, target, head, body, version=(opening[3] or "") if opening else "")
    notes: list[Note] = []
    if guessed:
        says = f"The request does not say whether it went by TLS; {request.origin.scheme}:// is taken."
        notes.append(note("scheme-guessed", says))
    return Shown(request, seen(request, answered), tuple(notes))


def seen(request: Request, answered: str) -> Exchange | None:
    """The exchange of a request and its answer's text; the last of several answers counts. None without one."""
    if not answered:
        return None
    starts = [found.start() for found in _ANSWER.finditer(answered)][:20]
    final = next((at for at in reversed(starts) if not _is_interim(answered, at)), -1)
    if final < 0:
        return None
    top, _, body = answered[final:].partition("\n\n")
    response = messages.response(top.split("\n"), body)
    return Exchange((Hop(request, response, 0.0, 0.0),)) if response else None


def _is_interim(text: str, at: int) -> bool:
    return text[at:].split(" ", 2)[1].startswith("1") if at == 0 else text[at : at + 14].split(" ")[1].startswith("1")
