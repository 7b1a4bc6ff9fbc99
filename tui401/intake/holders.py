"""Where a command's credential may have come from, though the shell has filled it in already: the environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui401.intake.core import note, plain
from tui401.model.http import Request
from tui401.model.shown import Note, Place
from tui401.wire import places
from tui401.wire.secretnames import Weight, weigh

_LEAST: Final = 12  # characters; shorter values are equal by chance
_HEADERS: Final = frozenset({Place.AUTHORIZATION, Place.HEADER})


def notes(request: Request, env: Mapping[str, str]) -> tuple[Note, ...]:
    """What the environment tells of a request's credentials: which variable holds one, which is set and empty.

    Args:
        request: As the shell made it.
        env: The environment; values are compared here and shown nowhere.
    """
    found: list[Note] = []
    for item in places.locate(request):
        value = item.value.reveal()
        where = item.place_name or item.place.value
        if len(value) >= _LEAST:
            name = next((name for name, held in env.items() if held.strip() in (value, f"Bearer {value}")), "")
            if plain(name):
                found.append(note("variable-holds", f"What stands in {plain(where)} is what ${plain(name)} holds."))
        elif not value and item.place in _HEADERS:
            found.append(_nothing(where, env))
    return tuple(found)


def _nothing(where: str, env: Mapping[str, str]) -> Note:
    """Why a value may be empty: a variable, or a keyring that could not be read."""
    empty = [plain(name) for name, held in env.items() if not held and weigh(name) >= Weight.TOKEN and plain(name)]
    says = f"Nothing stands in {plain(where)} where the credential should."
    if empty:
        says += f" ${empty[0]} is set and empty."
    says += " A variable that is not set, or a keyring or program that could not be read, leaves just that."
    return note("value-empty", says, "credential-placeholder")
