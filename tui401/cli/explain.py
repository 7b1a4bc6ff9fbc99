"""``tui401 explain``: judges the exchanges of a recording, offline. Sends nothing and keeps nothing."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from tui401.cli import build, opened
from tui401.cli.arguments import UsageError
from tui401.cli.guards import is_full, settled
from tui401.intake.harfile import Bad, HarError, HarFile
from tui401.model.case import Known
from tui401.model.http import Origin
from tui401.model.names import chips
from tui401.offline.knowledge import Knowledge
from tui401.offline.recording import Recording
from tui401.offline.text import paragraph, summary
from tui401.wire.visible import visible

_REFUSED, _BAD = 1, 2
_STANDARD_INPUT = "standard input"


def run(options: argparse.Namespace) -> int:
    """Judges a recording, prints every refusal on standard output, and gives the exit code.

    Raises:
        UsageError: for a file that cannot be read, or options that are not understood.
        HarError: for what is no HAR, or breaks off.
    """
    held = opened.read_document(options.file)
    if held is not None and opened.is_report(held):
        return _report(options, held)
    knowledge = _knowledge(options)
    try:
        with _opened(options.file) as source:
            recording = Recording(HarFile(source, _name(options.file)), knowledge, everything=options.all)
            with settled():
                return {"json": _as_json, "ndjson": _as_lines, "text": _as_text}[options.format](recording, options)
    except OSError as error:
        if isinstance(error, BrokenPipeError) or is_full(error):
            raise  # it is our output that cannot be written
        raise UsageError(f"{_name(options.file)} cannot be read: {error.strerror or type(error).__name__}.") from error


def _report(options: argparse.Namespace, data: bytes) -> int:
    """A report of ours in the place of a recording: its evidence is judged again, by itself."""
    from tui401.causes import all_causes  # noqa: PLC0415 - only for reports
    from tui401.cli import output  # noqa: PLC0415 - the same
    from tui401.cli.judged import judged_first  # noqa: PLC0415 - the same
    from tui401.model.view import CaseView, apply  # noqa: PLC0415 - the same

    view = CaseView()
    for event in opened.document(options.file, data).events:
        view = apply(view, event)
    facts, diagnosis = judged_first(view)
    if options.format == "text":
        sys.stdout.write(output.as_text(view, facts, diagnosis, all_causes(), everything=options.all))
    else:
        made = msgspec.json.encode(output.as_object(view, facts, diagnosis, all_causes(), everything=options.all))
        one = b"[\n" + msgspec.json.format(made, indent=2) + b"\n]\n"
        sys.stdout.buffer.write(one if options.format == "json" else made + b"\n")
    sys.stdout.flush()
    for says in view.told:
        _tell(says)
    return _code(refused=facts.refused, bad=False)


def _as_json(recording: Recording, _options: argparse.Namespace) -> int:
    """One array, once the whole file was read: half of one would be no JSON."""
    found, bad = [], 0
    for one in recording.refusals():
        if isinstance(one, Bad):
            bad += 1
            _tell(one.says)
        else:
            found.append(one.data)
    out = sys.stdout.buffer
    out.write(b"[")
    for place, data in enumerate(found):
        out.write(b",\n" if place else b"\n")
        out.write(msgspec.json.format(data, indent=2))
    out.write(b"\n]\n" if found else b"]\n")
    out.flush()
    return _code(refused=bool(found), bad=bool(bad))


def _as_lines(recording: Recording, _options: argparse.Namespace) -> int:
    """A line for each refusal as soon as it is judged."""
    out, refused, bad = sys.stdout.buffer, False, False
    try:
        for one in recording.refusals():
            if isinstance(one, Bad):
                bad = True
                _tell(one.says)
            else:
                refused = True
                out.write(one.data + b"\n")
    finally:
        out.flush()
    return _code(refused=refused, bad=bad)


def _as_text(recording: Recording, options: argparse.Namespace) -> int:
    """A paragraph for each refusal unless it is to be quiet, and a line for all of them."""
    out, found, bad = sys.stdout, Counter[str](), False
    for one in recording.refusals():
        if isinstance(one, Bad):
            bad = True
            _tell(one.says)
        else:
            made = one.made
            found[_cause(made)] += 1
            if not options.quiet:
                out.write(paragraph(made, everything=options.all) + "\n")
    out.write(summary(recording.entries, found))
    out.flush()
    return _code(refused=bool(found), bad=bad)


def _cause(made: Mapping[str, Any]) -> str:
    verdict = made["verdict"]
    return str(verdict["cause"]) if verdict is not None and made["outcome"] == "diagnosed" else ""


def _code(*, refused: bool, bad: bool) -> int:
    return _BAD if bad else _REFUSED if refused else 0


def _tell(sentence: str) -> None:
    print(visible(chips(sentence, {})), file=sys.stderr)  # noqa: T201 - talk goes there


def _knowledge(options: argparse.Namespace) -> Knowledge:
    def known(origin: Origin) -> Known:
        return build.known_from(options, {}, origin)

    if options.profile or options.issuer:
        known(Origin("https", "", 443))  # a name or address that is wrong is told before the file is read
    return Knowledge(known, build.requirements_from(options.openapi))


def _name(file: str) -> str:
    return _STANDARD_INPUT if file == "-" else file


def _opened(file: str) -> nullcontext[BinaryIO] | BinaryIO:
    if file == "-":
        if sys.stdin is None or sys.stdin.isatty():
            raise UsageError("Standard input is a terminal. Give a HAR file, or a pipe: … | tui401 explain -")
        return nullcontext(sys.stdin.buffer)
    return Path(file).expanduser().open("rb")


__all__ = ["HarError", "run"]
