from __future__ import annotations

import base64
import io
import json
import re
from typing import Any

import pytest
from msgspec.structs import replace

from tui401.intake.harentry import hop_of
from tui401.intake.harfile import HarFile
from tui401.model.shown import CredentialSeen, CredentialsSeen, Evidence, HeaderShown, Place, Redacted
from tui401.offline.recording import Recording
from tui401.report import Report, as_har, build
from tui401.wire.placeholder import is_placeholder
from tui401.wire.visible import is_visible

MADE_AT = 1_795_435_711.0
REQUIRED = {  # HAR 1.2, what each object must have
    "log": {"version", "creator", "entries"},
    "entry": {"startedDateTime", "time", "request", "response", "cache", "timings"},
    "request": {"method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize"},
    "response": {
        *("status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL"),
        *("headersSize", "bodySize"),
    },
    "content": {"size", "mimeType"},
    "timings": {"send", "wait", "receive"},
}


def report_of(made: Any) -> Report:
    return build(made.view, made.facts, made.diagnosis, made.causes, made_at=MADE_AT)


def log_of(report: Report) -> dict[str, Any]:
    made = json.loads(as_har(report))
    log = made["log"]
    assert isinstance(log, dict)
    return log


def check_form(log: dict[str, Any]) -> None:
    assert set(log) >= REQUIRED["log"]
    assert log["version"] == "1.2"
    assert set(log["creator"]) == {"name", "version"}
    for entry in log["entries"]:
        assert set(entry) >= REQUIRED["entry"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", entry["startedDateTime"])
        assert entry["time"] == sum(entry["timings"].values())
        for part in ("request", "response"):
            assert set(entry[part]) >= REQUIRED[part], part
            for listed in ("cookies", "headers"):
                assert all(set(one) >= {"name", "value"} for one in entry[part][listed])
        assert set(entry["response"]["content"]) >= REQUIRED["content"]
        assert isinstance(entry["response"]["status"], int)
        extra = [name for name in entry if name not in REQUIRED["entry"] | {"comment"}]
        assert all(name.startswith("_") for name in extra), "own fields begin with a line (HAR 1.2)"


def test_the_file_has_what_the_format_requires_in_the_order_of_the_exchanges(made: Any) -> None:
    log = log_of(report_of(made))
    check_form(log)
    assert [entry["response"]["status"] for entry in log["entries"]] == [401, 401, 200, 401]
    assert [entry["startedDateTime"] for entry in log["entries"]] == sorted(
        e["startedDateTime"] for e in log["entries"]
    )
    assert log["entries"][2]["comment"] == "attempt:1: a token for https://api.example.com"


def test_what_was_redacted_is_marked_and_stands_in_with_the_same_shape(made: Any) -> None:
    entry = log_of(report_of(made))["entries"][0]
    headers = {line["name"]: line for line in entry["request"]["headers"]}
    scheme, token = headers["Authorization"]["value"].split(" ")
    head, claims, signature = token.split(".")
    assert scheme == "Bearer"
    assert json.loads(decoded(head)) == {"alg": "RS256", "kid": "k7", "typ": "at+jwt"}
    assert json.loads(decoded(claims))["aud"] == "https://api.stage.example.com"
    assert len(decoded(signature)) == 256
    assert decoded(signature).startswith(b"redacted.redacted.")
    assert headers["Authorization"]["comment"] == headers["Cookie"]["comment"] == "redacted"
    assert "comment" not in headers["Accept"]
    assert headers["Cookie"]["value"].startswith("sid=tui401-redacted-secret-2; ")
    assert {one["name"] for one in entry["_redacted"]} == {"secret-1", "secret-2"}


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_no_mark_of_ours_is_left_and_nothing_acts_on_a_terminal(made: Any) -> None:
    text = as_har(report_of(made)).decode()
    assert "‹secret" not in text.replace('"‹', "")
    assert is_visible(text, lines=True)


def test_a_stand_in_is_taken_for_no_placeholder() -> None:
    assert not is_placeholder("tui401-redacted-secret-1")
    assert not is_placeholder("tui401-redacted")


@pytest.mark.parametrize(
    ("credential", "value", "stands"),
    [
        (
            CredentialSeen(name="secret-1", place=Place.AUTHORIZATION, family="basic", user=Redacted("svc")),
            "Basic ‹secret-1›",
            "Basic " + base64.b64encode(b"svc:tui401-redacted-secret-1").decode(),
        ),
        (
            CredentialSeen(name="secret-1", place=Place.HEADER, place_name="X-Api-Key", family="api-key"),
            "‹secret-1›",
            "tui401-redacted-secret-1",
        ),
        (CredentialSeen(name="", place=Place.HEADER), "a ‹hidden› b", "a tui401-redacted b"),
    ],
)
def test_each_kind_of_credential_keeps_its_shape(
    made: Any, credential: CredentialSeen, value: str, stands: str
) -> None:
    report = report_of(made)
    answer = next(piece for piece in report.evidence if piece.kind == "answer/original")
    hop = answer.content.hops[0]  # type: ignore[union-attr]
    header = HeaderShown(name="X-Api-Key", value=Redacted(value))
    asked = replace(hop, request=replace(hop.request, headers=(header,)))
    seen = Evidence(
        kind="credentials",
        subject="attempt:1",
        content=CredentialsSeen(credentials=(credential,)),
        at=1.0,
        by="by hand",
    )
    held = replace(report, evidence=(replace(answer, content=replace(answer.content, hops=(asked,))), seen))
    (entry,) = log_of(held)["entries"]
    assert entry["request"]["headers"] == [{"name": "X-Api-Key", "value": stands, "comment": "redacted"}]


def test_our_own_reader_judges_it_as_the_report_does(made: Any) -> None:
    report = report_of(made)
    file = HarFile(io.BytesIO(as_har(report)), "report.har")
    hops = [hop_of(entry) for run in file.runs() for entry in run.entries]  # type: ignore[arg-type]
    assert [hop.response.status for hop in hops if hop.response is not None] == [401, 401, 200, 401]
    assert file.recorder.creator == "tui401"
    from tui401.offline.knowledge import Knowledge

    recording = Recording(HarFile(io.BytesIO(as_har(report)), "report.har"), Knowledge())
    refused = [one.made for one in recording.refusals()]  # type: ignore[union-attr]
    assert [one["status"] for one in refused] == [401, 401, 401]
    for one in refused:
        assert one["verdict"] is None or one["verdict"]["cause"] != "credential-placeholder"


def test_an_exchange_without_an_answer_has_status_0_and_says_why(made: Any) -> None:
    from tui401.model.shown import AnswerSeen, FailureShown

    report = report_of(made)
    answer = next(piece for piece in report.evidence if piece.kind == "answer/original")
    assert isinstance(answer.content, AnswerSeen)
    failed = replace(answer.content, failure=FailureShown(kind="timeout", says=Redacted("No answer in 30 s.")))
    (entry,) = log_of(replace(report, evidence=(replace(answer, content=failed),)))["entries"]
    assert entry["response"]["status"] == 0
    assert entry["response"]["comment"] == "No answer in 30 s."
