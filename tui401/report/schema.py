"""The JSON Schemas that are published: of the JSON report, and of what ``--format json`` prints.

The report's is made from its types, so the two are never apart; the other is shipped as a file beside this one.
"""

from __future__ import annotations

import inspect
import re
from importlib.resources import files
from typing import Any, Final

import msgspec

from tui401.report.parts import Report

NAMES: Final = ("report", "diagnosis")
"""The schemas by name: ``report`` of .json reports, ``diagnosis`` of ``diagnose`` and ``explain --format json``."""

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_ATTRIBUTE: Final = re.compile(r"^    ([a-z_]+): (.+(?:\n        .+)*)", re.MULTILINE)


def published(name: str) -> bytes:
    """One of `NAMES` as JSON; ends with a line break."""
    if name == "report":
        return msgspec.json.format(msgspec.json.encode(of_report()), indent=2) + b"\n"
    return files("tui401.report").joinpath("schemas", f"{name}.schema.json").read_bytes()


def of_report() -> dict[str, Any]:
    """The schema of the JSON report, made from its types."""
    made = msgspec.json.schema(Report)
    for definition in made["$defs"].values():
        _describe(definition)
    root = made["$defs"]["Report"]
    # Both are left out nowhere, whatever their defaults are.
    root["properties"]["schema"] = {"const": 1, "description": "The version of this format."}
    root["required"] = ["type", "schema", *(name for name in root["required"] if name != "type")]
    return {
        "$schema": _DIALECT,
        "$id": "urn:tui401:report:1",
        "title": "A report of tui401",
        "description": "What `tui401 report CASE -o FILE.json` writes. `tui401 open FILE.json` judges it again.",
        "$ref": "#/$defs/Report",
        "$defs": made["$defs"],
    }


def _describe(definition: dict[str, Any]) -> None:
    """Moves what a docstring says of attributes to the properties."""
    text = inspect.cleandoc(definition.get("description", ""))
    first, _, attributes = text.partition("\n\nAttributes:\n")
    definition["description"] = " ".join(first.split())
    for name, says in _ATTRIBUTE.findall(attributes):
        held = definition.get("properties", {}).get(name)
        if held is not None and "$ref" not in held:
            held["description"] = " ".join(says.split())
