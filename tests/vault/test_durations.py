from __future__ import annotations

import pytest

from tui401.vault.durations import seconds_of


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), (" 15m", 900), ("1H", 3_600), ("90d", 7_776_000), ("2w", 1_209_600)]
)
def test_a_time_is_read_as_people_write_it(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-1h", "1.5h", "1h30m", "٣h", "9" * 10, "1y"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="A time is a number"):
        seconds_of(text)
