"""The editor: what is written is what is sent, a secret is never in sight, and nothing is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import recording
from msgspec import structs
from support import SIZES, Kit, settle, text_of, until
from test_secrets import check
from textual import events
from textual.pilot import Pilot

from tui401.judge.facts import derive
from tui401.model.case import Known
from tui401.model.fix import TokenWish
from tui401.model.http import Header, Request
from tui401.model.secret import Secret
from tui401.ui.app import Wizard
from tui401.ui.lint import lint
from tui401.ui.screens.edit import EditScreen
from tui401.ui.screens.recovery import RecoveryScreen
from tui401.ui.screens.start import StartScreen
from tui401.ui.widgets.action import Action
from tui401.ui.widgets.keybar import KeyBar
from tui401.ui.widgets.valuefield import ValueField

NEW = "q7Zx9Wv2Kp0Lm4Rt8Yb3Nc6Hd1Jf5"


@asynccontextmanager
async def editor(
    kit: Kit | None = None, *, size: tuple[int, int] = (80, 24), **more: float
) -> AsyncIterator[tuple[Kit, Wizard, Pilot[None]]]:
    kit = kit or Kit(recording.mismatch())
    app = kit.app(**more)  # type: ignore[arg-type]
    object.__setattr__(app.ports, "derive", derive)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        await pilot.press("e")
        await settle(pilot)
        assert isinstance(app.screen, EditScreen)
        yield kit, app, pilot


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def paste(pilot: Pilot[None], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await settle(pilot)


def sent(kit: Kit) -> Request:
    request = kit.replay.answers[-1].request
    assert request is not None
    return request


def lines(request: Request) -> list[str]:
    return [f"{h.name}: {h.value.reveal()}" for h in request.headers]


def field(app: Wizard, key: str) -> ValueField:
    return next(f for f in app.screen.query(ValueField).results(ValueField) if f.key == key)


@pytest.mark.parametrize("size", SIZES)
async def test_a_header_is_edited_and_sent_by_keyboard_alone(size: tuple[int, int]) -> None:
    async with editor(size=size) as (kit, app, pilot):
        await press(pilot, "a", *"X-Tenant: blue", "enter")
        shown = text_of(app)
        assert "+ X-Tenant: blue" in shown
        assert "Since the last attempt" in shown
        await press(pilot, "s")
        await until(pilot, lambda: bool(kit.replay.answers))
    assert kit.replay.answers[0].key == "edit"
    assert lines(sent(kit)) == [f"Authorization: Bearer {recording.TOKEN}", "X-Tenant: blue"]


async def click(pilot: Pilot[None], label: str) -> None:
    button = next(a for a in pilot.app.screen.query(Action).results(Action) if a.label == label and a.display)
    await pilot.click(button)
    await settle(pilot)


async def click_key(pilot: Pilot[None], words: str) -> None:
    """Clicks a key in the last line."""
    row = text_of(pilot.app).splitlines()
    await pilot.click(KeyBar, offset=(row[-1].index(words), 0))
    await settle(pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_the_same_by_mouse_alone(size: tuple[int, int]) -> None:
    async with editor(size=size) as (kit, app, pilot):
        await pilot.click(field(app, "header:0"), offset=(3, 0))
        await settle(pilot)
        assert field(app, "header:0").editing
        await click_key(pilot, "esc done")
        await click_key(pilot, "d remove")
        assert "- Authorization: Bearer" in text_of(app)
        await click_key(pilot, "u undo")
        assert "Nothing differs yet" in text_of(app)
        await click_key(pilot, "U redo")
        await click(pilot, "Send")
        await until(pilot, lambda: bool(kit.replay.answers))
    assert lines(sent(kit)) == []


async def test_the_difference_and_the_marks_follow_each_key() -> None:
    async with editor() as (kit, app, pilot):
        await press(pilot, "down", "enter", "home")
        for _ in range(len("Authorization: Bearer ")):
            await pilot.press("right")
        await press(pilot, "space")
        shown = text_of(app)
        assert "2 spaces stand behind the scheme" in shown
        assert "+ Authorization: Bearer  ‹●●●● 5f3a›" in shown
        await press(pilot, "backspace")
        assert "Nothing differs yet" in text_of(app)
        await press(pilot, "space", "enter", "s")
        await until(pilot, lambda: bool(kit.replay.answers))
    assert lines(sent(kit)) == [f"Authorization: Bearer  {recording.TOKEN}"]


async def test_a_chip_is_taken_away_whole_and_a_paste_becomes_one() -> None:
    async with editor() as (kit, app, pilot):
        await press(pilot, "down", "enter", "backspace")
        assert field(app, "header:0").text.reveal() == "Authorization: Bearer "
        assert "Nothing stands where the credential should" in text_of(app)
        await paste(pilot, f"{NEW}\r")
        check(pilot)
        shown = text_of(app)
        assert NEW[:8] not in shown
        assert NEW[-8:] not in shown
        await press(pilot, "enter", "s")
        await until(pilot, lambda: bool(kit.replay.answers))
    assert lines(sent(kit)) == [f"Authorization: Bearer {NEW}"]


@pytest.mark.parametrize("line", ["Authorization: Bearer ", "X-Api-Key: ", "X-Anything: "])
async def test_a_typed_secret_is_on_no_screen_and_in_no_widget(line: str) -> None:
    async with editor() as (_, app, pilot):
        await press(pilot, "a")
        for sign in line + NEW:
            await pilot.press("space" if sign == " " else sign)
            await pilot.pause()
            shown = text_of(app)
            assert not [NEW[i : i + 8] for i in range(len(NEW) - 7) if NEW[i : i + 8] in shown]
        await press(pilot, "enter", "u", "U")
        shown = text_of(app) + app.export_screenshot()
        held = "".join(repr(vars(w)) for w in app.screen.walk_children(with_self=True))
        for run in (NEW[i : i + 8] for i in range(len(NEW) - 7)):
            assert run not in shown
            assert run not in held
        check(pilot)


async def test_reveal_is_explicit_and_hides_itself_on_leaving() -> None:
    async with editor() as (_, app, pilot):
        await press(pilot, "down", "v")
        signature = recording.TOKEN.rpartition(".")[2]
        joined = "".join(line.strip() for line in text_of(app).splitlines())
        assert signature in joined
        assert "v hide" in text_of(app)
        await press(pilot, "up")
        check(pilot)
        await press(pilot, "down", "v", "question_mark")
        check(pilot)
        await press(pilot, "escape")
        check(pilot)
        await press(pilot, "v", "v")
        check(pilot)


async def test_leaving_keeps_the_changes_and_sends_nothing() -> None:
    async with editor() as (kit, app, pilot):
        await press(pilot, "a", *"X-A: 1", "enter", "escape")
        assert isinstance(app.screen, RecoveryScreen)
        assert kit.replay.answers == []
        await press(pilot, "e")
        assert "+ X-A: 1" in text_of(app)
        await press(pilot, "u")
        assert "Nothing differs yet" in text_of(app)


async def test_escape_inside_a_line_ends_the_line_and_not_the_screen() -> None:
    async with editor() as (_, app, pilot):
        await press(pilot, "down", "enter", "q", "escape")
        assert isinstance(app.screen, EditScreen)
        assert field(app, "header:0").text.reveal().endswith("q")
        await press(pilot, "u")
        assert field(app, "header:0").text.reveal() == f"Authorization: Bearer {recording.TOKEN}"


async def test_a_line_that_is_no_header_is_told_at_once_and_left_as_it_was_on_leaving() -> None:
    async with editor() as (_, app, pilot):
        await press(pilot, "down", "enter", "ctrl+u", *"nonsense", "enter")
        assert "A header is a name, a colon and a value" in text_of(app)
        assert field(app, "header:0").editing
        await press(pilot, "escape")
        assert any("The line was left as it was." in told.message for told in app._notifications)
        assert field(app, "header:0").text.reveal() == f"Authorization: Bearer {recording.TOKEN}"


async def test_method_address_and_body_are_edited() -> None:
    async with editor() as (kit, app, pilot):
        await press(pilot, "enter", "home", "delete", "delete", "delete", *"PUT", "end", *"?a=b", "enter")
        await press(pilot, "b", *'{"x":', "enter", *"1}", "escape")
        assert "+ PUT https://api.example.com/v1/orders?a=b" in text_of(app)
        await press(pilot, "s")
        await until(pilot, lambda: bool(kit.replay.answers))
    request = sent(kit)
    assert (request.method, request.target.reveal()) == ("PUT", "/v1/orders?a=b")
    assert request.body == Secret(b'{"x":\n1}')


async def test_headers_change_their_order() -> None:
    async with editor() as (kit, app, pilot):
        await press(pilot, "a", *"X-A: 1", "enter", "K")
        assert app.focused is field(app, "header:0")
        await press(pilot, "s")
        await until(pilot, lambda: bool(kit.replay.answers))
    assert lines(sent(kit)) == ["X-A: 1", f"Authorization: Bearer {recording.TOKEN}"]


async def test_a_token_of_another_audience_and_other_scopes_is_asked_for() -> None:
    async with editor() as (kit, app, pilot):
        shown = text_of(app)
        assert "(•) https://api.stage.example.com   the token" in shown
        await click(pilot, "the issuer's own choice of audience")
        await click(pilot, "orders:read")
        assert "[ ] orders:read" in text_of(app)
        await press(pilot, "t")
        await until(pilot, lambda: bool(kit.replay.answers))
    answer = kit.replay.answers[0]
    assert (answer.key, answer.wish) == ("token", TokenWish(audience="", scopes=()))
    assert sent(kit) == recording.case().request


async def test_where_nobody_gives_tokens_the_screen_says_so() -> None:
    replay = recording.mismatch()
    replay.question = recording.Question(asks=recording.Asks.NEXT, title="?", choices=(recording.EDIT, recording.STOP))
    async with editor(Kit(replay)) as (kit, app, pilot):
        assert "No issuer is known here that gives tokens" in text_of(app)
        await press(pilot, "t")
        assert kit.replay.answers == []


async def test_a_known_client_is_asked_for_a_token_though_nothing_is_to_be_mended() -> None:
    replay = recording.mismatch()
    replay.question = recording.Question(asks=recording.Asks.NEXT, title="?", choices=(recording.EDIT, recording.STOP))
    async with editor(Kit(replay)) as (kit, app, pilot):
        assert app.session is not None
        assert app.session.case is not None
        app.session.case.known = Known(
            issuer="https://login.example.com", client_id="svc", client_secret=Secret("a-long-client-secret")
        )
        app.session.view = structs.replace(app.session.view, known=app.session.case.known.shown())
        await press(pilot, "escape", "e")
        assert "A token of login.example.com, for" in text_of(app)
        await press(pilot, "t")
        await until(pilot, lambda: bool(kit.replay.answers))
    assert kit.replay.answers[0].key == "token"


async def test_letters_of_a_paste_that_was_not_bracketed_send_nothing() -> None:
    async with editor(burst=0.2) as (kit, app, pilot):
        for letter in "stuff":
            app.simulate_key(letter)
        await settle(pilot)
        await pilot.pause(0.6)
        assert kit.replay.answers == []
        assert isinstance(app.screen, EditScreen)


async def test_a_solved_case_is_edited_and_sent_on_as_its_next_attempt() -> None:
    kit = Kit(recording.mismatch())
    app = kit.app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        await pilot.press("f", "enter")
        await until(pilot, lambda: "in 4 requests to the API" in text_of(app))
        begun: list[object] = []

        async def again(case: object, *, ask: object, emit: object) -> recording.Outcome:  # noqa: ARG001
            begun.append(case)
            return recording.Outcome.DIAGNOSED

        object.__setattr__(app.ports, "recover", again)
        known = Known(issuer="https://login.example.com", client_id="svc", client_secret=Secret("a-long-client-secret"))
        assert app.session is not None
        assert app.session.case is not None
        app.session.case.known = known
        app.session.derive = derive
        await press(pilot, "e")
        assert isinstance(app.screen, EditScreen)
        assert "Edit · attempt 3" in text_of(app)
        assert "This case has ended. Send the request once more" in text_of(app)
        await press(pilot, "a", *"X-A: 1", "enter", "s")
        await until(pilot, lambda: bool(begun))
        await until(pilot, lambda: app.session is not None and not app.session.running)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, StartScreen))  # and back from there is no dead end
    (case,) = begun
    assert isinstance(case, recording.Case)
    assert case.earlier is not None
    assert (case.earlier.attempts, case.earlier.sends, case.earlier.by) == (2, 4, "edited by hand")
    assert case.options.send_consented
    assert lines(case.request)[-1] == "X-A: 1"


def test_the_lint_names_each_defect_masked() -> None:
    request = recording.case().request
    for value, says in (
        (f"Bearer  {NEW}", "2 spaces"),
        (f"Bearer {NEW}\n", "control"),
        (f'"{NEW}"', "Quotes"),
        (f"Bearer Bearer {NEW}", "twice"),
    ):
        blocks = lint(Secret(f"Authorization: {value}"), request)
        assert any(says in getattr(block, "says", "") or says in getattr(block, "text", "") for block in blocks), value
        assert NEW[:8] not in repr(blocks)


def test_the_lint_tells_of_two_authorization_headers_and_of_a_wrong_length() -> None:
    header = Header("Authorization", Secret("Bearer $TOKEN"))
    twice = Request("GET", recording.case().request.origin, Secret("/"), (header, header), Secret(b"abc"))
    assert any(
        "two Authorization headers" in getattr(b, "text", "") for b in lint(Secret("Authorization: Bearer $T"), twice)
    )
    long = Request("GET", twice.origin, Secret("/"), (Header("Content-Length", Secret("9")),), Secret(b"abc"))
    assert any("the body has 3 bytes" in getattr(b, "text", "") for b in lint(Secret("Content-Length: 9"), long))
