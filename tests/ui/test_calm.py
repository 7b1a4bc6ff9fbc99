"""Results fill in without the screen jumping: what is read stays where it is, and the hand where it was."""

from __future__ import annotations

import pytest
import recording
from support import Kit, lines_of, settle, text_of, until
from textual.containers import VerticalScroll
from textual.widget import Widget

from tui401.model.events import Event, ProbeEnded, ProbeStarted, Spent, Told
from tui401.model.shown import Redacted
from tui401.ui.app import Wizard
from tui401.ui.screens.recovery import RecoveryScreen
from tui401.ui.widgets.rail import Rail

# All that may come while a person reads.
NEWS: tuple[Event, ...] = (
    *recording.CLOCKS,
    recording.METADATA,
    recording.KEYS,
    ProbeStarted(probe="discovery", title="the issuer's metadata", at=recording.T0, limit=5.0),
    recording.answer("anonymous", 401, varied="without its credential", body='{"error":"missing"}'),
    recording.sent(2, 401, "without its credential", label="anonymous"),
    Spent(api=2, issuer=2, budget=8),
    Told(text=Redacted("A time server did not answer.")),
    ProbeEnded(probe="discovery", at=recording.T0),
    ProbeEnded(probe="keys", at=recording.T0),
)


def places(app: Wizard) -> dict[str, object]:
    """Where everything stands that a person may be looking at."""
    screen = app.screen
    widgets: list[Widget] = [screen.query_one(Rail), screen.query_one("#body"), screen.query_one("#verdict")]
    return {str(widget.id or "rail"): widget.region for widget in widgets}


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("step", [1, 2, 4])
async def test_scroll_and_focus_stay_while_events_arrive(step: int, size: tuple[int, int]) -> None:
    gates = [recording.Gate() for _ in NEWS]
    beats = [beat for gate, event in zip(gates, NEWS, strict=True) for beat in (gate, event)]
    kit = Kit(recording.Replay(beats=(*recording.RUNNING, *beats, recording.Gate())))
    app = kit.app()
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.session is not None and app.session.view.diagnosis is not None)
        await pilot.press(str(step))
        await settle(pilot)
        body = app.screen.query_one("#body", VerticalScroll)
        body.focus()
        body.scroll_to(y=min(3, body.max_scroll_y), animate=False)
        await settle(pilot)
        scrolled, focused, before = body.scroll_y, app.focused, places(app)
        assert focused is body
        for gate, event in zip(gates, NEWS, strict=True):
            gate.open.set()
            await settle(pilot)
            assert body.scroll_y == min(scrolled, body.max_scroll_y), event
            assert app.focused is focused, event
            assert places(app) == before, event
            assert isinstance(app.screen, RecoveryScreen)
            assert app.screen.step.value == recording.Step(list(recording.Step)[step - 1]).value


async def test_what_is_waited_for_stands_there_with_how_long_and_the_limit() -> None:
    kit = Kit(recording.Replay(beats=(*recording.RUNNING, recording.Gate())))
    app = kit.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.session is not None and app.session.view.diagnosis is not None)
        await pilot.press("4")
        await settle(pilot)
        assert "0.8 s of 3 s" in text_of(app)
        kit.now += 1.4
        assert isinstance(app.screen, RecoveryScreen)
        app.screen.note()
        await settle(pilot)
        assert "2.2 s of 3 s" in text_of(app)


async def test_the_life_of_the_token_counts_down() -> None:
    kit = Kit(recording.mismatch())
    app = kit.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        assert any("41:07 left" in line for line in lines_of(app))
        kit.now += 10
        assert isinstance(app.screen, RecoveryScreen)
        app.screen.note()
        await settle(pilot)
        assert any("40:57 left" in line for line in lines_of(app))
