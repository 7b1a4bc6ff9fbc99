"""How each parser of the fuzz table is called, where that takes more than its input."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from tui401.intake import (
    argv,
    called,
    harentry,
    harfile,
    paste,
)
from tui401.intake.core import IntakeError, World
from tui401.intake.files import Files
from tui401.intake.variables import Filler
from tui401.model.http import From, Provenance
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.wire import (
    around,
    echo,
    places,
    redact,
    refill,
    seen,
    signing,
)
from tui401.wire.tokentext import TokenText
from tui401.wire.veil import Veil

ENV: Final = {"TOKEN": "tok-0123456789", "HOME": "/nowhere", "https_proxy": "http://p:1", "no_proxy": "localhost"}
HOME: Final = "/nowhere"
KINDS: Final = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/html",
    "text/xml",
    "",
)


@dataclass(frozen=True, slots=True)
class Parser:
    """One parser.

    Attributes:
        call: Gives it an input.
        raises: What it declares to raise.
        takes: ``text``, ``claims``, ``request``, ``response``, ``exchange`` or ``words``.
    """

    call: Callable[[Any], object]
    raises: tuple[type[Exception], ...] = ()
    takes: str = "text"


def filler() -> Filler:
    return Filler(ENV, {})


def world() -> Files:
    return Files(World(env=ENV, home=HOME, cwd=HOME, stdin=b"x=1\n"))


def argv_of(words: list[str]) -> object:
    return argv.from_argv(["-q", *words], env=ENV, home=HOME, cwd=HOME, stdin=b"x=1\n")


def from_text(text: str) -> object:
    intake = paste.from_text(text, env=ENV, home=HOME, cwd=HOME)
    for name in (*intake.unfilled, *intake.prompts):
        intake = paste.fill(intake, name, Secret("value"))
    return paste.read_files(intake).shown()


def called_of(words: list[str]) -> object:
    line = called.called(["sudo", "A=b", "NO_PROXY=x", *words, "curl", *words])
    return (called.for_curl(line.assigned), called.notes(line)) if line is not None else None


def har_of(text: str) -> object:
    """The text as a HAR file, and as the body of an entry of one."""
    made = []
    for raw in (text, '{"log":{"version":"1.2","entries":[' + text + "]}}"):
        with io.BytesIO(raw.encode("utf-8", "surrogatepass")) as source:
            try:
                made.append(list(harfile.HarFile(source, "x.har", block=64).runs()))
            except IntakeError as error:
                made.append([error])  # type: ignore[list-item] # told and kept
    return made


def entry_of(value: Any) -> object:
    entry = harentry.entry_from(value)
    if not harentry.is_http(entry):
        return None
    return harentry.hop_of(entry), harentry.started(entry), harentry.request_body(entry.request.postData)


def located(call: Callable[[Any, places.Located], object]) -> Callable[[Any], object]:
    """Calls it with each credential that was found in a request."""
    return lambda request: [call(request, found) for found in places.locate(request)]


def refilled(request: Any) -> object:
    names = Names()
    shown, way = redact.request(request, names), refill.way_of(request.transport)
    given = {item.key: Secret("given-0123456789") for item in refill.missing(shown, way)}
    return refill.filled(shown, way, given)


def signed(request: Any) -> object:
    shown = redact.request(request, Names())
    found = signing.read(shown)
    return signing.absent(shown, found) if found is not None else None


def credential_of(request: Any, found: places.Located) -> object:
    names = Names()
    seen.name(found, names)
    return seen.matters(found), seen.credential(found, request, names, Veil(names))


def cut_of(text: str) -> object:
    cut = around.Cut(text)
    cut.trim()
    cut.unwrap(names=True)
    cut.inside("token-malformed", spaces=True)
    return cut.text


def pieces_of(text: str) -> object:
    found = TokenText.of(text)
    return found.raw(2), [(piece.at, piece.length, piece.offset(1)) for piece in found.pieces(5)]


def echo_of(text: str) -> object:
    found = echo.Echo()
    found.add("c4n4ry-0123456789abcdef", "‹secret-1›")
    found.add(text[:200], "‹secret-2›")
    return found.find(text)


def each_kind(call: Callable[[str, str], object]) -> Callable[[str], object]:
    return lambda text: [consumed(call(text, kind)) for kind in KINDS]


def consumed(value: object) -> object:
    """The value; an iterator run to its end."""
    return list(value) if isinstance(value, Iterator) else value


BY: Final = Provenance(From.PASTE, "a test")
WORDS: Final = (IntakeError,)
