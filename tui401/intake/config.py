"""curl's configuration files: where ``.curlrc`` lies, and how their lines are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

_BLANK: Final = " \t\n\v\f\r"
_COMMENT: Final = "#/*"
_ESCAPES: Final = {"t": "\t", "n": "\n", "r": "\r", "v": "\v"}


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One line that says something. Its value may be a secret, so it has no repr.

    Attributes:
        option: As written: ``header``, ``--header`` or ``-H``.
        value: What follows, unquoted; None for nothing.
        line: Its number, from 1.
        unquoted: More words followed without quotes, which curl leaves out with a warning.
    """

    option: str
    value: str | None
    line: int
    unquoted: bool = False


def curlrc(env: Mapping[str, str], home: str, exists: Callable[[str], bool]) -> str | None:
    """The ``.curlrc`` that curl would read: the first that exists, in the order of curl's manual (``-K``).

    Args:
        env: The environment; CURL_HOME, XDG_CONFIG_HOME and HOME count.
        home: The home folder where HOME is not set.
        exists: Whether a file can be opened.
    """
    folders = [(env.get(name, ""), ".curlrc") for name in ("CURL_HOME", "XDG_CONFIG_HOME", "HOME")]
    if "XDG_CONFIG_HOME" not in env:
        folders += [(f"{env[name]}/.config", "curlrc") for name in ("CURL_HOME", "HOME") if env.get(name)]
    folders.append((home, ".curlrc"))
    return next((f"{folder}/{name}" for folder, name in folders if folder and exists(f"{folder}/{name}")), None)


def short_name(path: str, home: str) -> str:
    """The file's name for a person, with ``~`` for the home folder."""
    return f"~{path[len(home) :]}" if home and path.startswith(f"{home}/") else path


def entries(text: str) -> Iterator[Entry]:
    """The lines of a configuration file that say something, as curl reads them. Never raises."""
    for number, line in enumerate(text.split("\n"), start=1):
        rest = line.lstrip(_BLANK)
        if not rest or rest[0] in _COMMENT:
            continue
        # "=" and ":" part the name from its value too, unless the name is written with dashes.
        stops = _BLANK if rest[0] == "-" else _BLANK + "=:"
        end = next((at for at, char in enumerate(rest) if char in stops), len(rest))
        yield _entry(rest[:end], rest[end:].lstrip(stops), number)


def _entry(option: str, rest: str, number: int) -> Entry:
    if rest.startswith('"'):
        return Entry(option, _unquoted(rest[1:]), number)
    end = next((at for at, char in enumerate(rest) if char in _BLANK), len(rest))
    behind = rest[end:].lstrip(_BLANK)
    return Entry(option, rest[:end] or None, number, unquoted=bool(behind) and behind[0] != "#")


def _unquoted(rest: str) -> str:
    value: list[str] = []
    at = 0
    while at < len(rest) and rest[at] != '"':
        if rest[at] == "\\":
            at += 1
            if at < len(rest):
                value.append(_ESCAPES.get(rest[at], rest[at]))
        else:
            value.append(rest[at])
        at += 1
    return "".join(value)
