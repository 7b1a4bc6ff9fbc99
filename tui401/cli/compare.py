"""``tui401 compare WORKS FAILS``: what differs, and with a yes which of it decides."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
import time
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from tui401.cli import build, journals, sides
from tui401.cli.guards import hide_arguments
from tui401.cli.headless import Listener
from tui401.model.case import Case, Options
from tui401.model.fix import Answer, Question
from tui401.model.names import Names, chips
from tui401.model.view import CaseView
from tui401.recovery.becoming import steps
from tui401.recovery.comparing import Compared, compare, holds_once
from tui401.recovery.differences import Difference, Side, between
from tui401.recovery.halving import Found, Halving
from tui401.recovery.tools import open_tools
from tui401.wire.visible import visible

EXIT: Final = {Found.DECIDED: 1, Found.BOTH_SUCCEED: 0}
"""The exit code of each ending; 3 for every other one."""
_OPEN: Final = 3
_WIDTH: Final = 400
_ENDINGS: Final = {
    Found.BOTH_SUCCEED: "Both succeed now, so nothing can be found out.",
    Found.BOTH_REFUSED: "The request that is said to work is refused, too; look at that one first.",
    Found.INTERMITTENT: "The same request is sometimes refused and sometimes not, so no difference can be called it.",
    Found.UNREACHABLE: "No answer came.",
    Found.OPEN: "Nothing was sent.",
}


def run(options: argparse.Namespace) -> int:
    """Compares, prints the result on standard output, and gives the exit code.

    Raises:
        UsageError: for a side that is none.
        IntakeError: for a command that is not understood.
    """
    hide_arguments()
    names = Names()
    works, noticed = sides.read(options.works, names, yes=options.yes)
    fails, more = sides.read(options.fails, names, yes=options.yes)
    differences = between(works, fails)
    notes: list[str] = [note.says for note in (*noticed, *more)]
    notes += [
        f"{one.source} may leave credentials out: what is missing there shows nothing."
        for one in (works, fails)
        if one.sanitised
    ]
    compared, problem, view = _live(works, fails, differences, options, names)
    made = _object(works, fails, differences, compared, problem)
    if options.format == "json":
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n")
    else:
        hints = view.hints or names.hints()
        lines = _text(works, fails, differences, compared, [*notes, *([problem] if problem else [])])
        sys.stdout.write("\n".join(visible(chips(line, hints), _WIDTH * 2) for line in lines) + "\n")
    sys.stdout.flush()
    return EXIT.get(compared.halving.found, _OPEN) if compared is not None else _OPEN if differences else 0


def _live(
    works: Side, fails: Side, differences: Sequence[Difference], options: argparse.Namespace, names: Names
) -> tuple[Compared | None, str, CaseView]:
    """The search, where it can be made and the person wants it; a sentence on why it was not made or ended early."""
    if not differences:
        return None, "", CaseView()
    if works.request is None or fails.request is None:
        return None, "A kept case holds no credentials, so nothing can be sent. Give the command itself.", CaseView()
    if any(holds_once(one) for one in (works.request, fails.request)):
        once = "A signature, a proof or a Digest answer holds for one request only, so nothing is sent."
        return None, once, CaseView()
    may_ask = sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
    if options.offline or not (options.yes or may_ask):
        return None, "" if options.offline else "Add --yes to find out by sending which of them decides.", CaseView()
    case = Case(
        id=secrets.token_hex(4),
        request=fails.request,
        options=Options(send_consented=True),
        names=names,
        opened_at=time.time(),
    )
    halving = Halving(works.request, fails.request, steps(works.request, fails.request, differences))
    journal = journals.at_hand()
    build.count_passwords(case, journal)
    listener = Listener(case.id, journal, None if options.quiet else sys.stderr, verbose=options.verbose)
    try:
        compared = asyncio.run(_compare(case, halving, listener, yes=options.yes), debug=False)
    finally:
        if journal is not None:
            journal.close()
    return compared, compared.problem, listener.view


async def _compare(case: Case, halving: Halving, listener: Listener, *, yes: bool) -> Compared:
    async def ask(question: Question) -> Answer:
        if question.firm or question.secret:
            return Answer("no")
        return Answer("yes" if yes or _said_yes(question) else "no")

    async with open_tools() as tools:
        return await compare(case, halving, ask=ask, emit=listener, tools=tools)


def _said_yes(question: Question) -> bool:
    for line in (question.title, *question.lines):
        print(visible(chips(line, {}), _WIDTH), file=sys.stderr)  # noqa: T201 - talk goes there
    print("[y/N] ", end="", file=sys.stderr, flush=True)  # noqa: T201 - the same
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _object(
    works: Side, fails: Side, differences: Sequence[Difference], compared: Compared | None, problem: str
) -> dict[str, Any]:
    """The object of ``--format json``, schema 1."""
    halving = compared.halving if compared is not None else None
    left = [d.title for step in halving.left for d in step.differences] if halving is not None else []
    decided = halving is not None and halving.found is Found.DECIDED
    return {
        "schema": 1,
        "works": _side(works),
        "fails": _side(fails),
        "outcome": halving.found.value if halving is not None else "compared",
        "differences": [
            {
                "difference": d.title,
                "place": d.place,
                "name": d.name,
                "works": d.works or None,
                "fails": d.fails or None,
                "matters": d.matters,
                "because": list(d.says),
                "unsure": d.unsure,
            }
            for d in differences
        ],
        "decides": {"differences": left, "strength": "confirmed" if decided else "likely"} if left else None,
        "why": problem,
        "requests_sent": {"api": compared.sent if compared is not None else 0, "issuer": 0},
    }


def _side(one: Side) -> dict[str, Any]:
    return {"source": one.source, "method": one.shown.method, "url": one.shown.url, "status": one.status}


def _text(
    works: Side, fails: Side, differences: Sequence[Difference], compared: Compared | None, notes: Sequence[str]
) -> list[str]:
    lines = [
        f"{name}  {one.shown.method} {one.shown.url}  ({one.source})"
        for name, one in (("WORKS", works), ("FAILS", fails))
    ]
    if compared is not None:
        lines += ["", *_ending(compared)]
    for title, kept in (
        ("Differences, the weightiest first", [d for d in differences if d.matters]),
        ("Seldom matters", [d for d in differences if not d.matters]),
    ):
        if kept:
            lines += ["", title, *(line for d in kept for line in _difference(d))]
    if not differences:
        lines += ["", "Nothing differs that can be seen: the same request would be sent."]
    return [*lines, *([""] if notes else []), *notes]


def _difference(one: Difference) -> list[str]:
    unsure = "  (kept without their secrets: whether the two are equal cannot be told)" if one.unsure else ""
    return [
        f"  {one.title}{unsure}",
        f"    works  {one.works or '(nothing)'}",
        f"    fails  {one.fails or '(nothing)'}",
        *(f"    {sentence}" for sentence in one.says),
    ]


def _ending(compared: Compared) -> list[str]:
    halving = compared.halving
    if halving.found not in (Found.DECIDED, Found.NARROWED):
        return [f"UNDETERMINED  {_ENDINGS[halving.found]}"]
    titles = [d.title for step in halving.left for d in step.differences]
    one = titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}, only together,"
    if halving.found is Found.NARROWED:
        return [f"LIKELY  The refusal hangs on {', '.join(titles)}; it was not narrowed down or proved any further."]
    turned = f"turned the refusal ({halving.refused[0]}) into success"
    return [f"CONFIRMED  It is {one}", f"  that alone {turned}; without it the request is refused again"]
