from __future__ import annotations

import pytest

from tui401.cli import kept_list
from tui401.cli.kept_list import Line, life_of, watch
from tui401.model.policy import Policy
from tui401.vault.store import Kept

NOW = 1.79e9
KEPT = Kept(name="prod", kind="access-token", at=NOW - 120, expires=NOW + 600, profile="prod")
LINE = Line(kept=KEPT, life=life_of(KEPT, None), policy=Policy(longest_lifetime=300.0))


def test_a_line_counts_down_to_its_end() -> None:
    assert LINE.as_text(NOW).split() == [
        *("prod", "access-token", "prod", "10:00", "left", "stored", "2", "min", "ago")
    ]
    assert "9:59 left" in LINE.as_text(NOW + 1)
    assert "expired" in LINE.as_text(NOW + 601)
    assert "left" not in LINE.as_text(NOW + 601)


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
    assert watch((LINE,)) == 0
    first, again = capsys.readouterr().out.split("\x1b[2A")
    assert "10:00 left" in first
    assert "! Shorten its life" in first
    assert "9:59 left" in again
