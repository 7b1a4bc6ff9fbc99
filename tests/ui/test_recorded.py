"""The refused exchanges of a recording: chosen, opened, left, and chosen again."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import recording
from support import SIZES, Kit, check_snapshot, settle, text_of, until
from test_untrusted_surfaces import HOSTILE, check
from textual.pilot import Pilot

from tui401.model.case import Case
from tui401.model.shown import Redacted
from tui401.ui.app import Wizard
from tui401.ui.ports import PortError, Recorded
from tui401.ui.screens.recorded import RecordedScreen
from tui401.ui.screens.start import StartScreen

LONG = (
    "https://api.example.com/v2/customers/8f14e45f/orders?page=2&include=lines,addresses,payments&signature=‹secret-1›"
)
REFUSED = (
    Recorded(1, "GET", recording.URL, 401, "likely", "token-expired", Redacted("the API says “The token expired”")),
    Recorded(17, "POST", Redacted(LONG), 401, "possible", "audience-mismatch", Redacted("the audience is another's")),
    Recorded(40, "PROPPATCH", Redacted("https://api.example.com/v1/admin"), 403),
    Recorded(
        *(12_345, "GET", Redacted("https://api.example.com/v1/me"), 401, "confirmed", "sender-constraint-unmet"),
        Redacted("the token is bound to a key, and no proof of it was sent"),
    ),
)


@dataclass
class FakeRecording:
    name: str = "session.har"
    refused: tuple[Recorded, ...] = REFUSED
    more: int = 0
    unread: int = 0
    problem: str = ""
    opened: list[int] = field(default_factory=list)

    async def case(self, entry: int) -> Case:
        if self.problem:
            raise PortError(self.problem)
        self.opened.append(entry)
        return recording.case()


def app_on(made: FakeRecording) -> Wizard:
    return Kit(recording.mismatch()).app(start=True, recording=made)


async def at(pilot: Pilot[None], screen: type) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, screen))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_choice_looks_as_it_is_kept(size: tuple[int, int]) -> None:
    made = FakeRecording(more=1_140, unread=2)
    app = Kit(recording.mismatch()).app(start=True, folder=Path("reports"), recording=made)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await pilot.press("down")
        await settle(pilot)
        check_snapshot(app, "recorded")


async def test_enter_opens_the_one_in_focus_and_escape_leads_back_to_it() -> None:
    made = FakeRecording()
    app = app_on(made)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert made.opened == []
        await pilot.press("j", "j", "k", "enter")
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        assert made.opened == [17]
        await pilot.press("escape")
        await at(pilot, RecordedScreen)
        assert "▸ #17 " in text_of(app)
        await pilot.press("escape")
        await at(pilot, StartScreen)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(app.screen, StartScreen)  # the choice was left for good
    assert made.opened == [17]


async def test_one_that_cannot_be_read_any_more_is_told_and_the_others_stay() -> None:
    made = FakeRecording(problem="session.har cannot be read: No such file or directory.")
    async with app_on(made).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "cannot be read" in text_of(pilot.app))
        assert isinstance(pilot.app.screen, RecordedScreen)
        assert "#17" in text_of(pilot.app)


async def test_each_line_fits_the_smallest_size_and_the_verdict_in_focus_stands_whole() -> None:
    async with app_on(FakeRecording()).run_test(size=(60, 15)) as pilot:
        await settle(pilot)
        shown = text_of(pilot.app)
        assert "likely token-expired: the API says" in shown
        assert shown.count("…") >= 3
        assert max(map(len, shown.splitlines())) <= 60


async def test_two_hundred_lines_can_all_be_reached() -> None:
    many = tuple(REFUSED[0]._replace(entry=number) for number in range(200))
    async with app_on(FakeRecording(refused=many)).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("up")
        await settle(pilot)
        assert "▸ #199 " in text_of(pilot.app)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("place", ["name", "method", "url", "because"])
async def test_whatever_a_recording_holds_is_a_sign(place: str, text: str) -> None:
    one = REFUSED[0]._replace(method="GET", url=Redacted("https://a.example/"), because=Redacted("it says"))
    if place == "name":
        made = FakeRecording(name=f"MARK{text}", refused=(one,))
    else:
        made = FakeRecording(
            refused=(one._replace(**{place: f"https://MARK{text}" if place == "url" else f"MARK{text}"}),)
        )
    async with app_on(made).run_test(size=(120, 40)) as pilot:
        await check(pilot, text)
