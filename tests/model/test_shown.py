from __future__ import annotations

import dataclasses
import enum
import types
import typing
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from tui401.model import events, facts, fix, saved, shown, verdict, view
from tui401.model.http import Origin, Request
from tui401.model.secret import Secret
from tui401.model.shown import (
    AnswerSeen,
    ClockSeen,
    Evidence,
    HopShown,
    PersonSaid,
    Redacted,
    RequestShown,
    ResponseShown,
    Shown,
    kind_of,
)

LEAVES = (str, int, float, bool, type(None))


def every_shown_type() -> list[type[Shown]]:
    modules = (events, facts, fix, saved, shown, verdict, view)
    assert modules
    found: list[type[Shown]] = []
    waiting = list(Shown.__subclasses__())
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting += kind.__subclasses__()
    return found


def parts(kind: Any) -> list[Any]:
    """The leaf types that a field of this type may hold."""
    if isinstance(kind, typing.NewType):
        return parts(kind.__supertype__)
    if get_origin(kind) in (typing.Union, types.UnionType, tuple, dict, frozenset, list):
        return [leaf for argument in get_args(kind) for leaf in parts(argument)]
    return [kind]


@pytest.mark.parametrize("kind", every_shown_type(), ids=lambda kind: kind.__name__)
def test_no_type_that_may_be_shown_has_a_place_for_a_secret_or_for_bytes(kind: type[Shown]) -> None:
    waiting = [kind]
    while waiting:
        current = waiting.pop()
        for name, hint in get_type_hints(current).items():
            for leaf in parts(hint):
                where = f"{current.__name__}.{name}"
                if leaf is Ellipsis or leaf in LEAVES or leaf is Any:
                    continue
                assert isinstance(leaf, type), where
                if issubclass(leaf, Shown | enum.Enum):
                    continue
                assert dataclasses.is_dataclass(leaf), f"{where} may hold a {leaf}"
                assert leaf is not Request
                waiting.append(leaf)  # type: ignore[arg-type]


def test_a_raw_secret_reaches_no_file_by_way_of_a_type_that_may_be_shown() -> None:
    smuggled = PersonSaid(question="changed", answer=Secret("canary-4f9d2a7c81be"))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        saved.encode(smuggled)


def test_live_types_do_not_encode() -> None:
    request = Request("GET", Origin("https", "api.example.com", 443), Secret("/"))
    with pytest.raises(TypeError, match="may not leave memory"):
        saved.encode(request)  # type: ignore[arg-type]


def test_a_saved_case_reads_back_equal() -> None:
    answer = AnswerSeen(
        label="original",
        hops=(
            HopShown(
                request=RequestShown(method="GET", url=Redacted("https://api.example.com/")),
                response=ResponseShown(status=401),
            ),
        ),
    )
    piece = Evidence(kind=kind_of(answer), subject="attempt:1", content=answer, at=1.0, by="send")
    clock = ClockSeen(who="ntp", source="time.example.net", offset=0.2, uncertainty=0.05)
    other = Evidence(kind=kind_of(clock), subject="machine", content=clock, at=2.0, by="clock")
    case = saved.SavedCase(case="7f3a0000", attempt=1, evidence=(piece, other), events=(events.Found(evidence=piece),))
    assert saved.decode_case(saved.encode(case)) == case
    assert piece.kind == "answer/original"
    assert other.kind == "clock/ntp"


def test_a_damaged_saved_case_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="not a saved case"):
        saved.decode_case(b'{"type": "SavedCase", "case": 7}')
    with pytest.raises(ValueError, match="not an event"):
        saved.decode_event(b"nonsense")


def test_later_evidence_of_one_key_takes_the_place_of_the_earlier() -> None:
    first = Evidence(kind="clock/ntp", subject="machine", content=ClockSeen(who="ntp", source="a"), at=1.0, by="clock")
    second = Evidence(kind="clock/ntp", subject="machine", content=ClockSeen(who="ntp", source="b"), at=2.0, by="clock")
    held = view.with_evidence(view.with_evidence((), first), second)
    assert held == (second,)


def test_requirements_give_what_every_way_in_needs() -> None:
    oauth = shown.SchemeRequired(name="o", kind="oauth2", scheme="Bearer", scopes=("orders:read", "profile"))
    openid = shown.SchemeRequired(name="i", kind="openIdConnect", scheme="Bearer", scopes=("openid", "orders:read"))
    key = shown.SchemeRequired(name="k", kind="apiKey", place=shown.Place.HEADER, place_name="X-Api-Key")
    seen = shown.RequirementsSeen(operation="GET /orders", alternatives=((oauth,), (openid, key), (key,)))
    assert seen.scopes == ("orders:read",)
    assert seen.schemes == ("Bearer",)
    assert seen.keys == ((shown.Place.HEADER, "X-Api-Key"),)
    assert not seen.anonymous
    assert shown.RequirementsSeen(alternatives=((key,), ())).anonymous
    assert shown.RequirementsSeen(alternatives=((key,),)).scopes == ()
    piece = Evidence(kind=kind_of(seen), subject="attempt:1", content=seen, at=1.0, by="openapi")
    assert piece.kind == "requirements"
    case = saved.SavedCase(case="7f3a0000", attempt=1, evidence=(piece,))
    assert saved.decode_case(saved.encode(case)) == case
