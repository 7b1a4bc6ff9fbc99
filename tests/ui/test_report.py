"""The report's preview: what is struck out is gone from every form and from the kept case, and can be taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import recording
from support import SIZES, Kit, settle, text_of, until
from textual.pilot import Pilot

from tui401.cli.adapters import Reporter, Shelf
from tui401.journal import Journal
from tui401.ui.app import Wizard
from tui401.ui.screens.recovery import RecoveryScreen
from tui401.ui.screens.report import ReportScreen
from tui401.ui.strokes import Stroke, Strokes
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.reportlines import ReportLines

FORMS = {"m": "md", "h": "html", "j": "json", "a": "har"}


async def opened(pilot: Pilot[None]) -> tuple[Wizard, ReportLines]:
    app = pilot.app
    assert isinstance(app, Wizard)
    await until(pilot, lambda: app.session is not None and bool(app.session.choices))
    await pilot.press("r")
    await settle(pilot)
    assert isinstance(app.screen, ReportScreen)
    return app, app.screen.query_one(ReportLines)


def written(folder: Path) -> dict[str, str]:
    return {path.suffix: path.read_text(encoding="utf-8") for path in folder.glob(f"tui401-{recording.CASE}*")}


async def save_all(pilot: Pilot[None]) -> None:
    for key in FORMS:
        await pilot.press(key)
        await settle(pilot)


async def to_line(pilot: Pilot[None], lines: ReportLines, words: str) -> None:
    """Moves the cursor by key to the first line with these words."""
    await pilot.press("home")
    for _ in range(lines.option_count):
        if lines.item is not None and words in lines.item.text:
            return
        await pilot.press("down")
    raise AssertionError(f"no line says {words!r}")


@pytest.mark.parametrize("size", SIZES)
async def test_a_value_is_struck_out_by_its_number_in_every_form(size: tuple[int, int], tmp_path: Path) -> None:
    async with Kit(recording.mismatch()).app(folder=tmp_path).run_test(size=size) as pilot:
        _, lines = await opened(pilot)
        await to_line(pilot, lines, "answered 401 at")
        assert "1 api.example.com" in text_of(pilot.app)
        await pilot.press("1")
        await settle(pilot)
        assert "1 struck out" in text_of(pilot.app).splitlines()[0]
        assert "https://‹struck-1›/v1/orders" in text_of(pilot.app)
        await save_all(pilot)
        assert "✓ saved" in text_of(pilot.app)
    made = written(tmp_path)
    assert set(made) == {".md", ".html", ".json", ".har"}
    for form, text in made.items():
        assert "api.example.com" not in text, form
        assert "login.example.com" in text or form == ".har", "another value stays"
        assert "struck-1" in text


async def test_a_line_is_struck_out_with_all_that_it_names(tmp_path: Path) -> None:
    async with Kit(recording.mismatch()).app(folder=tmp_path).run_test(size=(80, 24)) as pilot:
        _, lines = await opened(pilot)
        await to_line(pilot, lines, "Token: secret-1")
        await pilot.press("x")
        await settle(pilot)
        assert lines.item is not None
        assert "✗" in text_of(pilot.app)
        await save_all(pilot)
    for form, text in written(tmp_path).items():
        assert "login.example.com" not in text, form
        assert "Token: secret-1" not in text, form
    made = written(tmp_path)
    for form in (".md", ".html", ".json"):
        assert "(struck out)" in made[form], form
        assert "Whoever wrote this report struck out" in made[form], form


async def test_what_was_struck_out_comes_back_with_undo_and_with_the_same_key(tmp_path: Path) -> None:
    async with Kit(recording.mismatch()).app(folder=tmp_path).run_test(size=(80, 24)) as pilot:
        app, lines = await opened(pilot)
        await to_line(pilot, lines, "answered 401 at")
        await pilot.press("1", "x")
        await settle(pilot)
        assert app.session is not None
        assert len(app.session.strokes.made) == 2
        await pilot.press("x")  # the same line again
        await settle(pilot)
        assert len(app.session.strokes.made) == 1
        await pilot.press("u")
        await settle(pilot)
        assert app.session.strokes.made == []
        assert "https://api.example.com/v1/orders" in text_of(app)
        await pilot.press("u")
        await settle(pilot)
        assert "Nothing is struck out." in text_of(app)
        await pilot.press("m")
        await settle(pilot)
    assert "api.example.com" in written(tmp_path)[".md"]
    assert "truck" not in written(tmp_path)[".md"]


async def test_strokes_outlive_the_screen_and_end_with_the_save(tmp_path: Path) -> None:
    async with Kit(recording.mismatch()).app(folder=tmp_path).run_test(size=(80, 24)) as pilot:
        app, lines = await opened(pilot)
        await to_line(pilot, lines, "answered 401 at")
        await pilot.press("1", "escape")
        await settle(pilot)
        assert isinstance(app.screen, RecoveryScreen)
        await pilot.press("r")
        await settle(pilot)
        assert "1 struck out" in text_of(app)
        await pilot.press("enter")
        await settle(pilot)
        assert "struck out of the kept case, too" in text_of(app).replace("\n ", " ")
        await pilot.press("u")
        await settle(pilot)
        assert "cannot be taken back" in " ".join(text_of(app).split())
    assert "api.example.com" not in written(tmp_path)[".md"]


async def test_the_mouse_strikes_lines_and_values(tmp_path: Path) -> None:
    async with Kit(recording.mismatch()).app(folder=tmp_path).run_test(size=(80, 24)) as pilot:
        app, lines = await opened(pilot)
        await pilot.click(ReportLines, offset=(10, 3))  # the line of the cause
        await settle(pilot)
        assert lines.item is not None
        assert lines.item.text.startswith("Cause, confirmed")
        assert app.session is not None
        assert app.session.strokes.made == [], "the first click chooses"
        await pilot.click(ReportLines, offset=(10, 3))
        await settle(pilot)
        assert app.session.strokes.lines == [lines.item.key]
        await pilot.click(ReportLines, offset=(10, 1))
        await settle(pilot)
        await pilot.click("#value-1")
        await settle(pilot)
        assert app.session.strokes.values == ["api.example.com"]
        await pilot.click("#whole")
        await settle(pilot)
        assert len(app.session.strokes.lines) == 2
        assert app.screen.query_one("#whole", Action).label == "Take the line back"


async def test_the_kept_case_loses_it_with_the_save_and_what_is_recorded_later_too(tmp_path: Path) -> None:
    shelf = Shelf(lambda: tmp_path / "state")
    journal = shelf.journal
    assert isinstance(journal, Journal)
    kit = Kit(recording.mismatch())
    app = kit.app(folder=tmp_path)
    object.__setattr__(app.ports, "reporter", Reporter(shelf))
    for event in recording.RUNNING:
        journal.record(recording.CASE, event)
    async with app.run_test(size=(80, 24)) as pilot:
        _, lines = await opened(pilot)
        await to_line(pilot, lines, "answered 401 at")
        await pilot.press("1")
        await settle(pilot)
        assert b"api.example.com" in on_disk(tmp_path), "not before it is saved"
        await pilot.press("j")
        await settle(pilot)
    assert b"api.example.com" not in on_disk(tmp_path)
    for event in recording.RUNNING[1:]:  # the recovery goes on
        journal.record(recording.CASE, event)
    assert b"api.example.com" not in on_disk(tmp_path)
    assert "struck-1" in journal.cases()[0].url
    shelf.close()


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (folder / "state").rglob("*") if path.is_file())


async def test_a_kept_case_that_cannot_be_struck_is_told(tmp_path: Path) -> None:
    from tui401.ui.ports import PortError

    class Stuck(Reporter):
        def keep(self, *_given: Any) -> None:
            raise PortError("Traces are left.")

    app = Kit(recording.mismatch()).app(folder=tmp_path)
    object.__setattr__(app.ports, "reporter", Stuck())
    async with app.run_test(size=(80, 24)) as pilot:
        _, lines = await opened(pilot)
        await to_line(pilot, lines, "answered 401 at")
        await pilot.press("1", "c")
        await settle(pilot)
        assert "Traces are left." in text_of(app)
        assert app.session is not None
        assert app.session.strokes.open == 1


def test_a_stroke_that_was_kept_is_not_taken_back() -> None:
    strokes = Strokes()
    one, other = Stroke("a line", ("a value",)), Stroke(values=("b value",))
    assert strokes.turn(one)
    strokes.keep()
    assert not strokes.turn(one)
    assert not strokes.undo()
    assert strokes.turn(other)
    assert strokes.values == ["a value", "b value"]
    assert strokes.lines == ["a line"]
    assert strokes.undo()
    assert strokes.values == ["a value"]
    assert "a value" not in repr(strokes), "what is struck out is printed nowhere"
