"""Every screen as a grid of text, compared exactly. ``TUI401_SNAPSHOTS=write`` draws the files anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import recording
from msgspec.structs import replace
from support import SIZES, FakeSchool, Kit, check_snapshot, lines_of, settle, text_of, until
from test_signin import COMMAND as COMMAND_QUESTION
from test_signin import SCOPES as SCOPES_QUESTION
from test_signin import SIGN_IN
from textual import events
from textual.containers import VerticalScroll
from textual.pilot import Pilot

from tui401.judge.facts import derive
from tui401.model.events import Found
from tui401.model.shown import CredentialsSeen
from tui401.ui.app import Wizard
from tui401.ui.screens.solved import SolvedScreen
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.reportlines import ReportLines

HOWS = ("Read", "ReadWrite", "Read.All", "ReadWrite.All", "Send.Shared")
LONG_ISSUER = "https://login.microsoftonline.example/9188040d-6c67-4c5b-b112-36a304b66dad/"
COMMAND = f'curl {recording.URL} \\\r  -H "Authorization: Bearer {recording.TOKEN}"\r'
Walk = Callable[[Pilot[None]], Awaitable[None]]


def session_of(pilot: Pilot[None]) -> object:
    assert isinstance(pilot.app, Wizard)
    return pilot.app.session


async def waiting(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert isinstance(app, Wizard)
    await until(pilot, lambda: app.session is not None and (bool(app.session.choices) or not app.session.running))


async def press(pilot: Pilot[None], *keys: str) -> None:
    await waiting(pilot)
    await pilot.press(*keys)
    await settle(pilot)


async def pasted(pilot: Pilot[None]) -> None:
    await settle(pilot)
    pilot.app.post_message(events.Paste(COMMAND))
    await settle(pilot)


async def running(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert isinstance(app, Wizard)
    await until(pilot, lambda: app.session is not None and app.session.view.diagnosis is not None)


async def solved(pilot: Pilot[None]) -> None:
    await press(pilot, "f", "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, SolvedScreen))


async def asked(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: "Send this request?" in text_of(pilot.app))


async def pasting(pilot: Pilot[None]) -> None:
    await press(pilot, "o")
    app = pilot.app
    await press(pilot, "f", "o", "enter", "enter")
    await until(pilot, lambda: "Another credential" in text_of(app))
    app.post_message(events.Paste(f"Bearer {recording.TOKEN}\r"))
    await settle(pilot)


def keys(*names: str) -> Walk:
    async def walk(pilot: Pilot[None]) -> None:
        await press(pilot, *names)

    return walk


def keys_at_start(*names: str) -> Walk:
    async def walk(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await pilot.press(*names)
        await settle(pilot)

    return walk


def kit_running() -> Kit:
    return Kit(recording.Replay(beats=(*recording.RUNNING, recording.Gate())))


def kit_found() -> Kit:
    return Kit(recording.mismatch())


SCOPES = tuple(f"{what}.{how}" for what in ("Files", "Mail", "Sites", "User", "Group", "Notes") for how in HOWS)


def vendor() -> Found:
    """A token as a large vendor makes them: an audience that is a UUID, thirty scopes, an issuer of 75 characters."""
    made = recording.credential(audience="00000003-0000-0ff1-ce00-8f3a5d1b2c47")
    seen = made.evidence.content
    assert isinstance(seen, CredentialsSeen)
    (one,) = seen.credentials
    assert one.token is not None
    claims = {**one.token.claims, "iss": LONG_ISSUER, "scp": " ".join(SCOPES)}
    del claims["scope"]
    token = replace(one.token, claims=claims)
    content = CredentialsSeen(credentials=(replace(one, token=token),))
    return Found(evidence=replace(made.evidence, content=content))


def kit_vendor() -> Kit:
    opened = replace(recording.OPENED, known=replace(recording.OPENED.known, issuer=LONG_ISSUER))
    beats = (opened, vendor(), *recording.RUNNING[2:], *recording.SETTLED)
    return Kit(recording.Replay(beats=beats), derive=derive)


def kit_derived() -> Kit:
    return Kit(recording.mismatch(), derive=derive)


def kit_asking(question: recording.Question) -> Callable[[], Kit]:
    return lambda: Kit(recording.mismatch(question))


async def asked_first(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert isinstance(app, Wizard)
    await until(pilot, lambda: app.session is not None and app.session.question is not None)


async def compared(pilot: Pilot[None]) -> None:
    await solved(pilot)
    await pilot.press("escape", "d")
    await settle(pilot)


async def toured(pilot: Pilot[None]) -> None:
    await settle(pilot)
    await pilot.press("escape", "o")
    await waiting(pilot)
    await pilot.press("2")
    await settle(pilot)


SCREENS: dict[str, tuple[Callable[[], Kit], bool, Walk]] = {
    "start": (kit_found, True, settle),
    "start-read": (kit_found, True, pasted),
    "running": (kit_running, False, running),
    "found": (kit_found, False, waiting),
    "found-token": (kit_found, False, keys("1")),
    "found-header": (kit_found, False, keys("2")),
    "found-clock": (kit_found, False, keys("4")),
    "found-permissions": (kit_found, False, keys("5")),
    "found-server": (kit_found, False, keys("6")),
    "undetermined": (lambda: Kit(recording.undetermined()), False, waiting),
    "not-reproduced": (lambda: Kit(recording.not_reproduced()), False, waiting),
    "failing": (lambda: Kit(recording.not_reproduced()), False, keys("enter")),
    "fix": (kit_found, False, keys("f")),
    "experiments": (kit_found, False, keys("x")),
    "question": (lambda: Kit(recording.mismatch(recording.SEND)), False, asked),
    "credential": (kit_found, False, pasting),
    "solved": (kit_found, False, solved),
    "report": (kit_found, False, keys("r")),
    "practice": (lambda: Kit(recording.mismatch(), school=FakeSchool()), True, keys_at_start("escape", "t")),
    "tour": (lambda: Kit(recording.mismatch(), school=FakeSchool()), True, toured),
    "checklist": (kit_found, False, keys("k")),
    "help": (kit_found, False, keys("question_mark")),
    "edit": (kit_derived, False, keys("e")),
    "edit-line": (kit_derived, False, keys("e", "down", "enter", "home", *["right"] * 22, "space")),
    "edit-changed": (kit_derived, False, keys("e", "a", *"X-Tenant: blue", "enter", "up", "d")),
    "edit-vendor": (kit_vendor, False, keys("e")),
    "edit-vendor-scopes": (kit_vendor, False, keys("e", *["down"] * 12)),
    "compare": (kit_found, False, compared),
    "sign-in": (kit_asking(SIGN_IN), False, asked_first),
    "command": (kit_asking(COMMAND_QUESTION), False, asked_first),
    "scopes": (kit_asking(SCOPES_QUESTION), False, asked_first),
    "copied": (kit_found, False, keys("r", "c", "y")),
    "palette": (kit_found, False, keys("colon")),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCREENS)
async def test_each_screen_looks_as_it_is_kept(name: str, size: tuple[int, int]) -> None:
    make, start, walk = SCREENS[name]
    async with make().app(start=start, folder=Path("reports")).run_test(size=size) as pilot:
        await walk(pilot)
        check_snapshot(pilot.app, name)


@pytest.mark.parametrize("name", [name for name in SCREENS if name != "palette"])
async def test_each_screen_fits_80_by_24_and_clips_nothing_silently(name: str) -> None:
    make, start, walk = SCREENS[name]
    async with make().app(start=start).run_test(size=(80, 24)) as pilot:
        await walk(pilot)
        screen = pilot.app.screen
        assert len(lines_of(pilot.app)) == 24
        assert screen.query_one(KeyBar).region.bottom == 24
        for scroll in screen.query(VerticalScroll).results(VerticalScroll):
            assert scroll.virtual_size.width <= scroll.size.width
            if scroll.max_scroll_y:  # what does not fit can be reached, and its bar shows it
                assert scroll.show_vertical_scrollbar
        for action in screen.query(Action).results(Action):
            if action.display and action.region.width:
                assert action.region.right <= 80


@pytest.mark.parametrize("size", [(59, 24), (80, 14)])
async def test_a_terminal_too_small_is_told_in_a_sentence(size: tuple[int, int]) -> None:
    async with kit_found().app().run_test(size=size) as pilot:
        await waiting(pilot)
        assert f"{size[0]}×{size[1]} characters; at least 60×15" in text_of(pilot.app)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert "CONFIRMED" in text_of(pilot.app)


async def test_the_smallest_terminal_that_is_allowed_shows_verdict_page_and_keys() -> None:
    async with kit_found().app().run_test(size=(60, 15)) as pilot:
        await waiting(pilot)
        shown = text_of(pilot.app)
        assert "CONFIRMED" in shown
        assert "3  Audience" in shown
        assert ": commands" in shown


async def test_the_report_shows_all_of_its_text_by_scrolling() -> None:
    async with kit_found().app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "r")
        lines = pilot.app.screen.query_one(ReportLines)
        assert "answered 401 at" in text_of(pilot.app)
        await press(pilot, "end")
        assert lines.item is not None
        assert lines.item.text.split(" ")[0] in text_of(pilot.app)
        assert lines.scroll_offset.y == lines.max_scroll_y > 0


async def test_thirty_scopes_and_an_audience_that_is_a_uuid_stand_whole_in_the_editor() -> None:
    assert len(SCOPES) == 30
    async with kit_vendor().app().run_test(size=(80, 24)) as pilot:
        await press(pilot, "e")
        seen: set[str] = set()
        for _ in range(45):
            shown = text_of(pilot.app)
            seen |= {scope for scope in SCOPES if f"] {scope} " in f"{shown} ".replace("\n", " ")}
            seen |= {"audience"} if "00000003-0000-0ff1-ce00-8f3a5d1b2c47" in shown else set()
            seen |= {"issuer"} if "9188040d-6c67-4c5b-b112-36a304b66dad" in shown else set()
            await pilot.press("down")
            await settle(pilot)
        assert seen == {*SCOPES, "audience", "issuer"}


async def test_an_issuer_of_75_characters_is_folded_visibly_and_shown_whole_on_demand() -> None:
    assert len(LONG_ISSUER) == 75
    verdict = recording.Verdict(
        cause="issuer-mismatch",
        strength=recording.Strength.CONFIRMED,
        expected=LONG_ISSUER,
        provided=LONG_ISSUER.replace("36a3", "99zz"),
        expected_by="the API's metadata",
    )
    judged = recording.Judged(
        diagnosis=recording.Diagnosis(
            attempt=1,
            outcome=recording.Outcome.DIAGNOSED,
            root=verdict,
            causes=(recording.Ranked(verdict=verdict, step=recording.Step.TOKEN),),
            steps=recording.FOUND_STEPS,
        )
    )
    kit = Kit(recording.Replay(beats=(*recording.RUNNING, *recording.SETTLED[:-1], judged)))
    async with kit.app().run_test(size=(80, 24)) as pilot:
        await waiting(pilot)
        shown = text_of(pilot.app)
        assert "99zz" in shown
        assert "36a3" in shown
        assert "…" in shown
        assert "v whole values" in shown or "36a304b66dad/" in shown
        await press(pilot, "v")
        joined = "".join(line[27:].strip() for line in lines_of(pilot.app))
        assert LONG_ISSUER in joined.replace("the API expects", "")
