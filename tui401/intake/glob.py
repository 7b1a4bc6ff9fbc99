"""curl's address patterns: ``{a,b}`` and ``[1-3]`` stand for several addresses. The first one is taken."""

from __future__ import annotations

import re
from typing import Final

from tui401.intake.core import IntakeError

_HINT: Final = "Put a backslash before it, or add -g if it belongs to the address."
_NUMBERS: Final = re.compile(r"([0-9]{1,18})-([0-9]{1,18})(?::[0-9]{1,18})?\]")
_LETTERS: Final = re.compile(r"([A-Za-z])-([A-Za-z])(?::[0-9]{1,18})?\]")
_IPV6: Final = re.compile(r"\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[^\]\[{}]{0,40})?\]")


def first(url: str) -> tuple[str, bool]:
    """The first of the addresses that a pattern stands for.

    Args:
        url: An address, maybe with braces and brackets.

    Returns:
        The address, and whether the pattern stands for more than one.

    Raises:
        IntakeError: A brace or bracket that closes nothing or is never closed.
    """
    made: list[str] = []
    several = False
    at = 0
    while at < len(url):
        char = url[at]
        if char == "\\" and url[at + 1 : at + 2] in ("{", "[", "}", "]") and at + 1 < len(url):
            made.append(url[at + 1])
            at += 2
        elif char == "{":
            text, at, more = _set(url, at + 1)
            made.append(text)
            several = several or more
        elif char == "[":
            text, at, more = _range(url, at)
            made.append(text)
            several = several or more
        elif char in "}]":
            raise IntakeError(
                f"The address has a closing brace or bracket, as its character {at + 1}, that closes nothing. {_HINT}"
            )
        else:
            made.append(char)
            at += 1
    return "".join(made), several


def opens(url: str) -> bool:
    """Whether an address holds a sign that would open a pattern."""
    return "{" in url or "[" in _IPV6.sub("", url)


def _set(url: str, at: int) -> tuple[str, int, bool]:
    end = at
    item: list[str] = []
    items: list[str] = []
    while end < len(url):
        char = url[end]
        if char == "\\" and end + 1 < len(url):
            item.append(url[end + 1])
            end += 2
            continue
        if char in "{[":
            raise IntakeError(
                f"The address has a brace inside a brace, as its character {end + 1}. "
                "If {{…}} is a placeholder, put its value there; else add -g."
            )
        if char == "]":
            raise IntakeError(f"The address has a stray bracket, as its character {end + 1}. {_HINT}")
        end += 1
        if char in ",}":
            items.append("".join(item))
            item = []
            if char == "}":
                if len(items) == 1 and not items[0]:
                    raise IntakeError(f"The address has an empty pair of braces, at its character {at}. {_HINT}")
                return items[0], end, len(items) > 1
            continue
        item.append(char)
    raise IntakeError(f"The address has a brace, as its character {at}, that is never closed. {_HINT}")


def _range(url: str, at: int) -> tuple[str, int, bool]:
    literal = _IPV6.match(url, at)
    if literal or url.startswith("[]", at):
        end = literal.end() if literal else at + 2
        return url[at:end], end, False
    numbers = _NUMBERS.match(url, at + 1)
    if numbers and int(numbers[1]) <= int(numbers[2]):
        return numbers[1], numbers.end(), numbers[1] != numbers[2]
    letters = _LETTERS.match(url, at + 1)
    if letters and letters[1] <= letters[2]:
        return letters[1], letters.end(), letters[1] != letters[2]
    raise IntakeError(
        f"The address has a bracket, as its character {at + 1}, that opens no range such as [1-3]. {_HINT}"
    )
