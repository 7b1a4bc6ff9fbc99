"""Names for secrets, so that reports can speak of them: ``secret-1``, ``secret-2`` (safety.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from tui401.model.secret import MASK, Secret

if TYPE_CHECKING:
    from tui401.model.shown import Redacted

_MARK: Final = re.compile(r"‹(secret-\d{1,6})›")
_NAME: Final = re.compile(r"secret-(\d{1,6})")


class Names:
    """Gives each secret of a case one name, in the order they are met. Lives in memory only."""

    def __init__(self) -> None:
        self._by_secret: dict[Secret[str], str] = {}
        self._hints: dict[str, str] = {}
        self._last = 0  # the number that was given last

    def name(self, secret: Secret[str]) -> str:
        """The secret's name, a new one at the first meeting."""
        known = self._by_secret.get(secret)
        if known is None:
            self._last += 1
            known = f"secret-{self._last}"
            self._by_secret[secret] = known
            self._hints[known] = secret.hint
        return known

    def resume(self, hints: Mapping[str, str], kept: Mapping[str, Secret[str]]) -> None:
        """Goes on where an earlier run of the case stopped: its names are taken, and mean what they meant.

        Args:
            hints: The last characters of each secret that was named.
            kept: Those of them whose value is known again.
        """
        for name in hints:
            match = _NAME.fullmatch(name)
            self._last = max(self._last, int(match[1]) if match else 0)
        self._hints.update(hints)
        for name, secret in kept.items():
            self._by_secret.setdefault(secret, name)
            self._hints[name] = secret.hint

    def copy(self) -> Names:
        """The same names, to name more for a while without anybody taking notice."""
        made = Names()
        made._by_secret, made._hints, made._last = dict(self._by_secret), dict(self._hints), self._last
        return made

    def mark(self, secret: Secret[str]) -> Redacted:
        """What stands in a redacted text in place of the secret."""
        from tui401.model.shown import Redacted  # noqa: PLC0415 - the first frame marks nothing

        return Redacted(f"‹{self.name(secret)}›")

    def known(self) -> tuple[Secret[str], ...]:
        """All secrets met so far, in their order."""
        return tuple(self._by_secret)

    def hints(self) -> dict[str, str]:
        """The last four characters of each named secret that is long enough, "" for the others."""
        return dict(self._hints)


def chips(text: str, hints: dict[str, str]) -> str:
    """The text with its marks as they stand on screens: ``‹●●●● 5f3a›``."""

    def chip(match: re.Match[str]) -> str:
        hint = hints.get(match[1], "")
        return f"‹{MASK} {hint}›" if hint else f"‹{MASK}›"

    return _MARK.sub(chip, text)
