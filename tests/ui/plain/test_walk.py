"""The plain walk over recorded recoveries: every question is answered by a number, secrets out of sight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import recording
from scripted import Scripted
from support import FakeJournal, FakeProfiles, FakeReader, FakeSchool, FakeVault
from test_signin import COMMAND, SCOPES, SIGN_IN, Waits

from tui401.cli.adapters import Reporter
from tui401.judge.facts import derive
from tui401.model.fix import Asks, Choice, Question
from tui401.model.saved import SavedCase
from tui401.model.secret import Secret
from tui401.model.shown import Redacted
from tui401.model.verdict import STEPS, Outcome
from tui401.ui.plain.start import PlainWizard
from tui401.ui.ports import Ports, Recover

WAYS = {
    Asks.SEND: recording.SEND,
    Asks.SIGN_IN: SIGN_IN,
    Asks.COMMAND: COMMAND,
    Asks.SCOPES: SCOPES,
    Asks.CREDENTIAL: recording.CREDENTIAL,
}


@dataclass
class Told:
    """One walk: what was answered, and what was said."""

    terminal: Scripted
    replay: recording.Replay
    reader: FakeReader = field(default_factory=FakeReader)
    vault: FakeVault = field(default_factory=FakeVault)
    profiles: FakeProfiles = field(default_factory=FakeProfiles)
    school: FakeSchool = field(default_factory=FakeSchool)
    outcome: Outcome | None = None

    @property
    def text(self) -> str:
        return self.terminal.text


async def walk(
    *script: str,
    replay: recording.Replay | None = None,
    recover: Recover | None = None,
    folder: Path = Path("nowhere"),
    journal: FakeJournal | None = None,
    start: str = "case",
    meanwhile: Callable[[], None] = lambda: None,
) -> Told:
    """Walks by a script, and ends where it ends."""
    told = Told(Scripted(list(script), meanwhile), replay or recording.mismatch())
    ports = Ports(
        reader=told.reader,
        recover=recover or told.replay,
        reporter=Reporter(),
        derive=derive,
        vault=told.vault,
        profiles=told.profiles,
        journal=journal,
        practise=told.school,
    )
    plain = PlainWizard(told.terminal, ports, clock=lambda: recording.T0, folder=folder)
    match start:
        case "case":
            await plain.run(case=recording.case())
        case "practise":
            await plain.run(exercise="")
        case "given":
            await plain.run(given=Secret(f'curl {recording.URL} -H "Authorization: Bearer {recording.TOKEN}"'))
        case "saved":
            events = (*recording.RUNNING, *recording.SETTLED)
            await plain.run(saved=SavedCase(case=recording.CASE, attempt=1, evidence=(), events=events), kept=True)
        case _:
            await plain.run()
    assert not told.terminal.script, told.text
    told.outcome = plain.session.view.outcome if plain.session is not None else None
    return told


async def test_from_the_verdict_to_a_mended_request_and_a_saved_report(tmp_path: Path) -> None:
    told = await walk(
        *("", "= Fix and send"),  # Enter shows the first fix; sending takes a number
        *(
            "= Write the report",
            "= Save it as Markdown",
            "= Write the report",
            "= Save it as JSON",
            "= Write the report",
            "= Save it as a page",
            "= Done",
        ),
        folder=tmp_path,
    )
    assert [answer.key for answer in told.replay.answers] == ["fix:new-token"]
    assert told.outcome is Outcome.RECOVERED
    assert "Confirmed: The token is meant for another API." in told.terminal.said
    assert (tmp_path / f"tui401-{recording.CASE}.md").read_text(encoding="utf-8").startswith("# tui401 report")
    assert (tmp_path / f"tui401-{recording.CASE}.html").read_text(encoding="utf-8").startswith("<!")
    assert (tmp_path / f"tui401-{recording.CASE}.json").stat().st_mode & 0o777 == 0o600


async def test_the_six_steps_are_told_in_order_with_status_and_findings_of_what_failed() -> None:
    told = await walk("q")
    heads = [line for line in told.terminal.said if line.startswith("Step ")]
    assert [head.split(" of ")[0] for head in heads] == [f"Step {number}" for number in range(1, len(STEPS) + 1)]
    assert heads[2].startswith("Step 3 of 6, Audience: failed.")
    after = told.terminal.said[told.terminal.said.index(heads[2]) + 1 : told.terminal.said.index(heads[3])]
    assert any("api.stage.example.com" in line or "scope" in line.lower() for line in after)


async def test_what_runs_is_said_with_its_limit_and_each_send_with_its_answer() -> None:
    told = await walk("q")
    assert "Waiting for the issuer's keys, for 5 s at most." in told.terminal.said
    assert "Sent, number 1: GET, as sent; answered 401 in 0.2 s." in told.terminal.said


async def test_enter_alone_sends_nothing() -> None:
    told = await walk("", "", "= Not now", "= End this case")
    assert "That is none of the numbers from 1 to 2." in told.terminal.said
    assert [answer.key for answer in told.replay.answers] == ["stop"]


async def test_leaving_answers_no_and_ends() -> None:
    told = await walk("q", replay=recording.mismatch(recording.SEND))
    assert [answer.key for answer in told.replay.answers] == ["no", "stop"]


async def test_the_end_of_the_input_answers_no_and_ends() -> None:
    told = await walk(replay=recording.mismatch(recording.SEND))
    assert [answer.key for answer in told.replay.answers] == ["no", "stop"]


@pytest.mark.parametrize("asks", [asks for asks in Asks if asks is not Asks.NEXT], ids=str)
async def test_every_kind_of_question_can_be_answered_with_its_first_way_and_its_last(asks: Asks) -> None:
    yes, no = Choice(key="yes", label="Do it"), Choice(key="no", label="Leave it")
    default = Question(asks=asks, title="May it?", lines=(Redacted("GET ‹secret-1›"),), choices=(yes, no))
    question = WAYS.get(asks, default)
    secret = question.secret or asks in (Asks.CREDENTIAL, Asks.VALUE)
    first = recording.TOKEN if secret else f"= {question.choices[0].label}"
    last = "" if secret else f"= {question.choices[-1].label}"
    told = await walk(first, last, "q", replay=recording.mismatch(question, question))
    assert [answer.key for answer in told.replay.answers[:2]] == [question.choices[0].key, question.choices[-1].key]
    assert all(line in told.text for line in (question.title,))
    if secret:
        assert told.terminal.unseen == [recording.TOKEN, ""]
        assert told.replay.answers[0].secret == Secret(recording.TOKEN)
    assert recording.TOKEN not in told.text


async def test_a_sign_in_that_ends_by_itself_goes_on_and_takes_no_answer() -> None:
    waits = Waits()
    told = await walk("(nothing)", "= Done", recover=waits, meanwhile=waits.done.set)
    assert waits.keys == []
    assert f"Open: {SIGN_IN.address}" in told.terminal.said
    assert recording.TOKEN not in told.text


async def test_a_pasted_credential_is_understood_and_what_was_left_out_is_said() -> None:
    told = await walk("= Paste another", "= Paste another", f'"Bearer {recording.FRESH}"', "q")
    assert "Note: The quotes around it were left out." in told.terminal.said
    assert told.replay.answers[1].secret == Secret(recording.FRESH)
    assert recording.FRESH not in told.text


async def test_the_request_is_changed_by_hand_undone_and_sent() -> None:
    told = await walk(
        *("= Change the request by hand", "= Add a header", "X-Tenant", "blue"),
        *("= Add a header", "not a header", "x", "= Undo"),
        *("= Add a header", "X-Second", "1", "= Take a header out", "= X-Second"),
        *("= Write a line anew", "= Authorization", "Bearer  another-credential-1234"),
        *("= Send it", "= Done"),
    )
    (answer,) = told.replay.answers
    assert answer.key == "edit"
    assert answer.request is not None
    assert [(h.name, h.value.reveal()) for h in answer.request.headers] == [
        ("Authorization", "Bearer  another-credential-1234")
    ]
    assert "A header is a name, a colon and a value: Accept: application/json" in told.text
    assert "another-credential" not in told.text
    assert any("2 spaces" in line for line in told.terminal.said)  # and what a server may trip over is said


async def test_what_changed_lately_is_said_in_words() -> None:
    told = await walk("= Say what changed", "ops rotated the secret", "q", replay=recording.undetermined())
    assert told.replay.answers[0].key == "changed"
    assert told.replay.answers[0].secret == Secret("ops rotated the secret")


async def test_pages_a_comparison_and_the_request_are_read_without_sending() -> None:
    told = await walk(
        *("= Read the page of a step", "= Clock", "= Compare two", "= 1", "= 2"),
        *("= Print the request", "= Write the report", "= Read it here", "= End this case"),
    )
    assert [answer.key for answer in told.replay.answers] == ["stop"]
    assert "4 Clock: passed." in told.terminal.said
    assert "What came:" in told.terminal.said
    assert any(line.startswith("curl ") for line in told.terminal.said)
    assert recording.TOKEN not in told.text


async def test_from_a_paste_and_a_placeholder() -> None:
    told = await walk(
        *("= Paste a call", f"curl {recording.URL} -H 'Authorization: Bearer {recording.TOKEN}'"),
        *("= Find out why", "= End this case", "= Leave"),
        start="form",
        journal=FakeJournal(),
    )
    assert told.terminal.unseen
    assert "Will ask: api.example.com, once, with this credential." in told.terminal.said
    ((_text, _filled, send),) = told.reader.started
    assert send is True
    assert recording.TOKEN not in told.text


async def test_a_given_call_can_be_judged_without_sending() -> None:
    told = await walk("= Judge", "= End this case", start="given", replay=recording.mismatch(recording.SEND))
    assert [answer.key for answer in told.replay.answers] == ["no", "stop"]


async def test_an_exercise_is_chosen_by_name_and_its_credential_taken() -> None:
    told = await walk(
        *("= Header: The API key", "= Paste another", "= Paste another", "= Take the one", "q"), start="practise"
    )
    assert told.school.begun == ["api-key-invalid"]
    assert told.replay.answers[1].secret == Secret(recording.FRESH)


async def test_a_kept_case_is_told_and_left() -> None:
    told = await walk("= Read the page of a step", "= All six", "= Done", start="saved")
    titles = [line for line in told.terminal.said if line[:1].isdigit() and ": " in line and ". " not in line[:3]]
    assert len([line for line in titles if line[:2] in {f"{n} " for n in range(1, 7)}]) == len(STEPS)
    assert told.replay.answers == []


async def test_what_is_worth_keeping_of_a_solved_case_is_kept() -> None:
    told = await walk("", "= Fix and send", "= Store the credential", "= Print the check", "= Done")
    assert list(told.vault.kept) == ["prod"]
    assert any("tui401 guard" in line for line in told.terminal.said)


async def test_nothing_that_is_said_moves_the_cursor_or_draws() -> None:
    told = await walk("= Read the page of a step", "= All six", "", "= Fix and send", "= Done")
    for line in (*told.terminal.said, *told.terminal.asked):
        assert all(sign.isprintable() or sign == "\n" for sign in line), repr(line)
        assert not any("\u2500" <= sign <= "\u259f" or sign in "✓✗●▸◂⋯" for sign in line), line
