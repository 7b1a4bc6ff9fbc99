"""A word of a command line and what a pasted one has inside: variables that were filled in, or could not be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Word:
    """One word of a command line, as the shell would hand it over. It may be a secret, so it has no repr.

    Attributes:
        text: The word.
        variables: Names of environment variables whose value stands in it, for example ``TOKEN``.
    """

    text: str
    variables: tuple[str, ...] = ()
