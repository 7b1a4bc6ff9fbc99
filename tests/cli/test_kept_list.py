from __future__ import annotations

from dataclasses import replace

import pytest

from tui401.cli import kept_list
from tui401.cli.kept_list import Line, life_of, table, watch
from tui401.model.policy import Policy
from tui401.vault.store import Kept

NOW = 1.79e9
KEPT = Kept(name="prod", kind="access-token", at=NOW - 120, expires=NOW + 600, profile="prod")
LINE = Line(kept=KEPT, life=life_of(KEPT, None), policy=Policy(longest_lifetime=300.0))


def test_a_line_counts_down_to_its_end() -> None:
    first, advice = table([LINE], NOW)
    assert first.split() == ["prod", "access-token", "prod", "10:00", "left", "stored", "2", "min", "ago"]
    assert advice.startswith("  ! Shorten its life")
    assert "9:59 left" in table([LINE], NOW + 1)[0]
    assert "expired" in table([LINE], NOW + 601)[0]
    assert "left" not in table([LINE], NOW + 601)[0]


def test_columns_stand_under_each_other() -> None:
    first, second = table([replace(LINE, policy=Policy()), named("jobs-key")], NOW)
    assert first.index("access-token") == second.index("access-token")
    assert first.index("stored") == second.index("stored")


@pytest.mark.parametrize("width", [40, 60, 80])
def test_nothing_is_wider_than_the_terminal_and_nothing_is_cut(width: int) -> None:
    long = "client secret of svc-orders at https://login.example.com/realms/a-realm-with-a-name"
    texts = table([LINE, named(long), named("x" * 200)], NOW, width)
    assert max(map(len, texts)) <= width
    joined = "".join(text.strip() for text in texts).replace(" ", "")
    for whole in (long, "x" * 200, *(one.says for one in LINE.advice(NOW))):
        assert whole.replace(" ", "") in joined


def test_a_name_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in "".join(table([named("a\x1b[2Jb")], NOW))


def named(name: str) -> Line:
    return replace(LINE, kept=replace(KEPT, name=name), policy=Policy())


def test_watching_draws_anew_in_place_until_it_is_ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    beats: list[float] = []

    def beat(seconds: float) -> None:
        beats.append(seconds)
        if len(beats) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(kept_list.time, "sleep", beat)
    monkeypatch.setattr(kept_list.time, "time", lambda: NOW + len(beats))
    monkeypatch.setenv("COLUMNS", "120")
    assert watch((LINE,)) == 0
    first, again = capsys.readouterr().out.split("\x1b[2A")
    assert "10:00 left" in first
    assert "! Shorten its life" in first
    assert "9:59 left" in again
