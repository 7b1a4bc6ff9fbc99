"""The search for the least scopes, by hand: no socket, an oracle in the API's and the issuer's place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui401.recovery.least import Heard, Least, Met, Scopes, search, tokens_at_most

ALL = tuple(f"scope:{number}" for number in range(32))


@dataclass
class Oracle:
    """An issuer and an API.

    Attributes:
        needs: The sets of which one must be there.
        rejects: Scopes that the issuer gives no token with.
        stumbles: Scopes that make the API refuse the token.
        withheld: Scopes that the issuer leaves out without a word; ``added`` those that it always adds.
        unasked: What it gives where nothing is asked for.
    """

    needs: tuple[frozenset[str], ...] = (frozenset(),)
    rejects: frozenset[str] = frozenset()
    stumbles: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    unasked: frozenset[str] = frozenset()
    asked: list[Scopes] = field(default_factory=list)

    def hears(self, scopes: Scopes) -> Heard:
        self.asked.append(scopes)
        return self.says(frozenset(scopes))

    def says(self, scopes: frozenset[str]) -> Heard:
        if scopes & self.rejects:
            return Heard(Met.REJECTED, answer="invalid_scope")
        may = ((scopes or self.unasked) - self.withheld) | self.added
        granted = tuple(sorted(may))
        if may & self.stumbles:
            return Heard(Met.REFUSED, granted, "401 broken")
        if any(needed <= may for needed in self.needs):
            return Heard(Met.WORKS, granted)
        return Heard(Met.REFUSED, granted, "403 lacking")

    def works(self, scopes: Scopes) -> bool:
        return self.says(frozenset(scopes)).met is Met.WORKS


def run(oracle: Oracle, candidates: Scopes = ALL, *, works: bool = False) -> Least:
    return conversed(oracle.hears, candidates, works=works)


def conversed(hears: Callable[[Scopes], Heard], candidates: Scopes, *, works: bool) -> Least:
    flow = search(candidates, works=works)
    try:
        scopes = next(flow)
        while True:
            scopes = flow.send(hears(scopes))
    except StopIteration as ended:
        found: Least = ended.value
        return found


def minimal(oracle: Oracle, scopes: Scopes) -> bool:
    """It works, and none can be taken away so that a token that may do less works, too."""
    may = set(oracle.says(frozenset(scopes)).granted)
    without = [oracle.says(frozenset(scopes) - {left}) for left in scopes]
    return oracle.works(scopes) and not any(w.met is Met.WORKS and set(w.granted) < may for w in without)


@pytest.mark.parametrize("culprit", ALL)
def test_one_culprit_among_32_takes_at_most_7_tokens(culprit: str) -> None:
    oracle = Oracle(rejects=frozenset({culprit}))
    found = run(oracle)
    assert found.culprits == [culprit]
    assert found.smallest == ()
    assert not found.problem
    assert len(oracle.asked) <= 7
    assert len(oracle.asked) == len(set(oracle.asked))


@pytest.mark.parametrize("culprit", ALL)
def test_one_scope_that_the_api_stumbles_over_takes_at_most_7_tokens(culprit: str) -> None:
    oracle = Oracle(stumbles=frozenset({culprit}))
    found = run(oracle)
    assert (found.culprits, found.smallest) == ([culprit], ())
    assert len(oracle.asked) <= 7


@pytest.mark.parametrize("needed", ALL)
def test_one_needed_scope_among_32_takes_at_most_7_tokens(needed: str) -> None:
    oracle = Oracle(needs=(frozenset({needed}),))
    found = run(oracle, works=True)
    assert found.smallest == (needed,)
    assert not found.culprits
    assert oracle.asked[0] == ()
    assert len(oracle.asked) <= 7


def test_where_no_scope_is_needed_one_token_tells() -> None:
    oracle = Oracle()
    assert run(oracle, works=True).smallest == ()
    assert oracle.asked == [()]


def test_two_culprits_and_a_needed_scope_leave_the_needed_one() -> None:
    oracle = Oracle(needs=(frozenset({"scope:20"}),), rejects=frozenset({"scope:3", "scope:29"}))
    found = run(oracle)
    assert found.smallest == ("scope:20",)
    assert sorted(found.culprits) == ["scope:29", "scope:3"]
    assert len(oracle.asked) <= tokens_at_most(32)


@pytest.mark.parametrize("culprit", [0, 7, 20, 31])
def test_a_scope_that_the_api_stumbles_over_is_found_though_another_is_needed(culprit: int) -> None:
    needed = 11
    oracle = Oracle(needs=(frozenset({ALL[needed]}),), stumbles=frozenset({ALL[culprit]}))
    found = run(oracle)
    assert found.smallest == (ALL[needed],)
    assert found.culprits == [ALL[culprit]]
    assert len(oracle.asked) <= tokens_at_most(32)


def test_an_issuer_that_ignores_what_is_asked_for_ends_it_with_a_sentence() -> None:
    oracle = Oracle(needs=(frozenset(ALL[:1]),), added=frozenset(ALL))
    found = run(oracle, works=True)
    assert found.smallest is None
    assert "whatever is asked for" in found.problem
    assert len(oracle.asked) <= 2


def test_what_the_issuer_gives_unasked_is_not_taken_for_the_least() -> None:
    unasked = frozenset({"scope:4", "scope:5", "scope:9"})
    oracle = Oracle(needs=(frozenset({"scope:5"}),), unasked=unasked)
    assert run(oracle, works=True).smallest == ("scope:5",)


def test_where_scopes_make_no_difference_it_says_so_and_names_no_culprit() -> None:
    oracle = Oracle(needs=())
    found = run(oracle)
    assert found.smallest is None
    assert not found.culprits
    assert "scopes alone do not make the difference" in found.problem
    assert len(oracle.asked) <= 7


def some(most: int) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(ALL), max_size=most)


@given(needs=st.lists(some(6), min_size=1, max_size=4), withheld=some(3), added=some(3), unasked=some(8))
def test_of_any_monotone_api_a_set_is_found_from_which_none_can_be_taken_away(
    needs: list[frozenset[str]], withheld: frozenset[str], added: frozenset[str], unasked: frozenset[str]
) -> None:
    oracle = Oracle(tuple(needs), withheld=withheld, added=added, unasked=unasked)
    found = run(oracle, works=oracle.works(ALL))
    if not oracle.works(ALL):
        assert found.smallest is None or minimal(oracle, found.smallest)
        return
    assert found.smallest is not None
    assert not found.problem
    assert minimal(oracle, found.smallest)
    needed = max(1, len(found.smallest))
    assert len(oracle.asked) <= 1 + needed * 6


@given(needs=st.lists(some(4), min_size=1, max_size=3), rejects=some(4))
def test_with_any_culprits_at_the_issuer_a_set_is_found_from_which_none_can_be_taken_away(
    needs: list[frozenset[str]], rejects: frozenset[str]
) -> None:
    oracle = Oracle(tuple(needs), rejects=rejects)
    solvable = any(not needed & rejects for needed in needs)
    found = run(oracle)
    assert (found.smallest is not None) == solvable
    if found.smallest is not None:
        assert minimal(oracle, found.smallest)
        assert set(found.culprits) == rejects
        assert not found.problem


@given(needed=some(2), stumbles=some(2))
def test_whatever_the_api_stumbles_over_what_is_named_holds(needed: frozenset[str], stumbles: frozenset[str]) -> None:
    oracle = Oracle((needed,), stumbles=stumbles)
    found = run(oracle)
    assert set(found.culprits) <= stumbles
    if found.smallest is not None:
        assert minimal(oracle, found.smallest)


@given(seed=st.lists(st.sampled_from(list(Met)), min_size=1, max_size=200), count=st.integers(0, 40))
def test_answers_of_any_kind_end_it(seed: list[Met], count: int) -> None:
    asked: list[Scopes] = []

    def hears(scopes: Scopes) -> Heard:
        asked.append(scopes)
        assert len(asked) < 2_000
        turn = len(asked)
        return Heard(seed[turn % len(seed)], scopes, str(seed[(turn + 1) % len(seed)]))

    assert isinstance(conversed(hears, tuple(f"s{n}" for n in range(count)), works=False), Least)
    assert len(asked) == len(set(asked))
