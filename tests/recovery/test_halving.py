"""The search for the difference that decides, driven by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.judge.builders import API, request
from tui401.model.http import Exchange, Hop, Request, Response
from tui401.model.names import Names
from tui401.model.probe import Variant
from tui401.model.secret import Secret
from tui401.recovery.becoming import steps
from tui401.recovery.differences import between, side
from tui401.recovery.halving import Found, Halving

Server = Callable[[Request], int]


def search(works: Request, fails: Request) -> Halving:
    names = Names()
    found = between(side("one", works, names), side("other", fails, names))
    return Halving(works, fails, steps(works, fails, found))


def drive(halving: Halving, server: Server, most: int = 60) -> list[Variant]:
    flow, sent = halving.flow(), []
    variant = next(flow, None)
    while variant is not None and len(sent) < most:
        sent.append(variant)
        status = server(variant.request)
        came = Exchange((Hop(variant.request, Response(status, (), Secret(b"")), 0.0, 0.1),))
        try:
            variant = flow.send(came)
        except StopIteration:
            variant = None
    flow.close()
    return sent


def headers(count: int, value: str) -> Request:
    return request([(f"X-H{n}", f"{value}{n}") for n in range(count)])


def wants(*names: str) -> Server:
    def server(sent: Request) -> int:
        return 200 if all(v.reveal().startswith("w") for n in names for v in sent.values(n)) else 401

    return server


@pytest.mark.parametrize("decides", [f"X-H{n}" for n in range(8)])
def test_the_one_of_eight_that_decides_stands_alone_and_is_proved(decides: str) -> None:
    halving = search(headers(8, "w"), headers(8, "f"))
    sent = drive(halving, wants(decides))
    assert (halving.found, [step.title for step in halving.left]) == (Found.DECIDED, [f"header {decides}"])
    assert [v.label for v in sent[-2:]] == ["original-again", "again-2"]
    assert sent[-1].request == halving.fails
    assert halving.refused == [401, 401, 401]
    assert len(sent) <= 10  # both, two a halving, twice again


def test_two_that_decide_together_are_both_named() -> None:
    halving = search(headers(6, "w"), headers(6, "f"))
    drive(halving, wants("X-H1", "X-H4"))
    assert halving.found is Found.DECIDED
    assert {step.title for step in halving.left} == {"header X-H1", "header X-H4"}


def test_a_single_difference_takes_both_requests_and_a_second_refusal() -> None:
    halving = search(request([("X-A", "w")]), request([("X-A", "f")]))
    sent = drive(halving, wants("X-A"))
    assert [v.label for v in sent] == ["original", "works", "original-again", "again-2"]
    assert halving.found is Found.DECIDED


def test_a_difference_that_nobody_sees_is_not_made_up() -> None:
    works, fails = request([("X-A", "w"), ("X-B", "1")]), request([("X-B", "1"), ("X-A", "f")])
    halving = search(works, fails)
    drive(halving, lambda sent: 200 if sent.headers[0].name == "X-A" else 401)
    assert halving.found is Found.NARROWED


@pytest.mark.parametrize(
    ("server", "found"),
    [
        (lambda _sent: 200, Found.BOTH_SUCCEED),
        (lambda _sent: 401, Found.BOTH_REFUSED),
        (lambda _sent: 500, Found.BOTH_REFUSED),
    ],
)
def test_two_alike_tell_nothing(server: Server, found: Found) -> None:
    halving = search(headers(3, "w"), headers(3, "f"))
    assert len(drive(halving, server)) <= 2
    assert (halving.found, halving.left) == (found, ())


def test_a_request_that_is_accepted_the_second_time_proves_nothing() -> None:
    answers = iter([401, 200, 200, 200])
    halving = search(request([("X-A", "w")]), request([("X-A", "f")]))
    drive(halving, lambda _sent: next(answers))
    assert halving.found is Found.INTERMITTENT


def test_two_nodes_in_turn_of_which_one_refuses_everybody_decide_nothing() -> None:
    turn = [0]

    def server(_sent: Request) -> int:
        turn[0] += 1
        return 401 if turn[0] % 2 else 200

    halving = search(request([("X-A", "w")]), request([("X-A", "f")]))
    drive(halving, server)
    assert halving.found is Found.INTERMITTENT


def test_stopped_early_it_names_what_is_left() -> None:
    halving = search(headers(8, "w"), headers(8, "f"))
    drive(halving, wants("X-H0"), most=4)
    assert halving.found is Found.NARROWED
    assert 1 < len(halving.left) < 8
    assert API in halving.fails.url.reveal()
