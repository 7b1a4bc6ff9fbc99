from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from tui401.report import as_json, build
from tui401.report.schema import NAMES, of_report, published

MADE_AT = 1_795_435_711.0


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads(published(name))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", NAMES)
def test_each_schema_is_one_and_names_itself(name: str) -> None:
    assert validator(name).schema["$id"] == f"urn:tui401:{name}:1"


def test_a_report_with_everything_in_it_is_valid(made: Any, recovered: Any) -> None:
    for case in (made, recovered):
        report = build(case.view, case.facts, case.diagnosis, case.causes, made_at=MADE_AT)
        validator("report").validate(json.loads(as_json(report)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("case",), None),
        (("diagnosis", "causes", 0, "step"), "elsewhere"),
        (("evidence", 0, "content"), {"type": "Nothing"}),
        (("summary", 0, "text"), 5),
    ],
)
def test_what_is_no_report_is_not_valid(made: Any, path: tuple[str | int, ...], value: object) -> None:
    report = build(made.view, made.facts, made.diagnosis, made.causes, made_at=MADE_AT)
    document = json.loads(as_json(report))
    held = document
    for step in path[:-1]:
        held = held[step]
    held[path[-1]] = value
    assert not validator("report").is_valid(document)


def test_properties_are_described_and_descriptions_hold_no_markup_of_ours() -> None:
    made = of_report()["$defs"]
    assert made["Report"]["properties"]["made_at"]["description"] == "When, in seconds since the epoch."
    assert all("Attributes:" not in one.get("description", "") for one in made.values())
