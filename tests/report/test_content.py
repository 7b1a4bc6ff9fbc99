from __future__ import annotations

import sys
from typing import Any

import msgspec
import pytest

from tui401.causes import all_causes
from tui401.model.facts import Facts, Flip, Now
from tui401.model.shown import (
    AnswerSeen,
    ChangesSeen,
    ClockSeen,
    CredentialChange,
    Evidence,
    FailureShown,
    HopShown,
    KnownSeen,
    Redacted,
    RequestShown,
    ResponseShown,
)
from tui401.model.verdict import Diagnosis, Outcome, Ranked, Step, Strength, Verdict
from tui401.model.view import CaseView
from tui401.report import Report, build
from tui401.report.prevention import HABITS
from tui401.report.questions import _FITTING
from tui401.report.texts import spoken, utc

MADE_AT = 1_795_435_711.0
AT = 1_795_435_651.0  # of the request that was refused


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
        "12:07:30 UTC by the server's clock",
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
        "Findings",
        "Experiments and what they proved",
        "Timeline",
        "Token state",
        "Recent credential changes",
        "Clocks",
        "Questions for the owners",
        "So that it does not come back",
        "To reproduce",
        "Ruled out",
        "Not settled",
        "Steps",
        "Left out",
    ]


def test_a_recovered_case_says_so_and_asks_nobody(recovered: Any) -> None:
    report = report_of(recovered)
    assert "Now: the request succeeds after 40 s, mended by: Request a token for https://api.example.com" in summary(
        report
    )
    assert lines(report, "Questions for the owners") == []
    assert report.outcome == "recovered"
    changed = lines(report, "Recent credential changes")
    assert not any("Request a token for" in line for line in changed), "what we did is no change that led to it"
    assert "gave secret-3" in changed[-1]


def test_questions_name_what_their_reader_needs(made: Any) -> None:
    asked = "\n".join(lines(report_of(made), "Questions for the owners"))
    for wanted in (
        "issuer https://login.example.com",
        "May the client svc-orders ask for audience https://api.example.com and scope orders:read, and how?",
        "Is the client svc-orders enabled, and are its secret and its grants current?",
    ):
        assert wanted in asked
    assert "signing key" not in asked, "nothing is asked that does not fit the cause"
    assert "X-Request-Id 6f1c9a2e" in asked
    assert "Which audience and which scopes does this endpoint require" in asked


def asked_for(made: Any, cause: str, strength: Strength = Strength.LIKELY, **changes: Any) -> list[str]:
    verdict = Verdict(cause=cause, strength=strength)
    diagnosis = Diagnosis(
        attempt=1, outcome=Outcome.DIAGNOSED, root=verdict, causes=(Ranked(verdict=verdict, step=Step.HEADER),)
    )
    facts = msgspec.structs.replace(made.facts, **changes)
    report = build(made.view, facts, diagnosis, made.causes, made_at=MADE_AT)
    return lines(report, "Questions for the owners")


def test_an_api_key_has_no_issuer_to_ask(made: Any) -> None:
    key = msgspec.structs.replace(made.facts.credential, family="api-key", token=None)
    asked = asked_for(made, "api-key-invalid", credential=key, token=None)
    assert not any("issuer" in line for line in asked)
    assert asked[0] == "To the owner of the API"
    assert "Is the key that ends in 21c5 active, or was it revoked, rotated or restricted lately?" in asked


def test_while_no_cause_is_known_everything_is_asked_that_the_issuer_alone_knows(made: Any) -> None:
    asked = "\n".join(asked_for(made, "token-revoked", Strength.POSSIBLE))
    for wanted in (
        "What is the status of the token with jti 0f3b-aa: active, expired, revoked, unknown?",
        "stand on a revocation list",
        "Is the client svc-orders enabled",
        "Was there an outage or a change at about 2026-11-23 12:07:31 UTC?",
        "Is k7 a current signing key",
    ):
        assert wanted in asked


@pytest.mark.parametrize("cause", list(all_causes()))
def test_each_cause_asks_what_fits_it_and_says_how_to_keep_it_away(made: Any, cause: str) -> None:
    asked = asked_for(made, cause)
    to_the_issuer = [line for line in asked if line.startswith("To the owner of the issuer")]
    assert bool(to_the_issuer) == (cause in _FITTING)
    assert asked.index("To the owner of the API") < len(asked) - 1
    assert HABITS[cause][-1] not in ".:;"
    assert set(_FITTING) <= set(all_causes())
    assert set(HABITS) == set(all_causes())


def test_the_last_change_is_one_that_the_request_may_have_met(made: Any) -> None:
    logged = ChangesSeen(
        changes=(
            CredentialChange(at=AT + 300, what="client-secret", profile="prod", way="noted", note=Redacted("after")),
            CredentialChange(at=AT - 300, what="client-secret", profile="prod", way="noted", note=Redacted("by ops")),
        )
    )
    piece = Evidence(kind="changes", subject="case", content=logged, at=AT, by="by hand")
    view = msgspec.structs.replace(made.view, evidence=(*made.view.evidence, piece))
    report = build(view, made.facts, made.diagnosis, made.causes, made_at=MADE_AT)
    last = next(line for line in report.summary if line.text.startswith("Last credential change"))
    assert "client-secret of profile prod changed (noted), 5 min before the request" in last.text
    assert last.value == "by ops"


def test_two_causes_that_were_mended_are_both_named(recovered: Any) -> None:
    first, *_ = recovered.view.changes
    later = Verdict(cause="token-expired", strength=Strength.CONFIRMED, because=("it has ended",))
    second = Diagnosis(attempt=2, outcome=Outcome.DIAGNOSED, root=later)
    again = msgspec.structs.replace(first, attempt=3, by="Refresh the token")
    view = msgspec.structs.replace(
        recovered.view, changes=(first, again), judgements=(*recovered.view.judgements[:1], second)
    )
    report = build(view, recovered.facts, recovered.diagnosis, recovered.causes, made_at=MADE_AT)
    told = summary(report)
    assert "Cause, confirmed: The token is meant for another API (audience-mismatch)" in told
    assert "Then, confirmed: The access token has expired (token-expired)" in told
    assert f"mended by: {first.by}; then: Refresh the token" in told
    found = lines(report, "Findings")
    assert found.index("Once that was mended: The access token has expired (token-expired)") > 0
    habits = lines(report, "So that it does not come back")
    assert HABITS["audience-mismatch"] in habits
    assert HABITS["token-expired"] in habits


def test_what_keeps_it_away_ends_with_the_check_that_needs_no_sending(made: Any) -> None:
    section = next(s for s in report_of(made).sections if s.title == "So that it does not come back")
    assert section.code == ("tui401 guard prod --endpoint GET '/v1/orders?limit=5&note=a|b'",)
    nameless = msgspec.structs.replace(made.view, known=KnownSeen())
    bare = build(nameless, made.facts, made.diagnosis, made.causes, made_at=MADE_AT)
    section = next(s for s in bare.sections if s.title == "So that it does not come back")
    assert section.code == ()
    assert "tui401 guard curl" in section.lines[-1].text


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
