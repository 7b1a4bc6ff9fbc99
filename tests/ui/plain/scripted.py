"""A terminal that answers from a script, by the words of a way and not by its number."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tui401.model.secret import Secret

_LINE = re.compile(r"(\d+)\. (.*)")


@dataclass
class Scripted:
    """Answers one question after another; at the end of the script there is no more input.

    Attributes:
        script: ``= words`` chooses the way that begins so; ``(nothing)`` is somebody who does not answer, and does
            ``meanwhile`` instead; anything else is typed as it stands.
        meanwhile: What they do.
        said: All lines.
        unseen: What was typed out of sight.
        asked: The prompts.
    """

    script: list[str]
    meanwhile: Callable[[], None] = lambda: None
    said: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _listed: dict[str, str] = field(default_factory=dict)

    def say(self, *said: str) -> None:
        for line in said:
            self.said.append(line)
            way = _LINE.fullmatch(line)
            if way is not None:
                self._listed = {way[2]: way[1]} if way[1] == "1" else {**self._listed, way[2]: way[1]}

    async def line(self, prompt: str) -> str | None:
        self.asked.append(prompt)
        if not self.script:
            return None
        word = self.script.pop(0)
        if word == "(nothing)":
            self.meanwhile()
            await asyncio.Event().wait()
        if not word.startswith("= "):
            return word
        found = [number for label, number in self._listed.items() if label.startswith(word[2:])]
        assert found, f"{word[2:]!r} is none of {list(self._listed)}"
        return found[0]

    async def secret(self, prompt: str) -> Secret[str] | None:
        self.asked.append(prompt)
        if not self.script:
            return None
        self.unseen.append(self.script.pop(0))
        return Secret(self.unseen[-1])

    async def paste(self, prompt: str) -> Secret[str] | None:
        return await self.secret(prompt)

    @property
    def text(self) -> str:
        return "\n".join(self.said)
