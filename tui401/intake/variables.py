"""Variables and templates in a pasted text: filled from the environment, said so, or listed for a masked prompt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tui401.intake.core import note, plain
from tui401.model.http import From
from tui401.model.secret import Secret
from tui401.model.shown import Note

MAX_UNFILLED: Final = 50

_TEMPLATE: Final = re.compile(r"\{\{\{?\s{0,8}([A-Za-z0-9_$.:\-]{1,80})\s{0,8}\}\}\}?")
_PERCENT: Final = re.compile(r"%([A-Z_][A-Z0-9_]{3,60})%")
_DOLLAR: Final = re.compile(r"(?<![\w$\\])\$(?:([A-Z_][A-Z0-9_]{1,80})|\{([A-Za-z_][A-Za-z0-9_]{0,80})\})(?![\w(])")
_HEX_ONLY: Final = re.compile(r"[0-9A-F]+")
_TELLTALE: Final = re.compile(r"[:=@]|^-{1,2}(?:u|p|pass\w*|secret\w*|user|token|d|H|data\w*|header)$", re.IGNORECASE)


@dataclass(slots=True)
class Filler:
    """Finds values for the names that a text uses, and remembers what it found.

    Attributes:
        env: The environment.
        filled: Values that the person gave at a prompt, by the name as it is listed in `unfilled`.
        assigned: Values that the text itself assigns, for example ``TOKEN=abc`` on a line before the command.
        unfilled: Names without a value, as a person reads them.
        variables: Environment variables that were used.
        notes: What was noticed.
    """

    env: Mapping[str, str] = field(repr=False)
    filled: Mapping[str, Secret[str]]
    assigned: dict[str, str] = field(default_factory=dict, repr=False)
    unfilled: dict[str, None] = field(default_factory=dict)
    variables: dict[str, None] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def value(self, name: str, shown: str) -> tuple[str, From] | None:
        """The value of a variable, or None after it was taken down as unfilled.

        Args:
            name: Its name.
            shown: How it is listed: ``$TOKEN``, ``%TOKEN%``, ``{{token}}``.
        """
        if shown in self.filled:
            return self.filled[shown].reveal(), From.KEYRING if shown.startswith("{{vault:") else From.PROMPT
        if name in self.assigned:
            return self.assigned[name], From.PASTE
        if name in self.env:
            if name not in self.variables:
                self._say(name, shown)
            return self.env[name], From.VARIABLE
        self.lacking(shown)
        return None

    def lacking(self, shown: str) -> None:
        """Takes down something without a value."""
        if len(self.unfilled) < MAX_UNFILLED:
            self.unfilled[shown] = None

    def substitution(self, text: str, frame: tuple[str, str]) -> tuple[str, From] | None:
        """A command substitution: never run, only listed, and filled from a prompt.

        Args:
            text: What stands inside.
            frame: What stands around it: ``$(`` and ``)``.
        """
        shown = f"{frame[0]}{_harmless(text)}{frame[1]}"
        if shown in self.filled:
            return self.filled[shown].reveal(), From.PROMPT
        if shown not in self.unfilled:
            self.notes.append(
                note("command-substitution", f"{shown} is a command of your shell. It is not run here; give its value.")
            )
        self.lacking(shown)
        return None

    def templates(self, text: str, *, percent: bool = True) -> tuple[str, tuple[tuple[str, From], ...]]:
        """Fills ``{{name}}`` in a word, and ``%NAME%`` where it is no part of an address.

        Args:
            text: The word.
            percent: False for a shell that has filled ``%NAME%`` itself.

        Returns:
            The word, and what was filled.
        """
        fills: list[tuple[str, From]] = []

        def fill(match: re.Match[str]) -> str:
            if match.re is _PERCENT and _HEX_ONLY.fullmatch(match[1]):
                return match[0]
            shown = f"{{{{{match[1]}}}}}" if match.re is _TEMPLATE else match[0]
            name = self._template_name(match[1])
            found = self.value(name, shown)
            if found is None:
                return match[0]
            fills.append((shown, found[1]))
            return found[0]

        if "{{" in text:
            text = _TEMPLATE.sub(fill, text)
        if percent and "%" in text and "://" not in text:
            text = _PERCENT.sub(fill, text)
        return text, tuple(fills)

    def dollars(self, text: str) -> tuple[str, tuple[tuple[str, From], ...]]:
        """Fills ``$NAME`` (capitals) and ``${name}`` in a text that no shell reads, such as a raw request's header."""
        fills: list[tuple[str, From]] = []

        def fill(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            found = self.value(name, f"${name}")
            if found is None:
                return match[0]
            fills.append((f"${name}", found[1]))
            return found[0]

        return (_DOLLAR.sub(fill, text), tuple(fills)) if "$" in text else (text, ())

    def _template_name(self, name: str) -> str:
        if ":" in name or "$" in name:  # {{vault:NAME}} and a client's own functions are nobody's variables
            return ""
        loud = re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).upper()
        return next((n for n in (name, loud) if n in self.assigned or n in self.env), name)

    def _say(self, name: str, shown: str) -> None:
        self.variables[name] = None
        safe = plain(shown) or "A variable"
        if self.env[name]:
            self.notes.append(note("variable-filled", f"{safe} is filled from the environment."))
        else:
            says = f"{safe} is set in the environment, and empty, so nothing stands in its place."
            self.notes.append(note("variable-empty", says, "credential-placeholder"))


def _harmless(text: str) -> str:
    """A command for a list: whole when it is short and holds nothing like a secret, else its first word."""
    words = text.split()
    if not words:
        return ""
    safe = len(words) <= 8 and len(text) <= 60 and all(plain(w) == w and not _TELLTALE.search(w) for w in words)
    return " ".join(words) if safe else f"{plain(words[0])[:20] or 'command'} …"
