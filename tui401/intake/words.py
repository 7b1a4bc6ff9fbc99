"""A word of a command line and what a pasted one has inside: variables that were filled in, or could not be."""

from __future__ import annotations

from dataclasses import dataclass

from tui401.model.http import From, Provenance


@dataclass(frozen=True, slots=True, repr=False)
class Word:
    """One word of a command line, as the shell would hand it over. It may be a secret, so it has no repr.

    Attributes:
        text: The word.
        fills: What was filled in, as it was written (``$TOKEN``), and where each value came from.
    """

    text: str
    fills: tuple[tuple[str, From], ...] = ()

    def provenance(self, otherwise: From, detail: str) -> Provenance:
        """Where the word comes from: from a variable when one stands in it."""
        if not self.fills:
            return Provenance(otherwise, detail)
        names = ", ".join(dict.fromkeys(shown for shown, _ in self.fills))
        return Provenance(self.fills[0][1], f"{names} in {detail}")
