"""What refusals speak of and what they say of it, in the words of servers that nobody described (vocabulary.toml)."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

FILE: Final = "vocabulary.toml"


@dataclass(frozen=True, slots=True)
class Named:
    """Expressions in a text, each with the name of what it stands for.

    Attributes:
        pattern: All expressions in one, a group for each name; whole words only.
        names: The names, in the order of the groups.
    """

    pattern: re.Pattern[str]
    names: tuple[str, ...]

    def find(self, sentence: str) -> list[tuple[str, int, int]]:
        """The names in a sentence, each with where its expression begins and ends."""
        return [(self.names[(m.lastindex or 1) - 1], *m.span()) for m in self.pattern.finditer(sentence)]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words by which refusals are read that no dialect reads.

    Attributes:
        things: What is spoken of.
        states: What is said of it.
        advice: What tells somebody what to do.
        unsure: What makes a sentence one of several readings.
        translations: Words of other languages, under the word of the vocabulary that they mean.
    """

    things: Named
    states: Named
    advice: re.Pattern[str]
    unsure: re.Pattern[str]
    translations: Named

    def translated(self, sentence: str) -> str:
        """A sentence with its words of other languages written in English, the rest as it stands."""
        return self.translations.pattern.sub(
            lambda found: f" {self.translations.names[(found.lastindex or 1) - 1]} ", sentence
        )


@functools.cache
def load() -> Vocabulary:
    """The vocabulary, read and compiled once, and only where something has to be read with it."""
    found = tomllib.loads(resources.files("tui401.dialects").joinpath(FILE).read_text(encoding="utf-8"))
    return Vocabulary(
        things=_named(found["things"]),
        states=_named(found["states"]),
        advice=re.compile(found["advice"]),
        unsure=re.compile(found["unsure"]),
        translations=_named(found["translations"]),
    )


def _named(entries: list[dict[str, Any]]) -> Named:
    # Writing without spaces has no ends of words, so only a letter of Latin or Cyrillic forbids one beside it.
    pattern = "|".join(rf"((?<![a-z0-9à-ÿа-яё])(?:{entry['match']})(?![a-z0-9à-ÿа-яё]))" for entry in entries)
    return Named(re.compile(pattern), tuple(entry["name"] for entry in entries))
