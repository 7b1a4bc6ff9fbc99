"""What may stand before ``curl`` on a command's line, and what of it changes what curl sends."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tui401.intake.core import note, plain
from tui401.model.shown import Note

WRAPPERS: Final = frozenset(
    {
        *("sudo", "doas", "tui401", "diagnose", "time", "command", "builtin", "exec", "nohup", "env", "export"),
        *("noglob", "nice", "timeout", "stdbuf", "!", "then", "do"),
        *("proxychains", "proxychains4", "torsocks", "torify"),
    }
)
"""Words that run what stands behind them."""
ASSIGNMENT: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]{0,200})=")
_READ_BY_CURL: Final = re.compile(
    r"(?i)(?:https?|all|no)_proxy|CURL_HOME|CURL_CA_BUNDLE|SSL_CERT_FILE|HOME|XDG_CONFIG_HOME"
)
_AS_SOMEBODY: Final = frozenset({"sudo", "doas"})
_OTHER_WAY: Final = frozenset({"proxychains", "proxychains4", "torsocks", "torify"})
_MOST_BEFORE: Final = 20  # words that may stand before curl


@dataclass(frozen=True, slots=True, repr=False)
class Called:
    """A command line's words, taken apart at ``curl``. They may hold secrets, so it has no repr.

    Attributes:
        words: Those behind ``curl``.
        assigned: Variables that are set for this command alone.
        wrappers: The words that would run it.
    """

    words: tuple[str, ...]
    assigned: Mapping[str, str] = field(default_factory=dict)
    wrappers: tuple[str, ...] = ()


def is_curl(word: str) -> bool:
    """Whether a command's first word calls curl, maybe by its path."""
    name = word.replace("\\", "/").rpartition("/")[2].lower()
    return name in ("curl", "curl.exe")


def begins(word: str) -> bool:
    """Whether a word can stand before ``curl`` on its line."""
    return word in WRAPPERS or ASSIGNMENT.match(word) is not None


def called(words: Sequence[str]) -> Called | None:
    """The words of a line that calls curl, maybe behind assignments and wrappers; None for any other line."""
    at = next((place for place, word in enumerate(words[: _MOST_BEFORE + 1]) if is_curl(word)), None)
    if at is None or (at and not begins(words[0])):
        return None
    pairs = [(found[1], word[found.end() :]) for word in words[:at] if (found := ASSIGNMENT.match(word))]
    return Called(tuple(words[at + 1 :]), dict(pairs), tuple(word for word in words[:at] if word in WRAPPERS))


def for_curl(assigned: Mapping[str, str]) -> dict[str, str]:
    """Those variables that curl itself reads."""
    return {name: value for name, value in assigned.items() if _READ_BY_CURL.fullmatch(name)}


def notes(line: Called) -> list[Note]:
    """What of a line that a shell has expanded is done otherwise here, or was too late for the shell."""
    made = []
    for wrapper in dict.fromkeys(line.wrappers):
        if wrapper in _AS_SOMEBODY:
            says = f"{wrapper} was left out: the request is sent as you, with your own .curlrc and .netrc."
            made.append(note("wrapper-left-out", says))
        elif wrapper in _OTHER_WAY:
            says = f"{wrapper} was left out: the request goes without its proxy. -x names a proxy to curl."
            made.append(note("wrapper-left-out", says))
    for name in line.assigned:
        if not _READ_BY_CURL.fullmatch(name):
            says = (
                f"{plain(name) or 'A variable'} is set on the command's own line, and a shell fills it from before "
                "that. Set it on a line of its own."
            )
            made.append(note("variable-set-too-late", says, "credential-placeholder"))
    return made
