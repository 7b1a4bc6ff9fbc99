"""The clock probe on real time servers: one that is right, one seven minutes ahead, one that never answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.real.parts.apis import Api
from tests.real.parts.ntp import TimeServer
from tui401.cli import run as cli
from tui401.model.case import Case, Known
from tui401.model.facts import Facts, Now
from tui401.model.http import Origin, Request
from tui401.model.secret import Secret
from tui401.model.shown import ClockSeen, Redacted, RequestShown
from tui401.probes.clock import ClockGatherer

Diagnose = Callable[..., dict[str, Any]]


async def asked(server: TimeServer) -> ClockSeen:
    """What the gatherer brings back."""
    request = Request("GET", Origin("https", "api.example.com", 443), Secret("/"), (), None)
    case = Case(id="7f3a0000", request=request, known=Known(ntp=server.option[1]))
    shown = RequestShown(method="GET", url=Redacted("https://api.example.com/"))
    facts = Facts(attempt=1, now=Now(at=0.0, uncertainty=5.0, source="local"), local_now=0.0, request=shown)
    (piece,) = await ClockGatherer().run(case, facts)
    assert isinstance(piece.content, ClockSeen)
    return piece.content


async def test_a_right_time_server_agrees_with_this_machine(chrony_right: TimeServer) -> None:
    seen = await asked(chrony_right)
    assert seen.problem == ""
    assert seen.offset is not None
    assert abs(seen.offset) <= seen.uncertainty + 0.1
    assert seen.uncertainty < 1


async def test_a_time_server_seven_minutes_ahead_is_read_as_seven_minutes(chrony_offset: TimeServer) -> None:
    seen = await asked(chrony_offset)
    assert seen.offset == pytest.approx(chrony_offset.offset, abs=seen.uncertainty + 1)


async def test_a_silent_time_server_is_a_sentence_and_no_reading(chrony_silent: TimeServer) -> None:
    seen = await asked(chrony_silent)
    assert seen.offset is None
    assert "did not answer within" in seen.problem
    assert "UDP" in seen.problem


@pytest.fixture
def diagnosed(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Diagnose:
    for name in ("STATE", "CONFIG"):
        monkeypatch.setenv(f"TUI401_{name}", str(tmp_path / name))

    def run(*argv: str) -> dict[str, Any]:
        capfdbinary.readouterr()
        cli.run(["diagnose", "--format", "json", *argv])
        made = json.loads(capfdbinary.readouterr().out)
        assert isinstance(made, dict)
        return made

    return run


def test_a_silent_time_server_holds_no_diagnosis_up(
    chrony_silent: TimeServer, fastapi_api: Api, diagnosed: Diagnose
) -> None:
    made = fastapi_api.provider
    old = made.sign(made.claims(iat=1_700_000_000, exp=1_700_003_600))
    found = diagnosed(*chrony_silent.option, *made.known().options, *fastapi_api.get(old))
    assert (found["verdict"]["cause"], found["verdict"]["strength"]) == ("token-expired", "confirmed")


def test_a_machine_that_is_behind_is_not_blamed_where_its_clock_touched_nothing(
    chrony_offset: TimeServer, fastapi_api: Api, diagnosed: Diagnose
) -> None:
    made = fastapi_api.provider
    found = diagnosed(
        "--all", *chrony_offset.option, *made.known().options, *fastapi_api.with_header("Bearer undefined")
    )
    assert found["verdict"]["cause"] == "credential-placeholder"
    clocks = {cause["cause"]: cause["strength"] for cause in found["causes"] if cause["step"] == "clock"}
    assert clocks
    assert not {"confirmed", "likely"} & set(clocks.values())
