"""The search for the least scopes: the narrowest token first, then back by bisection (design.md, ``permissions``).

Pure: it says which scopes to ask for and hears what came of them, so it runs live, or by hand in a test.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil, log2
from typing import Final

MOST: Final = 64  # scopes that a search takes up

Scopes = tuple[str, ...]


class Met(StrEnum):
    """What came of a token with certain scopes."""

    WORKS = "works"  # the API accepts it
    REFUSED = "refused"  # the API refuses it
    REJECTED = "rejected"  # the issuer gives no token with these scopes


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one set.

    Attributes:
        met: Which of the three.
        granted: What the token may do: issuers give less, or more, without a word (RFC 6749, section 3.3).
        answer: What tells this refusal from another; the same text for the same kind of refusal.
    """

    met: Met
    granted: Scopes = ()
    answer: str = ""


@dataclass(slots=True)
class Least:
    """What a search came to.

    Attributes:
        smallest: A set that works and from which none can be taken away; None where none was found. () means that no
            scope needs to be asked for.
        culprits: Scopes that turn success into a refusal, or a token into none, each by itself.
        problem: Why it did not come to its end, as a sentence; "" when it did.
    """

    smallest: Scopes | None = None
    culprits: list[str] = field(default_factory=list)
    problem: str = ""


Search = Generator[Scopes, Heard, Least]
"""It yields scopes to ask for, receives what came, and in the end returns what it found."""

_IGNORED: Final = (
    "The issuer gives the same scopes whatever is asked for, so no narrower token can be had from it by this grant."
)
_NOTHING: Final = "No set of these scopes that was tried is accepted, so the scopes alone do not make the difference."


def tokens_at_most(candidates: int) -> int:
    """How many tokens a search may take: enough for three scopes that help or break, among so many."""
    return 3 * (ceil(log2(max(candidates, 2))) + 2)


def search(candidates: Iterable[str], *, works: bool) -> Search:
    """The conversation.

    Args:
        candidates: The scopes that may be needed or at fault, those that are likely needed first.
        works: A token with all of them is known to be accepted.
    """
    return _Searching(tuple(dict.fromkeys(candidates))[:MOST], works=works).run()


Asking = Generator[Scopes, Heard, Heard]
Finding = Generator[Scopes, Heard, Scopes]


class _EndedError(Exception):
    """The search cannot go on; its text is a sentence."""


class _Searching:
    def __init__(self, pool: Scopes, *, works: bool) -> None:
        self.whole = self.pool = pool
        self.works = works
        self.met: dict[frozenset[str], Heard] = {frozenset(pool): Heard(Met.WORKS, pool)} if works else {}
        self.found = Least()
        self.suspects: list[str] = []

    def run(self) -> Search:
        try:
            yield from self._run()
        except _EndedError as ended:
            self.found.problem = str(ended)
        return self.found

    def _run(self) -> Generator[Scopes, Heard, None]:
        bare = yield from self._ask(())
        given = [scope for scope in self.pool if scope in bare.granted]
        if bare.met is Met.WORKS and not given:
            self.found.smallest = ()
            if self.works:
                return
        elif bare.met is Met.WORKS:
            # What the issuer gives unasked is not the least, but it works, so the least is among it.
            self.pool, self.works = tuple(given), True
        base = bare.met if not given else Met.REFUSED
        pool = self.pool
        if not self.works:
            pool = yield from self._without_culprits(pool, base)
        if self.found.smallest is None:
            if not self.works:
                pool = yield from self._accepted(pool, bare)
            self.found.smallest = yield from self._least(pool)
        for scope in self.suspects:
            if (yield from self._ask((*self.found.smallest, scope))).met is not Met.WORKS:
                self.found.culprits.append(scope)

    def _ask(self, scopes: Scopes) -> Asking:
        key = frozenset(scopes)
        if key not in self.met:
            heard = yield scopes
            if scopes and heard.met is not Met.REJECTED and key < set(self.whole) <= set(heard.granted):
                raise _EndedError(_IGNORED)
            self.met[key] = heard
        return self.met[key]

    def _without_culprits(self, pool: Scopes, base: Met) -> Finding:
        """The scopes without those that break what works without them, each found by halves."""

        def breaks(heard: Heard) -> bool:
            return heard.met is Met.REJECTED or (base is Met.WORKS and heard.met is Met.REFUSED)

        sound = 0  # so many from the front are known to break nothing
        while pool:
            known = self.met.get(frozenset(pool))
            if known is not None and not breaks(known):
                return pool
            low, high = sound, len(pool)
            while high - low > 1:
                middle = (low + high) // 2
                if breaks((yield from self._ask(pool[:middle]))):
                    high = middle
                else:
                    low = middle
            if high == len(pool) and not breaks((yield from self._ask(pool))):
                return pool
            self.found.culprits.append(pool[high - 1])
            sound, pool = low, pool[: high - 1] + pool[high:]
            if pool and not breaks((yield from self._ask(pool))):
                return pool
        return pool

    def _accepted(self, pool: Scopes, bare: Heard) -> Finding:
        """A set that works, where the narrowest token is refused; scopes that the API itself stumbles over go."""
        while pool:
            whole = yield from self._ask(pool)
            if whole.met is Met.WORKS:
                return pool
            if whole.answer == bare.answer or whole.met is Met.REJECTED:
                break
            low, high = 0, len(pool)
            while high - low > 1:
                middle = (low + high) // 2
                half = yield from self._ask(pool[:middle])
                if half.met is Met.REFUSED and half.answer == bare.answer:
                    low = middle
                else:
                    high = middle
            if (yield from self._ask(pool[:high])).met is Met.WORKS:
                self.suspects += yield from self._breaker(pool[:high], pool[high:])
                return pool[:high]
            self.suspects.append(pool[high - 1])
            pool = pool[: high - 1] + pool[high:]
        raise _EndedError(_NOTHING)

    def _breaker(self, sound: Scopes, rest: Scopes) -> Generator[Scopes, Heard, list[str]]:
        """The first scope of the rest that breaks a set that works."""
        low, high = 0, len(rest)
        while high - low > 1:
            middle = (low + high) // 2
            if (yield from self._ask(sound + rest[:middle])).met is Met.WORKS:
                low = middle
            else:
                high = middle
        return [rest[high - 1]] if rest else []

    def _least(self, pool: Scopes) -> Finding:
        """Of a set that works one from which none can be taken away: each scope that is needed found by halves."""
        kept: Scopes = ()
        rest = pool
        while rest:
            low, high = 0, len(rest)
            while high - low > 1:
                middle = (low + high) // 2
                if (yield from self._ask(kept + rest[:middle])).met is Met.WORKS:
                    high = middle
                else:
                    low = middle
            kept, rest = (*kept, rest[high - 1]), rest[: high - 1]
            if (yield from self._ask(kept)).met is Met.WORKS:
                return tuple(scope for scope in pool if scope in kept)
        return pool  # all of them: each round ends with a set that was seen to work
