"""A canary goes through every way in; no run of eight of its characters comes out on the screen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import recording
from support import FakeReader, Kit, settle, text_of, until
from textual import events
from textual.pilot import Pilot
from textual.widgets import TextArea

from tui401.model.secret import Secret
from tui401.ui.screens.start import StartScreen
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.pastebox import PasteBox
from tui401.ui.widgets.secretfield import SecretField

SIGNATURE = recording.TOKEN.rpartition(".")[2]
COMMAND = f'curl {recording.URL} -H "Authorization: Bearer {recording.TOKEN}"'


def runs(text: str) -> list[str]:
    """The runs of eight characters of the signature that stand in a text."""
    return [SIGNATURE[i : i + 8] for i in range(len(SIGNATURE) - 7) if SIGNATURE[i : i + 8] in text]


def check(pilot: Pilot[None]) -> None:
    app = pilot.app
    assert not runs(text_of(app))
    assert not runs(app.export_screenshot())
    for area in app.screen.query(TextArea).results(TextArea):
        assert not runs(area.text)
        assert not runs(repr(area.history.__dict__))
        assert not runs(repr(vars(area)))
    assert not runs(app.clipboard)


async def test_a_paste_reaches_neither_box_nor_undo_history_nor_picture() -> None:
    kit = Kit(recording.mismatch())
    async with kit.app(start=True).run_test() as pilot:
        await settle(pilot)
        pilot.app.post_message(events.Paste(COMMAND))
        await settle(pilot)
        assert "5f3a›" in text_of(pilot.app)
        check(pilot)
        await pilot.press("i", "ctrl+z", "ctrl+z", "ctrl+y", "ctrl+a", "ctrl+c")
        await settle(pilot)
        check(pilot)
    assert kit.reader.read_texts[0].reveal() == COMMAND


async def test_an_edit_around_a_chip_keeps_the_credential() -> None:
    kit = Kit(recording.mismatch())
    async with kit.app(start=True).run_test() as pilot:
        await settle(pilot)
        pilot.app.post_message(events.Paste(COMMAND))
        await settle(pilot)
        await pilot.press("i", *" -v", "enter")
        await settle(pilot)
        check(pilot)
    assert kit.reader.read_texts[-1].reveal() == f"{COMMAND} -v"


async def test_a_second_paste_goes_where_the_cursor_is() -> None:
    kit = Kit(recording.mismatch())
    async with kit.app(start=True).run_test() as pilot:
        await settle(pilot)
        pilot.app.post_message(events.Paste(COMMAND))
        await settle(pilot)
        await pilot.press("i")
        pilot.app.post_message(events.Paste(" -d x=1"))
        await settle(pilot)
        check(pilot)
    assert kit.reader.read_texts[-1].reveal() == f"{COMMAND} -d x=1"


async def test_a_typed_credential_is_masked_when_the_hand_leaves_the_box() -> None:
    kit = Kit(recording.mismatch())
    async with kit.app(start=True).run_test() as pilot:
        await settle(pilot)
        await pilot.press(*COMMAND, "tab")
        await settle(pilot)
        assert "5f3a›" in text_of(pilot.app)
        check(pilot)


async def test_enter_reads_a_typed_text_and_sends_nothing() -> None:
    kit = Kit(recording.mismatch())
    async with kit.app(start=True).run_test() as pilot:
        await settle(pilot)
        await pilot.press(*f"curl {recording.URL}", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.focused, Action)
        assert "will ask" in text_of(pilot.app)
        assert kit.reader.started == []


async def test_a_paste_that_the_terminal_did_not_bracket_sends_nothing() -> None:
    """Its line ends arrive as Enter, its letters as keys; only a burst tells."""
    kit = Kit(recording.mismatch())
    async with kit.app(start=True, burst=3600.0).run_test() as pilot:
        await settle(pilot)
        await pilot.press(*f"curl {recording.URL}", "enter", *"-H 'A: b'", "enter", "enter", *"q")
        await settle(pilot)
        box = pilot.app.screen.query_one(PasteBox)
        assert box.text == f"curl {recording.URL}\n-H 'A: b'\n\nq"
        assert kit.reader.started == []
        assert isinstance(pilot.app.screen, StartScreen)


async def test_a_line_that_goes_on_is_not_ended_by_enter() -> None:
    kit = Kit(recording.mismatch())
    async with kit.app(start=True).run_test() as pilot:
        await settle(pilot)
        await pilot.press(*"curl \\", "enter", *"x")
        await settle(pilot)
        assert pilot.app.screen.query_one(PasteBox).text == "curl \\\nx"
        assert kit.reader.read_texts == []


async def test_a_changed_text_is_read_again_before_anything_starts() -> None:
    kit = Kit(recording.mismatch())
    async with kit.app(start=True).run_test() as pilot:
        await settle(pilot)
        pilot.app.post_message(events.Paste(COMMAND))
        await settle(pilot)
        await pilot.press("i", "x")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, StartScreen)
        screen.action_go()
        await settle(pilot)
        assert kit.reader.started == []
        assert kit.reader.read_texts[-1].reveal() == f"{COMMAND}x"


async def test_two_credentials_have_two_chips() -> None:
    class Two(FakeReader):
        async def read(self, text: Secret[str]) -> object:  # type: ignore[override]
            read = await super().read(text)
            return type(read)(
                shown=recording.Redacted("curl -u a:‹secret-1› -H 'X-Api-Key: ‹secret-2›'"),
                secrets={"secret-1": Secret("short-1"), "secret-2": Secret("short-2")},
                recognised=read.recognised,
            )

    kit = Kit(recording.mismatch(), reader=Two())
    async with kit.app(start=True).run_test() as pilot:
        await settle(pilot)
        pilot.app.post_message(events.Paste("curl …"))
        await settle(pilot)
        assert "a:‹●●●●› -H 'X-Api-Key: ‹●●●● 2›'" in text_of(pilot.app)
        await pilot.press("i", *" -v", "enter")
        await settle(pilot)
    assert kit.reader.read_texts[-1].reveal() == "curl -u a:short-1 -H 'X-Api-Key: short-2' -v"


@pytest.mark.parametrize("way", ["pasted", "typed"])
async def test_the_credential_field_never_shows_what_it_holds(way: str) -> None:
    replay = recording.Replay(beats=(*recording.RUNNING, recording.CREDENTIAL))
    async with Kit(replay).app().run_test() as pilot:
        await until(pilot, lambda: "Another credential" in text_of(pilot.app))
        if way == "pasted":
            pilot.app.post_message(events.Paste(recording.TOKEN))
        else:
            await pilot.press(*recording.TOKEN)
        await settle(pilot)
        field = pilot.app.screen.query_one(SecretField)
        assert field.given.secret.reveal() == recording.TOKEN
        check(pilot)
        assert not runs(repr(vars(field)))
        await pilot.press("ctrl+u")
        await settle(pilot)
        assert not field.given.secret


async def test_q_types_a_letter_in_the_field_and_quits_nothing() -> None:
    replay = recording.Replay(beats=(*recording.RUNNING, recording.CREDENTIAL))
    async with Kit(replay).app().run_test() as pilot:
        await until(pilot, lambda: "Another credential" in text_of(pilot.app))
        await pilot.press("q", "?", ":")
        await settle(pilot)
        assert pilot.app.screen.query_one(SecretField).given.secret.reveal() == "q?:"


async def test_the_keyring_gives_and_takes_without_showing() -> None:
    kit = Kit(recording.Replay(beats=(*recording.RUNNING, recording.CREDENTIAL)))
    assert kit.vault is not None
    kit.vault.kept["prod"] = Secret(recording.TOKEN)
    async with kit.app().run_test() as pilot:
        await until(pilot, lambda: "Another credential" in text_of(pilot.app))
        await pilot.press("tab", "tab", "tab", "enter")
        await settle(pilot)
        assert "Take prod" in text_of(pilot.app)
        await pilot.press("enter")
        await settle(pilot)
        check(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: bool(kit.replay.answers))
    given = kit.replay.answers[0].secret
    assert given is not None
    assert given.reveal() == recording.TOKEN


async def test_where_there_is_no_keyring_the_person_is_told_and_goes_on() -> None:
    kit = Kit(recording.mismatch())
    assert kit.vault is not None
    kit.vault.problem = "This system has no keyring that can be used."
    app = kit.app()
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        assert app.session is not None
        assert app.session.case is not None
        app.session.case.names.name(Secret(recording.TOKEN[::-1]))  # the token that the recorded fix brought
        await pilot.press("f", "enter")
        await until(pilot, lambda: "[ Store the credential" in text_of(app))
        await pilot.press("k")
        await settle(pilot)
        assert "This system has no keyring" in text_of(app)
        kit.vault.problem = ""
        await pilot.press("k")
        await settle(pilot)
        check(pilot)
    assert list(kit.vault.kept) == ["prod"]


async def test_storing_keeps_the_credential_of_the_request_that_succeeds() -> None:
    kit = Kit(recording.mismatch())
    app = kit.app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        await pilot.press("f", "enter")
        await until(pilot, lambda: "Store the credential" in text_of(app))
        await pilot.press("k")
        await settle(pilot)
    assert kit.vault is not None
    assert kit.vault.kept == {"prod": Secret(recording.FRESH)}


async def test_a_saved_report_does_not_overwrite_and_is_its_owners_alone(tmp_path: Path) -> None:
    app = Kit(recording.mismatch()).app(folder=tmp_path)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        await pilot.press("r")
        await settle(pilot)
        await pilot.press("m", "m")
        await settle(pilot)
    modes = {entry.name: entry.stat().st_mode & 0o777 for entry in os.scandir(tmp_path)}
    assert modes == {f"tui401-{recording.CASE}-2.md": 0o600, f"tui401-{recording.CASE}.md": 0o600}


async def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    app = Kit(recording.mismatch()).app(folder=tmp_path / "absent")
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        await pilot.press("r")
        await settle(pilot)
        await pilot.press("m")
        await settle(pilot)
        assert "Not saved:" in text_of(app)
