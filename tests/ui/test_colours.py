"""Both themes can be read, on sixteen colours too; and where NO_COLOR is set there is no colour at all."""

from __future__ import annotations

import pytest
import recording
from rich.color import Color as RichColor
from rich.color import ColorSystem
from support import Kit, lines_of, settle, until
from textual.app import App
from textual.color import Color
from textual.pilot import Pilot
from textual.theme import Theme

from tui401.model.verdict import Status
from tui401.ui.blocks import GLYPHS, TONES, WORDS, Tone
from tui401.ui.draw import STYLES
from tui401.ui.theme import DARK, DARK_OF_SIXTEEN, LIGHT, LIGHT_OF_SIXTEEN
from tui401.ui.widgets.action import Action

THEMES = (DARK, LIGHT, DARK_OF_SIXTEEN, LIGHT_OF_SIXTEEN)
TEXT = 4.5  # the contrast that WCAG 2.1 asks of text (success criterion 1.4.3)
PART = 3.0  # and of what is no text but tells where something is (1.4.11)


def luminance(color: Color) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in color.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: Color, second: Color) -> float:
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def named(theme: Theme, name: str) -> Color:
    value = theme.variables.get(name) or getattr(theme, name.replace("-", "_"))
    assert isinstance(value, str)
    return Color.parse(value)


def names_of_text() -> list[str]:
    words = (word.removeprefix("$") for style in STYLES.values() for word in style.split() if word.startswith("$"))
    return sorted({"foreground", "text", "accent", *words})


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_text_stands_out_from_its_ground(theme: Theme) -> None:
    assert {"text-muted", "text-success", "text-error", "text-warning", "text-accent"} <= set(names_of_text())
    for name in names_of_text():
        for ground in ("background", "surface", "panel"):
            assert contrast(named(theme, name), named(theme, ground)) >= TEXT, (name, ground)


@pytest.mark.parametrize("theme", [DARK_OF_SIXTEEN, LIGHT_OF_SIXTEEN], ids=lambda theme: theme.name)
def test_a_border_is_seen_on_sixteen_colours(theme: Theme) -> None:
    border = named(theme, "border")
    assert border != named(theme, "background")
    assert contrast(border, named(theme, "background")) >= PART - 1  # the grey of the sixteen is what it is


def of_sixteen(color: Color) -> int | None:
    return RichColor.from_triplet(color.rich_color.get_truecolor()).downgrade(ColorSystem.STANDARD).number


@pytest.mark.parametrize("theme", [DARK_OF_SIXTEEN, LIGHT_OF_SIXTEEN], ids=lambda theme: theme.name)
def test_on_sixteen_colours_what_is_quiet_or_broken_or_a_way_on_is_told_apart(theme: Theme) -> None:
    names = ("background", "text", "text-muted", "text-accent", "text-error")
    assert len({of_sixteen(named(theme, name)) for name in names}) == len(names)


@pytest.mark.parametrize("term", ["xterm-16color", "screen"])
async def test_a_terminal_of_sixteen_colours_gets_its_own_themes(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.delenv("COLORTERM", raising=False)
    app = Kit(recording.mismatch()).app(start=True)
    async with app.run_test() as pilot:
        await settle(pilot)
        assert app.theme == DARK_OF_SIXTEEN.name
        await pilot.press("escape", "L")
        await settle(pilot)
        assert app.theme == LIGHT_OF_SIXTEEN.name


def colours(app: App[object]) -> set[str]:
    """The colours of all that is drawn, those of the terminal itself left out."""
    seen: set[str] = set()
    for strip in app.screen._compositor.render_strips(app.screen.size):
        for segment in strip:
            for color in (segment.style.color, segment.style.bgcolor) if segment.style is not None else ():
                if color is not None and not color.is_default:
                    seen.add(color.name)
    return seen


async def found(pilot: Pilot[None]) -> None:
    app = pilot.app
    await until(pilot, lambda: bool(app.session is not None and app.session.choices))  # type: ignore[attr-defined]


async def test_with_no_color_nothing_has_a_colour_and_states_keep_glyph_and_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Kit(recording.mismatch()).app()
    async with app.run_test() as pilot:
        await found(pilot)
        assert not colours(app)
        rail = [line[:25].split() for line in lines_of(app)[2:8]]
        assert rail[2][:3] == ["▸3", GLYPHS[Status.FAILED], "Audience"]
        assert rail[2][3] == WORDS[Status.FAILED]
        assert rail[1][1:4] == [GLYPHS[Status.PASSED], "Header", WORDS[Status.PASSED]]
        focused = app.focused
        assert isinstance(focused, Action)
        assert f"▸ {focused.label} ◂" in "\n".join(lines_of(app))
        await pilot.press("L")
        await settle(pilot)
        assert not colours(app)


async def test_with_no_color_the_hand_in_a_box_and_the_line_in_the_palette_are_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Kit(recording.mismatch()).app(start=True)
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press("a")
        await settle(pilot)
        assert texts(app, "reverse") == [" "]
        await pilot.press("escape", "colon")
        await until(pilot, lambda: "Judge without sending" in "\n".join(lines_of(app)))
        await pilot.press("down")
        await settle(pilot)
        assert not colours(app)
        assert any(line.startswith("Find out why") for line in texts(app, "underline"))
        await pilot.press("down")
        await settle(pilot)
        assert any(line.startswith("Judge without") for line in texts(app, "underline"))


def texts(app: App[object], style: str) -> list[str]:
    """What is drawn in a style, a piece each."""
    strips = app.screen._compositor.render_strips(app.screen.size)
    return [segment.text for strip in strips for segment in strip if getattr(segment.style, style, False)]


def test_no_state_is_told_by_its_colour_alone() -> None:
    assert len(set(GLYPHS.values())) == len(GLYPHS) == len(Status)
    assert len(set(WORDS.values())) == len(WORDS) == len(Status)
    assert set(TONES) == set(GLYPHS)
    assert set(STYLES) == set(Tone)
