"""What stands on top of the recovery screen, and which way on comes first."""

from __future__ import annotations

import recording
from support import Kit, settle, text_of, until

from tui401.model.events import Changed, Event
from tui401.model.fix import Choice, Fix, FixKind
from tui401.model.verdict import Diagnosis, Next, Outcome, Strength, Verdict
from tui401.model.view import CaseView, apply
from tui401.ui.blocks import Change, Row, Tone
from tui401.ui.draw import draw
from tui401.ui.headline import offers, ranked_fixes, settling
from tui401.ui.states import Headline
from tui401.ui.text import sentence, wrap
from tui401.ui.ways_page import label_of


def view_of(cause: str, *more: Event) -> CaseView:
    root = Verdict(cause=cause, strength=Strength.CONFIRMED)
    view = CaseView()
    judged = recording.Judged(diagnosis=Diagnosis(attempt=1, outcome=Outcome.DIAGNOSED, root=root))
    for event in (recording.OPENED, judged, *more):
        view = apply(view, event)
    return view


def advice(cause: str) -> Choice:
    return recording.fix_choice(Fix(id=f"advice:{cause}", kind=FixKind.ADVICE, causes=(cause,), title="Ask the owner"))


def order(view: CaseView, *choices: Choice) -> list[str]:
    return [choice.key for choice in ranked_fixes(view, choices)]


TOKEN, PASTE = recording.fix_choice(recording.NEW_TOKEN), recording.fix_choice(recording.PASTE)


def test_a_fault_of_the_server_is_not_met_with_another_credential_first() -> None:
    for cause in ("clock-skew-server", "server-misconfigured", "issuer-unavailable", "permission-denied"):
        assert order(view_of(cause), PASTE, advice(cause))[0] == f"fix:advice:{cause}"


def test_what_a_client_can_mend_keeps_its_order() -> None:
    assert order(view_of("audience-mismatch"), TOKEN, PASTE, advice("audience-mismatch"))[:2] == [
        "fix:new-token",
        "fix:paste",
    ]
    assert order(view_of("api-key-invalid"), PASTE, advice("api-key-invalid"))[0] == "fix:paste"


def test_a_fix_that_was_made_and_changed_nothing_goes_last() -> None:
    made = Changed(attempt=2, request=recording.request("secret-2"), by="x", fix=recording.NEW_TOKEN)
    assert order(view_of("audience-mismatch", made), TOKEN, PASTE) == ["fix:paste", "fix:new-token"]


def test_where_nothing_can_be_mended_sending_again_is_the_way_on() -> None:
    found = Headline(word="UNREACHABLE", title="", tone=Tone.BAD, settled=True)
    assert [o.label for o in offers((recording.AGAIN, recording.STOP), found)] == ["Send it again", "Report"]


def test_an_experiment_is_named_as_it_is_offered_and_not_by_its_slug() -> None:
    view = view_of("token-unrecognised")
    assert settling(view, Next(probe="fresh", why="it tells")) == "a fresh token: it tells"
    asked = apply(view, recording.Asked(question=recording.NEXT))
    assert settling(asked, Next(probe="canonical", why="it tells")).startswith("the same credential, written")


def test_two_ways_that_are_called_alike_are_told_apart() -> None:
    refresh = Choice(
        key="fix:refresh",
        label=TOKEN.label,
        fix=Fix(id="r", kind=FixKind.NEW_TOKEN, causes=(), title="", grant="refresh_token"),
    )
    labels = [label_of(choice, (TOKEN, refresh)) for choice in (TOKEN, refresh)]
    assert labels == [f"{TOKEN.label}, with the client's secret", f"{TOKEN.label}, with the refresh token"]
    assert label_of(TOKEN, (TOKEN, PASTE)) == TOKEN.label


def test_a_sentence_that_begins_with_an_address_keeps_it() -> None:
    assert sentence("http://a.example/x answers 503") == "http://a.example/x answers 503"
    assert sentence("the token ended.") == "The token ended."


def test_a_long_address_is_cut_behind_a_slash() -> None:
    assert wrap("http://127.0.0.1:35487/.well-known/openid-configuration", 50) == [
        "http://127.0.0.1:35487/.well-known/openid-",
        "configuration",
    ]


def test_a_value_stays_whole_and_its_source_goes_under_it() -> None:
    content, folded = draw((Row("audience wanted", "http://127.0.0.1:48529", "the practice server"),), 53)
    assert not folded
    assert [line.strip() for line in content.plain.split("\n")] == [
        "audience wanted  http://127.0.0.1:48529",
        "the practice server",
    ]


def test_a_change_that_is_too_long_tells_the_rest_below_it() -> None:
    line = "Authorization: Bearer ●●●● (new)    aud https://api.example.com    scope orders:read"
    content, _ = draw((Change("+", line),), 60)
    assert content.plain.split("\n") == [
        " + Authorization: Bearer ●●●● (new)",
        "     aud https://api.example.com",
        "     scope orders:read",
    ]


async def test_storing_says_on_the_screen_where_the_credential_went() -> None:
    kit = Kit(recording.mismatch())
    app = kit.app()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.session is not None and bool(app.session.choices))
        await pilot.press("f", "enter")
        await until(pilot, lambda: "Store the credential" in text_of(app))
        await pilot.press("k")
        await until(pilot, lambda: "✓ Stored in the keyring as prod." in text_of(app))
        assert kit.vault is not None
        kit.vault.problem = "No keyring was found. The credential stays in this session's memory."
        await pilot.press("k")
        await until(pilot, lambda: "! No keyring was found." in text_of(app))
        await settle(pilot)


async def test_a_case_from_disk_offers_no_storing_of_what_is_not_in_memory() -> None:
    kit = Kit(recording.mismatch())
    assert kit.journal is not None
    ended = recording.Ended(outcome=Outcome.RECOVERED, at=recording.T0 + 38)
    kit.journal.events = (*recording.RUNNING, *recording.SETTLED, *recording.MENDED, ended)
    async with kit.app(start=True).run_test() as pilot:
        await settle(pilot)
        await pilot.press("escape", "down", "down", "enter")
        await until(pilot, lambda: "Write the report" in text_of(pilot.app))
        assert "Store the credential" not in text_of(pilot.app)


async def test_the_focus_is_where_it_was_after_the_terminal_was_too_small() -> None:
    async with Kit(recording.mismatch()).app().run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "▸ Show the fix ◂" in text_of(pilot.app))
        await pilot.resize_terminal(50, 12)
        await settle(pilot)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert "▸ Show the fix ◂" in text_of(pilot.app)
