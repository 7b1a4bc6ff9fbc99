from __future__ import annotations

import base64
import json
import re
from functools import reduce
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui401.causes import all_causes
from tui401.judge.facts import derive
from tui401.judge.rank import diagnose
from tui401.model.secret import Secret
from tui401.model.shown import PersonSaid
from tui401.model.view import CaseView, apply
from tui401.report import Line, as_json, as_markdown, build, from_json
from tui401.wire.visible import is_visible

MADE_AT = 1_795_435_711.0


def test_a_json_report_judged_again_gives_the_same_diagnosis(made: Any) -> None:
    facts = derive(made.view.evidence, 1)
    diagnosis = diagnose(facts)
    assert diagnosis.causes, "a case that judgement has nothing to say on would prove nothing"
    report = build(made.view, facts, diagnosis, all_causes(), made_at=MADE_AT)
    saved = from_json(as_json(report))
    again = derive(saved.evidence, saved.attempt)
    assert again == facts
    assert diagnose(again) == diagnosis


def test_the_same_report_can_be_built_from_a_json_report(recovered: Any) -> None:
    report = build(recovered.view, recovered.facts, recovered.diagnosis, recovered.causes, made_at=MADE_AT)
    saved = from_json(as_json(report))
    view = reduce(apply, saved.events, CaseView())
    again = build(view, recovered.facts, recovered.diagnosis, recovered.causes, made_at=MADE_AT)
    assert again == report


def test_the_diagnosis_that_a_document_claims_is_not_taken_over(made: Any) -> None:
    report = build(made.view, made.facts, made.diagnosis, made.causes, made_at=MADE_AT)
    view = reduce(apply, from_json(as_json(report)).events, CaseView())
    assert view.diagnosis is None


def test_the_json_has_no_character_that_acts_and_reads_back_exactly(made: Any) -> None:
    report = build(made.view, made.facts, made.diagnosis, made.causes, made_at=MADE_AT)
    text = as_json(report).decode()
    assert is_visible(text, lines=True)
    assert "\\u202e" in text
    assert "“" in text, "what is harmless stays readable"
    assert from_json(text.encode()).evidence == report.evidence


@given(st.text())
def test_any_text_survives_the_json_and_none_of_it_acts(text: str) -> None:
    said = PersonSaid(question="q", answer=text)  # type: ignore[arg-type]
    from tui401.report.document import _OUTSIDE, _escaped

    written = _OUTSIDE.sub(_escaped, msgspec.json.encode(said).decode())
    assert is_visible(written)
    assert json.loads(written)["answer"] == text


def runs(secret: str) -> set[str]:
    """All runs of eight characters of a secret, as it is and as it may be encoded."""
    forms = {secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode().rstrip("="), secret[::-1]}
    return {form[at : at + 8] for form in forms for at in range(len(form) - 7)}


@pytest.mark.parametrize("render", [as_markdown, as_json], ids=["markdown", "json"])
def test_no_run_of_a_secret_stands_in_a_report_of_a_live_case(render: Any) -> None:
    """A live request and an answer that echoes its secrets, by way of redaction."""
    from tui401.model.events import CaseOpened, Found
    from tui401.model.http import Exchange, Header, Hop, Origin, Request, Response
    from tui401.model.names import Names
    from tui401.model.shown import Evidence, KnownSeen, kind_of
    from tui401.wire import redact

    token = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJhIn0.Zq3vB8yWk1LmTn0PxQr5sUvCd7EfGh"
    session, key = "c00kie9f8e7d6c5b4a3f2e1d", "k3y0a1b2c3d4e5f60718293a4b5c6"
    request = Request(
        "POST",
        Origin("https", "api.example.com", 443),
        Secret(f"/v1/orders?api_key={key}"),
        (
            Header("Authorization", Secret(f"Bearer {token}")),
            Header("Cookie", Secret(f"session={session}")),
            Header("Content-Type", Secret("application/json")),
        ),
        Secret(f'{{"access_token": "{token}"}}'.encode()),
    )
    echoed = f"refused {token}, {session}, {quote(key)}, {base64.b64encode(token.encode()).decode()}"
    answer = Response(401, (Header("X-Echo", Secret(token)),), Secret(echoed.encode()))
    names = Names()
    seen = redact.answer(Exchange((Hop(request, answer, 1_795_435_651.0, 0.1),)), names, label="original")
    credentials = redact.credentials(request, names)
    view = apply(CaseView(), CaseOpened(case="1", request=redact.request(request, names), known=KnownSeen(), at=1.0))
    for content in (credentials, seen):
        piece = Evidence(kind=kind_of(content), subject="attempt:1", content=content, at=1.0, by="test")
        view = apply(view, Found(evidence=piece))
    facts = derive(view.evidence, 1)
    made = render(build(view, facts, diagnose(facts), all_causes(), made_at=MADE_AT))
    text = made if isinstance(made, str) else made.decode()
    assert "‹secret-1›" in text
    signature = token.rpartition(".")[2]
    for secret in (signature, session, key, token):
        leaked = sorted(run for run in runs(secret) if run in text)
        assert not leaked


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a JSON report"),
        (b"{}", "not a JSON report"),
        (b"\xff\xfe", "not a JSON report"),
        (b"[" * 200_000, "not a JSON report"),
        (b'{"type": "Report", "case": ' + b'{"a":' * 100_000, "not a JSON report"),
    ],
)
def test_a_damaged_document_is_refused_with_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        from_json(data)


def test_a_report_of_a_later_schema_is_refused_by_name(made: Any) -> None:
    report = build(made.view, made.facts, made.diagnosis, made.causes, made_at=MADE_AT)
    data = re.sub(rb'("outcome": "diagnosed",)', rb'\1 "schema": 2,', as_json(report), count=1)
    with pytest.raises(ValueError, match="schema 2"):
        from_json(data)


def test_what_may_not_be_seen_does_not_become_json(made: Any) -> None:
    report = build(made.view, made.facts, made.diagnosis, made.causes, made_at=MADE_AT)
    smuggled = msgspec.structs.replace(report, summary=(Line(text=Secret("c4n4ry")),))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        as_json(smuggled)
