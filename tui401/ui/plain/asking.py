"""Questions as numbered lines, and the answers to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from tui401.ui.plain.lines import spoken, stopped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui401.model.secret import Secret
    from tui401.ui.plain.terminal import Terminal

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class GoneError(Exception):
    """There is no more input, or the person wants to leave."""


@dataclass(frozen=True, slots=True)
class Way(Generic[T_co]):
    """One of the numbered ways: what it is, and what choosing it gives."""

    label: str
    gives: T_co


class Asker:
    """Asks on a terminal.

    Args:
        terminal: Where.
    """

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def say(self, said: Iterable[str]) -> None:
        """Says lines that are fit to be said already."""
        self.terminal.say(*said)

    async def choose(
        self, title: str, ways: Sequence[Way[T]], *, obvious: bool = False, hints: Mapping[str, str] | None = None
    ) -> T:
        """What the chosen way gives.

        Args:
            title: The question.
            ways: The ways, the obvious one first.
            obvious: An empty line takes the first; never where that sends something.
            hints: Last characters of named secrets.

        Raises:
            GoneError: for ``q``, and at the end of the input.
        """
        self._list(title, ways, hints)
        enter = ", Enter for 1" if obvious else ""
        prompt = f"Type a number from 1 to {len(ways)}{enter}, ? to hear them again, or q to leave: "
        while True:
            said = await self.terminal.line(prompt)
            if said is None or said.strip().lower() in ("q", "quit"):
                raise GoneError
            word = said.strip().rstrip(".")
            if word == "?":
                self._list(title, ways, hints)
            elif not word and obvious:
                return ways[0].gives
            elif word.isascii() and word.isdigit() and 1 <= int(word[:6]) <= len(ways):
                return ways[int(word[:6]) - 1].gives
            else:
                self.terminal.say(f"That is none of the numbers from 1 to {len(ways)}.")

    def _list(self, title: str, ways: Sequence[Way[T]], hints: Mapping[str, str] | None) -> None:
        self.terminal.say("", stopped(spoken(title, hints)))
        self.terminal.say(*(f"{number}. {stopped(spoken(way.label, hints))}" for number, way in enumerate(ways, 1)))

    async def words(self, prompt: str) -> str:
        """A line in sight; "" where none was written.

        Raises:
            GoneError: at the end of the input.
        """
        said = await self.terminal.line(prompt)
        if said is None:
            raise GoneError
        return said.strip()

    async def secret(self, prompt: str) -> Secret[str]:
        """A value out of sight; empty where none was given.

        Raises:
            GoneError: at the end of the input.
        """
        given = await self.terminal.secret(prompt)
        if given is None:
            raise GoneError
        return given
