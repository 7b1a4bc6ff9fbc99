"""Step 4 as a person reads it: four clocks in seconds, how this machine keeps its time, the command that mends it."""

from __future__ import annotations

import pytest

from tests.judge.builders import OPAQUE, Bench, bearer
from tests.ui.pages import lines_of, text_of
from tui401.model.shown import ClockSeen, MachineSeen
from tui401.model.verdict import Step

STEP = Step.CLOCK


def bench(*, ntp: float = 0.0, api: float = 0.0, issuer: float = 0.0, **machine: object) -> Bench:
    made = Bench(bearer(OPAQUE)).refused(server_clock=None)
    made.clock("ntp", ntp, 0.2).clock("api", api, 1.0).clock("issuer", issuer, 1.0)
    if machine:
        made.add(MachineSeen(**machine), "machine")  # type: ignore[arg-type]
    return made


def test_four_clocks_stand_in_seconds_with_how_far_each_can_be_off() -> None:
    text = text_of(bench(ntp=0.4, api=-418.0), STEP)
    assert "this machine 11:06:40 UTC" in text
    assert "time server 11:06:40 +0.4 s, agrees ± 0.2 s" in text
    assert "the API 10:59:42 -418.0 s, 6 min 58 s behind ± 1 s" in text
    assert "the issuer 11:06:40 +0.0 s, agrees ± 1 s" in text
    assert "trusted a time server's clock, ± 0.2 s" in text


def test_a_clock_that_was_not_asked_or_did_not_answer_is_told() -> None:
    made = Bench(bearer(OPAQUE)).refused(server_clock=None)
    made.add(ClockSeen(who="ntp", source="time.example.net", problem="time.example.net did not answer."), "machine")
    text = text_of(made, STEP)
    assert "time server time.example.net did not answer." in text
    assert "the API its answers bear no Date that can be used" in text
    assert "the issuer not asked: no issuer is known" in text


def test_a_date_out_of_a_cache_blames_nobody() -> None:
    made = Bench(bearer(OPAQUE)).refused(server_clock=None).clock("api", -90.0, 1.0, cached=True)
    assert "-90.0 s, 1 min 30 s behind, from a cache: it may be old" in text_of(made, STEP)


@pytest.mark.parametrize(
    ("system", "command"),
    [
        ("Linux", "sudo timedatectl set-ntp true"),
        ("macOS", "sudo sntp -sS time.apple.com"),
        ("Windows", "w32tm /resync"),
    ],
)
def test_the_command_of_this_system_stands_there_to_copy(system: str, command: str) -> None:
    lines = lines_of(bench(ntp=10_800.0, api=10_800.0, synchronised=False, system=system, command=command), STEP)
    at = next(number for number, line in enumerate(lines) if f"What mends it on this {system}:" in line)
    assert lines[at + 1].strip() == f"$ {command}"


def test_a_clock_that_is_right_and_kept_needs_no_command() -> None:
    assert "What mends it" not in text_of(bench(synchronised=True, system="Linux", command="sudo x"), STEP)


def test_a_clock_that_is_wrong_though_a_service_runs_needs_the_command_too() -> None:
    wrong = bench(
        ntp=300.0, api=300.0, synchronised=True, service="chrony", system="Linux", command="sudo chronyc makestep"
    )
    assert "sudo chronyc makestep" in text_of(wrong, STEP)


def test_a_container_is_mended_on_its_host() -> None:
    text = text_of(bench(synchronised=False, service="the host, since this is a container", system="Linux"), STEP)
    assert "It is mended on the host" in text
    assert "$" not in text


def test_time_zone_and_hardware_clock_are_told() -> None:
    kept = {"synchronised": False, "timezone": "Europe/Vienna", "system": "Linux", "command": "sudo x"}
    text = text_of(bench(hardware_clock_local=True, **kept), STEP)
    assert "time zone Europe/Vienna" in text
    assert "hardware clock local time, which shifts twice a year" in text
    assert "$ sudo timedatectl set-local-rtc 0" in text
    assert "hardware clock UTC" in text_of(bench(hardware_clock_local=False, **kept), STEP)


def test_windows_keeps_local_time_in_its_hardware_clock_and_is_not_blamed_for_it() -> None:
    text = text_of(
        bench(synchronised=False, hardware_clock_local=True, system="Windows", command="w32tm /resync"), STEP
    )
    assert "set-local-rtc" not in text
