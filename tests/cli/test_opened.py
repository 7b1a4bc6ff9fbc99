"""JSON documents that somebody else sent: a report is judged again, whatever else comes is refused in a sentence."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui401.cli import opened, wizard
from tui401.cli.arguments import UsageError
from tui401.cli.reports import of as report_of
from tui401.model.saved import SavedCase, encode
from tui401.model.view import CaseView, apply
from tui401.report import FORMATS, render

GOLDEN = Path(__file__).parent.parent / "report" / "golden" / "report.json"
DOCUMENT: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))


def shown(saved: SavedCase) -> CaseView:
    view = CaseView()
    for event in saved.events:
        view = apply(view, event)
    return view


HOSTILE = {
    "nothing": b"",
    "a list": b"[1, 2]",
    "a text": b'"report"',
    "another program's": b'{"openapi": "3.1.0", "info": {"title": "x"}}',
    "no report at all": b"{}",
    "cut": GOLDEN.read_bytes()[:4000],
    "no text": b"\xff\xfe\x00{",
    "deep": b'{"type": "Report", "schema": 1, "case": ' + b"[" * 100_000,
    "deep claims": b'{"type": "Report", "a": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
    "a later schema": GOLDEN.read_bytes().replace(b'"schema": 1', b'"schema": 7', 1),
    "another type": GOLDEN.read_bytes().replace(b'"type": "Report"', b'"type": "Rep\\u001b[2Jort"', 1),
    "a saved case with nothing in it": b'{"type": "SavedCase"}',
}


@pytest.mark.parametrize("command", ["open", "explain"])
@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_report_is_refused_in_a_sentence(
    name: str, command: str, tui401: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "sent.json"
    path.write_bytes(HOSTILE[name])
    ran = tui401(command, str(path))
    assert ran.code == 2, ran
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert "fault of its own" not in ran.err
    assert "\x1b" not in ran.err
    assert ran.err.strip().endswith((".", "`", "?"))


def test_a_file_that_is_too_large_is_not_read_to_its_end(
    tui401: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "_LARGEST", 1 << 20)
    path = tmp_path / "sent.json"
    path.write_bytes(b"{" + b" " * (1 << 20))
    ran = tui401("open", str(path))
    assert ran.code == 2
    assert "is larger than 1 MiB, which no report of tui401 is." in ran.err


def test_a_report_opens_in_the_wizard_with_the_diagnosis_that_its_evidence_gives(
    tui401: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    shows: list[SavedCase] = []
    monkeypatch.setattr(wizard, "show", lambda _options, *, saved: shows.append(saved) or 0)
    assert tui401("open", str(GOLDEN)).code == 0
    view = shown(shows[0])
    assert view.diagnosis is not None
    assert view.case == DOCUMENT["case"]
    assert len(view.sends) == len(DOCUMENT["sends"])
    assert len(view.evidence) == len(DOCUMENT["evidence"])


def test_a_claim_that_the_evidence_does_not_bear_is_told(tui401: Callable[..., Any], tmp_path: Path) -> None:
    lie = copy.deepcopy(DOCUMENT)
    lie["diagnosis"]["root"]["cause"] = "token-revoked"
    path = tmp_path / "lie.json"
    path.write_text(json.dumps(lie), encoding="utf-8")
    view = shown(opened.document("lie.json", path.read_bytes()))
    assert view.diagnosis is not None
    assert view.diagnosis.root is not None
    assert view.diagnosis.root.cause != "token-revoked"
    assert view.told[0].startswith("The report says confirmed token-revoked; judged again by this version of tui401")
    ran = tui401("explain", str(path))
    assert "judged again by this version of tui401" in ran.err + ran.out


def test_a_saved_case_opens_as_well() -> None:
    saved = opened.document("report.json", GOLDEN.read_bytes())
    bare = SavedCase(case=saved.case, attempt=1, evidence=saved.evidence)
    view = shown(opened.document("case.json", encode(bare)))
    assert view.diagnosis is not None
    assert view.case == saved.case


def test_a_text_that_only_begins_with_a_bracket_is_left_to_the_start_screen() -> None:
    assert not opened.is_document("standard input", b"{{base}}/v1/orders\n")
    assert not opened.is_document("notes.txt", b"curl https://a.example/")
    assert opened.is_document("standard input", GOLDEN.read_bytes())


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [at, *(path for key in value for path in paths(value[key], (*at, key)))]
    if isinstance(value, list):
        return [at, *(path for number in range(len(value)) for path in paths(value[number], (*at, number)))]
    return [at]


PLACES = [path for path in paths(DOCUMENT) if path]
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["", "https://", "http://[", "‹secret-1›", "‹struck-9›", "-1", "\x1b[2J", "\u202e", "a" * 5000]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), ODD), min_size=1, max_size=4))
def test_a_document_that_was_tampered_with_is_judged_or_refused(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    """Whatever is put wherever: a sentence, or a case that can be shown and reported in every form."""
    document = copy.deepcopy(DOCUMENT)
    for path, value in changes:
        held = document
        try:
            for step in path[:-1]:
                held = held[step]
            held[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    data = json.dumps(document).encode()
    try:
        saved = opened.document("sent.json", data)
    except UsageError:
        return
    report = report_of(shown(saved))
    for form in FORMATS:
        assert render(report, form)
    msgspec.json.decode(render(report, ".json"))
