"""Reports of every practice fault, made by the program and read as who receives them would."""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tui401.cli import build, opened
from tui401.cli.judged import judged_first
from tui401.cli.reports import of as report_of
from tui401.cli.striking import struck
from tui401.model.view import CaseView, apply
from tui401.practice import PracticeThread, catalogue
from tui401.report import Report, render
from tui401.report.document import read
from tui401.report.lines import items
from tui401.report.schema import published
from tui401.report.struck import named

FAULTS = {fault.slug: fault for fault in catalogue()}
TAKE_MORE_THAN_ONE = frozenset({"environment-mismatch", "endpoint-wrong", "server-misconfigured"})
"""Faults that documents of the issuer or other exchanges show, so one exchange by itself reads otherwise."""
OF_A_MARK = frozenset({"credential-placeholder", "header-malformed", "token-malformed", "basic-malformed"})
"""What a mark in place of a secret would be taken for."""
FORMS = (".md", ".html", ".json", ".har")


def known(world: Any) -> tuple[list[str], dict[str, str]]:
    """The options and the environment that tell what a person would know."""
    knows, options = world.knows, []
    for option, value in (
        ("--issuer", knows.issuer),
        ("--client-id", knows.client_id),
        ("--audience", knows.audience),
        ("--scope", knows.scope),
        ("--ntp", knows.ntp),
    ):
        options += [option, value] if value else []
    env = {build.CLIENT_SECRET: knows.client_secret} if knows.client_secret else {}
    return options, env


@functools.cache
def valid(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(published(name)))


def view_of(document: bytes) -> CaseView:
    return reduce(apply, opened.document("report.json", document).events, CaseView())


def check_replay(document: bytes, folder: Path, tui401: Callable[..., Any]) -> None:
    """Judged again, the evidence gives the diagnosis that the document claims, to the last word: the same report."""
    report = read(document)
    view = view_of(document)
    facts, diagnosis = judged_first(view)
    assert diagnosis == report.diagnosis
    assert view.told == ()
    again = report_of(view)
    assert again.summary == report.summary
    assert again.sections == report.sections
    explained = tui401("explain", "--format", "json", str(folder / "report.json"))
    assert explained.code == (1 if facts.refused else 0)
    (one,) = json.loads(explained.out)
    valid("diagnosis").validate(one)
    assert one["verdict"]["cause"] == report.diagnosis.root.cause if report.diagnosis.root else one["verdict"] is None


def check_strikes(document: bytes) -> None:
    """Whatever is struck out is gone in all forms; judged again, what is left gives the same, or a sentence says so."""
    view = view_of(document)
    lines = list(items(report_of(view)))
    values = list(dict.fromkeys(value for item in lines for value in item.values))
    thirds = [values[at::3] for at in range(3)]
    for some, key in zip([*thirds, values], [lines[0].key, lines[2].key, lines[-1].key, lines[5].key], strict=True):
        left, _ = struck(view, some, [key])
        made = report_of(left)
        written = {form: render(made, form).decode().lower() for form in FORMS}
        for form, text in written.items():
            there = [value for value in some if stands(value, text)]
            assert not there, (form, there)
        assert "struck out" in {line.text for line in made.summary} | {s.title.lower() for s in made.sections}
        again = view_of(written_again(made))
        assert again.struck == left.struck
        now = named(judged_first(again)[1])
        was = named(judged_first(view)[1])
        says = [line.text for s in report_of(again).sections if s.title == "Struck out" for line in s.lines]
        assert any(now in line for line in says), says
        assert (again.told == ()) == (now == was), (again.told, now, was)


def stands(value: str, text: str) -> bool:
    """Whether a value stands in a text; a short one, or one of letters alone, as a whole word."""
    alone = r"\b" if len(value) < 6 or value.isalpha() else ""
    return re.search(f"{alone}{re.escape(value)}{alone}", text, re.IGNORECASE) is not None


def written_again(report: Report) -> bytes:
    data = render(report, ".json")
    valid("report").validate(json.loads(data))
    return data


@pytest.mark.parametrize("slug", FAULTS)
def test_the_reports_of_every_fault_hold_what_their_readers_ask_for(
    slug: str, tui401: Callable[..., Any], tmp_path: Path
) -> None:
    with PracticeThread(slug) as world:
        options, env = known(world)
        fix = ["--fix"] if FAULTS[slug].mendable else []
        ran = tui401("diagnose", "--format", "json", "--all", *fix, *options, *world.argv, env=env)
    valid("diagnosis").validate(ran.json)
    case, named = ran.json["case"], ran.json["verdict"]["cause"]
    paths = [tmp_path / f"report{form}" for form in FORMS]
    for path in paths:
        wrote = tui401("report", case, "-o", str(path))
        assert wrote.code == 0, wrote.err
    markdown, page, document, har = (path.read_bytes() for path in paths)
    report = json.loads(document)
    valid("report").validate(report)
    told = [line["text"] for line in report["summary"]]
    assert len(told) <= 12
    assert f"({named})" in "\n".join(told[:5]), "the answer stands in the first five lines"
    for line in told[:3]:
        assert line.split(" ")[0] in markdown.decode()
        assert line.split(" ")[0] in page.decode()
    check_replay(document, tmp_path, tui401)
    check_strikes(document)
    entries = json.loads(har)["log"]["entries"]
    assert len(entries) >= (0 if not ran.json["attempts"] else 1)
    explained = tui401("explain", "--format", "json", str(paths[3]))
    assert explained.code in (0, 1), explained.err
    judged = json.loads(explained.out)
    for one in judged:
        valid("diagnosis").validate(one)
    for one in judged:
        verdict = one["verdict"]
        sure = verdict is not None and verdict["strength"] == "confirmed"
        if sure and entries[one["entry"]]["comment"] == "attempt:1: original" and slug not in TAKE_MORE_THAN_ONE:
            assert verdict["cause"] == named, verdict
        assert not sure or verdict["cause"] == named or verdict["cause"] not in OF_A_MARK, verdict


def test_the_ending_of_the_file_says_which_form_it_has(tui401: Callable[..., Any], tmp_path: Path) -> None:
    with PracticeThread("token-expired") as world:
        case = tui401("diagnose", "--format", "json", *world.argv).json["case"]
    begins = {
        ".md": "# tui401",
        ".html": "<!DOCTYPE html>",
        ".json": '{\n  "type": "Report",\n  "schema": 1,',
        ".har": "{",
    }
    for name in ("a.md", "b.HTML", "c.json", "d.har", "e.htm", "f.markdown"):
        path = tmp_path / name
        assert tui401("report", case, "-o", str(path)).code == 0
        form = {".htm": ".html", ".markdown": ".md"}.get(path.suffix, path.suffix.lower())
        assert path.read_text().startswith(begins[form])
        if os.name == "posix":
            assert path.stat().st_mode & 0o777 == 0o600
    assert tui401("report", case).out.startswith("# tui401")


@pytest.mark.parametrize("name", ["report.txt", "report", "report.pdf", ".md.gz"])
def test_another_ending_is_refused_before_anything_is_done(
    name: str, tui401: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / name
    for argv in (
        ("report", "7f3a", "-o", str(path)),
        ("diagnose", "--report", str(path), "curl", "http://127.0.0.1:1"),
    ):
        ran = tui401(*argv)
        assert ran.code == 2
        assert "is a .md, .html, .json or .har file" in ran.err
    assert not path.exists()


def test_diagnose_writes_every_form_beside_its_result(tui401: Callable[..., Any], tmp_path: Path) -> None:
    with PracticeThread("audience-mismatch") as world:
        for form in FORMS:
            path = tmp_path / f"beside{form}"
            ran = tui401("diagnose", "--quiet", "--report", str(path), *world.argv)
            assert ran.code == 1
            assert b"audience" in path.read_bytes()


@pytest.mark.parametrize(("given", "named"), [((), "report"), (("report",), "report"), (("diagnosis",), "diagnosis")])
def test_the_schemas_are_printed(given: tuple[str, ...], named: str, tui401: Callable[..., Any]) -> None:
    ran = tui401("report", "--schema", *given)
    assert ran.code == 0
    assert ran.json == json.loads(published(named))


def test_a_report_wants_a_case(tui401: Callable[..., Any]) -> None:
    ran = tui401("report")
    assert ran.code == 2
    assert "Name the case" in ran.err
    assert "There is no case" in tui401("report", "0000").err
