"""What a shell does to a command whose words are not quoted, as far as it can still be seen in them."""

from __future__ import annotations

import re
from typing import Final

from tui401.intake.core import IntakeError, note, plain
from tui401.intake.settings import Settings
from tui401.model.shown import Note

_SCHEME: Final = re.compile(r"(?i)bearer|basic|token|digest|dpop|apikey|negotiate|aws4-hmac-sha256")
_CARRIES: Final = re.compile(r"(?i)authorization|key|token|auth|secret|credential")
_LAST_PARAMETER: Final = re.compile(r"[^#&=]*=[^&#]*")


def notes(settings: Settings) -> list[Note]:
    """Headers whose value the shell took away, or that was empty from the start.

    Raises:
        IntakeError: when a credential stands where curl takes the address from.
    """
    made: list[Note] = []
    empty = [name for given in settings.headers if (name := _without_value(given.text))]
    strays = [given.text for given in settings.urls if _SCHEME.fullmatch(given.text)]
    if empty and strays:
        if strays[0] == settings.urls[0].text:
            raise IntakeError(_split_says(empty[0]))
        made.append(note("header-split", _split_says(empty[0]), "header-missing"))
    for given in settings.headers:
        name, colon, value = given.text.partition(":")
        # With a space behind the colon somebody meant to write a value; without one curl is told to send none.
        if colon and value and not value.strip(" \t") and _CARRIES.search(name):
            says = (
                f"Nothing stands behind {plain(name) or 'a header'}, so curl does not send it. A variable that is "
                "not set in this shell leaves just that."
            )
            made.append(note("header-empty", says, "header-missing"))
    return made


def cut_short(address: str) -> bool:
    """Whether an address ends as one does that a shell cut at an & outside quotes: right behind a parameter."""
    _, asked, query = address.partition("?")
    return bool(asked) and _LAST_PARAMETER.fullmatch(query) is not None


def _without_value(line: str) -> str:
    name, colon, value = line.partition(":")
    return name if colon and not value.strip(" \t") and _CARRIES.search(name) else ""


def _split_says(name: str) -> str:
    shown = plain(name) or "Authorization"
    return (
        f"The shell cut the header at its space, so that curl takes the rest for addresses. Quote it whole: "
        f'-H "{shown}: …".'
    )
