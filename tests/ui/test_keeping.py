"""Solved: the credential kept where it can be, the profile, and the line that checks the next call."""

from __future__ import annotations

import recording
from msgspec.structs import replace
from support import FakeProfiles, FakeSealed, Kit, settle, text_of, until
from textual import events
from textual.pilot import Pilot

from tui401.model.secret import Secret
from tui401.model.shown import KnownSeen
from tui401.model.view import CaseView, apply
from tui401.ui.prevent import guard_line, profile_name, profile_values
from tui401.ui.screens.credential import CredentialScreen

NO_PROFILE = replace(recording.OPENED, known=KnownSeen(issuer=recording.ISSUER, client_id="svc-orders"))


def bare() -> recording.Replay:
    """The recording of somebody without a profile."""
    replay = recording.mismatch()
    replay.beats = [NO_PROFILE if beat is recording.OPENED else beat for beat in replay.beats]
    return replay


async def solved(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: pilot.app.session is not None and bool(pilot.app.session.choices))  # type: ignore[attr-defined]
    await pilot.press("f", "enter")
    await until(pilot, lambda: "Write the report" in text_of(pilot.app))


async def give(pilot: Pilot[None], text: str) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, CredentialScreen))
    pilot.app.post_message(events.Paste(text))
    await settle(pilot)
    assert text not in text_of(pilot.app)
    await pilot.press("enter")
    await settle(pilot)


async def test_where_the_keyring_fails_the_encrypted_file_is_offered_and_its_passphrase_asked_for_twice() -> None:
    kit = Kit(recording.mismatch(), sealed=FakeSealed())
    assert kit.vault is not None
    assert kit.sealed is not None
    kit.vault.problem = "No keyring was found.\n  Secret Service: no bus.\n  KWallet: not installed."
    async with kit.app().run_test() as pilot:
        await solved(pilot)
        assert "encrypted file" not in text_of(pilot.app)
        await pilot.press("k")
        await until(pilot, lambda: "Keep it in an encrypted file instead" in text_of(pilot.app))
        shown = text_of(pilot.app)
        assert "! No keyring was found." in shown
        assert "KWallet: not installed." in shown
        for words in (("correct horse", "wrong horse"), ("correct horse", "correct horse")):
            pilot.app.screen.query_one("#sealed").focus()
            await pilot.press("enter")
            for word in words:
                await give(pilot, word)
            differ = words[0] != words[1]
            says = "The two passphrases differ" if differ else "✓ Stored in the encrypted file as prod."
            await until(pilot, lambda says=says: says in text_of(pilot.app))  # type: ignore[misc]
            assert bool(kit.sealed.kept) is not differ
    assert kit.sealed.kept["prod"] == (Secret(recording.FRESH), Secret("correct horse"))


async def test_a_file_that_is_there_wants_its_passphrase_once_and_says_where_it_is_wrong() -> None:
    kit = Kit(recording.mismatch(), sealed=FakeSealed(new=False, problem="The passphrase does not open it."))
    assert kit.vault is not None
    kit.vault.problem = "It is locked."
    async with kit.app().run_test() as pilot:
        await solved(pilot)
        await pilot.press("k")
        await until(pilot, lambda: "encrypted file instead" in text_of(pilot.app))
        pilot.app.screen.query_one("#sealed").focus()
        await pilot.press("enter")
        await give(pilot, "wrong horse")
        await until(pilot, lambda: "! The passphrase does not open it." in text_of(pilot.app))


async def test_a_request_without_a_profile_is_kept_as_one() -> None:
    kit = Kit(bare(), profiles=FakeProfiles())
    assert kit.profiles is not None
    async with kit.app().run_test() as pilot:
        await solved(pilot)
        assert "Keep as profile api.example.com" in text_of(pilot.app)
        kit.profiles.problem = "It cannot be written."
        await pilot.press("p")
        await until(pilot, lambda: "! It cannot be written." in text_of(pilot.app))
        kit.profiles.problem = ""
        await pilot.press("p")
        await until(pilot, lambda: "✓ The profile api.example.com is kept." in text_of(pilot.app))
        await pilot.press("g", "k")
        await settle(pilot)
        assert pilot.app.clipboard.startswith("tui401 guard api.example.com ")
    assert kit.profiles.kept["api.example.com"] == {
        "origins": "https://api.example.com",
        "issuer": recording.ISSUER,
        "client_id": "svc-orders",
        "audience": recording.PROD,
        "scopes": "orders:read",
    }
    assert kit.vault is not None
    assert "api.example.com" in kit.vault.kept


async def test_a_request_of_a_profile_offers_no_second_one_and_its_check() -> None:
    kit = Kit(recording.mismatch(), profiles=FakeProfiles())
    async with kit.app().run_test() as pilot:
        await solved(pilot)
        assert "Keep as profile" not in text_of(pilot.app)
        await pilot.press("p", "g")
        await settle(pilot)
        assert pilot.app.clipboard == "tui401 guard prod --endpoint GET /v1/orders"
    assert kit.profiles is not None
    assert kit.profiles.kept == {}


def view(cause: str = "token-expired", opened: recording.CaseOpened = recording.OPENED) -> CaseView:
    made = CaseView()
    for event in (opened, *recording.RUNNING[1:], *recording.SETTLED):
        made = apply(made, event)
    assert made.diagnosis is not None
    assert made.diagnosis.root is not None
    root = replace(made.diagnosis.root, cause=cause)
    return replace(made, diagnosis=replace(made.diagnosis, root=root))


def test_the_line_fits_what_went_wrong() -> None:
    assert guard_line(view()) == "tui401 guard prod --min-lifetime 5m --endpoint GET /v1/orders"
    assert "--ntp pool.ntp.org" in guard_line(view("clock-skew-client"))
    assert guard_line(view("scope-insufficient")) == "tui401 guard prod --endpoint GET /v1/orders"
    alone = guard_line(view(opened=NO_PROFILE))
    assert alone.startswith(f"tui401 guard --min-lifetime 5m --issuer {recording.ISSUER} ")
    assert " curl " in alone
    assert "https://api.example.com/v1/orders" in alone
    assert recording.TOKEN not in alone
    assert guard_line(CaseView()) == ""


def test_a_profile_is_named_by_the_host_and_holds_no_issuer_that_nobody_confirmed() -> None:
    opened = replace(NO_PROFILE, known=KnownSeen())
    request = replace(recording.OPENED.request, url="https://ada@[::1]:8443/v1?x=1")
    made = replace(view(opened=opened), requests=(request,))
    assert profile_name(made) == "1-8443"
    assert profile_values(made)["origins"] == "https://[::1]:8443"
    assert "issuer" not in profile_values(made)
    assert profile_name(CaseView()) == ""
    assert profile_values(CaseView()) == {}
