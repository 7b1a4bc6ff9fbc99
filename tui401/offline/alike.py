"""What two recorded exchanges have in common when they must be judged alike.

A fleet's refusals repeat, and hardly one is the same as another: tokens, identifiers, times and numbers differ. Here an
exchange is written with all of that struck out in a way that the judge cannot tell apart: identifiers become numbered
holes (equal ones the same hole), random credentials their kind and length, times their distance from the exchange, and
header lines that neither a dialect nor a cause reads are left out. What cannot be struck out safely stays as it is, and
what is not understood has no likeness at all. Two exchanges of one likeness get one verdict (``tui401.offline.memo``
proves that on the first ones of each).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from tui401.dialects import package_matcher
from tui401.intake.harentry import Entry, Line
from tui401.offline.headers import Sort, sort_of
from tui401.offline.striking import Likeness, Striking, UnlikeError
from tui401.wire.shapes import is_random

__all__ = ["READ_OF_ANSWERS", "READ_OF_REQUESTS", "Likener", "Likeness"]

READ_OF_ANSWERS: Final = frozenset(
    {
        *("www-authenticate", "proxy-authenticate", "server", "retry-after", "age", "date", "location"),
        *("content-type", "content-encoding", "x-oauth-scopes", "grpc-status"),
    }
)
"""Header lines of an answer that judgement reads by name; a dialect's patterns read more."""
READ_OF_REQUESTS: Final = frozenset({"access-control-request-method", "content-type", "host"})
"""Header lines of a request whose value judgement reads by name, credentials apart."""
_MOST_KEPT: Final = 20_000


class Likener:
    """Finds likenesses; remembers what it made of header lines that it met.

    Args:
        whole_address: An address is read beyond its host, by a description of the API.
    """

    def __init__(self, *, whole_address: bool = False) -> None:
        self.whole_address = whole_address
        self._sorts: dict[str, tuple[Sort, bool]] = {}
        self._of_requests: dict[tuple[str, str], str] = {}
        self._of_answers: dict[tuple[str, str], str | None] = {}
        self._days: dict[str, float] = {}
        self._random: dict[str, bool] = {}
        self._dialects = package_matcher()
        self.still: set[str] = set()

    def likeness(self, entry: Entry, *, sanitised: bool) -> Likeness | None:
        """The likeness of an entry that ends no redirect; None where it has none."""
        try:
            return Striking(self, entry).likeness(sanitised=sanitised)
        except UnlikeError:
            return None

    def is_random(self, run: str) -> bool:
        """The same as of ``tui401.wire.shapes``, remembered for what is a word."""
        known = self._random.get(run)
        if known is not None:
            return known
        found = is_random(run)
        if not found:  # a random one may be a secret, and does not come again
            if len(self._random) >= _MOST_KEPT:
                self._random.clear()
            self._random[run] = found
        return found

    def day(self, text: str) -> float:
        """Midnight of a day such as "18 Nov 2026", seconds since the epoch."""
        known = self._days.get(text)
        if known is None:
            try:
                known = datetime.strptime(text, "%d %b %Y").replace(tzinfo=UTC).timestamp()
            except ValueError:
                raise UnlikeError from None
            self._days = {text: known} if len(self._days) > 100 else {**self._days, text: known}
        return known

    def sort_of(self, name: str) -> tuple[Sort, bool]:
        """The same as of ``tui401.offline.headers``, remembered."""
        known = self._sorts.get(name)
        if known is None:
            if len(self._sorts) >= _MOST_KEPT:
                self._sorts.clear()
            known = self._sorts[name] = sort_of(name)
        return known

    def of_request(self, line: Line) -> str:
        """What is read of a request's header line that holds no credential."""
        key = (line.name, line.value)
        known = self._of_requests.get(key)
        if known is None:
            read = line.name.lower() in READ_OF_REQUESTS
            known = f"{line.name}:{line.value}" if read else line.name
            if len(self._of_requests) >= _MOST_KEPT:
                self._of_requests.clear()
            self._of_requests[key] = known
        return known

    def of_answer(self, line: Line) -> str | None:
        """The value of an answer's header line when it is read at all, else None."""
        key = (line.name, line.value)
        try:
            return self._of_answers[key]
        except KeyError:
            pass
        lower = line.name.lower()
        read = lower in READ_OF_ANSWERS or self._dialects.reads("header", f"{lower}: {line.value}")
        if len(self._of_answers) >= _MOST_KEPT:
            self._of_answers.clear()
        self._of_answers[key] = found = line.value if read else None
        return found
