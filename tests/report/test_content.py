from __future__ import annotations

import shutil
import subprocess
import sys
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui401.model.facts import Facts, Flip, Now
from tui401.model.shown import (
    AnswerSeen,
    ClockSeen,
    FailureShown,
    HeaderShown,
    HopShown,
    Redacted,
    RequestShown,
    ResponseShown,
)
from tui401.model.verdict import Diagnosis, Outcome, Ranked, Step, Strength, Verdict
from tui401.model.view import CaseView
from tui401.report import Report, build
from tui401.report.curl import again
from tui401.report.texts import spoken, utc

MADE_AT = 1_795_435_711.0
BASH = shutil.which("bash")


def report_of(made: Any, **changes: Any) -> Report:
    facts = msgspec.structs.replace(made.facts, **changes) if changes else made.facts
    return build(made.view, facts, made.diagnosis, made.causes, made_at=MADE_AT)


def lines(report: Report, title: str) -> list[str]:
    section = next((s for s in report.sections if s.title == title), None)
    return (
        [] if section is None else [f"{line.text}: {line.value}" if line.value else line.text for line in section.lines]
    )


def summary(report: Report) -> str:
    return "\n".join(f"{line.text}: {line.value}" if line.value else line.text for line in report.summary)


def test_the_summary_says_what_when_why_how_sure_and_what_to_do(made: Any) -> None:
    report = report_of(made)
    assert len(report.summary) <= 12
    text = summary(report)
    for wanted in (
        "answered 401 at 2026-11-23 12:07:31 UTC",
        "2026-11-23 12:07:30 UTC by the server's clock",
        "X-Request-Id 6f1c9a2e-77b1-4f5e-9f0a-2b1d3c4e5f60",
        "traceparent 00-4bf9",
        "Cause, confirmed: The token is meant for another API (audience-mismatch)",
        "Expected https://api.example.com",
        "the request has https://api.stage.example.com",
        "Proved by: a token for https://api.example.com answered 200",
        "valid for another 41 min by network time",
        "agree within",
        "Last credential change",
        "Ruled out: token-expired",
        "What mends it: Request a token for this audience",
        "To ask first",
    ):
        assert wanted in text, wanted


def test_every_part_that_support_asks_for_is_there(made: Any) -> None:
    titles = [section.title for section in report_of(made).sections]
    assert titles == [
        "Request",
        "Token state",
        "Clocks",
        "Findings",
        "Experiments and what they proved",
        "Ruled out",
        "Not settled",
        "Steps",
        "Attempts",
        "Recent credential changes",
        "Questions for the owners",
        "To reproduce",
        "Left out",
    ]


def test_a_recovered_case_says_so_and_asks_nobody(recovered: Any) -> None:
    report = report_of(recovered)
    assert "Now: the request succeeds after 40 s, mended by: Request a token for https://api.example.com" in summary(
        report
    )
    assert lines(report, "Questions for the owners") == []
    assert report.outcome == "recovered"
    assert [row[0] for s in report.sections if s.title == "Attempts" for row in s.rows] == ["1", "2", "3", "4", "5"]
    assert lines(report, "Recent credential changes")[-1].startswith("2026-11-23 12:07:51 UTC: Request a token")


def test_questions_name_what_their_reader_needs(made: Any) -> None:
    asked = "\n".join(lines(report_of(made), "Questions for the owners"))
    for wanted in (
        "issuer https://login.example.com",
        "jti 0f3b-aa",
        "client svc-orders",
        "Is k7 a current signing key",
    ):
        assert wanted in asked
    assert "X-Request-Id 6f1c9a2e" in asked
    assert "Which audience and which scopes does this endpoint require" in asked


def test_an_api_key_has_no_issuer_to_ask(made: Any) -> None:
    key = msgspec.structs.replace(made.facts.credential, family="api-key", token=None)
    asked = lines(report_of(made, credential=key, token=None), "Questions for the owners")
    assert not any("issuer" in line for line in asked)
    assert asked[0] == "To the owner of the API"


def test_what_was_ruled_out_leaves_out_what_never_applied(made: Any) -> None:
    said = lines(report_of(made), "Ruled out")
    assert said == ["The access token has expired (token-expired): it is valid for another 41 min by network time"]


def test_causes_without_a_word_for_or_against_share_one_line(made: Any) -> None:
    silent = [Verdict(cause=slug, strength=Strength.UNKNOWN) for slug in ("client-rejected", "consent-required")]
    told = Verdict(
        cause="token-revoked", strength=Strength.UNKNOWN, because=("nobody was asked",), needs="introspection"
    )
    ranked = tuple(Ranked(verdict=verdict, step=Step.SERVER) for verdict in (*silent, told))
    diagnosis = Diagnosis(attempt=1, outcome=Outcome.UNDETERMINED, causes=ranked)
    report = build(made.view, made.facts, diagnosis, made.causes, made_at=MADE_AT)
    assert lines(report, "Not settled") == [
        "The token was revoked (token-revoked): nobody was asked; to be settled by introspection",
        "Nothing speaks for these, and nothing rules them out: client-rejected, consent-required",
    ]


def test_an_unproved_flip_is_not_called_proved(made: Any) -> None:
    flip = Flip(label="audience", varied="a token for https://api.example.com", proved=False)
    report = report_of(made, flips=(flip,))
    assert "Proved by" not in summary(report)
    said = lines(report, "Experiments and what they proved")
    assert any(line.startswith("Not proved: ") for line in said)
    assert not any(line.startswith("Proved") for line in said)


def test_a_verdict_that_is_only_possible_is_undetermined_in_the_summary(made: Any) -> None:
    verdict = Verdict(cause="token-revoked", strength=Strength.POSSIBLE)
    diagnosis = Diagnosis(
        attempt=1, outcome=Outcome.UNDETERMINED, root=verdict, causes=(Ranked(verdict=verdict, step=Step.TOKEN),)
    )
    report = build(made.view, made.facts, diagnosis, made.causes, made_at=MADE_AT)
    assert "Cause: undetermined; still possible: token-revoked" in summary(report)
    assert "confirmed" not in summary(report)
    assert "Proved by" not in summary(report), "what decides has no name yet"
    assert "What decides: a token for https://api.example.com answered 200" in summary(report)


def test_an_intermittent_refusal_names_no_cause(made: Any) -> None:
    original = made.view.sends[0]
    again = msgspec.structs.replace(original, label="original-again", status=200)
    view = msgspec.structs.replace(made.view, outcome=Outcome.INTERMITTENT, sends=(original, again, original))
    report = build(view, made.facts, made.diagnosis, made.causes, made_at=MADE_AT)
    assert "none can be named" in summary(report)
    assert "2 of 3 times it was refused" in summary(report)
    assert "audience-mismatch" not in summary(report)


def test_a_clock_that_is_off_is_told_with_its_uncertainty(made: Any) -> None:
    clock = ClockSeen(who="api", source="Date", offset=-418.0, uncertainty=1.1, cached=True)
    report = report_of(made, clocks=(clock,))
    told = "the API's clock is 6 min 58 s behind this machine's (± 1.1 s, perhaps old since it came from a cache)"
    assert told in summary(report)
    rows = next(s.rows for s in report.sections if s.title == "Clocks")
    assert rows == (("the API's clock", "Date", "-418.0 s", "± 1.1 s", "from a cache, perhaps old"),)


def test_a_case_without_an_answer_says_why(made: Any) -> None:
    failed = AnswerSeen(
        label="original",
        hops=(HopShown(request=made.facts.request, started_at=1_795_435_651.0),),
        failure=FailureShown(kind="dns", says=Redacted("api.example.com has no address.")),
    )
    report = report_of(made, answer=failed, response=None, refused=False, answers=(failed,), flips=())
    assert "brought no answer at 2026-11-23 12:07:31 UTC: api.example.com has no address." in summary(report)
    assert "No answer came: api.example.com has no address." in lines(report, "Request")


def test_nothing_known_still_makes_a_report() -> None:
    facts = Facts(
        attempt=1,
        now=Now(at=0.0, uncertainty=0.0, source="local"),
        local_now=0.0,
        request=RequestShown(method="GET", url=Redacted("")),
    )
    report = build(CaseView(), facts, Diagnosis(attempt=1, outcome=Outcome.UNDETERMINED), {}, made_at=0.0)
    assert "Cause: undetermined; nothing points to one yet" in summary(report)


def test_redirects_and_withheld_credentials_are_told(made: Any) -> None:
    first = msgspec.structs.replace(made.facts.answer.hops[0], response=ResponseShown(status=302))
    last = msgspec.structs.replace(
        made.facts.answer.hops[0],
        credential_sent=False,
        withheld=("The Authorization header was not sent to b.example.",),
    )
    moved = msgspec.structs.replace(made.facts.answer, hops=(first, last))
    said = lines(report_of(made, answer=moved), "Request")
    assert "Redirects on the way: 1" in said
    assert any(line.startswith("302 with a credential: https://api") for line in said)
    assert any(line.startswith("401 without a credential: https://api") for line in said)
    assert "The Authorization header was not sent to b.example." in said


def test_an_answer_that_wanted_the_same_request_again_is_no_redirect(made: Any) -> None:
    hop = made.facts.answer.hops[0]
    first = msgspec.structs.replace(hop, response=ResponseShown(status=401))
    again = msgspec.structs.replace(made.facts.answer, hops=(first, hop))
    said = lines(report_of(made, answer=again), "Request")
    assert "Answers on the way: 1" in said


# -- the line to reproduce ---------------------------------------------------------------------------------------------


def line_of(made: Any, request: RequestShown) -> str:
    return again(msgspec.structs.replace(made.facts, request=request)).code[0]


def header(name: str, value: str) -> HeaderShown:
    return HeaderShown(name=name, value=Redacted(value))


def test_the_line_has_the_variable_where_the_secret_was(made: Any) -> None:
    line = again(made.facts).code[0]
    assert '-H "Authorization: Bearer $TOKEN"' in line
    assert line.startswith("curl -i 'https://api.example.com/v1/orders?limit=5&note=a|b'")
    assert "Host:" not in line


@pytest.mark.parametrize(
    ("request_shown", "line"),
    [
        (RequestShown(method="GET", url=Redacted("https://a.example/")), "curl -i https://a.example/"),
        (RequestShown(method="HEAD", url=Redacted("https://a.example/")), "curl --head https://a.example/"),
        (RequestShown(method="DELETE", url=Redacted("https://a.example/")), "curl -i -X DELETE https://a.example/"),
        (
            RequestShown(method="POST", url=Redacted("https://a.example/?k=‹secret-1›x"), body=Redacted("a=1\nb='2'")),
            "curl -i \"https://a.example/?k=${TOKEN}x\" --data-raw $'a=1\\nb=\\'2\\''",
        ),
        (
            RequestShown(
                method="PUT", url=Redacted("https://a.example/"), body=Redacted("(5,000 bytes that are no text)")
            ),
            "curl -i -X PUT https://a.example/",
        ),
    ],
)
def test_the_line_is_what_a_person_would_write(made: Any, request_shown: RequestShown, line: str) -> None:
    assert line_of(made, request_shown) == line


SHELL = st.text(st.sampled_from("ab \t\n'\"`$\\!*?~&|;<>(){}[]#%=:,./-_\u202eé€"), max_size=20)


@pytest.mark.skipif(BASH is None, reason="the line is for a shell, and there is none to ask")
@settings(max_examples=60)
@given(SHELL, SHELL, SHELL)
def test_a_shell_reads_the_line_back_and_runs_nothing_of_it(before: str, after: str, other: str) -> None:
    """The shell itself is the oracle: what it hands to curl is what was sent."""
    request = RequestShown(
        method="GET",
        url=Redacted("https://a.example/"),
        headers=(header("X-A", f"{before}‹secret-1›{after}"), header("X-B", f"{other}‹secret-2›")),
    )
    facts = Facts(attempt=1, now=Now(at=0.0, uncertainty=0.0, source="local"), local_now=0.0, request=request)
    line = again(facts).code[0]
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}\nSECRET_1=one SECRET_2='t w$o'\n{line}\n"
    assert BASH is not None
    ran = subprocess.run(
        [BASH, "--norc", "-c", script],
        capture_output=True,
        check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": ""},
        timeout=20,
    )
    words = ran.stdout.decode().split("\0")[:-1]
    assert words == ["-i", "https://a.example/", "-H", f"X-A: {before}one{after}", "-H", f"X-B: {other}t w$o"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.42, "0.4 s"),
        (9.0, "9 s"),
        (59.6, "60 s"),
        (418.0, "6 min 58 s"),
        (2_460.0, "41 min"),
        (7_500.0, "2 h 5 min"),
        (7_200.0, "2 h"),
        (300_000.0, "3 days"),
    ],
)
def test_lengths_of_time_are_spoken(seconds: float, said: str) -> None:
    assert spoken(seconds) == said
    assert spoken(-seconds) == said


def test_a_time_that_no_calendar_has_is_no_crash() -> None:
    for at in (1e20, -1e20, float(sys.maxsize)):
        assert utc(at) == "a time that no calendar has"
