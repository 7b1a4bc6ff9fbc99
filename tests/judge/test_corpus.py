"""The open corpus of recorded refusals, judged offline: the score may not fall, and nothing is confirmed and wrong.

The corpus lies beside the checkout, or where TUI401_CORPUS says; without it the test is skipped.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest

from tui401.judge.facts import derive
from tui401.judge.rank import diagnose
from tui401.model.http import DEFAULT_PORTS, Exchange, Header, Hop, Origin, Request, Response
from tui401.model.names import Names
from tui401.model.secret import Secret
from tui401.model.shown import Evidence, IntakeSeen, kind_of
from tui401.model.verdict import Strength
from tui401.wire import redact

RIGHT = 62  # of the decidable ones whose source states the cause; raise it, never lower it
IN_THREE = 62


def corpus_folder() -> Path:
    named = os.environ.get("TUI401_CORPUS")
    return Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "corpus"


@pytest.fixture(scope="module")
def corpus() -> ModuleType:
    script = corpus_folder() / "corpus.py"
    if not script.is_file():
        pytest.skip(f"the corpus is not at {corpus_folder()}; name its folder in TUI401_CORPUS")
    spec = importlib.util.spec_from_file_location("corpus", script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def live(entry: Mapping[str, Any]) -> Hop:
    """A HAR entry as the hop that it recorded."""
    asked, came = entry["request"], entry["response"]
    parts = urlsplit(asked["url"])
    scheme = parts.scheme if parts.scheme in DEFAULT_PORTS else "https"
    origin = Origin(scheme, parts.hostname or "", parts.port or DEFAULT_PORTS[scheme])
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    body = asked.get("postData", {}).get("text")
    request = Request(
        asked["method"],
        origin,
        Secret(target),
        tuple(Header(h["name"], Secret(h["value"])) for h in asked["headers"]),
        Secret(body.encode()) if body else None,
    )
    headers = tuple(Header(h["name"], Secret(h["value"])) for h in came["headers"])
    response = Response(came["status"], headers, Secret(came["content"].get("text", "").encode()))
    started = datetime.fromisoformat(entry["startedDateTime"]).timestamp()
    return Hop(request, response, started, entry["time"] / 1000)


def evidence(entries: Sequence[Mapping[str, Any]]) -> list[Evidence]:
    """What a recorder of these entries would hand to the judge, redacted first as everything is."""
    names = Names()
    hops = tuple(live(entry) for entry in entries)
    exchange = Exchange(hops)
    contents = (
        IntakeSeen(via="har", recorded=True),
        redact.credentials(hops[-1].request, names),
        redact.answer(exchange, names, label="original"),
    )
    return [
        Evidence(kind=kind_of(content), subject="attempt:0", content=content, at=hops[-1].started_at, by="recording")
        for content in contents
    ]


def answers(corpus: ModuleType, cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What `explain` would say of each case, as far as the scorer reads it."""
    made = []
    entry = -1
    for place, case in enumerate(cases):
        entries = corpus.entries(case, place)
        entry += len(entries)
        facts = derive(evidence(entries), 0)
        if not facts.refused:
            continue
        diagnosis = diagnose(facts)
        standing = [r for r in diagnosis.causes if r.verdict.strength >= Strength.POSSIBLE]
        made.append(
            {
                "entry": entry,
                "verdict": diagnosis.root and {"cause": diagnosis.root.cause, "strength": diagnosis.root.strength.word},
                "causes": [{"cause": r.verdict.cause} for r in standing],
            }
        )
    return made


def test_the_score_on_recorded_refusals_does_not_fall_and_nothing_is_confirmed_and_wrong(
    corpus: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = corpus.read(corpus_folder() / "exchanges.jsonl")
    figures, missed = corpus.score(cases, answers(corpus, cases))
    with capsys.disabled():
        sys.stdout.write("\n".join((f"\ncorpus: {figures}", *missed, "")))
    assert figures["confirmed_wrong"] == 0
    assert figures["right"] >= RIGHT
    assert figures["in_three"] >= IN_THREE
