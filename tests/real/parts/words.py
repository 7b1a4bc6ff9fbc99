"""What servers really answer, as lines of data from which secrets and whatever varies were taken."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.real.parts.fault import Answer, Fault, curl

FILE = Path(__file__).parents[1] / "words.jsonl"


def line_of(fault: Fault, answer: Answer) -> dict[str, Any]:
    """One line: server, fault, cause, status, challenges, media type, body."""
    return {
        "server": fault.server,
        "fault": fault.name,
        "cause": fault.cause,
        "status": answer.status,
        "challenge": [mask(value, fault) for value in answer.all("WWW-Authenticate")],
        "type": next(iter(answer.all("Content-Type")), None),
        # An accepted token request answers with a credential, which nobody needs to learn from.
        "body": mask(answer.body, fault) if answer.status >= 300 else None,
    }


def mask(text: str, fault: Fault) -> str:
    """Without ports, addresses in memory, and any run of 8 characters of what was sent that is no word of ours."""
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:{port}", text)
    text = re.sub(r"\bport=\d+", "port={port}", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "{time}", text)
    text = re.sub(r"0x[0-9a-f]{6,}", "0x{address}", text)
    text = re.sub(r'\b(nonce|opaque)="[^"]*"', r'\1="{random}"', text)
    text = re.sub(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9A-Za-z :]{15,25} GMT", "{time}", text)
    text = re.sub(r"[0-9]{8}T[0-9]{6}Z|\bavailable in [0-9]+", "{time}", text)
    # A server that shows its stack shows where it is installed.
    text = re.sub(r"(?:file://)?/[\w./@-]*/(?=node_modules/|parts/)", "{folder}/", text)
    for part in _secrets(fault):
        text = text.replace(part, "{secret}")
    return text


def _secrets(fault: Fault) -> list[str]:
    """The opaque runs of the command, longest first."""
    runs = {run for part in fault.command for run in re.findall(r"[A-Za-z0-9_-]{20,}", part)}
    return sorted(runs, key=len, reverse=True)


def record(faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """Ask every server with plain curl, one request after another."""
    return [ask(fault) for fault in faults]


def ask(fault: Fault) -> dict[str, Any]:
    """What its server says to plain curl, as a line."""
    try:
        return line_of(fault, curl(fault.command))
    except ConnectionError as ended:
        # A server may refuse by ending the handshake: curl's words are all that a person sees of it.
        said = re.search(r"alert [a-z ]+|routines::[a-z0-9 ]+", str(ended))
        words = said[0].removeprefix("routines::") if said is not None else mask(str(ended), fault)
        # Whether a connection that is reset at once counts as made or not is a matter of microseconds.
        words = re.sub(r"curl: \(\d+\).*(?:reset by peer|couldn't connect).*", "reset", words, flags=re.IGNORECASE)
        return line_of(fault, Answer(status=0, headers=(), body="")) | {"status": None, "body": words}


def as_text(lines: Iterable[dict[str, Any]]) -> str:
    """As the file holds them."""
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def read() -> list[dict[str, Any]]:
    """The recorded lines."""
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
