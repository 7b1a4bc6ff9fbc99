"""Each surface by itself with each kind of hostile text: whatever a server, a file or a hand puts there is a sign."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace as changed
from pathlib import Path

import msgspec.structs
import pytest
import recording
from support import Kit, settle, text_of, until
from test_signin import COMMAND, SIGN_IN
from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot

import tui401.ui
from tui401.judge.facts import derive
from tui401.model.case import Case
from tui401.model.events import Event
from tui401.model.fix import Question
from tui401.model.http import Header
from tui401.model.saved import SavedCase
from tui401.model.secret import Secret
from tui401.model.shown import CredentialsSeen, Evidence, Redacted
from tui401.report.lines import Item
from tui401.ui.app import Wizard
from tui401.ui.ports import Exercise, Need
from tui401.ui.widgets.action import Action, Toggle
from tui401.ui.widgets.lines import Strip, TopLine
from tui401.ui.widgets.reportlines import ReportLines
from tui401.wire.visible import visible

HOSTILE = {
    "escape": "\x1b[2J\x1b]0;owned\x07",
    "c1": "\x9b31m\x85\x90q\x9c",
    "bidi": "\u202egnp.exe\u2066x\u2069",
    "zero-width": "ad\u200bmin\u200d\ufeff\u2060",
    "tags": "a\U000e0041\U000e0042",
    "markup": "[bold red]x[/] [@click=app.quit]y[/] [link=https://evil.example]z[/]",
}
ACTING = frozenset(sign for text in HOSTILE.values() for sign in text if visible(sign) != sign and sign != "\n")


def drawn(pilot: Pilot[None]) -> str:
    strips = pilot.app.screen._compositor.render_strips(pilot.app.screen.size)
    for strip in strips:
        for segment in strip:
            assert not (segment.style and segment.style.meta and "app.quit" in str(segment.style.meta))
            assert not (segment.style and segment.style.link)
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def check(pilot: Pilot[None], text: str, mark: str = "MARK") -> None:
    await settle(pilot)
    shown = drawn(pilot)
    assert mark in shown, f"the surface was not drawn\n{shown}"
    assert not ACTING & set(shown)
    if text == HOSTILE["markup"]:
        assert "[/]" in shown


async def waiting(pilot: Pilot[None]) -> Wizard:
    app = pilot.app
    assert isinstance(app, Wizard)
    await until(pilot, lambda: app.session is not None and bool(app.session.choices))
    return app


kinds = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


def evil(text: str) -> str:
    return f"MARK{text}"


@kinds
async def test_the_lines_of_the_editor(text: str) -> None:
    case = recording.case()
    case = changed(case, request=changed(case.request, headers=(Header("X-A", Secret(evil(text))),)))
    app = Wizard(Kit(recording.mismatch()).app().ports, case=case, guard_seconds=0.0, burst_seconds=0.0)
    async with app.run_test(size=(120, 40)) as pilot:
        await waiting(pilot)
        await pilot.press("e")
        await check(pilot, text)
        await pilot.press("down", "enter")
        await check(pilot, text)
        await pilot.press("x", "enter", "v")
        await check(pilot, text)


def claimed(text: str) -> Event:
    made = recording.credential(audience=evil(text))
    seen = made.evidence.content
    assert isinstance(seen, CredentialsSeen)
    (one,) = seen.credentials
    assert one.token is not None
    token = msgspec.structs.replace(one.token, claims={**one.token.claims, "scope": evil(text).replace(" ", "")})
    content = CredentialsSeen(credentials=(msgspec.structs.replace(one, token=token),))
    piece: Evidence = msgspec.structs.replace(made.evidence, content=content)
    return recording.Found(evidence=piece)


@kinds
async def test_the_audiences_and_scopes_to_choose_from(text: str) -> None:
    kit = Kit(recording.Replay(beats=(*recording.RUNNING, *recording.SETTLED, claimed(text))), derive=derive)
    async with kit.app().run_test(size=(120, 40)) as pilot:
        await waiting(pilot)
        await pilot.press("e")
        await check(pilot, text)


@kinds
async def test_the_comparison(text: str) -> None:
    beats = (*recording.RUNNING, recording.answer("bare", 401, body=evil(text)), recording.sent(2, 401, evil(text)))
    odd = recording.sent(3, 401, evil(text), label="bare")
    async with Kit(recording.Replay(beats=(*beats, odd))).app().run_test(size=(120, 40)) as pilot:
        await waiting(pilot)
        await pilot.press("d")
        await check(pilot, text)


@kinds
@pytest.mark.parametrize("question", [SIGN_IN, COMMAND], ids=["sign-in", "command"])
async def test_the_questions(text: str, question: Question) -> None:
    asked = msgspec.structs.replace(
        question,
        title=evil(text),
        lines=(Redacted(evil(text)), Redacted(evil(text))),
        choices=tuple(msgspec.structs.replace(c, label=evil(text), detail=evil(text)) for c in question.choices),
        address=Redacted(evil(text)) if question.address else Redacted(""),
        code=evil(text)[:40] if question.code else "",
    )
    app = Kit(recording.mismatch(asked)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.session is not None and app.session.question is not None)
        await settle(pilot)
        await check(pilot, text)


@kinds
async def test_what_is_asked_for_again(text: str) -> None:
    class Evil:
        def needs(self, case: str) -> Sequence[Need]:  # noqa: ARG002 - the protocol's
            return (Need("secret-1", evil(text), (evil(text),)),)

        def case(self, case: str, given: Mapping[str, Secret[str]]) -> Case:  # noqa: ARG002 - the protocol's
            raise AssertionError("nothing was given")

    kit = Kit(recording.mismatch(), resume=Evil())
    saved = SavedCase(case=recording.CASE, attempt=1, evidence=(), events=recording.RUNNING)
    app = kit.app(saved=saved, kept=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "Go on from here" in text_of(app))
        await pilot.press("g")
        await check(pilot, text)


@kinds
async def test_the_text_that_was_copied_and_the_toast_and_the_palette(text: str) -> None:
    app = Kit(recording.mismatch()).app()
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await waiting(pilot)
        app.copy(evil(text))
        await pilot.press("y")
        await check(pilot, text)
        await pilot.press("escape")
        app.screen.say(evil(text), severity="warning")  # type: ignore[attr-defined]
        await check(pilot, text)


@kinds
async def test_palette_hits(text: str) -> None:
    replay = recording.mismatch()
    app = Kit(replay).app()
    async with app.run_test(size=(120, 40)) as pilot:
        await waiting(pilot)
        screen = app.screen
        screen.describe = lambda _action, _description: evil(text)  # type: ignore[attr-defined]
        await pilot.press("colon")
        await check(pilot, text)
        await pilot.press(*"mark")
        await check(pilot, text)


@kinds
async def test_exercises(text: str) -> None:
    class School:
        def exercises(self) -> Sequence[Exercise]:
            return (Exercise(slug="token-expired", title=evil(text), how=evil(text)),)

    kit = Kit(recording.mismatch())
    app = kit.app(start=True)
    object.__setattr__(app.ports, "practise", School())
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await pilot.press("escape", "t")
        await check(pilot, text)


@kinds
def test_the_small_widgets(text: str) -> None:
    for widget in (Action(evil(text), "k"), Toggle(evil(text), "k", on=True)):
        assert not ACTING & set(str(widget.render()))
    top = TopLine(evil(text), evil(text))
    assert not ACTING & set(top._left + top._right)
    top.show(evil(text), evil(text))
    assert not ACTING & set(top._left + top._right)
    strip = Strip()
    strip._sends = (recording.sent(1, 401, evil(text), label="odd"),)
    assert not ACTING & set(str(strip.render()))


@kinds
async def test_the_lines_of_a_report(text: str) -> None:
    lines = ReportLines()
    hostile = Item("a key", evil(text), evil(text), values=(evil(text),))

    class Shown(App[None]):
        def compose(self) -> ComposeResult:
            yield lines

    async with Shown().run_test(size=(100, 30)) as pilot:
        for struck in ((), ("a key",)):
            lines.show([hostile], struck, {}, 90)
            lines.highlighted = 1
            await pilot.pause()
            prompts = [lines.get_option_at_index(at).prompt for at in range(lines.option_count)]
            assert all(isinstance(prompt, Content) for prompt in prompts), "a text would be read as markup"
            assert not ACTING & set("".join(map(str, prompts)).replace("\n", ""))
            assert "[" not in text or "[" in str(prompts[1])


def test_no_surface_is_drawn_that_these_tests_do_not_know() -> None:
    """Titles of borders, tables, option lists and trees read markup; none is used but one list, which reads none."""
    used: set[str] = set()
    for path in Path(tui401.ui.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "textual.widgets":
                used |= {alias.name for alias in node.names}
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("border_title", "border_subtitle", "tooltip", "sub_title"), path
            if isinstance(node, ast.ClassDef) and any(
                isinstance(b, ast.Name) and b.id == "OptionList" for b in node.bases
            ):
                assert node.name == "ReportLines", "only this one is shown hostile text above"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "OptionList", path
    assert used <= {"Static", "TextArea", "Input", "OptionList"}
    for path in Path(tui401.ui.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Static":
                assert any(k.arg == "markup" for k in node.keywords), f"{path}: a Static that reads markup"
