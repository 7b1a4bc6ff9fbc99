"""Files that somebody else wrote: dialects, config.toml, recordings, reports, descriptions, each partly damaged.

What is read of them is used as well: a recording is judged, a report is shown and judged again, a dialect reads words.
``TUI401_FUZZ=1000000`` tries fifty times as many.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import tui401.dialects.loader
from tests.fuzz import strategies as drawn
from tests.offline import hars
from tests.report import conftest as by_hand
from tui401.causes import all_causes
from tui401.dialects import DialectError, Matcher, parse
from tui401.intake import IntakeError, openapi
from tui401.intake.harfile import Bad, HarFile
from tui401.judge import rank
from tui401.judge.facts import derive
from tui401.model.names import Names
from tui401.model.saved import decode_case, decode_change, decode_event, decode_least, encode
from tui401.model.secret import Secret
from tui401.model.view import CaseView, apply
from tui401.offline.knowledge import Knowledge
from tui401.offline.recording import Recording
from tui401.report import as_json, as_markdown, build, from_json
from tui401.vault.profiles import ProfileError, read_settings
from tui401.wire.visible import is_visible

MORE = max(1, int(os.environ.get("TUI401_FUZZ", "0")) // 20_000)  # times the short run
NEVER = Path("/nowhere/config.toml")


def tries(count: int) -> Callable[[Any], Any]:
    return settings(max_examples=count * MORE, deadline=None, suppress_health_check=list(HealthCheck))


SMALL = """name = "acme"
kind = "application"
sources = ["https://docs.example.com/errors"]

[[recognise]]
host = "(^|[.])acme[.]example$"

[[says]]
cause = "token-expired"
match = "expired"
where = ["body"]
strength = "likely"
sources = ["https://docs.example.com/errors"]
"""

# -- JSON documents, damaged in their structure ------------------------------------------------------------------------

Wound = tuple[int, str, Any]
WOUNDS = st.lists(
    st.tuples(st.integers(0, 1 << 16), st.sampled_from(("set", "drop", "double")), drawn.VALUES), max_size=4
)


def made_of(call: Callable[[], Any], error: type[Exception]) -> Any:
    """What a reader made of something; None where it told in a sentence what is wrong, and nothing else may be."""
    try:
        return call()
    except error as wrong:
        sentence = str(wrong)
    assert sentence.strip()
    return None


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container and key or index in a document."""
    keys: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    found = [(value, key) for key in keys]
    return found + [place for _, key in found[:] for place in places(value[key])]


def wounded(document: str, wounds: list[Wound]) -> Any:
    """A document with other values, or none, in some places."""
    made = json.loads(document)
    for where, how, value in wounds:
        found = places(made)
        if not found:
            break
        inside, key = found[where % len(found)]
        if how == "drop":
            del inside[key]
        elif how == "double" and isinstance(inside, list):
            inside.insert(key, inside[key])
        else:
            inside[key] = value
    return made


def documents(make: Callable[[], list[str]]) -> st.SearchStrategy[str]:
    whole = st.deferred(lambda: st.sampled_from(make()))
    return st.one_of(
        st.builds(wounded, whole, WOUNDS).map(json.dumps),
        drawn.mutated(make),
    )


@cache
def recordings() -> list[str]:
    made = []
    for one in drawn.exchanges()[::20]:
        sent, came = one["request"], one["response"]
        made.append(
            json.dumps(
                hars.har(
                    [
                        hars.entry(
                            came["status"],
                            came.get("body") or "",
                            url=sent["url"],
                            method=sent["method"],
                            sent=[tuple(line) for line in sent["headers"]],
                            came=[tuple(line) for line in came["headers"]],
                        )
                    ]
                )
            )
        )
    return made


@tries(120)
@given(documents(recordings))
@example('{"log":{"entries":[{"request":{"url":"http://h/"},"response":{"status":401,"content":{"text":"\\ud800"}}}]}}')
@example(
    '{"log":{"entries":[{"request":{"url":"http://h/","headers":[{"name":["\\ud800"],"value":{"a":"\\ud800"}}]},"response":{"status":401}}]}}'
)
@example("[" * 100_000)
@example('{"log":{"entries":[{"request":{"url":"http://h/"},"x":' + "[" * 100_000)
@example('{"log":{"entries":[]},"x":' + "[" * 100_000)
@example('{"log":{"x":' + "[" * 100_000 + "]" * 100_000 + ',"entries":[]}}')
def test_a_recording_of_anything_is_judged_or_told(text: str) -> None:
    with io.BytesIO(text.encode("utf-8", "surrogatepass")) as source:
        recording = Recording(HarFile(source, "x.har"), Knowledge(), everything=True)
        for found in made_of(lambda: list(recording.refusals()), IntakeError) or ():
            assert found.says if isinstance(found, Bad) else json.dumps(found.made)


DESCRIPTION = json.dumps(
    {
        "openapi": "3.1.0",
        "servers": [{"url": "https://{env}.example.com/v1", "variables": {"env": {"default": "api", "enum": ["api"]}}}],
        "security": [{"o": ["r"]}, {}],
        "components": {
            "securitySchemes": {
                "o": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {"r": "x"}}}},
                "k": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "r": {"$ref": "#/components/securitySchemes/k"},
            }
        },
        "paths": {"/orders/{id}": {"get": {"security": [{"k": []}]}, "parameters": []}, "/orders": {"post": {}}},
    }
)


@tries(150)
@given(documents(lambda: [DESCRIPTION]))
@example('{"openapi":"3.0.0","servers":[{"url":"https://\\ud800{a}.h/"}],"paths":{"/{x}\\udc00":{"get":{}}}}')
def test_a_description_of_anything_tells_what_it_asks_or_what_is_wrong(text: str) -> None:
    told = made_of(lambda: openapi.described(text), IntakeError)
    for url in ("https://api.example.com/v1/orders/7", "http://x\ud800/{a}") if told is not None else ():
        assert encode(told("GET", Secret(url)))


@cache
def report() -> list[str]:
    """A report in JSON, of a case whose server is hostile already."""
    names = Names()
    for secret in (by_hand.CANARY, by_hand.COOKIE):
        names.name(Secret(secret))
    view = by_hand.viewed(by_hand.events(names))
    made = build(view, by_hand.facts(), by_hand.diagnosis(), all_causes(), made_at=0.0)
    return [as_json(made).decode()]


@tries(80)
@given(documents(report))
@example('{"x":' + "[" * 100_000)
def test_a_report_of_anything_is_shown_and_judged_again_or_told(text: str) -> None:
    saved = made_of(lambda: from_json(text.encode("utf-8", "surrogatepass")), ValueError)
    if saved is None:
        return
    view = CaseView()
    for event in saved.events:
        view = apply(view, event)
    facts = derive(saved.evidence, saved.attempt)
    made = build(view, facts, rank.diagnose(facts), all_causes(), made_at=0.0)
    assert is_visible(as_markdown(made), lines=True)
    assert from_json(as_json(made)).evidence == view.evidence


@tries(80)
@given(documents(report))
@example('{"x":' + "[" * 100_000)
def test_a_saved_case_and_an_event_of_anything_are_read_or_told(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    for reader in (decode_case, decode_event, decode_change, decode_least):
        made_of(partial(reader, data), ValueError)


# -- TOML --------------------------------------------------------------------------------------------------------------


@cache
def dialects() -> list[str]:
    folder = Path(str(tui401.dialects.loader.__file__)).parent
    return [file.read_text(encoding="utf-8")[:3_000] for file in sorted(folder.rglob("*.toml"))[:40]]


@tries(100)
@given(st.one_of(drawn.mutated(dialects), drawn.mutated(lambda: [SMALL])))
@example(SMALL)
@example("a = " + "[" * 3_000)
@example(SMALL.replace("expired", "\ud800"))
@example(SMALL.replace("expired", "(?P<value>"))
def test_a_dialect_of_anything_is_read_or_told(text: str) -> None:
    name = next(iter(re.findall(r'^name = "([^"]*)"', text, re.MULTILINE)), "x")
    made = made_of(lambda: parse(text, name, causes=all_causes()), DialectError)
    if made is not None:
        reading = Matcher((made,)).read({"body": "expired \ud800", "host": "h"}, status=401, marks=())
        assert reading.hits is not None


CONFIG = """
[profiles.prod]
origins = ["https://api.example.com"]
issuer = "https://login.example.com"
client_id = "svc"
scope = ["a", "b"]
audience = "https://api.example.com"
ntp = "time.example.com:123"
"""


@tries(150)
@given(drawn.mutated(lambda: [CONFIG]))
@example(CONFIG)
@example("a = " + "[" * 3_000)
@example("a" + ".b" * 3_000 + " = 1")
def test_a_config_of_anything_is_read_or_told(text: str) -> None:
    made_of(lambda: read_settings(NEVER, text), ProfileError)
