"""Text from servers: nothing in it acts on the terminal, and nothing is read as markup, on any surface."""

from __future__ import annotations

import msgspec
import pytest
import recording
from support import FakeReader, FakeVault, Kit, lines_of, settle, until
from textual import events
from textual.pilot import Pilot

from tui401.model.shown import Redacted
from tui401.ui.app import Wizard
from tui401.ui.ports import PortError, Reading
from tui401.ui.screens.solved import SolvedScreen

EVIL = "\x1b[31m\x1b]0;owned\x07\u202eevil\u200b [bold red]markup[/] [@click=app.quit]x[/] \x9b2J\x00"
FORBIDDEN = ("\x1b", "\x07", "\u202e", "\u200b", "\x9b", "\x00")


def poisoned(event: object) -> object:
    """The event with every text of servers replaced by hostile ones."""
    data = msgspec.json.decode(msgspec.json.encode(event))

    def walk(value: object, name: str = "") -> object:
        if isinstance(value, dict):
            return {key: walk(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item, name) for item in value]
        keep = {"type", "key", "probe", "name", "credential", "cause", "step", "status", "strength", "outcome", "kind"}
        keep |= {"subject", "asks", "label", "shape", "place", "signature", "who", "id", "url", "case", "grant"}
        return f"{value}{EVIL}" if isinstance(value, str) and name not in keep else value

    return msgspec.convert(walk(data), type(event))


async def check(pilot: Pilot[None]) -> None:
    """The strips that go to the driver hold nothing that acts, and the markup stands as it is written."""
    await settle(pilot)
    strips = pilot.app.screen._compositor.render_strips(pilot.app.screen.size)
    text = "\n".join("".join(segment.text for segment in strip) for strip in strips)
    for sign in FORBIDDEN:
        assert sign not in text, f"{sign!r} on {pilot.app.screen}"
    for strip in strips:
        for segment in strip:
            assert "app.quit" not in str(segment.style.meta if segment.style else "")


class EvilReader(FakeReader):
    async def read(self, text: recording.Secret[str]) -> Reading:
        read = await super().read(text)
        return Reading(
            shown=Redacted(f"{read.shown}{EVIL}"),
            secrets=read.secrets,
            recognised=Redacted(EVIL),
            notes=(Redacted(EVIL),),
            will_ask=(Redacted(EVIL),),
            reads=(EVIL,),
            unfilled=(EVIL,),
        )


def evil_kit(*events_: object) -> Kit:
    replay = recording.mismatch()
    replay.beats = tuple(poisoned(event) for event in events_)  # type: ignore[misc]
    replay.question = poisoned(recording.NEXT)  # type: ignore[assignment]
    replay.branches = {key: tuple(map(poisoned, beats)) for key, beats in replay.branches.items()}  # type: ignore[misc]
    return Kit(replay, reader=EvilReader())


async def waiting(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert isinstance(app, Wizard)
    await until(pilot, lambda: app.session is not None and bool(app.session.choices))


@pytest.mark.parametrize("story", ["found", "undetermined"])
async def test_the_recovery_and_what_opens_from_it_show_hostile_text_as_signs(story: str) -> None:
    told = recording.UNDETERMINED if story == "undetermined" else (*recording.RUNNING, *recording.SETTLED)
    app = evil_kit(*told).app()
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await waiting(pilot)
        await check(pilot)
        assert "markup[/]" in "\n".join(lines_of(app))
        for step in "123456":
            await pilot.press(step)
            await check(pilot)
        for key in ("f", "x", "question_mark", "colon"):
            await pilot.press(key)
            await check(pilot)
            await pilot.press("escape")
        assert app.is_running


async def test_solved_shows_hostile_text_as_signs() -> None:
    app = evil_kit(*recording.RUNNING, *recording.SETTLED).app()
    async with app.run_test(size=(120, 40)) as pilot:
        await waiting(pilot)
        await pilot.press("f", "enter")
        await until(pilot, lambda: isinstance(app.screen, SolvedScreen))
        await check(pilot)


async def test_the_report_shows_hostile_text_as_signs() -> None:
    kit = evil_kit(*recording.RUNNING)
    app = kit.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await waiting(pilot)
        await pilot.press("r")
        await check(pilot)


async def test_the_start_screen_shows_hostile_text_as_signs_in_box_and_lines() -> None:
    app = evil_kit().app(start=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.post_message(events.Paste(f"curl {EVIL}"))
        await check(pilot)
        await pilot.press("enter")
        await check(pilot)  # the placeholder's name, as a title


async def test_questions_and_toasts_show_hostile_text_as_signs() -> None:
    question = poisoned(recording.SEND)
    kit = Kit(recording.Replay(beats=(*recording.RUNNING, question)), vault=FakeVault(problem=EVIL))  # type: ignore[arg-type]
    app = kit.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: app.session is not None and app.session.question is not None)
        await check(pilot)
        app.screen.say(str(PortError(EVIL)), severity="error")  # type: ignore[attr-defined]
        await check(pilot)
        assert "markup[/]" in "\n".join(lines_of(app))


async def test_an_edit_after_a_paste_keeps_characters_that_do_not_show() -> None:
    kit = Kit(recording.mismatch())
    app = kit.app(start=True)
    async with app.run_test() as pilot:
        await settle(pilot)
        app.post_message(events.Paste(f"curl\u00a0{recording.URL}"))
        await settle(pilot)
        await pilot.press("i", *" -v", "enter")
        await settle(pilot)
    assert kit.reader.read_texts[-1].reveal() == f"curl\u00a0{recording.URL} -v"
