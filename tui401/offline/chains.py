"""Which entries of a recording belong together: the hops of a redirect belong to the exchange that ends it."""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin

from tui401.intake.harentry import Entry, started, values
from tui401.judge.unrefused import MOVED

_MOST_WAITING: Final = 64
_MOST_HOPS: Final = 20
_LONGEST: Final = 60.0  # seconds between a redirect and the request that follows it


class Chains:
    """Remembers redirects until the request comes that followed them; a bounded number, the oldest given up first."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[Entry]] = {}

    def earlier(self, entry: Entry) -> list[Entry]:
        """The hops that led to this entry, oldest first; most entries have none."""
        before: list[Entry] = []
        if self._waiting:
            before = self._waiting.pop(entry.request.url.partition("#")[0], [])
            if before and not _close(before[-1], entry):
                before = []
        if entry.response.status in MOVED:
            there = next(iter(values(entry.response.headers, "location")), entry.response.redirectURL)
            if there:
                self._wait(_target(entry.request.url, there), [*before[1 - _MOST_HOPS :], entry])
        return before

    def _wait(self, url: str, hops: list[Entry]) -> None:
        self._waiting[url] = hops
        if len(self._waiting) > _MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]


def _close(one: Entry, other: Entry) -> bool:
    first, second = started(one), started(other)
    return not first or not second or -1.0 <= second - first <= _LONGEST + one.time / 1000


def _target(url: str, there: str) -> str:
    try:
        return urljoin(url, there).partition("#")[0]
    except ValueError:
        return there
