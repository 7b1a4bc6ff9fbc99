"""Header lines of ``-H`` as curl sends them: with a value, empty, or taken away."""

from __future__ import annotations

from typing import Final

from tui401.intake.core import note, plain
from tui401.intake.settings import Settings
from tui401.model.http import From, Header, Provenance
from tui401.model.secret import Secret
from tui401.model.shown import Note

_SPACE: Final = " \t\n\v\f\r"
_JSON: Final = (("Content-Type", "application/json"), ("Accept", "application/json"))


def given_headers(settings: Settings, *, multipart: bool) -> tuple[list[Header], list[Note]]:
    """The header lines that were given, in order, without those that take a header away.

    Args:
        settings: What the options say.
        multipart: ``-F`` makes the content, so that its Content-Type is written by it.
    """
    lines: list[Header] = []
    notes: list[Note] = []
    host_done = False
    for given in settings.headers:
        name, value = _split(given.text)
        if value is None:
            if name is None:
                notes.append(_no_colon(given.text))
            continue
        if name is None or (multipart and name.lower() == "content-type"):
            continue
        if name.lower() == "host":
            if host_done:  # curl sends the first and never a second
                continue
            host_done = True
        if name != name.strip(_SPACE):
            notes.append(
                note(
                    "header-name-space",
                    f"The name of the header {plain(name.strip(_SPACE))} has a space beside it, and is sent so.",
                    "header-malformed" if name.strip(_SPACE).lower() == "authorization" else "",
                )
            )
        lines.append(Header(name, Secret(value), given.by))
    if settings.on("json"):
        by = settings.data_by or Provenance(From.COMMAND, "--json")
        lines += [Header(name, Secret(value), by) for name, value in _JSON if settings.header(name) is None]
    return lines, notes


def _split(line: str) -> tuple[str | None, str | None]:
    """Name and value. The value is None for a header that is not sent; the name is None for no header at all."""
    name, colon, value = line.partition(":")
    if colon:
        if not name:
            return None, None
        if not value.strip(_SPACE):
            return name, None
        return name, value.removeprefix(" ")
    name, semicolon, rest = line.partition(";")
    if semicolon and name and not rest.strip(_SPACE):
        return (name, "") if not rest else (name, None)
    return None, None


def _no_colon(line: str) -> Note:
    first = line.split(None, 1)[0].lower() if line.split() else ""
    about = "Authorization has no colon behind it" if first == "authorization" else "A header line of -H has no colon"
    return note(
        "header-without-colon",
        f"{about}, so it is no header and curl does not send it. Write Name: value.",
        "header-missing" if first in ("authorization", "bearer") else "",
    )
