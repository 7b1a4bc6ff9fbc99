"""What is known around recorded requests: options for all of them, else the profile that lists their origin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tui401.model.case import Known
from tui401.model.http import Origin
from tui401.offline.engine import Around, Requirements

_MOST: Final = 1_024  # origins that are remembered


class Knowledge:
    """What is known of each origin, looked up once.

    Args:
        of: What is known of an origin.
        requirements: What the API's description requires, for all of them.
    """

    def __init__(
        self, of: Callable[[Origin], Known] = lambda _origin: Known(), requirements: Requirements | None = None
    ) -> None:
        self._of = of
        self._requirements = requirements
        self._found: dict[Origin, Around] = {}

    @property
    def described(self) -> bool:
        """Whether a description tells what each address requires."""
        return self._requirements is not None

    def around(self, origin: Origin) -> Around:
        """What is known around a request to this origin."""
        found = self._found.get(origin)
        if found is None:
            if len(self._found) >= _MOST:
                self._found.clear()
            found = self._found[origin] = Around(self._of(origin), self._requirements)
        return found
